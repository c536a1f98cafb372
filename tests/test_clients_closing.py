"""A stream that is given up before its end: nothing stays behind, here or at the server."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import TYPE_CHECKING

import pytest

from client_case import (
    LONG,
    RECORDINGS,
    WatchedServer,
    async_ways,
    comes_true,
    open_files,
    sync_ways,
    watches,
)
from ssewire import AsyncStream, Stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
    from typing import Any

STALL = {"fault": "stall:5"}
SHAPES = tuple(RECORDINGS)


@pytest.fixture
def server() -> Iterator[WatchedServer]:
    before = open_files()
    with WatchedServer() as server:
        yield server
    assert comes_true(lambda: open_files() <= before)
    assert comes_true(lambda: not watches())


class Spoilt(Exception):
    pass


def leave_by_break(stream: Stream[Any]) -> None:
    with stream:
        for _ in stream:
            break


def leave_by_exception(stream: Stream[Any]) -> None:
    with pytest.raises(Spoilt), stream:  # noqa: PT012 (leaving is one statement)
        for _ in stream:
            raise Spoilt


def leave_by_close(stream: Stream[Any]) -> None:
    next(stream)
    stream.close()
    stream.close()
    # No more than what the read that brought the first one has brought.
    assert len(list(stream)) < 5


def leave_unread(stream: Stream[Any]) -> None:
    stream.close()


def leave_from_another_thread(stream: Stream[Any]) -> None:
    """While this one waits for what never comes; it sees the end, and no error."""
    begun = threading.Event()

    def close() -> None:
        assert begun.wait(LONG)
        stream.close()

    thread = threading.Thread(target=close)
    thread.start()
    for _ in stream:
        begun.set()
    thread.join(LONG)
    assert not thread.is_alive()


def leave_to_the_garbage(response: Any) -> None:
    stream = Stream(response)
    next(stream)
    del stream
    gc.collect()


@pytest.mark.parametrize(
    "leave",
    [leave_by_break, leave_by_exception, leave_by_close, leave_unread, leave_from_another_thread],
)
def test_sync(server: WatchedServer, leave: Callable[[Stream[Any]], None]) -> None:
    asked = 0
    for shape in SHAPES:
        for name, ask in sync_ways(shape).items():
            asked += 1
            with ask(server.url, STALL) as response:
                stream = Stream(response, timeout=LONG)
                leave(stream)
                assert stream.closed, name
                # By now, and not when the client is closed.
                assert server.all_left(asked), name


def test_garbage(server: WatchedServer) -> None:
    for asked, ask in enumerate(sync_ways("chat").values(), 1):
        with ask(server.url, STALL) as response:
            with pytest.warns(ResourceWarning, match="never closed"):
                leave_to_the_garbage(response)
            assert server.all_left(asked)


async def aleave_by_break(stream: AsyncStream[Any]) -> None:
    async with stream:
        async for _ in stream:
            break


async def aleave_by_exception(stream: AsyncStream[Any]) -> None:
    with pytest.raises(Spoilt):  # noqa: PT012 (leaving is one statement)
        async with stream:
            async for _ in stream:
                raise Spoilt


async def aleave_by_close(stream: AsyncStream[Any]) -> None:
    await anext(stream)
    await stream.aclose()
    await stream.aclose()
    # No more than what the read that brought the first one has brought.
    assert len([item async for item in stream]) < 5


async def aleave_unread(stream: AsyncStream[Any]) -> None:
    await stream.aclose()


async def aleave_from_another_task(stream: AsyncStream[Any]) -> None:
    begun = asyncio.Event()

    async def close() -> None:
        await begun.wait()
        await stream.aclose()

    task = asyncio.create_task(close())
    async for _ in stream:
        begun.set()
    await task


async def aleave_by_cancelling(stream: AsyncStream[Any]) -> None:
    """The task that waits for what never comes."""
    begun = asyncio.Event()

    async def read() -> None:
        async with stream:
            async for _ in stream:
                begun.set()

    task = asyncio.create_task(read())
    await begun.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def aleave_by_timeout(stream: AsyncStream[Any]) -> None:
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(stream.until_done(), 0.05)


@pytest.mark.parametrize(
    "leave",
    [
        aleave_by_break,
        aleave_by_exception,
        aleave_by_close,
        aleave_unread,
        aleave_from_another_task,
        aleave_by_cancelling,
        aleave_by_timeout,
    ],
)
async def test_async(
    server: WatchedServer, leave: Callable[[AsyncStream[Any]], Coroutine[Any, Any, None]]
) -> None:
    asked = 0
    for shape in SHAPES:
        for name, ask in async_ways(shape).items():
            asked += 1
            async with ask(server.url, STALL) as response:
                stream = AsyncStream(response, timeout=LONG)
                await asyncio.wait_for(leave(stream), LONG)
                assert stream.closed, name
                await asyncio.sleep(0.01)  # a transport closes in the next turn of the loop
                assert server.all_left(asked), name
            assert asyncio.all_tasks() == {asyncio.current_task()}, name


@pytest.mark.parametrize("turns", range(0, 40, 3))
async def test_cancelled_anywhere(server: WatchedServer, turns: int) -> None:
    """After so many turns of the loop, wherever the task is by then, its request included."""

    async def read(ask: Callable[..., Any]) -> None:
        async with (
            ask(server.url, {"chunking": "7", "fault": "stall:9"}) as response,
            AsyncStream(response, idle_timeout=LONG) as stream,
        ):
            async for _ in stream:
                pass

    for name, ask in async_ways("chat").items():
        task = asyncio.create_task(read(ask))
        for _ in range(turns):
            await asyncio.sleep(0)
        await asyncio.sleep(0.002 * (turns % 4))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, LONG)
        assert task.cancelled(), name
    await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_aclosing_of_a_pending_read_from_many_tasks(server: WatchedServer) -> None:
    for ask in async_ways("chat").values():
        async with ask(server.url, STALL) as response:
            stream = AsyncStream(response)
            reader = asyncio.create_task(_drain(aiter(stream)))
            while stream.outcome.n_events < 5:
                await asyncio.sleep(0.001)
            await asyncio.gather(stream.aclose(), stream.aclose(), stream.aclose())
            assert await asyncio.wait_for(reader, LONG) == 5


async def _drain(items: AsyncIterator[Any]) -> int:
    return len([item async for item in items])
