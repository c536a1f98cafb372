"""Small pieces coalesced: by size, by time."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING

from ssewire.pacing.arguments import check_positive, check_size
from ssewire.pacing.pieces import AsyncPieces, aclose, checked, regrouped

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable

    from ssewire.pacing.pieces import Pieces


def buffered(
    text: Iterable[str],
    *,
    size: int | None = None,
    interval: float | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Pieces:
    """Yield the text in fewer, larger pieces.

    Pieces are put together, never cut. An iterator can't yield while its source blocks, so the
    interval is looked at when the next piece arrives; `abuffered` has a timer.

    Args:
        text: pieces of text.
        size: yield as soon as at least so many characters are held.
        interval: yield when the first piece held has waited for so many seconds.
        clock: what tells the time, in seconds.

    Raises:
        ValueError: neither size nor interval is given, or one is not positive.
    """
    _check(size, interval)
    return regrouped(text, _Coalescing(size, interval, clock))


def abuffered(
    text: AsyncIterable[str], *, size: int | None = None, interval: float | None = None
) -> AsyncPieces:
    """Yield the text in fewer, larger pieces; what is held goes out on time, source silent or not.

    For asyncio. The source is read by a task of its own, which ends with the iteration. With `size`
    it reads no further while so much waits to be taken; without, all that arrives while the consumer
    is busy is put together.

    Args:
        text: pieces of text.
        size: yield as soon as at least so many characters are held.
        interval: yield at the latest so many seconds after the first piece held arrived.

    Raises:
        ValueError: neither size nor interval is given, or one is not positive.
    """
    _check(size, interval)
    return AsyncPieces(text, _coalesced(_Reader(text, size, interval)))


class _Held:
    """Pieces that wait, and how many characters they are."""

    def __init__(self) -> None:
        self.length = 0
        self._pieces: list[str] = []

    def add(self, piece: str) -> None:
        self._pieces.append(piece)
        self.length += len(piece)

    def take(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        self.length = 0
        return text


class _Coalescing:
    def __init__(
        self, size: int | None, interval: float | None, clock: Callable[[], float]
    ) -> None:
        self._size = math.inf if size is None else size
        self._interval = math.inf if interval is None else interval
        self._clock = clock
        self._since = 0.0
        self._held = _Held()

    def feed(self, piece: str) -> list[str]:
        if not piece:
            return []
        now = self._clock()
        if not self._held.length:
            self._since = now
        self._held.add(piece)
        if self._held.length >= self._size or now - self._since >= self._interval:
            return [self._held.take()]
        return []

    def finish(self) -> list[str]:
        return [self._held.take()] if self._held.length else []


class _Reader:
    """Reads the source in a task; says by `ready` when there is something to hand over."""

    def __init__(self, text: AsyncIterable[str], size: int | None, interval: float | None) -> None:
        self.ready = asyncio.Event()
        self.held = _Held()
        self._text = text
        self._size = math.inf if size is None else size
        self._interval = interval
        self._taken = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        pieces: AsyncIterable[str] = self._text
        try:
            pieces = aiter(self._text)
            async for piece in pieces:
                await self._add(checked(piece))
        finally:
            self._disarm()
            try:
                await aclose(pieces)
            finally:
                if pieces is not self._text:
                    await aclose(self._text)

    def take(self) -> str:
        self._disarm()
        self.ready.clear()
        self._taken.set()
        return self.held.take()

    async def _add(self, piece: str) -> None:
        if piece and not self.held.length:
            self._arm()
        self.held.add(piece)
        if self.held.length >= self._size:
            self.ready.set()
            self._taken.clear()
            await self._taken.wait()
        elif self._timer and self._timer.when() <= asyncio.get_running_loop().time():
            # A source that never waits would keep timer and consumer from running.
            self.ready.set()
            await asyncio.sleep(0)

    def _arm(self) -> None:
        if self._interval is not None:
            self._timer = asyncio.get_running_loop().call_later(self._interval, self.ready.set)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


async def _coalesced(reader: _Reader) -> AsyncGenerator[str, None]:
    task = asyncio.ensure_future(reader.run())
    task.add_done_callback(lambda _: reader.ready.set())
    try:
        while not task.done():
            await reader.ready.wait()
            if reader.held.length:
                yield reader.take()
        if reader.held.length:
            yield reader.take()
        task.result()
    finally:
        if task.done():
            # Left before its error was due: asyncio would report it as never retrieved.
            _ = task.cancelled() or task.exception()
        else:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()


def _check(size: int | None, interval: float | None) -> None:
    if size is None and interval is None:
        raise ValueError("give size, interval or both")
    if size is not None:
        check_size("size", size)
    if interval is not None:
        check_positive("interval", interval)
