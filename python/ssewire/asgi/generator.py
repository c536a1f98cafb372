"""`relay_stream`: the same for frameworks that stream from an iterator of bytes."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from ssewire.asgi.disconnect import ClientDisconnect
from ssewire.asgi.relaying import Relaying
from ssewire.asgi.silence import check_seconds

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from ssewire import Outcome, Relay


async def relay_stream(
    upstream: Any,
    relay: Relay,
    *,
    close: Callable[[], object] | None = None,
    idle_timeout: float | None = None,
    check_content_type: bool = True,
    on_end: Callable[[Outcome, BaseException | None], object] | None = None,
) -> AsyncGenerator[bytes, None]:
    """Iterate over what is to be sent to the client, one piece for each read of the upstream.

    The upstream is given back when the iteration ends, also when it is cancelled or closed, which
    the framework has to do when the client goes. There are no keep-alives.

    Args:
        upstream: see `EventStreamResponse`; the others too.
        relay: what it is fed to.
        close: what else is to be closed.
        idle_timeout: for how many seconds the upstream may be silent.
        check_content_type: whether another content type than that of an event stream is an error.
        on_end: called once, at the end.

    Yields:
        Bytes, never none. If the upstream fails, the last ones are an error in the client's shape.
    """
    check_seconds("idle_timeout", idle_timeout)
    relaying = Relaying(
        upstream,
        relay,
        close=close,
        idle_timeout=idle_timeout,
        check_content_type=check_content_type,
        on_end=on_end,
    )
    error: BaseException | None = None
    try:
        if await relaying.opened():
            feed, following = relay.feed, relaying.reads().__anext__
            while not relaying.all_sent:
                try:
                    piece = feed(await following())
                except (Exception, asyncio.CancelledError) as caught:
                    if relaying.stopped(caught):
                        raise
                    break
                if piece:
                    yield piece
                    relaying.read_on()
                if relay.ended:
                    relaying.stopped(None)
            async with aclosing(relaying.rest()) as rest:
                async for piece in rest:
                    yield piece
        for piece in relaying.ending():
            yield piece
    except GeneratorExit:
        error = None if relaying.all_sent else ClientDisconnect()
        raise
    except asyncio.CancelledError as caught:
        error = caught
        raise
    finally:
        await relaying.end(error)
        error = None  # it keeps this frame
    if relaying.unexpected is not None:
        raise relaying.unexpected
