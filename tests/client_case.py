"""Every HTTP library and SDK, each as one function that sends a request and returns its response."""

from __future__ import annotations

import http.client
import json
import os
import threading
import urllib.error
import urllib.request
from contextlib import asynccontextmanager, contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import aiohttp
import anthropic
import httpx
import httpx2
import openai
import requests
import urllib3

from ssewire import Stream, encode_event
from ssewire.replay import Recording, ReplayOptions, ReplayServer, plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from ssewire import Outcome

    Opened = Callable[..., AbstractContextManager[Any]]
    AsyncOpened = Callable[..., AbstractAsyncContextManager[Any]]

LONG = 20.0  # seconds after which a test has hung
MESSAGES: list[Any] = [{"role": "user", "content": "Hello"}]
PIECES = ("He", "llo", ", w", "örl", "d", " 🌍", "!")


def _chat() -> bytes:
    deltas: list[dict[str, str]] = [{"role": "assistant", "content": ""}]
    deltas += ({"content": piece} for piece in PIECES)
    chunks: list[tuple[dict[str, str], str | None]] = [(delta, None) for delta in deltas]
    chunks.append(({}, "stop"))
    return b"".join(
        encode_event(_json({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}))
        for delta, finish in chunks
    ) + encode_event("[DONE]")


