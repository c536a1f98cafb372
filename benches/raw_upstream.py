"""An upstream that is as fast as it can be, so that a proxy never waits for it.

As a program: sends a chat for every request, until its input ends. A request for `/10000x16/...` gets
10,000 events, 16 of them in each chunk of HTTP, which is what a client's read returns. All of a body
is written at once, so that every proxy finds the same in every round.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import streams
from model_answers import Answer, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def form(events: int, per_read: int) -> str:
    """The first part of the path to such a stream."""
    return f"{events}x{per_read}"


@cache
def chat(events: int) -> Answer:
    """What the answer of so many events says."""
    return answer(events - streams.FRAMES["chat"])


def body(wanted: str) -> bytes:
    events, per_read = map(int, wanted.split("x"))
    blocks = streams.written("chat", "chat", chat(events)).blocks
    reads = (b"".join(blocks[at : at + per_read]) for at in range(0, len(blocks), per_read))
    return HEAD + b"".join(b"%x\r\n%b\r\n" % (len(read), read) for read in reads) + b"0\r\n\r\n"


class Upstream(asyncio.Protocol):
    """One connection, with one request after the other."""

    def __init__(self, bodies: dict[str, bytes]) -> None:
        self.bodies = bodies
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, mark, content = self.received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        if not mark or (length and len(content) < int(length[1])):
            return
        self.received = b""
        self.transport.write(self.bodies[head.split(b"/", 2)[1].decode()])


async def serve() -> None:
    bodies = {wanted: body(wanted) for wanted in sys.argv[1:]}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Upstream(bodies), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def raw_upstream(*forms: str) -> Iterator[str]:
    """Runs it, with streams of these forms. Yields its URL."""
    command = [sys.executable, __file__, *forms]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout
        assert it.stdin
        try:
            yield it.stdout.readline().strip()
        finally:
            it.stdin.close()


if __name__ == "__main__":
    asyncio.run(serve())
