"""A body that is read with `async for`, waited for until a limit passes or somebody ends it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from ssewire.stream.limits import SETTLING
from ssewire.stream.watch import AsyncWatch

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from ssewire.stream.limits import Limits
    from ssewire.stream.source import AsyncSource


class Waiting:
    """Waits for the pieces of a body.

    Who waits is woken up by a cancellation of its task, which is taken back when it has done that, as
    `asyncio.timeout` does it.

    Attributes:
        reader: the task that waits.
        interrupted: whether it was woken up: nothing is to be read any more.
    """

    __slots__ = ("_limits", "_source", "_timeout", "_watch", "interrupted", "reader")

    def __init__(self, source: AsyncSource, limits: Limits | None) -> None:
        self.reader: asyncio.Task[Any] | None = None
        self.interrupted = False
        self._source = source
        self._limits = limits
        self._watch: AsyncWatch | None = None
        self._timeout: BaseException | None = None

    async def next(self) -> Buffer | None:
        """The next piece; `None` at the end, and after `interrupt()`.

        Raises:
            RuntimeError: another task waits for it.
            StreamTimeout: a limit has passed.
        """
        if self.reader is not None:
            raise RuntimeError("this stream is being read by another task")
        self.reader = task = current_task()
        cancels = cancellations(task)
        chunk: Buffer | None = None
        error: BaseException | None = None
        try:
            if self._limits is not None:
                self._limit(self._limits)
            chunk = await anext(self._source.chunks)
        except StopAsyncIteration:
            pass
        except (Exception, asyncio.CancelledError) as caught:
            if not self.interrupted:
                raise
            error = caught  # whatever the source made of our cancellation
        finally:
            self.reader = None
            if self._watch is not None:
                self._watch.rest()
            if self._limits is not None:
                self._limits.came()
        if not self.interrupted:
            return chunk
        if task is not None and take_back_cancellation(task) > cancels and error is not None:
            raise error
        if self._watch is not None and self._watch.fired and self._timeout is not None:
            raise self._timeout from None
        return None

    def _limit(self, limits: Limits) -> None:
        deadline, self._timeout = limits.next()
        if deadline <= monotonic():
            raise self._timeout
        self._watched().until(deadline)

    def _watched(self) -> AsyncWatch:
        if self._watch is None:
            self._watch = AsyncWatch(self.interrupt, asyncio.get_running_loop())
        return self._watch

    def interrupt(self) -> None:
        """Have the task that waits see the end."""
        if self.reader is not None and not self.interrupted:
            self.interrupted = True
            self.reader.cancel()

    async def settle(self) -> None:
        """Let the body end after the answer has, so that the connection can be used again."""
        if current_task() is None:
            return
        self._limits = self._timeout = None
        deadline = monotonic() + SETTLING
        # The answer is whole, whatever becomes of the connection.
        with suppress(Exception):
            while monotonic() < deadline:
                self._watched().until(deadline)
                if await self.next() is None:
                    break

    def stop(self) -> None:
        """Take back the timer, and let go of what keeps the stream."""
        if self._watch is not None:
            self._watch.stop()
        self._watch = self._timeout = None


def current_task() -> asyncio.Task[Any] | None:
    """The task that runs; `None` in an event loop that is not asyncio's."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


def cancellations(task: asyncio.Task[Any] | None) -> int:
    """How often the task was cancelled, as far as that is known: from Python 3.11 on."""
    cancelling = getattr(task, "cancelling", None)
    return 0 if cancelling is None else cancelling()


def take_back_cancellation(task: asyncio.Task[Any]) -> int:
    """The same, and our own cancellation is taken back."""
    uncancel = getattr(task, "uncancel", None)
    return 0 if uncancel is None else uncancel()
