"""Whole clients over the loopback: CPU per event, the HTTP library's work included."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from time import process_time_ns
from typing import TYPE_CHECKING, Any, NamedTuple

import anthropic
import httpx
import httpx2
import httpx_sse
import openai

import ssewire
import ssewire.clients.httpx
import streams
import timing
from model_answers import answer
from ssewire.clients import sdk
from upstream import LONG, upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

READS = (1, 16)
"""Events per read."""
LAYER = 40
"""Nanoseconds that `Stream` may add to an item."""
MESSAGES: Any = [{"role": "user", "content": "Hi"}]


class Clients:
    """The clients of one server, each asking for so many events per read."""

    def __init__(self, url: str, events: int) -> None:
        self.headers = {"x-replay-chunking": f"event:{events}"}
        self.url = url
        self.chat = f"{url}/v1/chat/completions"

    @cached_property
    def httpx(self) -> httpx.Client:
        return httpx.Client(headers=self.headers)

    @cached_property
    def httpx2(self) -> httpx2.Client:
        return httpx2.Client(headers=self.headers)

    @cached_property
    def openai(self) -> openai.OpenAI:
        return openai.OpenAI(
            base_url=f"{self.url}/v1", api_key="none", default_headers=self.headers
        )

    @cached_property
    def anthropic(self) -> anthropic.Anthropic:
        return anthropic.Anthropic(base_url=self.url, api_key="none", default_headers=self.headers)

    def close(self) -> None:
        for client in (self.httpx, self.httpx2, self.openai, self.anthropic):
            client.close()


def of_chunks(chunks: Iterable[Any]) -> int:
    """The loop body over chat chunks, the same for all."""
    length = 0
    for chunk in chunks:
        if chunk.choices:
            length += len(chunk.choices[0].delta.content or "")
    return length


def of_messages(events: Iterable[Any]) -> int:
    """The loop body over messages' events."""
    length = 0
    for event in events:
        if event.type == "content_block_delta" and event.delta.type == "text_delta":
            length += len(event.delta.text)
    return length


def of_data(events: Iterable[Any]) -> int:
    """The loop body over server-sent events."""
    return sum(len(event.data) for event in events)


def httpx2_raw(clients: Clients) -> int:
    with clients.httpx2.stream("POST", clients.chat) as response:
        return sum(map(len, response.iter_raw()))


def httpx2_raw_messages(clients: Clients) -> int:
    with clients.httpx2.stream("POST", f"{clients.url}/v1/messages") as response:
        return sum(map(len, response.iter_raw()))


def httpx_raw(clients: Clients) -> int:
    with clients.httpx.stream("POST", clients.chat) as response:
        return sum(map(len, response.iter_raw()))


def our_openai(clients: Clients) -> int:
    resource = clients.openai.chat.completions
    with sdk.stream(resource, model="any", messages=MESSAGES) as stream:
        return of_chunks(stream)


def our_openai_text(clients: Clients) -> int:
    resource = clients.openai.chat.completions
    with sdk.stream(resource, model="any", messages=MESSAGES) as stream:
        return sum(map(len, stream.text()))


def own_openai(clients: Clients) -> int:
    resource = clients.openai.chat.completions
    return of_chunks(resource.create(model="any", messages=MESSAGES, stream=True))


def our_anthropic(clients: Clients) -> int:
    resource = clients.anthropic.messages
    with sdk.stream(resource, model="any", max_tokens=1, messages=MESSAGES) as stream:
        return of_messages(stream)


def own_anthropic(clients: Clients) -> int:
    resource = clients.anthropic.messages
    request: Any = {"model": "any", "max_tokens": 1, "messages": MESSAGES}
    return of_messages(resource.create(**request, stream=True))


def our_event_source(clients: Clients) -> int:
    with ssewire.clients.httpx.connect_sse(clients.httpx, "POST", clients.chat) as source:
        return of_data(source.iter_sse())


