"""`KeepAlive`: signs of life for a client while the upstream says nothing."""

from __future__ import annotations

import asyncio
import math
from time import monotonic
from typing import TYPE_CHECKING

from ssewire.asgi.silence import Silence

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ssewire import Relay


SENDING, SENT = "sending", "sent"
LOOKS = 4


class KeepAlive(Silence):
    """Sends a comment or a ping whenever nothing was sent for a while, where no event is torn.

    Whoever sends a piece writes only a word into `note`. The timer looks for it `LOOKS` times in an
    interval, and takes the time of its look for that of the piece, so a silence may last a quarter
    longer than the interval.

    Args:
        interval: seconds; `None` for never.
        relay: knows where one may be sent, and what.

    Attributes:
        note: `SENDING` while a piece is sent, then `SENT`, and `None` when that was seen.
        comment: sends one at this moment; whoever wants to send something else waits for it.
    """

    __slots__ = ("_relay", "comment", "note")

    def __init__(self, interval: float | None, relay: Relay) -> None:
        interval = interval or math.inf
        super().__init__(interval, interval / LOOKS)
        self.note: str | None = None
        self.comment: asyncio.Task[None] | None = None
        self._relay = relay

    def start(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Send one as soon as nothing was sent for so long from now on."""
        if self._seconds < math.inf:
            self.watch(lambda: self._start_one(send))

    async def rest(self) -> None:
        """Send none until `go_on` or a piece, and have sent what was begun."""
        self.since, self.note = math.inf, None
        while self.comment is not None:
            await asyncio.wait({self.comment})

    def go_on(self) -> None:
        """Count the silence from now on."""
        self.since = monotonic()

    async def end(self) -> None:
        """Send none any more."""
        self.stop()
        if self.comment is not None:
            self.comment.cancel()
        await self.rest()

    def _look(self, loop: asyncio.AbstractEventLoop, then: Callable[[], object]) -> None:
        if self.note is not None:
            self.since = monotonic()
            self.note = SENDING if self.note is SENDING else None
        super()._look(loop, then)

    def _start_one(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        if self.comment is None and (comment := self._relay.keep_alive()):
            self.comment = asyncio.get_running_loop().create_task(self._send(comment, send))

    async def _send(self, comment: bytes, send: Callable[[bytes], Awaitable[None]]) -> None:
        try:
            await send(comment)
            # Unless somebody waits to send something else.
            if self.since < math.inf:
                self.since = monotonic()
        finally:
            self.comment = None
