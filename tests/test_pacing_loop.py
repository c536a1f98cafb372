"""An event loop whose time passes when nothing else happens; a source of text with delays."""

from __future__ import annotations

import asyncio
import selectors
import time
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Coroutine

T = TypeVar("T")


class Selector(selectors.DefaultSelector):
    """Instead of waiting for a timer it puts the clock forward."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0

    def select(self, timeout: float | None = None) -> Any:
        assert timeout is not None, "everything waits for something else"
        self.now += max(timeout, 0)
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.selector = Selector()
        super().__init__(self.selector)

    def time(self) -> float:
        return self.selector.now


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run in a loop with a clock of its own; nothing may be left."""
    loop = Loop()
    failures: list[Any] = []
    loop.set_exception_handler(lambda _, context: failures.append(context))
    try:
        result = loop.run_until_complete(asyncio.wait_for(coroutine, 10_000))
        assert not asyncio.all_tasks(loop)
        assert not [handle for handle in loop._scheduled if not handle.cancelled()]  # type: ignore[attr-defined]
        assert not failures
        return result
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


class Source:
    """Pieces, each after so many seconds, then perhaps an error."""

    def __init__(self, *timed: tuple[float, Any], error: BaseException | None = None) -> None:
        self.timed = iter(timed)
        self.error = error
        self.closed = 0
        self.cancelled = 0
        self.reading = False

    def __aiter__(self) -> Source:
        return self

    async def __anext__(self) -> Any:
        assert not self.reading, "read twice at a time"
        self.reading = True
        try:
            for seconds, piece in self.timed:
                if seconds:
                    await asyncio.sleep(seconds)
                return piece
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.reading = False
        if self.error is not None:
            raise self.error
        raise StopAsyncIteration

    async def aclose(self) -> None:
        assert not self.reading, "closed while it is read"
        await asyncio.sleep(0)
        self.closed += 1


async def timed(text: AsyncIterable[str], busy: float = 0) -> list[tuple[float, str]]:
    loop = asyncio.get_running_loop()
    start = loop.time()
    found: list[tuple[float, str]] = []
    async for piece in text:
        found.append((round(loop.time() - start, 6), piece))
        if busy:
            await asyncio.sleep(busy)
    return found


def test_time_passes_without_waiting() -> None:
    async def scenario() -> float:
        before = asyncio.get_running_loop().time()
        await asyncio.sleep(5_000)
        return asyncio.get_running_loop().time() - before

    begun = time.monotonic()
    assert run(scenario()) == 5_000
    assert time.monotonic() - begun < 60


def test_what_is_left_is_found() -> None:
    left: list[asyncio.Task[None]] = []

    async def scenario() -> None:
        left.append(asyncio.ensure_future(asyncio.sleep(5)))

    with pytest.raises(AssertionError):
        run(scenario())
