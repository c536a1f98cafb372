"""`Watch` and `AsyncWatch`: wake up who waits too long, a thread or a task."""

from __future__ import annotations

import math
import threading
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle
    from collections.abc import Callable


class Watch:
    """Calls a function from a thread of its own when a deadline passes that nobody took back.

    Setting and taking back a deadline is done for each read, so it takes no lock: the thread sleeps
    until the first deadline that it has heard of, and looks then what has become of it.

    Args:
        interrupt: what to call, at most once.

    Attributes:
        fired: whether it was called.
    """

    __slots__ = ("_changed", "_deadline", "_interrupt", "_sleeps_until", "_stopped", "fired")

    def __init__(self, interrupt: Callable[[], object]) -> None:
        self.fired = False
        self._interrupt = interrupt
        self._deadline = math.inf
        self._sleeps_until = 0.0
        self._stopped = False
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="ssewire-watch", daemon=True).start()

    def until(self, deadline: float) -> None:
        """Call the function at that time of `time.monotonic()`."""
        self._deadline = deadline
        if deadline < self._sleeps_until:
            with self._changed:
                self._changed.notify()

    def rest(self) -> None:
        """Do not call it any more, until a new deadline is set."""
        self._deadline = math.inf

    def stop(self) -> None:
        """End the thread."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._stopped:
                self._sleeps_until = deadline = self._deadline
                # A deadline that was set just now found an old `_sleeps_until`.
                if deadline != self._deadline:
                    continue
                left = deadline - monotonic()
                if left <= 0:
                    self.fired = True
                    self._interrupt()
                    return
                self._changed.wait(None if left == math.inf else min(left, threading.TIMEOUT_MAX))


class AsyncWatch:
    """The same for a task, by a timer of its loop that is not touched for each read.

    Args:
        interrupt: what to call, at most once.
        loop: the loop of the task.

    Attributes:
        fired: whether it was called.
    """

    __slots__ = ("_deadline", "_interrupt", "_loop", "_timer", "_timer_at", "fired")

    def __init__(self, interrupt: Callable[[], object], loop: AbstractEventLoop) -> None:
        self.fired = False
        self._interrupt = interrupt
        self._loop = loop
        self._deadline = self._timer_at = math.inf
        self._timer: TimerHandle | None = None

    def until(self, deadline: float) -> None:
        """Call the function at that time of `time.monotonic()`."""
        self._deadline = deadline
        if deadline < self._timer_at:
            self._set()

    def rest(self) -> None:
        """Do not call it any more, until a new deadline is set."""
        self._deadline = math.inf

    def stop(self) -> None:
        """Take back the timer."""
        if self._timer is not None:
            self._timer.cancel()

    def _set(self) -> None:
        self.stop()
        self._timer_at = self._deadline
        self._timer = self._loop.call_later(self._deadline - monotonic(), self._look)

    def _look(self) -> None:
        self._timer_at = math.inf
        if self._deadline <= monotonic():
            self.fired = True
            self._interrupt()
        elif self._deadline < math.inf:
            self._set()
