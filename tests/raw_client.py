"""A client that is nothing but a socket: it can be slow, and it can vanish."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from typing import NamedTuple

from gateway_running import CLIENT_KEY
from gateway_upstream import PATHS
from gateway_upstream import body as body_of

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Got(NamedTuple):
    """A whole answer."""

    status: int
    body: bytes


class RawClient:
    """One request, whose answer is read only as far as somebody asks."""

    def __init__(self, port: int, route: str, model: str) -> None:
        self._port = port
        data = json.dumps(body_of(route) | {"model": model}).encode()
        self._request = (
            f"POST {PATHS[route]} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
            f"authorization: Bearer {CLIENT_KEY}\r\ncontent-length: {len(data)}\r\n\r\n"
        ).encode() + data

    async def ask(self, buffer: int | None = None) -> None:
        """Send the request; with a limit for what the kernel receives on its own."""
        connection = socket.socket()
        connection.setblocking(False)
        if buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self._port))
        self._reader, self._writer = await asyncio.open_connection(
            sock=connection, limit=buffer or 1 << 16
        )
        self._writer.write(self._request)
        await self._writer.drain()

    async def some(self) -> bytes:
        """What comes next."""
        return await self._reader.read(1 << 16)

    async def answer(self) -> Got:
        """Read it to its end.

        Raises:
            asyncio.IncompleteReadError: it has no end.
        """
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        pieces = []
        if b"transfer-encoding: chunked" in head.lower():
            while size := int(await self._reader.readuntil(b"\r\n"), 16):
                pieces.append((await self._reader.readexactly(size + 2))[:-2])
            await self._reader.readexactly(2)
        assert b"transfer-encoding: chunked" in head.lower() or b"content-length" in head.lower()
        rest = await self._reader.read()
        assert not pieces or not rest, "something behind the end"
        await self.close()
        return Got(status, b"".join(pieces) or rest)

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def vanish(self, *, reset: bool) -> None:
        """Leave, with a word or without."""
        if reset:
            connection = self._writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self._writer.transport.abort()
