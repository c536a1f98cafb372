"""`KeepAlive`: signs of life for a client while the upstream says nothing."""

from __future__ import annotations

import asyncio
import math
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ssewire import Relay


class KeepAlive:
    """Sends a comment or a ping whenever nothing was sent for a while, where no event is torn.

    Its timer costs a piece nothing but a note of the time: it looks at that when its own time has
    come, and sleeps on for as long as is left.

    Args:
        interval: seconds; `None` for never.
        relay: knows where it may be sent, and what.
        send: sends it.

    Attributes:
        since: when something was last sent, by `time.monotonic()`; infinity while something is.
        sending: sends one at this moment; whoever wants to send as well waits for it.
    """

    __slots__ = ("_interval", "_relay", "_send", "_timer", "sending", "since")

    def __init__(
        self, interval: float | None, relay: Relay, send: Callable[[bytes], Awaitable[None]]
    ) -> None:
        self.since = math.inf
        self.sending: asyncio.Task[None] | None = None
        self._interval = interval
        self._relay = relay
        self._send = send
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Send one as soon as nothing was sent for so long from now on."""
        self.since = monotonic()
        if self._interval is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._interval, self._look, loop, self._interval)

    async def rest(self) -> None:
        """Send none for the moment, and have sent what was begun."""
        self.since = math.inf
        while self.sending is not None:
            await asyncio.wait({self.sending})

    async def stop(self) -> None:
        """Send none any more."""
        if self._timer is not None:
            self._timer.cancel()
        if self.sending is not None:
            self.sending.cancel()
        await self.rest()

    def _look(self, loop: asyncio.AbstractEventLoop, interval: float) -> None:
        left = self.since + interval - monotonic()
        if left <= 0:
            left = interval
            if self.sending is None and (comment := self._relay.keep_alive()):
                self.sending = loop.create_task(self._send_one(comment))
        self._timer = loop.call_later(min(left, interval), self._look, loop, interval)

    async def _send_one(self, comment: bytes) -> None:
        try:
            await self._send(comment)
            # Unless somebody waits to send something else.
            if self.since < math.inf:
                self.since = monotonic()
        finally:
            self.sending = None
