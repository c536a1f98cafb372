"""A client that leaves while there is nothing to send to it yet."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from starlette.requests import Request

T = TypeVar("T")


class ClientGone(Exception):
    """The client has left: there is nobody to answer."""


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Do it, unless the client leaves before it is done.

    Args:
        request: the client's, read to its end.
        work: what to do; it is cancelled if the client leaves.

    Raises:
        ClientGone: it has left. What the work had opened is closed by then.
    """
    working = asyncio.create_task(work)
    watching = asyncio.create_task(_leaves(request))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientGone
    finally:
        for task in (working, watching):
            task.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


async def _leaves(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
