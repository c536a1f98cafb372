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


class KeepAlive(Silence):
    """Sends a comment or a ping whenever nothing was sent for a while, where no event is torn.

    Whoever sends something else notes infinity in `since` before and the time after it.

    Args:
        interval: seconds; `None` for never.
        relay: knows where one may be sent, and what.

    Attributes:
        sending: sends one at this moment; whoever wants to send something else waits for it.
    """

    __slots__ = ("_relay", "sending")

    def __init__(self, interval: float | None, relay: Relay) -> None:
        super().__init__(interval or math.inf)
        self.sending: asyncio.Task[None] | None = None
        self._relay = relay

    def start(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Send one as soon as nothing was sent for so long from now on."""
        if self._seconds < math.inf:
            self.watch(lambda: self._start_one(send))

    async def rest(self) -> None:
        """Send none for the moment, and have sent what was begun."""
        self.since = math.inf
        while self.sending is not None:
            await asyncio.wait({self.sending})

    async def end(self) -> None:
        """Send none any more."""
        self.stop()
        if self.sending is not None:
            self.sending.cancel()
        await self.rest()

    def _start_one(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        if self.sending is None and (comment := self._relay.keep_alive()):
            self.sending = asyncio.get_running_loop().create_task(self._send(comment, send))

    async def _send(self, comment: bytes, send: Callable[[bytes], Awaitable[None]]) -> None:
        try:
            await send(comment)
            # Unless somebody waits to send something else.
            if self.since < math.inf:
                self.since = monotonic()
        finally:
            self.sending = None
