"""What type checkers are told of streams: mypy reads this file, and the run has to agree."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from typing_extensions import assert_type

from answers import body_of
from ssewire import AsyncStream, Chunk, Delta, Outcome, ServerSentEvent, Stream, StreamEvent
from ssewire.progress import Progress
from stream_case import AsyncBody

CHAT, MESSAGE = body_of("chat_simple"), body_of("messages_simple")


def test_items() -> None:
    for chunk in assert_type(Stream(CHAT, shape="chat"), Stream[Chunk]):
        assert isinstance(assert_type(chunk, Chunk), Chunk)
    for event in assert_type(Stream(MESSAGE, shape="messages"), Stream[StreamEvent]):
        assert isinstance(assert_type(event, StreamEvent), StreamEvent)
    for item in assert_type(Stream(CHAT, timeout=60.0, strict=True), Stream[Any]):
        assert isinstance(assert_type(item, Any), Chunk)
    with assert_type(Stream(CHAT, shape="completions"), Stream[Chunk]) as made:
        assert isinstance(assert_type(next(made), Chunk), Chunk)
    Stream(CHAT, shape="haiku", shiny=1) if not CHAT else None  # type: ignore[call-overload]


def test_the_rest() -> None:
    assert all(isinstance(text, str) for text in assert_type(Stream(CHAT).text(), Iterator[str]))
    made = Stream(CHAT, shape="chat")
    assert list(assert_type(made.text_stream, Iterator[str]))
    for delta in assert_type(Stream(CHAT).deltas(), Iterator[Delta]):
        assert isinstance(delta, Delta)
    for event in assert_type(Stream(CHAT).events(), Iterator[ServerSentEvent]):
        assert isinstance(event, ServerSentEvent)
    assert isinstance(assert_type(made.until_done(), Outcome), Outcome)
    assert isinstance(assert_type(made.progress, Progress), Progress)
    assert assert_type(made.get_final_completion(), dict[str, Any] | None)
    assert assert_type(made.closed, bool)
    assert assert_type(made.shape, str | None) == "chat"


async def test_without_waiting() -> None:
    chat = assert_type(AsyncStream(AsyncBody(CHAT), shape="chat"), AsyncStream[Chunk])
    async for chunk in chat:
        assert isinstance(assert_type(chunk, Chunk), Chunk)
    async with AsyncStream(AsyncBody(MESSAGE), shape="messages") as made:
        event = assert_type(await anext(made), StreamEvent)
        assert event.type == "message_start"
    texts = assert_type(AsyncStream(AsyncBody(CHAT)).text(), AsyncIterator[str])
    assert [text async for text in texts]
    deltas = assert_type(AsyncStream(AsyncBody(CHAT)).deltas(), AsyncIterator[Delta])
    assert [delta async for delta in deltas]
    events = assert_type(AsyncStream(AsyncBody(CHAT)).events(), AsyncIterator[ServerSentEvent])
    assert [event async for event in events]
    assert isinstance(assert_type(await chat.until_done(), Outcome), Outcome)
    assert assert_type(await chat.get_final_message(), dict[str, Any] | None)
