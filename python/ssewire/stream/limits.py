"""Time-outs of a stream: which one is next, and when."""

from __future__ import annotations

import math
from time import monotonic
from typing import TYPE_CHECKING

from ssewire.errors import FirstTokenTimeout, IdleTimeout, StreamTimeout, TotalTimeout

if TYPE_CHECKING:
    from ssewire._core import Pace

SETTLING = 0.1  # seconds that a connection has to end the body, once the answer has ended


class Limits:
    """The time-outs of one stream, in seconds; `None` for no limit.

    The total is of the whole time. The others are of the time in which the stream waits for the
    server: what the consumer does in between does not count, and pings and comments end nothing.

    Args:
        pace: when reads brought something.
        total: from the start to the end.
        first_token: from the start until the first piece of output.
        idle: from asking for the next event until it is there; the sum, if it took several reads.
        waited: seconds that had gone by since the request was sent.

    Raises:
        ValueError: a limit is not a positive number.
    """

    __slots__ = (
        "_asked",
        "_events",
        "_first_token",
        "_idle",
        "_pace",
        "_spent",
        "_start",
        "_total",
        "_waited",
    )

    def __init__(
        self,
        pace: Pace,
        *,
        total: float | None,
        first_token: float | None,
        idle: float | None,
        waited: float = 0.0,
    ) -> None:
        for limit in (total, first_token, idle):
            number = isinstance(limit, (int, float)) and limit is not True
            if limit is not None and not (number and 0 < limit < math.inf):
                raise ValueError(f"a time-out is a positive number of seconds, not {limit!r}")
        self._pace = pace
        self._total = total
        self._first_token = first_token
        self._idle = idle
        self._asked = monotonic()
        self._start = self._asked - waited
        # How long was waited for the server: in all, and for the next event alone.
        self._spent = waited
        self._waited = 0.0
        self._events = -1

    def next(self) -> tuple[float, StreamTimeout]:
        """The limit that will pass first if nothing comes from now on, and when.

        Returns:
            A time of `time.monotonic()`, and what is to be raised then.
        """
        if self._pace.events != self._events:
            self._events = self._pace.events
            self._waited = 0.0
        self._asked = monotonic()
        due: list[tuple[float, type[StreamTimeout], float]] = []
        if self._total is not None:
            due.append((self._start + self._total, TotalTimeout, self._total))
        if self._first_token is not None and self._pace.first is None:
            left = self._first_token - self._spent
            due.append((self._asked + left, FirstTokenTimeout, self._first_token))
        if self._idle is not None:
            due.append((self._asked + self._idle - self._waited, IdleTimeout, self._idle))
        if not due:
            return math.inf, StreamTimeout(None)
        at, kind, limit = min(due, key=lambda one: one[0])
        return at, kind(limit)

    def came(self) -> float:
        """Note that a piece came. What is done with it until `next()` is no waiting.

        Returns:
            The time of `time.monotonic()`.
        """
        now = monotonic()
        self._waited += now - self._asked
        self._spent += now - self._asked
        return now
