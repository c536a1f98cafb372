"""A body that is read with `async for`, waited for until a limit passes or somebody ends it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from ssewire.stream.limits import SETTLING
from ssewire.stream.watch import AsyncWatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType

    from typing_extensions import Buffer

    from ssewire.stream.limits import Limits


class Waiting:
    """Around each wait for the next piece of a body: `with waiting: chunk = await anext(chunks)`.

    Who waits is woken up by a cancellation of its task, which is taken back when it has done that, as
    `asyncio.timeout` does it. It is no coroutine of its own, as that would be memory and time for
    each read of each stream. Nothing comes after the last piece; that is not raised.

    Attributes:
        reader: the task that waits.
        interrupted: whether it was woken up: nothing is to be read any more, and what has come all
            the same does not count.
    """

    __slots__ = ("_cancels", "_limits", "_loop", "_timeout", "_watch", "interrupted", "reader")

    def __init__(self, limits: Limits | None) -> None:
        self.reader: asyncio.Task[Any] | None = None
        self.interrupted = False
        self._limits = limits
        self._watch: AsyncWatch | None = None
        self._timeout: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._cancels = 0

    def __enter__(self) -> None:
        """Begin to wait.

        Raises:
            RuntimeError: another task waits.
            StreamTimeout: a limit has passed.
        """
        if self.reader is not None:
            raise RuntimeError("this stream is being read by another task")
        if self._limits is not None:
            self._limit(self._limits)
        # To ask for the running loop costs much more than to ask a loop for its task.
        task = None if self._loop is None else asyncio.current_task(self._loop)
        if task is None:
            task = current_task()
            self._loop = None if task is None else task.get_loop()
        self.reader = task
        self._cancels = cancellations(task)

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> bool:
        """End to wait.

        Raises:
            StreamTimeout: a limit has passed.
        """
        task, self.reader = self.reader, None
        if self._watch is not None:
            self._watch.rest()
        if self._limits is not None:
            self._limits.came()
        ended = isinstance(error, StopAsyncIteration)
        if not self.interrupted:
            return ended
        if error is not None and not isinstance(error, (Exception, asyncio.CancelledError)):
            return False
        cancelled = task is not None and take_back_cancellation(task) > self._cancels
        if cancelled and error is not None and not ended:
            return False  # somebody else's cancellation, or what the source made of it
        if self._watch is not None and self._watch.fired and self._timeout is not None:
            raise self._timeout from None
        return True

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

    async def settle(self, chunks: AsyncIterator[Buffer]) -> None:
        """Let the body end after the answer has, so that the connection can be used again."""
        if current_task() is None:
            return
        self._limits = self._timeout = None
        deadline = monotonic() + SETTLING
        # The answer is whole, whatever becomes of the connection.
        with suppress(Exception):
            while monotonic() < deadline:
                self._watched().until(deadline)
                chunk = None
                with self:
                    chunk = await anext(chunks)
                if chunk is None or self.interrupted:
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
    if task is None or sys.version_info < (3, 11):
        return 0
    return task.cancelling()


def take_back_cancellation(task: asyncio.Task[Any]) -> int:
    """The same, and our own cancellation is taken back."""
    return 0 if sys.version_info < (3, 11) else task.uncancel()
