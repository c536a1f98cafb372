"""An `AsyncStream` between several tasks: closing from outside, two readers, other cancellations."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import pytest

from answer_case import DONE, finishes, says
from answers import stream
from ssewire import AsyncStream, IdleTimeout, StreamTimeout
from stream_case import LONG, AsyncBody, Told, nothing_left

HEL, LO, END = stream(says("Hel")), stream(says("lo")), stream(finishes(), DONE)
# Before there was no telling one cancellation from another.
counted = pytest.mark.skipif(sys.version_info < (3, 11), reason="cancellations are not counted")


async def text_of(made: AsyncStream[Any]) -> str:
    return "".join([text async for text in made.text()])


def cancellations() -> int:
    """Of this task, that nobody has taken back; 0 where that is not known."""
    return int(getattr(asyncio.current_task(), "cancelling", int)())


class Waiting:
    """A task that waits for a piece that never comes."""

    def __init__(self, *pieces: Any, **options: Any) -> None:
        self.body, self.told = AsyncBody(*(pieces or (HEL, ...))), Told()
        self.stream: AsyncStream[Any] = AsyncStream(self.body, observer=self.told, **options)
        self.task = asyncio.create_task(text_of(self.stream))

    async def check(self, error: BaseException | None = None) -> None:
        await nothing_left()
        assert (self.stream.closed, self.body.closed, self.told.ends) == (True, 1, [error])


@pytest.mark.parametrize("leave", ["aclose", "exit", "twice"])
@pytest.mark.parametrize("timeout", [None, LONG])
async def test_close_from_another_task(leave: str, timeout: float | None) -> None:
    waiting = Waiting(idle_timeout=timeout)
    await waiting.body.waiting.wait()
    if leave == "aclose":
        await waiting.stream.aclose()
    elif leave == "exit":
        async with waiting.stream:
            pass
    else:
        await asyncio.gather(*(waiting.stream.aclose() for _ in range(3)))
    # The source is closed by now, and who waited sees the end.
    assert (waiting.stream.closed, waiting.body.closed) == (True, 1)
    assert await waiting.task == "Hel"
    await waiting.check()


async def test_close_from_another_task_of_an_async_generator() -> None:
    waits, closed = asyncio.Event(), []

    async def pieces() -> Any:
        try:
            yield HEL
            waits.set()
            await asyncio.sleep(LONG)
        finally:
            await asyncio.sleep(0)
            closed.append(True)

    made: AsyncStream[Any] = AsyncStream(pieces())
    async with made:
        task = asyncio.create_task(text_of(made))
        await waits.wait()
    assert await task == "Hel"
    assert closed == [True]
    await nothing_left()


@pytest.mark.parametrize("turns", range(6))
async def test_close_from_another_task_at_any_time(turns: int) -> None:
    waiting = Waiting(HEL, LO, END, ...)
    for _ in range(turns):
        await asyncio.sleep(0)
    await waiting.stream.aclose()
    assert await waiting.task in ("", "Hel", "Hello")
    await waiting.check()


@counted
async def test_the_task_may_go_on_after_the_stream_was_closed() -> None:
    waiting = Waiting()
    went_on = []

    async def read() -> int:
        await text_of(other)
        await asyncio.sleep(0)
        went_on.append(True)
        return cancellations()

    body = AsyncBody(HEL, ...)
    other: AsyncStream[Any] = AsyncStream(body)
    task = asyncio.create_task(read())
    await body.waiting.wait()
    await other.aclose()
    assert await task == 0
    assert went_on == [True]
    await waiting.stream.aclose()
    assert await waiting.task == "Hel"


@counted
@pytest.mark.parametrize("first", ["close", "cancel"])
async def test_a_cancellation_at_the_same_moment_is_not_swallowed(first: str) -> None:
    waiting = Waiting()
    await waiting.body.waiting.wait()
    if first == "cancel":
        waiting.task.cancel()
    closing = asyncio.create_task(waiting.stream.aclose())
    if first == "close":
        # As soon as `aclose()` has run, and before the reader has.
        asyncio.get_running_loop().call_soon(waiting.task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await waiting.task
    await closing
    (end,) = waiting.told.ends
    assert isinstance(end, asyncio.CancelledError)
    await waiting.check(end)


@counted
async def test_a_time_out_around_the_stream_at_the_same_moment() -> None:
    body = AsyncBody(HEL, ...)

    async def hold_the_loop() -> None:
        # Both deadlines pass meanwhile, and are seen in one turn.
        await body.waiting.wait()
        time.sleep(0.1)  # noqa: ASYNC251 (that is the point)

    async def read() -> int:
        timeout = getattr(asyncio, "timeout")  # noqa: B009 (not in Python 3.10)
        with pytest.raises(TimeoutError) as caught:
            async with timeout(0.05):
                await text_of(AsyncStream(body, idle_timeout=0.05))
        assert not isinstance(caught.value, StreamTimeout)
        return cancellations()

    holding = asyncio.create_task(hold_the_loop())
    assert await read() == 0
    await holding
    assert body.closed == 1
    await nothing_left()


@counted
async def test_a_cancellation_that_was_handled_is_none_any_more() -> None:
    body = AsyncBody(HEL, ...)

    async def goes_on() -> str:
        try:
            await asyncio.sleep(LONG)
        except asyncio.CancelledError:
            with pytest.raises(IdleTimeout):
                await AsyncStream(body, idle_timeout=0.01).until_done()
            return "done"
        return "not cancelled"

    task = asyncio.create_task(goes_on())
    await asyncio.sleep(0)
    task.cancel()
    assert await task == "done"
    assert body.closed == 1


@pytest.mark.parametrize("turned_into", [OSError, ValueError, StopAsyncIteration, None])
async def test_a_source_that_makes_something_else_of_a_cancellation(turned_into: Any) -> None:
    class Body(AsyncBody):
        async def __anext__(self) -> bytes:
            try:
                return await super().__anext__()
            except asyncio.CancelledError:
                if turned_into is None:
                    return LO
                raise turned_into from None

    body = Body(HEL, ...)
    made: AsyncStream[Any] = AsyncStream(body)

    async def read() -> tuple[str, int]:
        text = await text_of(made)
        return text, cancellations()

    task = asyncio.create_task(read())
    await body.waiting.wait()
    await made.aclose()
    assert await task == ("Hel", 0)
    assert body.closed == 1
    body = Body(HEL, ...)
    with pytest.raises(IdleTimeout):
        await text_of(AsyncStream(body, idle_timeout=0.01))
    assert body.closed == 1


@pytest.mark.parametrize("begun", [False, True])
async def test_two_readers(begun: bool) -> None:
    resume = asyncio.Event()

    class Body(AsyncBody):
        async def __anext__(self) -> bytes:
            if self.given == 2:
                self.waiting.set()
                await resume.wait()
            return await super().__anext__()

    body, told = Body(HEL, LO, END), Told()
    made: AsyncStream[Any] = AsyncStream(body, observer=told, idle_timeout=LONG)
    second = made.text()
    found = [await anext(second)] if begun else []
    first = asyncio.create_task(text_of(made))
    if not begun:
        found.append("Hel")
    await body.waiting.wait()
    with pytest.raises(RuntimeError, match="another task"):
        await anext(second)
    # It was a mistake of the second one, of which the first one knows nothing.
    assert not made.closed
    resume.set()
    assert await first == ("lo" if begun else "Hello")
    assert (body.closed, told.ends) == (1, [None])
    assert made.outcome.complete
    await nothing_left()


async def test_readers_one_after_the_other() -> None:
    body = AsyncBody(HEL, LO, END)
    made: AsyncStream[Any] = AsyncStream(body, shape="chat")
    for expected in ("Hel", "lo"):
        # Each in a task of its own.
        item = await asyncio.wait_for(anext(made), LONG)
        assert item.text == expected
    await made.aclose()
    assert body.closed == 1


async def test_many_at_once() -> None:
    pieces = [stream(says(f"{n} ")) for n in range(50)]
    bodies = [AsyncBody(*pieces, END, turns=n % 3) for n in range(200)]
    texts = await asyncio.gather(*(text_of(AsyncStream(body)) for body in bodies))
    assert set(texts) == {"".join(f"{n} " for n in range(50))}
    assert {body.closed for body in bodies} == {1}
    await nothing_left()
