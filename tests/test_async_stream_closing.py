"""An `AsyncStream` gives its source back once, on every way out, and leaves no task behind."""

from __future__ import annotations

import asyncio
import gc
import weakref
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest

from answer_case import DONE, finishes, says
from answers import stream
from ssewire import (
    AsyncStream,
    EventTooLarge,
    InvalidPayload,
    NotAnEventStream,
    SSEError,
    StreamError,
    TruncatedStream,
)
from ssewire.stream import asynchronous
from stream_case import LONG, AsyncBody, Told, aerror_of, nothing_left

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

HEL, LO, END = stream(says("Hel")), stream(says("lo")), stream(finishes(), DONE)
ERROR = stream({"error": {"message": "no", "type": "overloaded_error"}})
WAYS: dict[str, Callable[[AsyncStream[Any]], AsyncIterator[Any]]] = {
    "items": aiter,
    "text": lambda made: made.text(),
    "deltas": lambda made: made.deltas(),
    "events": lambda made: made.events(),
}
by_way = pytest.mark.parametrize("way", WAYS)


class Opened:
    """A stream with its body and its observer."""

    def __init__(self, *pieces: Any, turns: int = 1, **options: Any) -> None:
        self.body, self.told = AsyncBody(*pieces, turns=turns), Told()
        self.stream: AsyncStream[Any] = AsyncStream(self.body, observer=self.told, **options)

    async def check(self, error: BaseException | None = None) -> None:
        await nothing_left()
        assert self.stream.closed
        assert self.body.closed == 1
        assert self.told.started_with == [self.stream]
        assert self.told.ends == [error]
        for way in WAYS.values():
            assert [one async for one in way(self.stream)] == []
        await self.stream.aclose()
        async with self.stream:
            pass
        assert (self.body.closed, self.told.ends) == (1, [error])


ENDS: dict[str, tuple[list[Any], dict[str, Any], type[BaseException] | None]] = {
    "end": ([HEL, LO, END], {}, None),
    "end of the body": ([HEL, LO, stream(finishes())], {}, None),
    "open after the end": ([HEL, LO, END, ...], {}, None),
    "breaks after the end": ([HEL, LO, END, OSError("reset")], {}, None),
    "error of the server": ([HEL, LO, ERROR], {}, StreamError),
    "truncated": ([HEL, LO], {}, TruncatedStream),
    "empty": ([], {}, TruncatedStream),
    "no stream": ([b'{"error": {"message": "no"}}'], {}, NotAnEventStream),
    "source broke": ([HEL, LO, OSError("gone")], {}, OSError),
    "source broke at once": ([ValueError("gone")], {}, ValueError),
    "too large": ([HEL, LO + b"data: " + b"x" * 999], {"max_event_size": 500}, EventTooLarge),
    "too large later": ([HEL, LO, b"data: " + b"x" * 999], {"max_event_size": 500}, EventTooLarge),
    "invalid": ([HEL, LO, b"data: {\n\n", LO], {"strict": True}, InvalidPayload),
    "invalid after good": ([HEL, LO + b"data: {\n\n"], {"strict": True}, InvalidPayload),
}


@by_way
@pytest.mark.parametrize("name", ENDS)
async def test_ends(name: str, way: str) -> None:
    pieces, options, kind = ENDS[name]
    opened = Opened(*pieces, **options)
    found, error = [], None
    try:
        async for one in WAYS[way](opened.stream):
            found.append(one)  # noqa: PERF401 (what came before the error counts)
    except (SSEError, OSError, ValueError) as caught:
        error = caught
    assert isinstance(error, kind or type(None))
    await opened.check(error)
    if isinstance(error, SSEError):
        assert error.outcome == opened.stream.outcome
    # What was good was delivered first.
    text = "Hello" if HEL in pieces else ""
    assert opened.stream.outcome.text == text
    assert len(found) >= 2 * bool(text)
    assert opened.told.reads >= 2 * bool(text)
    if way == "text":
        assert "".join(found) == text


@by_way
async def test_break(way: str) -> None:
    opened = Opened(HEL, LO, END)
    async for _ in WAYS[way](opened.stream):
        break
    await nothing_left()
    assert opened.body.given == 1
    await opened.check()


@by_way
def test_break_at_the_end_of_the_program(way: str) -> None:
    made: list[Opened] = []

    async def main() -> None:
        made.append(Opened(HEL, LO, END))
        async for _ in WAYS[way](made[0].stream):
            break

    asyncio.run(main())
    # The loop may cancel what closes the generator, when its time has come.
    (end,) = made[0].told.ends
    assert made[0].body.closed == 1
    assert end is None or isinstance(end, asyncio.CancelledError)


