"""`relay_stream`: for frameworks that stream from an iterator of bytes."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

from asgi_case import HEL, LO, WHOLE, Ends, Lost, until
from ssewire import IdleTimeout, NotAnEventStream, Relay, TruncatedStream
from ssewire.asgi import ClientDisconnect, relay_stream
from ssewire.asgi.patience import Patience
from stream_case import AsyncBody, nothing_left


async def test_generator() -> None:
    body, ends = AsyncBody(*WHOLE), Ends()
    stream = relay_stream(body, Relay("chat"), on_end=ends)
    assert [piece async for piece in stream] == WHOLE
    assert (body.closed, ends.error) == (1, None)


async def test_generator_that_is_left() -> None:
    body, ends = AsyncBody(*WHOLE), Ends()
    stream = relay_stream(body, Relay("chat"), on_end=ends)
    async for _ in stream:
        break
    await stream.aclose()
    await nothing_left()
    assert body.closed == 1
    assert isinstance(ends.error, ClientDisconnect)


async def test_generator_of_an_upstream_that_stalls() -> None:
    """Read by another task each time, as `asyncio.wait_for` did before Python 3.12."""
    body = AsyncBody(HEL, LO, ...)
    stream = relay_stream(body, Relay("chat"), idle_timeout=0.05)
    pieces = []
    while piece := await asyncio.create_task(anext(stream, b"")):
        pieces.append(piece)
    assert pieces[:2] == [HEL, LO]
    assert b"too long" in b"".join(pieces)
    assert body.closed == 1
    await nothing_left()


@pytest.mark.parametrize("pieces", [[HEL, ...], [*WHOLE, ...]])
async def test_generator_that_is_cancelled(pieces: list[Any]) -> None:
    body, ends = AsyncBody(*pieces), Ends()

    async def read() -> None:
        async for _ in relay_stream(body, Relay("chat"), on_end=ends):
            pass

    task = asyncio.create_task(read())
    await until(body.waiting.is_set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert body.closed == 1
    assert isinstance(ends.error, asyncio.CancelledError)


async def test_generator_of_an_upstream_that_breaks_off() -> None:
    body, ends = AsyncBody(HEL, Lost()), Ends()
    source = body.source(lost=(Lost,))
    pieces = [piece async for piece in relay_stream(source, Relay("chat"), on_end=ends)]
    assert pieces[0] == HEL
    assert b"ended before" in pieces[1]
    assert pieces[1].endswith(b"data: [DONE]\n\n")
    assert body.closed == 1
    assert isinstance(ends.error, TruncatedStream)


async def test_generator_of_an_upstream_without_a_stream() -> None:
    """The framework has sent a status by then."""
    body, ends = AsyncBody(b"<html>key-1234"), Ends()

    async def answer() -> Any:
        return body.source(status=502)

    pieces = [piece async for piece in relay_stream(answer(), Relay("chat"), on_end=ends)]
    assert b"cannot be read" in b"".join(pieces)
    assert b"key-1234" not in b"".join(pieces)
    assert body.closed == 1
    assert isinstance(ends.error, NotAnEventStream)


async def test_generator_with_a_bug() -> None:
    body = AsyncBody(HEL, KeyError("key-1234"))
    stream = relay_stream(body, Relay("chat"))
    pieces = [await anext(stream), await anext(stream)]
    with pytest.raises(KeyError):
        await anext(stream)
    assert b"ended before" in pieces[1]
    assert b"key-1234" not in b"".join(pieces)
    assert body.closed == 1


@pytest.mark.skipif(sys.version_info < (3, 11), reason="cancellations are not counted")
@pytest.mark.parametrize("others", [0, 1])
async def test_a_cancellation_in_the_moment_of_a_time_out(others: int) -> None:
    """It is the other one's, and not taken back."""
    found: list[Any] = []
    patience = Patience(60)

    async def wait() -> None:
        patience.begin()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as caught:
            patience.stop()
            found.append(patience.verdict(caught))

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    patience._interrupt()
    for _ in range(others):
        task.cancel()
    await task
    assert isinstance(found[0], asyncio.CancelledError if others else IdleTimeout)
