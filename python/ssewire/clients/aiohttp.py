"""aiohttp: streams of its client's responses."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp

from ssewire.stream.source import AsyncSource

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from typing_extensions import Self


def asource(response: Any) -> AsyncSource | None:
    """How an `AsyncStream` reads a response of aiohttp."""
    if not isinstance(response, aiohttp.ClientResponse):
        return None

    async def close() -> None:
        response.close()

    return AsyncSource(
        response=response,
        chunks=_read(response) if response.content.at_eof() else _Pieces(response.content),
        close=close,
        status=response.status,
        headers=response.headers,
        lost=(aiohttp.ClientError, OSError),
        # Of the session's time-outs `sock_read` raises a subclass, and `total` this itself.
        late=(asyncio.TimeoutError,),
    )


async def _read(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """The body of a response that was read already."""
    yield await response.read()


class _Pieces:
    """What has arrived since the last time; no lines, which aiohttp limits in length.

    When the connection breaks, aiohttp's own iterators raise at once and drop what had arrived and
    was not read yet.
    """

    __slots__ = ("_content", "_read")

    def __init__(self, content: aiohttp.StreamReader) -> None:
        self._content = content
        self._read = content.readany

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await self._read()
        except aiohttp.ClientError:
            chunk = self._left()
            if not chunk:
                raise
        if not chunk:
            raise StopAsyncIteration
        return chunk

    def _left(self) -> bytes:
        # The public `read_nowait` raises again.
        return self._content._read_nowait(-1)