@by_way
@pytest.mark.parametrize("leave", ["nothing", "context manager", "aclosing"])
async def test_exception_in_the_loop(way: str, leave: str) -> None:
    opened = Opened(HEL, LO, END)

    async def read() -> None:
        async for _ in WAYS[way](opened.stream):
            raise KeyError

    with pytest.raises(KeyError) as caught:  # noqa: PT012 (the ways are what it is about)
        if leave == "nothing":
            await read()
        elif leave == "aclosing":
            async with aclosing(opened.stream):
                await read()
        else:
            async with opened.stream as made:
                assert made is opened.stream
                await read()
    told = caught.value if leave == "context manager" else None
    if leave != "nothing":
        assert (opened.body.closed, opened.stream.closed) == (1, True)
    await opened.check(told)


@by_way
async def test_close_in_the_loop(way: str) -> None:
    opened = Opened(HEL, LO, END)
    async for _ in WAYS[way](opened.stream):
        await opened.stream.close()
        assert opened.body.closed == 1
    assert opened.body.given == 1
    await opened.check()


async def test_close_before_the_loop() -> None:
    opened = Opened(HEL, LO, END)
    iterator = aiter(opened.stream)
    await opened.stream.aclose()
    assert [one async for one in iterator] == []
    assert opened.body.given == 0
    await opened.check()


@pytest.mark.parametrize("begun", [False, True])
async def test_garbage(begun: bool) -> None:
    opened = Opened(HEL, LO, END)
    body, told = opened.body, opened.told
    if begun:
        await anext(opened.stream)
    told.started_with.clear()
    warning = "AsyncStream of AsyncBody, .*, open. was never closed"
    with pytest.warns(ResourceWarning, match=warning):  # noqa: PT031 (that is when it comes)
        del opened
        gc.collect()
    await nothing_left()
    assert (body.closed, told.ends) == (1, [None])
    assert not asynchronous._CLOSING


async def test_a_connection_may_end_the_body_after_the_answer() -> None:
    opened = Opened(HEL, END, b": bye\n\n")
    assert await read_all(opened.stream, "text") == 1
    assert opened.body.given == 3
    await opened.check()


def test_garbage_without_a_loop() -> None:
    made: list[Any] = []

    async def main() -> None:
        made.append(Opened(HEL))

    asyncio.run(main())
    told = made[0].told
    told.started_with.clear()
    with pytest.warns(ResourceWarning, match="never closed"):  # noqa: PT031 (the same)
        made.clear()
        gc.collect()
    assert told.ends == [None]


async def test_generator_that_is_thrown_away() -> None:
    opened = Opened(HEL, LO, END)
    iterator = opened.stream.text()
    assert await anext(iterator) == "Hel"
    del iterator
    gc.collect()
    await opened.check()


async def test_an_error_keeps_no_cycle() -> None:
    gc.disable()
    try:
        opened = Opened(HEL, ERROR)
        left = weakref.ref(opened.stream)
        _, error = await aerror_of(opened.stream)
        assert error is not None
        told, opened = opened.told, None  # type: ignore[assignment]
        told.ends.clear()
        told.started_with.clear()
        error = None
        await nothing_left()
        assert left() is None
    finally:
        gc.enable()


async def read_all(made: AsyncStream[Any], way: str) -> int:
    count = 0
    async for _ in WAYS[way](made):
        count += 1
    return count


async def turns_of(way: str, *pieces: Any, **options: Any) -> int:
    """How many turns of the loop a whole stream takes."""
    opened = Opened(*pieces, turns=2, **options)
    task = asyncio.create_task(read_all(opened.stream, way))
    turns = 0
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    return turns


@by_way
@pytest.mark.parametrize("timeout", [None, LONG])
async def test_cancellation_at_every_await(way: str, timeout: float | None) -> None:
    pieces = [HEL, LO, END, b": bye\n\n"]
    told_of = 0
    for turns in range(await turns_of(way, *pieces, timeout=timeout)):
        opened = Opened(*pieces, turns=2, timeout=timeout)
        task = asyncio.create_task(read_all(opened.stream, way))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        if turns == 0:  # it has not begun
            assert not opened.stream.closed
            await opened.stream.aclose()
        (end,) = opened.told.ends
        assert end is None or isinstance(end, asyncio.CancelledError)
        told_of += end is not None
        await opened.check(end)
    assert told_of


async def test_cancellation_of_closing() -> None:
    opened = Opened(HEL, LO, END, turns=3)
    await anext(opened.stream)
    task = asyncio.create_task(opened.stream.aclose())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await opened.check()


async def test_cancellation_in_the_loop() -> None:
    opened = Opened(HEL, LO, END)

    async def read() -> None:
        async with opened.stream as made:
            async for _ in made:
                await asyncio.sleep(LONG)

    task = asyncio.create_task(read())
    while not opened.told.reads:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await nothing_left()
    assert (opened.body.closed, len(opened.told.ends)) == (1, 1)
