"""`Patience`: for how long an upstream may be silent."""

from __future__ import annotations

import asyncio
import math
from time import monotonic
from typing import TYPE_CHECKING, Any

from ssewire.asgi.silence import Silence
from ssewire.errors import IdleTimeout
from ssewire.stream.waiting import cancellations, take_back_cancellation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from typing_extensions import Buffer, Self


class Patience(Silence):
    """Wakes up the task that waits for the upstream when that is silent for too long.

    It is woken up by a cancellation, which is taken back by `verdict`.
    """

    __slots__ = ("_cancels", "_passed", "_task")

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self._task: asyncio.Task[Any] | None = None
        self._cancels = 0
        self._passed = False

    def begin(self) -> None:
        """The upstream is waited for from now on, by this task."""
        self._task = asyncio.current_task()
        if self._timer is None:
            self.watch(self._interrupt)
        else:
            self.since = monotonic()

    def verdict(self, caught: BaseException | None) -> BaseException | None:
        """What waiting has ended with, by what it raised: that, or `IdleTimeout`."""
        self.since = math.inf
        task, self._task = self._task, None
        if not self._passed or task is None:
            return caught
        if take_back_cancellation(task) > self._cancels and caught is not None:
            return caught  # somebody else has cancelled the task as well
        return IdleTimeout(self._seconds)

    def _interrupt(self) -> None:
        self.since = math.inf
        if self._task is not None:
            self._passed = True
            self._cancels = cancellations(self._task)
            self._task.cancel()


class Patient:
    """The reads of an upstream, each of which is waited for no longer than patience lasts."""

    def __init__(self, chunks: AsyncIterator[Buffer], patience: Patience) -> None:
        self._next = chunks.__anext__
        self._patience = patience
        patience.begin()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Buffer:
        self._patience.since = monotonic()
        chunk = await self._next()
        self._patience.since = math.inf  # what is done with it is no silence
        return chunk
