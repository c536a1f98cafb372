"""What a relay adds to a proxy, without HTTP: nothing is read from a network, and nothing sent.

Over the loopback an event at a time takes some 20 µs, which differ by more from round to round than a
relay takes. This is what can be measured of it to a hundredth.

As a program: prints that for the numbers of events per read that are its arguments.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from time import process_time
from typing import TYPE_CHECKING, Any

from starlette.responses import StreamingResponse

import proxy_server
import streams
from ssewire.asgi import EventStreamResponse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from typing_extensions import Self

WAYS = (proxy_server.RAW, proxy_server.OBSERVE, proxy_server.EDIT, proxy_server.TRANSLATE)
ROUNDS = 20
TIMES = 10
"""How often the stream is sent on in a round."""
SCOPE: dict[str, Any] = {"type": "http", "method": "POST", "asgi": {"spec_version": "2.3"}}


class Body:
    """The pieces of a body that is there already."""

    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        for chunk in self._chunks:
            return chunk
        raise StopAsyncIteration

    async def aclose(self) -> None:
        pass


async def receive() -> dict[str, Any]:
    """A client that stays."""
    await asyncio.Event().wait()
    raise AssertionError


async def send(message: Any) -> None:
    """Nobody listens."""


def response(way: str, chunks: list[bytes]) -> Any:
    if way == proxy_server.RAW:
        return StreamingResponse(Body(chunks), media_type="text/event-stream")
    return EventStreamResponse(Body(chunks), proxy_server.relays()[way]())


async def of_ways(reads: Iterable[int]) -> dict[int, dict[str, float]]:
    """Microseconds of CPU per event in the best round, by events per read and way."""
    blocks = streams.shape("chat").blocks
    found: dict[int, dict[str, float]] = {}
    for events in reads:
        chunks = [b"".join(blocks[at : at + events]) for at in range(0, len(blocks), events)]
        best = dict.fromkeys(WAYS, float("inf"))
        for way in WAYS * ROUNDS:
            start = process_time()
            for _ in range(TIMES):
                await response(way, chunks)(SCOPE, receive, send)
            us = (process_time() - start) / TIMES / len(blocks) * 1e6
            best[way] = min(best[way], us)
        found[events] = best
    return found


def in_new_process(reads: Iterable[int]) -> dict[int, dict[str, float]]:
    """The same. A large process has caches and a garbage collector that are busy with the rest."""
    command = [sys.executable, __file__, *map(str, reads)]
    done = subprocess.run(command, check=True, capture_output=True)
    return {int(events): by_way for events, by_way in json.loads(done.stdout).items()}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(of_ways(map(int, sys.argv[1:])))))
