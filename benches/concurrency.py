"""Many streams at once in one process: what is lost, what one costs, how many a core carries.

As a program: prints how much memory each of `WAITING` streams takes that wait for their next event.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

import anthropic
import httpx2
import openai

import streams
from memory import resident
from ssewire import AsyncStream
from ssewire.clients import sdk
from upstream import upstream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

OPEN = 1_000
"""Streams at once, of `streams.EVENTS` events each."""
WAITING = 2_000
"""Streams whose memory is measured: enough for the steps in which a heap grows to be small."""
LIMIT = 4096
"""Bytes that an open stream may take beyond what the HTTP client takes, and the answer's text."""
AFTER = (1, 100)
"""Events that it has read."""
PROCESSES = 3
RATE = 50
"""Events per second of a paced stream."""
PACED = 100
SECONDS = 4
MESSAGES: Any = [{"role": "user", "content": "Hi"}]
NO_LIMITS = httpx2.Limits(max_connections=None)


@asynccontextmanager
async def response(client: httpx2.AsyncClient, path: str) -> AsyncIterator[httpx2.Response]:
    async with client.stream("POST", path) as found:
        assert found.status_code == 200, await found.aread()
        yield found


async def nothing_is_lost(url: str) -> int:
    """Reads `OPEN` streams at once. Returns how many were read whole."""
    expected = "".join(streams.shape("chat").texts)

    opening = asyncio.Semaphore(50)
    number_open = 0
    all_open = asyncio.Event()

    async def read(client: httpx2.AsyncClient) -> bool:
        nonlocal number_open
        path = f"/streams/chat-{streams.EVENTS}?chunking=event:16"
        async with AsyncExitStack() as stack:
            async with opening:
                found = await stack.enter_async_context(response(client, path))
            number_open += 1
            if number_open == OPEN:
                all_open.set()
            await all_open.wait()
            stream = await stack.enter_async_context(AsyncStream(found))
            count = sum([1 async for _ in stream])
        whole = stream.outcome.complete and stream.outcome.text == expected
        return whole and count == streams.EVENTS

    async with httpx2.AsyncClient(base_url=url, limits=NO_LIMITS, timeout=120) as client:
        return sum(await asyncio.gather(*(read(client) for _ in range(OPEN))))


async def of_open_streams(url: str, events: int, *, ours: bool) -> float:
    """Bytes that each of `WAITING` open streams takes, after so many events."""
    waiting = 0
    opening = asyncio.Semaphore(50)

    async def read(client: httpx2.AsyncClient) -> None:
        nonlocal waiting
        path = f"/streams/chat-{streams.EVENTS}?fault=stall:{events}"
        async with AsyncExitStack() as stack:
            async with opening:
                found = await stack.enter_async_context(response(client, path))
            seen = 0
            source: Any = AsyncStream(found) if ours else found.aiter_raw()
            async for _ in source:
                seen += 1
                waiting += seen == events

    async with httpx2.AsyncClient(base_url=url, limits=NO_LIMITS, timeout=120) as client:
        before = resident()
        tasks = [asyncio.create_task(read(client)) for _ in range(WAITING)]
        while waiting < WAITING:
            await asyncio.sleep(0.1)
        grown = resident() - before
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return grown / WAITING


def memory(events: int) -> float:
    """The same beyond what the HTTP client takes: by the medians of `PROCESSES` processes each."""
    used = {}
    for whose in ("ours", "raw"):
        command = [sys.executable, __file__, whose, str(events)]
        found = [subprocess.run(command, check=True, capture_output=True) for _ in range(PROCESSES)]
        used[whose] = median(float(one.stdout) for one in found)
    return used["ours"] - used["raw"]


def text_after(events: int) -> int:
    """The bytes of the answer's text by then, which somebody has to keep."""
    return sum(len(text.encode()) for text in streams.shape("chat").texts[:events])


async def raw(url: str, headers: dict[str, str]) -> AsyncIterator[Any]:
    async with (
        httpx2.AsyncClient(base_url=url, headers=headers) as client,
        response(client, "/v1/chat/completions") as found,
    ):
        async for chunk in found.aiter_raw():
            yield chunk


async def chat(url: str, headers: dict[str, str], *, ours: bool) -> AsyncIterator[Any]:
    request: Any = {"model": "any", "messages": MESSAGES}
    base = f"{url}/v1"
    async with openai.AsyncOpenAI(base_url=base, api_key="none", default_headers=headers) as client:
        resource = client.chat.completions
        create: Any = sdk.astream(resource, **request) if ours else None
        async with await (create or resource.create(**request, stream=True)) as stream:
            async for chunk in stream:
                yield chunk.choices[0].delta.content if chunk.choices else None


async def messages(url: str, headers: dict[str, str], *, ours: bool) -> AsyncIterator[Any]:
    request: Any = {"model": "any", "messages": MESSAGES, "max_tokens": 1}
    async with anthropic.AsyncAnthropic(
        base_url=url, api_key="none", default_headers=headers
    ) as client:
        resource = client.messages
        create: Any = sdk.astream(resource, **request) if ours else None
        async with await (create or resource.create(**request, stream=True)) as stream:
            async for event in stream:
                yield event.delta.text if event.type == "content_block_delta" else None


READERS: dict[str, Callable[..., AsyncIterator[Any]]] = {
    "httpx2 aiter_raw": raw,
    "sdk.astream, chat": lambda *where: chat(*where, ours=True),
    "openai": lambda *where: chat(*where, ours=False),
    "sdk.astream, messages": lambda *where: messages(*where, ours=True),
    "anthropic": lambda *where: messages(*where, ours=False),
}


async def paced(url: str, read: Callable[..., AsyncIterator[Any]]) -> float:
    """Microseconds of CPU per event of `PACED` streams at `RATE` events per second."""
    headers = {"x-replay-rate": str(RATE)}
    sources = [read(url, headers) for _ in range(PACED)]
    # The requests are not counted.
    await asyncio.gather(*(anext(source) for source in sources))
    events = 0

    async def follow(source: AsyncIterator[Any]) -> None:
        nonlocal events
        async for _ in source:
            events += 1

    start = process_time()
    tasks = [asyncio.create_task(follow(source)) for source in sources]
    await asyncio.sleep(SECONDS)
    used, seen = process_time() - start, events
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    closing: list[Awaitable[Any]] = [source.aclose() for source in sources]  # type: ignore[attr-defined]
    await asyncio.gather(*closing, return_exceptions=True)
    assert seen > 0.8 * PACED * RATE * SECONDS, f"{seen} events: the machine is too slow"
    return used / seen * 1e6


def carried(microseconds: float) -> int:
    """How many such streams one core carries."""
    return int(1e6 / microseconds / RATE)


def measure() -> dict[str, Any]:
    with upstream() as url:
        return {
            "whole": asyncio.run(nothing_is_lost(url)),
            "memory": {events: memory(events) - text_after(events) for events in AFTER},
            "paced": {name: asyncio.run(paced(url, read)) for name, read in READERS.items()},
        }


def main() -> None:
    with upstream() as url:
        print(asyncio.run(of_open_streams(url, int(sys.argv[2]), ours=sys.argv[1] == "ours")))


if __name__ == "__main__":
    main()
