"""Errors, closing and cancelling of the asynchronous functions: nothing is lost, nothing is left."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssewire.pacing import abuffered, asentences, asmooth, awords
from test_pacing_loop import Source, run, timed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "size": lambda text: abuffered(text, size=1000),
    "interval": lambda text: abuffered(text, interval=1),
    "words": awords,
    "sentences": asentences,
    "smooth": lambda text: asmooth(text, 1000),
}
functions = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())


@functions
@given(st.lists(st.tuples(st.sampled_from([0, 0.3, 2]), st.text(max_size=4))), st.booleans())
def test_what_comes_out_is_what_went_in(
    function: Callable[[Any], Any], pieces: list[tuple[float, str]], fails: bool
) -> None:
    source = Source(*pieces, error=ConnectionError("broken") if fails else None)
    found = []

    async def scenario() -> None:
        async for piece in function(source):
            found.append(piece)  # noqa: PERF401 (those before the error count)

    if fails:
        with pytest.raises(ConnectionError):
            run(scenario())
    else:
        run(scenario())
    assert "".join(found) == "".join(piece for _, piece in pieces)
    assert source.closed == 1


@functions
def test_what_is_held_comes_before_the_error(function: Callable[[Any], Any]) -> None:
    source = Source((0, "a"), error=TimeoutError("late"))

    async def scenario() -> None:
        found = function(source)
        assert await found.__anext__() == "a"
        with pytest.raises(TimeoutError, match="late"):
            await found.__anext__()
        with pytest.raises(StopAsyncIteration):
            await found.__anext__()

    run(scenario())
    assert source.closed == 1


@functions
@pytest.mark.parametrize("taken", [0, 1])
def test_closing_closes_the_source(function: Callable[[Any], Any], taken: int) -> None:
    source = Source(*[(0.1, "One two. Three four. Five. ")] * 99)

    async def scenario() -> None:
        async with function(source) as found:
            for _ in range(taken):
                await found.__anext__()
        assert source.closed == 1
        assert [piece async for piece in found] == []

    run(scenario())


@functions
@pytest.mark.parametrize("steps", range(12))
@pytest.mark.parametrize("busy", [0, 0.5])
def test_cancelling_anywhere_leaves_nothing(
    function: Callable[[Any], Any], steps: int, busy: float
) -> None:
    source = Source(*[(0.3 * (i % 2), "One two. Three four. ") for i in range(99)])

    async def scenario() -> None:
        task = asyncio.ensure_future(timed(function(source), busy))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        if busy:
            # Cancelled in the consumer's own await: the generator is closed when it is collected.
            await asyncio.sleep(1)

    run(scenario())
    if steps:
        assert source.closed == 1


@functions
@pytest.mark.parametrize("after", [0.05, 0.3, 0.35, 1.2, 2.5])
def test_cancelling_at_any_time_leaves_nothing(
    function: Callable[[Any], Any], after: float
) -> None:
    source = Source(*[(0.3, "One two. Three four. ")] * 99)

    async def scenario() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(timed(function(source)), after)

    run(scenario())
    assert source.closed == 1


def test_a_cancelled_source_is_no_end() -> None:
    source = Source((0, "a"), error=asyncio.CancelledError())

    async def scenario() -> None:
        found = abuffered(source, size=10)
        assert await found.__anext__() == "a"
        with pytest.raises(asyncio.CancelledError):
            await found.__anext__()

    run(scenario())
    assert source.closed == 1


@functions
def test_a_source_whose_close_is_a_coroutine(function: Callable[[Any], Any]) -> None:
    class Closing:
        closed = 0

        def __aiter__(self) -> AsyncIterator[str]:
            return aiter(Source((0, "a")))

        async def close(self) -> None:
            self.closed += 1

    source = Closing()
    assert run(timed(function(source)))
    assert source.closed == 1


@functions
def test_pieces_must_be_text(function: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="pieces of str, not bytes"):
        run(timed(function(Source((0, b"a")))))
    with pytest.raises(TypeError, match="text must be an asynchronous iterable of str, not list"):
        function(["a"])


def test_leaving_before_the_error_is_due() -> None:
    source = Source((0, "a"), error=ConnectionError("broken"))

    async def scenario() -> None:
        found = abuffered(source, size=10)
        assert await found.__anext__() == "a"
        await found.aclose()
        del found
        gc.collect()

    run(scenario())
    assert source.closed == 1


def test_an_error_on_closing_is_told() -> None:
    class Closing(Source):
        async def aclose(self) -> None:
            raise RuntimeError("can't close")

    async def scenario(function: Callable[[Any], Any]) -> None:
        found = function(Closing((0, "One two. Three four."), (0, " Five."), (5, "")))
        await found.__anext__()
        with pytest.raises(RuntimeError, match="can't close"):
            await found.aclose()

    for function in (FUNCTIONS["interval"], awords, asentences):
        run(scenario(function))
