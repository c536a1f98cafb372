"""A `Decoder` is what `_make_sse_decoder()` of an SDK made by Stainless returns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import anthropic
import groq
import httpx
import httpx2
import openai
import pytest

from replay import bytewise, in_steps
from ssewire import Decoder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from ssewire import ServerSentEvent

WIRE = Path(__file__).parent / "corpus" / "wire"
CHAT = (WIRE / "chat_simple.sse").read_bytes()
MESSAGES = (WIRE / "messages_simple.sse").read_bytes()
MESSAGE: Any = {"role": "user", "content": "Hello"}

# What the SDKs' own decoders stumble over: a mark, and blocks that are no events.
STUMBLES = b"\xef\xbb\xbfretry: 3000\n\n"


class OpenAI(openai.OpenAI):
    def _make_sse_decoder(self) -> Any:
        return Decoder()


class AsyncOpenAI(openai.AsyncOpenAI):
    def _make_sse_decoder(self) -> Any:
        return Decoder()


class Anthropic(anthropic.Anthropic):
    def _make_sse_decoder(self) -> Any:
        return Decoder()


class AsyncAnthropic(anthropic.AsyncAnthropic):
    def _make_sse_decoder(self) -> Any:
        return Decoder()


class GroqEvent(NamedTuple):
    """Unlike the newer SDKs, groq takes an event for unnamed only if its name is `None`."""

    event: str | None
    data: str

    @classmethod
    def of(cls, event: ServerSentEvent) -> GroqEvent:
        return cls(None if event.event == "message" else event.event, event.data)

    def json(self) -> Any:
        return json.loads(self.data)


class GroqDecoder:
    def iter_bytes(self, chunks: Iterator[bytes]) -> Iterator[GroqEvent]:
        return map(GroqEvent.of, Decoder().iter_bytes(chunks))

    async def aiter_bytes(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[GroqEvent]:
        async for event in Decoder().aiter_bytes(chunks):
            yield GroqEvent.of(event)


class Groq(groq.Groq):
    def _make_sse_decoder(self) -> Any:
        return GroqDecoder()


class AsyncGroq(groq.AsyncGroq):
    def _make_sse_decoder(self) -> Any:
        return GroqDecoder()


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that arrives in the given reads."""

    def __init__(self, chunks: list[bytes]) -> None:
        self.chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.chunks)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk


class Pieces2(Pieces, httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """The same for the library that openai and anthropic moved to."""


def client(kind: Any, chunks: list[bytes]) -> Any:
    """The SDK's client over a transport that answers with these chunks."""
    http, pieces = (httpx, Pieces) if kind in (Groq, AsyncGroq) else (httpx2, Pieces2)
    library: Any = http

    def answer(_: object) -> Any:
        headers = {"content-type": "text/event-stream"}
        return library.Response(200, headers=headers, stream=pieces(chunks))

    asynchronous = kind in (AsyncOpenAI, AsyncAnthropic, AsyncGroq)
    http_client = library.AsyncClient if asynchronous else library.Client
    return kind(api_key="none", http_client=http_client(transport=library.MockTransport(answer)))


def final_text(name: str) -> str:
    text: str = json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))["final_text"]
    return text


def chat_text(chunk: Any) -> str:
    return "".join(choice.delta.content or "" for choice in chunk.choices)


def message_text(event: Any) -> str:
    if event.type != "content_block_delta":
        return ""
    text: str = event.delta.text
    return text


with_chat = pytest.mark.parametrize(
    "body", [CHAT, STUMBLES + CHAT, CHAT.replace(b"\n", b"\r\n")], ids=["lf", "stumbles", "crlf"]
)
with_messages = pytest.mark.parametrize(
    "body", [MESSAGES, STUMBLES + MESSAGES, b"id: 1\n\n" + MESSAGES], ids=["lf", "stumbles", "id"]
)
with_cuts = pytest.mark.parametrize(
    "cut", [lambda body: [body], bytewise, lambda body: in_steps(body, 100)], ids=["1", "n", "100"]
)


@pytest.mark.parametrize("kind", [OpenAI, Groq])
@with_chat
@with_cuts
def test_chat(kind: Any, body: bytes, cut: Any) -> None:
    with client(kind, cut(body)) as sdk:
        stream = sdk.chat.completions.create(model="m", messages=[MESSAGE], stream=True)
        assert "".join(map(chat_text, stream)) == final_text("chat_simple")


@pytest.mark.parametrize("kind", [AsyncOpenAI, AsyncGroq])
@with_chat
@with_cuts
@pytest.mark.thread_unsafe(reason="one event loop")
async def test_chat_async(kind: Any, body: bytes, cut: Any) -> None:
    async with client(kind, cut(body)) as sdk:
        stream = await sdk.chat.completions.create(model="m", messages=[MESSAGE], stream=True)
        texts = [chat_text(chunk) async for chunk in stream]
    assert "".join(texts) == final_text("chat_simple")


@with_messages
@with_cuts
def test_messages(body: bytes, cut: Any) -> None:
    with client(Anthropic, cut(body)) as sdk:
        stream = sdk.messages.create(model="m", messages=[MESSAGE], max_tokens=9, stream=True)
        assert "".join(map(message_text, stream)) == final_text("messages_simple")


@with_messages
@with_cuts
@pytest.mark.thread_unsafe(reason="one event loop")
async def test_messages_async(body: bytes, cut: Any) -> None:
    async with client(AsyncAnthropic, cut(body)) as sdk:
        stream = await sdk.messages.create(model="m", messages=[MESSAGE], max_tokens=9, stream=True)
        texts = [message_text(event) async for event in stream]
    assert "".join(texts) == final_text("messages_simple")


@pytest.mark.parametrize("body", [CHAT, STUMBLES + CHAT], ids=["lf", "stumbles"])
def test_chat_helper(body: bytes) -> None:
    with (
        client(OpenAI, in_steps(body, 100)) as sdk,
        sdk.chat.completions.stream(model="m", messages=[MESSAGE]) as stream,
    ):
        final = stream.get_final_completion()
    assert final.choices[0].message.content == final_text("chat_simple")


@pytest.mark.parametrize("body", [MESSAGES, STUMBLES + MESSAGES], ids=["lf", "stumbles"])
def test_messages_helper(body: bytes) -> None:
    with (
        client(Anthropic, in_steps(body, 100)) as sdk,
        sdk.messages.stream(model="m", messages=[MESSAGE], max_tokens=9) as stream,
    ):
        assert stream.get_final_text() == final_text("messages_simple")


def test_an_error_event_is_the_exception_of_the_sdk() -> None:
    body = (WIRE / "messages_ping_error_overloaded.sse").read_bytes()
    with client(Anthropic, in_steps(body, 100)) as sdk:
        stream = sdk.messages.create(model="m", messages=[MESSAGE], max_tokens=9, stream=True)
        with pytest.raises(anthropic.APIStatusError, match=r"(?i)overloaded"):
            list(stream)