def _messages() -> bytes:
    payloads: list[dict[str, Any]] = [
        {"type": "message_start", "message": {"id": "m", "role": "assistant", "content": []}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": p}}
            for p in PIECES
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        {"type": "message_stop"},
    ]
    return b"".join(encode_event(_json(one), event=one["type"]) for one in payloads)


def _json(payload: object) -> str:
    return json.dumps(payload, ensure_ascii=False)


# Short ones, in the place of those that come with the package.
RECORDINGS = {"chat": Recording("chat", _chat()), "messages": Recording("messages", _messages())}


@contextmanager
def _httpx(url: str, timeout: float = LONG, **options: Any) -> Iterator[Any]:
    with httpx.Client(timeout=timeout, verify=options.pop("verify", True)) as client:
        yield client.send(client.build_request("GET", url, **options), stream=True)


@contextmanager
def _httpx2(url: str, timeout: float = LONG, **options: Any) -> Iterator[Any]:
    with httpx2.Client(timeout=timeout, verify=options.pop("verify", True)) as client:
        yield client.send(client.build_request("GET", url, **options), stream=True)


@contextmanager
def _requests(url: str, timeout: float = LONG, **options: Any) -> Iterator[Any]:
    with requests.Session() as session:
        yield session.get(url, timeout=timeout, stream=True, **options)


@contextmanager
def _urllib3(url: str, timeout: float = LONG, **options: Any) -> Iterator[Any]:
    with urllib3.PoolManager(**options) as pool:
        yield pool.request("GET", url, timeout=timeout, preload_content=False, retries=False)


@contextmanager
def _http_client(url: str, timeout: float = LONG) -> Iterator[Any]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        yield connection.getresponse()
    finally:
        connection.close()


@contextmanager
def _urlopen(url: str, timeout: float = LONG, **options: Any) -> Iterator[Any]:
    try:
        yield urllib.request.urlopen(url, timeout=timeout, **options)
    except urllib.error.HTTPError as error:
        yield error


@asynccontextmanager
async def _httpx_async(url: str, timeout: float = LONG) -> AsyncIterator[Any]:
    async with httpx.AsyncClient(timeout=timeout) as client:
        yield await client.send(client.build_request("GET", url), stream=True)


@asynccontextmanager
async def _httpx2_async(url: str, timeout: float = LONG) -> AsyncIterator[Any]:
    async with httpx2.AsyncClient(timeout=timeout) as client:
        yield await client.send(client.build_request("GET", url), stream=True)


@asynccontextmanager
async def _aiohttp(url: str, timeout: float = LONG) -> AsyncIterator[Any]:
    limits = aiohttp.ClientTimeout(total=None, sock_read=timeout)
    async with aiohttp.ClientSession(timeout=limits) as session:
        yield await session.get(url)


@asynccontextmanager
async def _aiohttp_total(url: str, timeout: float = LONG) -> AsyncIterator[Any]:
    limits = aiohttp.ClientTimeout(total=timeout)
    async with aiohttp.ClientSession(timeout=limits) as session:
        yield await session.get(url)


# Those that send a GET to any address.
SYNC: dict[str, Opened] = {
    "httpx": _httpx,
    "httpx2": _httpx2,
    "requests": _requests,
    "urllib3": _urllib3,
    "http.client": _http_client,
    "urlopen": _urlopen,
}
ASYNC: dict[str, AsyncOpened] = {
    "httpx": _httpx_async,
    "httpx2": _httpx2_async,
    "aiohttp": _aiohttp,
    "aiohttp, total": _aiohttp_total,
}


def sync_ways(shape: str) -> dict[str, Opened]:
    """How to ask a replay server for a stream of this shape: `(server, options, timeout)`."""
    ways = {name: _of_stream(opened, shape) for name, opened in SYNC.items()}
    return (
        ways
        | ({"openai": _openai} if shape == "chat" else {})
        | ({"anthropic": _anthropic} if shape == "messages" else {})
    )


def async_ways(shape: str) -> dict[str, AsyncOpened]:
    """The same for `AsyncStream`."""
    ways = {name: _of_stream(opened, shape) for name, opened in ASYNC.items()}
    return (
        ways
        | ({"openai": _openai_async} if shape == "chat" else {})
        | ({"anthropic": _anthropic_async} if shape == "messages" else {})
    )


def _of_stream(opened: Callable[..., Any], shape: str) -> Callable[..., Any]:
    def ask(server: str, options: Mapping[str, str], timeout: float = LONG) -> Any:
        return opened(f"{server}/streams/{shape}?{urlencode(options)}", timeout=timeout)

    return ask


def _replay(options: Mapping[str, str]) -> dict[str, str]:
    return {f"x-replay-{name}": value for name, value in options.items()}


@contextmanager
def _openai(server: str, options: Mapping[str, str], timeout: float = LONG) -> Iterator[Any]:
    with openai.OpenAI(base_url=f"{server}/v1", api_key="none", max_retries=0) as client:
        yield client.chat.completions.with_raw_response.create(
            model="m",
            messages=MESSAGES,
            stream=True,
            timeout=timeout,
            extra_headers=_replay(options),
        )


@contextmanager
def _anthropic(server: str, options: Mapping[str, str], timeout: float = LONG) -> Iterator[Any]:
    with anthropic.Anthropic(base_url=server, api_key="none", max_retries=0) as client:
        yield client.messages.with_raw_response.create(
            model="m",
            messages=MESSAGES,
            max_tokens=9,
            stream=True,
            timeout=timeout,
            extra_headers=_replay(options),
        )


@asynccontextmanager
async def _openai_async(
    server: str, options: Mapping[str, str], timeout: float = LONG
) -> AsyncIterator[Any]:
    async with openai.AsyncOpenAI(base_url=f"{server}/v1", api_key="none", max_retries=0) as client:
        yield await client.chat.completions.with_raw_response.create(
            model="m",
            messages=MESSAGES,
            stream=True,
            timeout=timeout,
            extra_headers=_replay(options),
        )


@asynccontextmanager
async def _anthropic_async(
    server: str, options: Mapping[str, str], timeout: float = LONG
) -> AsyncIterator[Any]:
    async with anthropic.AsyncAnthropic(base_url=server, api_key="none", max_retries=0) as client:
        yield await client.messages.with_raw_response.create(
            model="m",
            messages=MESSAGES,
            max_tokens=9,
            stream=True,
            timeout=timeout,
            extra_headers=_replay(options),
        )


def expected(recording: Recording, options: Mapping[str, str]) -> tuple[Outcome, type | None]:
    """The outcome of what the replay server sends, and what reading it raises, without HTTP."""
    sent = plan(recording, ReplayOptions().updated(options)).pieces
    return end_of(Stream([piece.data for piece in sent]))


def end_of(stream: Stream[Any]) -> tuple[Outcome, type | None]:
    """Read a stream to its end: its outcome, and the class of what it raised."""
    error = None
    try:
        for _ in stream:
            pass
    except Exception as caught:  # noqa: BLE001 (whatever it is)
        error = type(caught)
    assert stream.closed
    return stream.outcome, error


class WatchedServer(ReplayServer):
    """A replay server that knows how its answers ended."""

    def __init__(self) -> None:
        self.ends: list[str] = []
        super().__init__(RECORDINGS.values(), log=self.ends.append)

    def all_left(self, count: int) -> bool:
        """Whether so many clients have come, and have left of themselves, before long."""
        enough = comes_true(lambda: len(self.ends) >= count)
        return enough and all(end.endswith("client left") for end in self.ends)


def open_files() -> int:
    """How many file descriptors this process has, those of the servers in it included."""
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


def watches() -> int:
    """How many threads wait for a time-out of a stream."""
    return sum(thread.name == "ssewire-watch" for thread in threading.enumerate())


def comes_true(condition: Callable[[], bool]) -> bool:
    """Whether it does before long: the other end of a connection hears later that it is closed."""
    deadline = monotonic() + LONG
    while not condition():
        if monotonic() > deadline:
            return False
        sleep(0.005)
    return True
