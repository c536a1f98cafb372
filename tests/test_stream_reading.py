"""A `Stream` tells what a dispatcher and a decoder tell that are fed the same bytes."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answer_case import DONE, finishes, says
from answers import NAMES, body_of, stream
from replay import bytewise, in_steps
from ssewire import AsyncStream, Chunk, Stream, StreamEvent
from stream_case import AsyncBody, Body, aread, expected, read
from streams_grammar import answer_streams

if TYPE_CHECKING:
    from collections.abc import Callable

by_name = pytest.mark.parametrize("name", NAMES)
HELLO = [says("Hel"), says("lo"), finishes(), DONE]
CUTS: dict[str, Callable[[bytes], list[bytes]]] = {
    "whole": lambda body: [body],
    "bytewise": bytewise,
    "packets": lambda body: in_steps(body, 97),
}


@by_name
@pytest.mark.parametrize("flush_at_end", [False, True])
@pytest.mark.parametrize("cut", CUTS)
def test_recorded_streams(name: str, cut: str, flush_at_end: bool) -> None:
    # Of long bodies the beginning, and the rest in larger pieces.
    body = body_of(name)
    pieces = CUTS[cut](body[:2_000]) + in_steps(body[2_000:], 1_000)
    answer, count = expected(pieces, flush_at_end=flush_at_end)
    found, given = read(pieces, flush_at_end=flush_at_end)
    found.check(answer)
    assert given == count
    found, _ = asyncio.run(aread(pieces, flush_at_end=flush_at_end))
    found.check(answer)


@given(answer_streams(), st.lists(st.integers(0, 2_000), max_size=6), st.booleans())
@settings(max_examples=100)
def test_any_stream_and_cut(body: bytes, places: list[int], flush_at_end: bool) -> None:
    edges = [0, *sorted(place for place in places if place < len(body)), len(body)]
    pieces = [body[one:other] for one, other in pairwise(edges)]
    answer, count = expected(pieces, flush_at_end=flush_at_end)
    found, given = read(pieces, flush_at_end=flush_at_end)
    found.check(answer)
    assert given == count
    found, _ = asyncio.run(aread(pieces, flush_at_end=flush_at_end))
    found.check(answer)


TEXT = {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Hi"}}
BLOCK = {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}}
FLUSHED: dict[str, list[Any]] = {
    "chat": [says("Hi")],
    "messages": [{"type": "message_start", "message": {"id": "m"}}, BLOCK, TEXT],
    "second choice": [says("Hi"), {"choices": [{"index": 1, "delta": {"content": "no"}}]}],
}


@pytest.mark.parametrize("name", FLUSHED)
async def test_text_that_is_flushed(name: str) -> None:
    body = stream(*FLUSHED[name])[:-1]
    assert list(Stream(body, flush_at_end=True, raise_errors=False).text()) == ["Hi"]
    made: AsyncStream[Any] = AsyncStream(AsyncBody(body), flush_at_end=True, raise_errors=False)
    assert [text async for text in made.text()] == ["Hi"]


def test_reading_stops_at_the_end_of_the_answer() -> None:
    body = Body(*(stream(one) for one in HELLO), stream(says("more")), OSError("too far"))
    made: Stream[Any] = Stream(body)
    assert "".join(made.text_stream) == "Hello"
    assert (body.given, body.closed, made.closed) == (4, 1, True)
    assert (made.outcome.text, made.outcome.complete) == ("Hello", True)


@pytest.mark.parametrize("step", [1, 60, 1 << 30])
def test_one_by_one(step: int) -> None:
    body = Body(*in_steps(stream(*HELLO), step))
    made: Stream[Chunk] = Stream(body, shape="chat")
    assert next(made).text == "Hel"
    assert next(made).text == "lo"
    # What came with the last read is not lost to the loop, nor is the source kept by it.
    for item in made:
        assert item.choices[0].finish_reason == "stop"
        break
    assert (body.closed, made.closed) == (1, True)
    with pytest.raises(StopIteration):
        next(made)


@pytest.mark.parametrize("step", [1, 60, 1 << 30])
async def test_one_by_one_async(step: int) -> None:
    body = AsyncBody(*in_steps(stream(*HELLO), step))
    made: AsyncStream[Chunk] = AsyncStream(body, shape="chat")
    assert (await anext(made)).text == "Hel"
    assert (await anext(made)).text == "lo"
    rest = [item.text async for item in made]
    assert rest == ["", ""]
    assert (body.closed, made.closed) == (1, True)
    with pytest.raises(StopAsyncIteration):
        await anext(made)


async def test_final_messages() -> None:
    for name in ("chat_simple", "messages_simple", "completions_simple", "responses_text"):
        for method in ("get_final_message", "get_final_completion", "get_final_response"):
            body = body_of(name)
            made: Stream[Any] = Stream(in_steps(body, 100))
            final = getattr(made, method)()
            assert final == made.snapshot()
            assert final["id"]
            other: AsyncStream[Any] = AsyncStream(AsyncBody(*in_steps(body, 100)))
            assert await getattr(other, method)() == final
            assert made.outcome == other.outcome == Stream(body).until_done()


async def test_what_is_known_in_the_middle() -> None:
    def check(made: Stream[Any] | AsyncStream[Any], text: str) -> None:
        assert made.outcome.text == text
        assert made.shape == "chat"
        snapshot: Any = made.snapshot()
        assert snapshot["choices"][0]["message"]["content"] == text
        assert made.progress.chunks
        assert (
            repr(made) == f"<{type(made).__name__} of {type(made.response).__name__}, chat, open>"
        )

    pieces = [stream(says(letter)) for letter in "abc"]
    text = ""
    made: Stream[Any] = Stream(Body(*pieces), raise_errors=False)
    for piece in made.text():
        text += piece
        check(made, text)
    text = ""
    other: AsyncStream[Any] = AsyncStream(AsyncBody(*pieces), raise_errors=False)
    async for piece in other.text():
        text += piece
        check(other, text)
    assert repr(made) == "<Stream of Body, chat, closed>"
    assert repr(other) == "<AsyncStream of AsyncBody, chat, closed>"


def test_what_can_be_read() -> None:
    body = body_of("chat_simple")
    for source in (body, bytearray(body), memoryview(body), [body], (body,), iter([body])):
        assert Stream(source).until_done().complete
    for wrong in ("text", 5, None, AsyncBody()):
        with pytest.raises(TypeError, match="iterable of bytes"):
            Stream(wrong)
    with pytest.raises(TypeError, match="AsyncStream reads it"):
        Stream(AsyncBody())
    with pytest.raises(TypeError, match="Stream reads it"):
        AsyncStream([body])
    body_of_text = Body("text")
    body_of_text.pieces = ["text"]
    with pytest.raises(TypeError):
        Stream(["data: text"]).until_done()


@pytest.mark.parametrize("kind", [Stream, AsyncStream])
def test_options_that_are_wrong(kind: Any) -> None:
    body = Body() if kind is Stream else AsyncBody()
    with pytest.raises(ValueError, match="shape is"):
        kind(body, shape="haiku")
    with pytest.raises(TypeError):
        kind(body, shiny=True)
    for name in ("timeout", "first_token_timeout", "idle_timeout"):
        for value in (0, -1, float("nan"), float("inf")):
            with pytest.raises(ValueError, match="time-out"):
                kind(body, **{name: value})
    assert body.closed == 0


@pytest.mark.parametrize(
    ("name", "item"),
    [
        *[("chat_simple", Chunk), ("completions_simple", Chunk)],
        *[("messages_simple", StreamEvent), ("responses_text", StreamEvent)],
    ],
)
def test_a_shape_that_is_told(name: str, item: type) -> None:
    shape = name.partition("_")[0]
    made: Stream[Any] = Stream(body_of(name), shape=shape)
    assert made.shape == shape
    assert {type(one) for one in made} == {item}


def test_a_source_that_is_closed_by_its_iterator() -> None:
    class Lines:
        closed = 0

        def __iter__(self) -> Any:
            try:
                yield from (stream(says("a")), stream(says("b")))
            finally:
                self.closed += 1

    lines = Lines()
    made: Stream[Any] = Stream(lines)
    assert next(made).text == "a"
    made.close()
    assert lines.closed == 1


async def test_a_source_that_is_closed_by_its_iterator_async() -> None:
    class Lines:
        closed = 0

        async def __aiter__(self) -> Any:
            try:
                yield stream(says("a"))
                yield stream(says("b"))
            finally:
                self.closed += 1

    lines = Lines()
    made: AsyncStream[Any] = AsyncStream(lines)
    assert (await anext(made)).text == "a"
    await made.aclose()
    assert lines.closed == 1
