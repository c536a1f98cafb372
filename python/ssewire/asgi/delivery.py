"""`Delivery`: one answer on its way to one client of an ASGI server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeAlias

from ssewire.asgi.disconnect import ClientDisconnect
from ssewire.asgi.keep_alive import SENDING, SENT, KeepAlive
from ssewire.stream.waiting import take_back_cancellation

if TYPE_CHECKING:
    from ssewire.asgi.relaying import Relaying

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


class Delivery:
    """One answer on its way to one client.

    A task of its own sends, so that whatever is cancelled outside cannot keep it from giving back
    the upstream. Another one listens for the client's leaving. Neither is made anew for each piece.

    Args:
        relaying: what is sent.
        start: the message with status and headers.
        send: the server's.
        keep_alive: see `KeepAlive`.
    """

    __slots__ = (
        "_closing",
        "_keep_alive",
        "_relaying",
        "_send",
        "_start",
        "_stopped",
        "_task",
    )

    def __init__(
        self, relaying: Relaying, start: Message, send: Send, keep_alive: float | None
    ) -> None:
        self._relaying = relaying
        self._start: Message | None = start
        self._send = send
        self._keep_alive = KeepAlive(keep_alive, relaying.relay)
        self._stopped: BaseException | None = None
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    async def run(self, receive: Receive) -> None:
        """Deliver, until the end of the answer or that of the client's patience.

        Raises:
            Exception: the upstream could not be opened, and nothing was sent so far; or a bug.
        """
        loop = asyncio.get_running_loop()
        self._task = sending = loop.create_task(self._deliver())
        listening = loop.create_task(self._listen(receive))
        sending.add_done_callback(lambda _: listening.cancel())
        cancelled: asyncio.CancelledError | None = None
        try:
            while not (sending.done() and listening.done()):
                try:
                    await asyncio.wait({sending, listening})
                except asyncio.CancelledError as caught:  # noqa: PERF203 (it may come again)
                    cancelled = caught
                    self._stop(caught)
            # A task that is cancelled before its first step does not even begin.
            await self._relaying.end(cancelled)
            if cancelled is not None:
                raise cancelled
            sending.result()
        finally:
            cancelled = self._stopped = None  # they keep this frame

    async def send_head(self) -> None:
        """Send what there is without a body, and ask nothing of the upstream."""
        try:
            await self._begin()
            await self._send_body(b"", more=False)
        except ClientDisconnect:
            pass
        finally:
            await self._relaying.end()

    async def _listen(self, receive: Receive) -> None:
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        except Exception as caught:  # noqa: BLE001 (who cannot tell of the client has lost it)
            self._stop(_disconnect(caught))
        else:
            self._stop(ClientDisconnect())

    def _stop(self, why: BaseException) -> None:
        """Have the task that sends give up, unless it is about to end anyway."""
        if self._stopped is None and not self._closing and self._task is not None:
            self._stopped = why
            self._task.cancel()

    async def _deliver(self) -> None:
        """Send all, and whatever comes of that, give back the upstream."""
        error: BaseException | None = None
        try:
            await self._send_all()
        except ClientDisconnect as caught:
            error = caught
        except asyncio.CancelledError as caught:
            error = caught
            if self._stopped is None or self._task is None:
                raise
            take_back_cancellation(self._task)
            if not isinstance(self._stopped, (ClientDisconnect, asyncio.CancelledError)):
                raise self._stopped from None
        except Exception as caught:
            error = caught
            raise
        finally:
            self._closing = True
            try:
                await self._keep_alive.end()
            finally:
                error = self._stopped or error
                if isinstance(error, ClientDisconnect) and self._relaying.all_sent:
                    error = None  # it has all of the answer
                try:
                    await self._relaying.end(error)
                finally:
                    error = None  # it keeps this frame
        if self._relaying.unexpected is not None:
            raise self._relaying.unexpected

    async def _send_all(self) -> None:
        relaying, keep_alive = self._relaying, self._keep_alive
        keep_alive.start(self._send_comment)
        opened = await relaying.opened()
        await keep_alive.rest()
        if not opened and self._start is not None and relaying.failure is not None:
            raise relaying.failure
        if opened:
            await self._begin()
            keep_alive.go_on()
            await self._send_answer()
            async with aclosing(relaying.rest()) as rest:
                async for piece in rest:
                    await keep_alive.rest()
                    await self._send_body(piece, more=True)
                    keep_alive.go_on()
        await keep_alive.rest()
        if self._stopped is not None:
            raise asyncio.CancelledError  # the library that was waited for has kept it to itself
        for piece in relaying.ending():
            await self._send_body(piece, more=True)
        await self._send_body(b"", more=False)

    async def _send_answer(self) -> None:
        """Send what each read brings. `relay_stream` has the same loop, which yields it."""
        relaying, keep_alive, send = self._relaying, self._keep_alive, self._send
        relay = relaying.relay
        feed, following = relay.feed, relaying.reads().__anext__
        while not relaying.all_sent:
            try:
                piece = feed(await following())
            except (Exception, asyncio.CancelledError) as caught:
                if relaying.stopped(caught):
                    raise
                break
            if piece:
                keep_alive.note = SENDING
                if keep_alive.comment is not None:
                    await keep_alive.rest()
                try:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                except OSError as caught:
                    raise _disconnect(caught) from caught
                keep_alive.note = SENT
            if relay.ended:
                relaying.stopped(None)

    async def _begin(self) -> None:
        """Send status and headers, if they were not sent."""
        start, self._start = self._start, None
        if start is not None:
            await self._send_message(start)

    async def _send_body(self, piece: bytes, *, more: bool) -> None:
        await self._send_message({"type": "http.response.body", "body": piece, "more_body": more})

    async def _send_message(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError as caught:
            raise _disconnect(caught) from caught

    async def _send_comment(self, comment: bytes) -> None:
        try:
            await self._begin()
            await self._send_body(comment, more=True)
        except Exception as caught:  # noqa: BLE001 (the other task raises it)
            self._stop(caught)


def _disconnect(cause: Exception) -> ClientDisconnect:
    error = ClientDisconnect()
    error.__cause__ = cause
    return error
