"""`Silence`: notices that nothing has happened for a while, at no cost where something does."""

from __future__ import annotations

import asyncio
import math
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Silence:
    """Calls a function when so many seconds have passed since the time that was noted last.

    Its timer is not touched by a note: it looks at that when its own time has come, and sleeps on
    for as long as is left.

    Args:
        seconds: how many.
        at_most: for how many it sleeps; `None` for all of them.

    Attributes:
        since: the note: a time of `time.monotonic()`, or infinity for no call.
    """

    __slots__ = ("_at_most", "_seconds", "_timer", "since")

    def __init__(self, seconds: float, at_most: float | None = None) -> None:
        self.since = math.inf
        self._seconds = seconds
        self._at_most = seconds if at_most is None else at_most
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, then: Callable[[], object]) -> None:
        """Call the function from now on, again and again as long as nothing is noted."""
        self.stop()
        self.since = monotonic()
        self._sleep(self._at_most, asyncio.get_running_loop(), then)

    def stop(self) -> None:
        """Take back the timer."""
        if self._timer is not None:
            self._timer.cancel()

    def _sleep(
        self, seconds: float, loop: asyncio.AbstractEventLoop, then: Callable[[], object]
    ) -> None:
        self._timer = loop.call_later(seconds, self._look, loop, then)

    def _look(self, loop: asyncio.AbstractEventLoop, then: Callable[[], object]) -> None:
        left = self.since + self._seconds - monotonic()
        if left <= 0:
            then()
            left = self._seconds
        self._sleep(min(left, self._at_most), loop, then)


def check_seconds(name: str, value: float | None) -> None:
    """Raise a `ValueError` for what is neither `None` nor a positive number of seconds."""
    if value is None:
        return
    number = isinstance(value, (int, float)) and value is not True
    if not number or not 0 < value < math.inf:
        raise ValueError(f"{name} is a positive number of seconds, not {value!r}")