def own_httpx_sse(clients: Clients) -> int:
    with httpx_sse.connect_sse(clients.httpx, "POST", clients.chat) as source:
        return of_data(source.iter_sse())


RAW, SDK_CHAT, SDK_TEXT, OPENAI = "httpx2 iter_raw", "sdk.stream", "sdk.stream .text()", "openai"
RAW_MESSAGES, SDK_MESSAGES, ANTHROPIC = "iter_raw, messages", "sdk.stream, messages", "anthropic"
HTTPX_RAW, EVENT_SOURCE, HTTPX_SSE = "httpx iter_raw", "clients.httpx.EventSource", "httpx-sse"
CLIENTS: dict[str, Callable[[Clients], int]] = {
    RAW: httpx2_raw,
    SDK_CHAT: our_openai,
    SDK_TEXT: our_openai_text,
    OPENAI: own_openai,
    RAW_MESSAGES: httpx2_raw_messages,
    SDK_MESSAGES: our_anthropic,
    ANTHROPIC: own_anthropic,
    HTTPX_RAW: httpx_raw,
    EVENT_SOURCE: our_event_source,
    HTTPX_SSE: own_httpx_sse,
}
SAME = ((SDK_CHAT, SDK_TEXT, OPENAI), (SDK_MESSAGES, ANTHROPIC), (EVENT_SOURCE, HTTPX_SSE))
"""Those that must find the same."""


class Target(NamedTuple):
    """How two times compare, with so many events per read."""

    text: str
    events: int
    value: Callable[[dict[str, float]], float]
    limit: float
    at_least: bool


TARGETS = [
    Target("openai / sdk.stream", 16, lambda us: us[OPENAI] / us[SDK_CHAT], 40, True),
    Target("anthropic / sdk.stream", 16, lambda us: us[ANTHROPIC] / us[SDK_MESSAGES], 8, True),
    Target("httpx-sse / EventSource", 16, lambda us: us[HTTPX_SSE] / us[EVENT_SOURCE], 4, True),
    Target("sdk.stream - iter_raw, µs", 1, lambda us: us[SDK_CHAT] - us[RAW], 1, False),
    Target("the same of messages, µs", 1, lambda us: us[SDK_MESSAGES] - us[RAW_MESSAGES], 1, False),
]


def layer(rounds: int) -> dict[int, tuple[float, float]]:
    """Nanoseconds per item of a loop over `feed` and of one over `Stream`, by events per read."""
    stream = streams.written("chat", "chat", answer(LONG - streams.FRAMES["chat"]))
    found = {}
    for events in (1, 4, 16):
        blocks = stream.blocks
        reads = [b"".join(blocks[at : at + events]) for at in range(0, len(blocks), events)]

        def bare(reads: list[bytes] = reads) -> None:
            feed = ssewire.Dispatcher().feed
            for read in reads:
                for _ in feed(read):
                    pass

        def layered(reads: list[bytes] = reads) -> None:
            for _ in ssewire.Stream(reads):
                pass

        best = timing.best_rounds({"bare": bare, "layered": layered}, rounds)
        count = len(blocks)
        found[events] = (best["bare"] / count, best["layered"] / count)
    return found


def measure(rounds: int) -> dict[int, dict[str, float]]:
    """Microseconds of CPU per event, in the best round, by events per read."""
    found: dict[int, dict[str, float]] = {}
    with upstream() as url, ExitStack() as stack:
        for events in READS:
            clients = Clients(url, events)
            stack.callback(clients.close)
            results = {name: run(clients) for name, run in CLIENTS.items()}
            for names in SAME:
                assert len({results[name] for name in names}) == 1, results
            best = dict.fromkeys(CLIENTS, 0)
            for _ in range(rounds):
                for name, run in CLIENTS.items():
                    start = process_time_ns()
                    run(clients)
                    took = process_time_ns() - start
                    best[name] = min(best[name] or took, took)
            found[events] = {name: took / LONG / 1000 for name, took in best.items()}
    return found
