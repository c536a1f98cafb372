"""`AsyncRetryingStream`: cancelling at any moment leaves nothing behind."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from retry_case import (
    PATIENT,
    AskedToWait,
    Server,
    Silent,
    aretrying,
    others,
    say,
    stop,
)
from ssewire.retry import AsyncRetryingStream, Policy

if TYPE_CHECKING:
    from ssewire.retry import Attempt


class TestCancelling:
    async def cancel(self, reader: asyncio.Task[Any]) -> None:
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        assert not await others()

    async def test_a_read(self) -> None:
        body = Silent()
        stream = aretrying(lambda _attempt: body, retryable=lambda _error: True, partial="continue")
        reader = asyncio.create_task(stream.until_done())
        await body.waits.wait()
        await self.cancel(reader)
        assert body.closed
        assert stream.closed
        assert stream.outcome.text == "a"
        assert len(stream.attempts) == 1

    async def test_a_wait(self) -> None:
        server = Server(AskedToWait(), [say("a"), stop()])
        stream = AsyncRetryingStream(server, PATIENT)
        reader = asyncio.create_task(stream.until_done())
        while len(stream.attempts) < 2:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        await self.cancel(reader)
        timers: Any = asyncio.get_running_loop()
        assert all(timer.cancelled() for timer in timers._scheduled)
        assert len(server.attempts) == 1

    async def test_a_request(self) -> None:
        started = asyncio.Event()

        async def request(_attempt: Attempt) -> Any:
            started.set()
            await asyncio.Event().wait()

        stream = AsyncRetryingStream(request, Policy(retryable=lambda _error: True))
        reader = asyncio.create_task(stream.until_done())
        await started.wait()
        await self.cancel(reader)
        assert len(stream.attempts) == 1

    async def test_after_each_step(self) -> None:
        """Cancelled wherever the reading task gives way, from the first to the last time."""
        for steps in range(200):
            server = Server(ConnectionError(), [say("a")], [say("b"), stop()])

            async def request(attempt: Attempt, server: Server = server) -> Any:
                await asyncio.sleep(0)
                return server(attempt)

            async def sleep(_seconds: float) -> None:
                await asyncio.sleep(0)

            async def on_attempt(_attempt: Attempt) -> None:
                await asyncio.sleep(0)

            stream = AsyncRetryingStream(
                request, Policy(partial="continue"), on_attempt=on_attempt, sleep=sleep
            )
            reader = asyncio.create_task(stream.until_done())
            for _ in range(steps):
                await asyncio.sleep(0)
            done = reader.done()
            reader.cancel()
            (result,) = await asyncio.gather(reader, return_exceptions=True)
            assert server.all_closed
            assert not await others()
            if done:
                assert steps > 8
                assert not isinstance(result, BaseException)
                assert result.text == "ab"
                return
            assert isinstance(result, asyncio.CancelledError)
        raise AssertionError("never done")
