"""Sends a plan as the body of an HTTP response."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import TYPE_CHECKING

from aiohttp import web

from ssewire.replay.plan import End

if TYPE_CHECKING:
    from collections.abc import Callable

    from ssewire.replay.plan import Plan

HEADERS = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
# struct linger {on, 0 seconds}: closing discards what is unsent and resets the connection.
RESET_ON_CLOSE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


async def deliver(
    plan: Plan, request: web.BaseRequest, report: Callable[[int, str], None]
) -> web.StreamResponse:
    """Send each piece when it is due, then end as the plan says.

    Args:
        plan: what to send.
        request: what it answers.
        report: called once, at the end, with the number of bytes sent and how it ended.
    """
    response = web.StreamResponse(headers=HEADERS)
    loop = asyncio.get_running_loop()
    sent = 0
    ending = "client left"
    try:
        await response.prepare(request)
        _wait_for_the_kernel(request)
        start = loop.time()
        for piece in plan.pieces:
            wait = start + piece.due - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            await response.write(piece.data)
            sent += len(piece.data)
        if plan.end is End.HOLD:
            await _hold(plan, response)
        elif plan.end is End.RESET:
            ending = "reset"
            _reset(request)
        else:
            ending = "ended"
            await response.write_eof()
    except ConnectionError:
        pass
    finally:
        report(sent, ending)
    return response


def _wait_for_the_kernel(request: web.BaseRequest) -> None:
    # Without a buffer of our own a write returns when the kernel has the bytes, so that a reset
    # does not take back what was sent before it.
    if request.transport is not None:
        request.transport.set_write_buffer_limits(0)


async def _hold(plan: Plan, response: web.StreamResponse) -> None:
    """Until the client leaves or the server is closed, which cancels the handler."""
    while plan.keep_alive_every:
        await asyncio.sleep(plan.keep_alive_every)
        await response.write(plan.keep_alive)
    await asyncio.Event().wait()


def _reset(request: web.BaseRequest) -> None:
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        request.transport.abort()
