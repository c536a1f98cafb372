"""An upstream that is asked a thousand times at once, and does what each model's name says."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from gateway_upstream import STREAMS, beginning

if TYPE_CHECKING:
    from typing_extensions import Self

MIB = 1 << 20
FLOOD = 64 * MIB
PIECE = 64 * 1024
HALF = beginning("chat", 20)
REST = STREAMS["chat"][len(HALF) :]
DELTA = (
    b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":'
    b'[{"index":0,"delta":{"content":"' + b"x" * 800 + b'"},"finish_reason":null}]}\n\n'
)
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class LoadedUpstream:
    """Answers in chunks, in the shape of chats.

    Attributes:
        begun: how many answers have sent their first half.
        gate: lets the second halves go.
        sent: the bytes of the last flood that went out so far.
        left: the times when clients have left, by `time.monotonic()`.
        open: how many answers are under way.
    """

    def __init__(self) -> None:
        self.begun = self.open = self.sent = 0
        self.gate = asyncio.Event()
        self.left: asyncio.Queue[float] = asyncio.Queue()
        self._does = {
            "gated": self._gated,
            "flood": self._flood,
            "late-flood": self._late_flood,
            "comments": self._comments,
            "much": self._much,
            "stall": self._stall,
            "reset": self._reset,
        }

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=4096)
        port = self._server.sockets[0].getsockname()[1]
        self._url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    def settings(self, **more: Any) -> dict[str, Any]:
        """Those of a gateway with a model for each of what it does."""
        models = {name: [f"upstream/{name}"] for name in self._does}
        return {
            "upstreams": {"upstream": {"url": self._url, "shape": "chat"}},
            "models": models,
            **more,
        }

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            size = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
            model = json.loads(await reader.readexactly(size))["model"]
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                b"transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
            )
            doing = asyncio.create_task(self._does[model](writer))
            leaving = asyncio.create_task(reader.read())
            await asyncio.wait({doing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not doing.done():
                self.left.put_nowait(monotonic())
            doing.cancel()
            leaving.cancel()
            await asyncio.gather(doing, leaving, return_exceptions=True)
        finally:
            self.open -= 1
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _send(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        writer.write(b"%x\r\n%b\r\n" % (len(data), data))
        await writer.drain()
        self.sent += len(data)

    async def _gated(self, writer: asyncio.StreamWriter) -> None:
        await self._send(writer, HALF)
        self.begun += 1
        await self.gate.wait()
        await self._send(writer, REST)
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _pour(self, writer: asyncio.StreamWriter, piece: bytes) -> None:
        self.sent = 0
        while self.sent < FLOOD:
            await self._send(writer, piece)

    async def _flood(self, writer: asyncio.StreamWriter) -> None:
        await self._send(writer, b"data: ")
        await self._pour(writer, b"x" * PIECE)

    async def _late_flood(self, writer: asyncio.StreamWriter) -> None:
        await self._send(writer, HALF)
        await self._flood(writer)

    async def _comments(self, writer: asyncio.StreamWriter) -> None:
        await self._pour(writer, b": wait\n\n" * (PIECE // 8))
        await self._send(writer, STREAMS["chat"])
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _much(self, writer: asyncio.StreamWriter) -> None:
        await self._pour(writer, DELTA * (PIECE // len(DELTA)))
        await self._send(writer, REST)
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _stall(self, writer: asyncio.StreamWriter) -> None:
        await self._send(writer, HALF)
        await asyncio.Event().wait()

    async def _reset(self, writer: asyncio.StreamWriter) -> None:
        await self._send(writer, HALF)
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        writer.transport.abort()
