"""`Patience`: how long an upstream may be silent."""

from __future__ import annotations

import asyncio
import math
from time import monotonic
from typing import Any

from ssewire.errors import IdleTimeout
from ssewire.stream.waiting import _cancels, _without_ours, current_task
from ssewire.stream.watch import AsyncWatch


class Patience:
    """Wakes up the task that waits for the upstream when that was silent for too long.

    It is woken up by a cancellation, which is taken back by `verdict`.

    Args:
        limit: for how many seconds.

    Raises:
        ValueError: the limit is not a positive number.
    """

    __slots__ = ("_cancels", "_limit", "_task", "_watch")

    def __init__(self, limit: float) -> None:
        check_seconds("idle_timeout", limit)
        self._limit = limit
        self._task: asyncio.Task[Any] | None = None
        self._cancels = 0
        self._watch: AsyncWatch | None = None

    def begin(self) -> None:
        """The upstream is waited for from now on, by this task."""
        self._task = current_task()
        if self._watch is None:
            self._watch = AsyncWatch(self._interrupt, asyncio.get_running_loop())
        self._watch.until(monotonic() + self._limit)

    def rest(self) -> None:
        """It has said something."""
        if self._watch is not None:
            self._watch.rest()

    def stop(self) -> None:
        """Take back the timer."""
        if self._watch is not None:
            self._watch.stop()
        self._task = None

    def verdict(self, caught: BaseException | None) -> BaseException | None:
        """What waiting has ended with, by what it raised: that, or `IdleTimeout`."""
        task = self._task
        if self._watch is None or not self._watch.fired or task is None:
            return caught
        self.stop()
        if _without_ours(task) > self._cancels and caught is not None:
            return caught  # somebody else has cancelled the task as well
        return IdleTimeout(self._limit)

    def _interrupt(self) -> None:
        if self._task is not None:
            self._cancels = _cancels(self._task)
            self._task.cancel()


def check_seconds(name: str, value: object) -> None:
    """Raise a `ValueError` for what is no positive number of seconds."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0 < value < math.inf:  # type: ignore[operator]
        raise ValueError(f"{name} is a positive number of seconds, not {value!r}")
