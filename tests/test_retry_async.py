"""`AsyncRetryingStream`: the same as `RetryingStream`, for `async for`."""

from __future__ import annotations

import asyncio
import gc
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from retry_case import (
    OVERLOADED,
    PATIENT,
    REFUSED,
    ROLE,
    AskedToWait,
    Clock,
    Server,
    Silent,
    aretrying,
    chunk,
    others,
    say,
    stop,
)
from ssewire import AsyncStream, BadRequestError, InternalServerError, TruncatedStream
from ssewire.retry import AsyncRetryingStream, Policy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ssewire.retry import Attempt


async def all_of(pieces: AsyncIterator[Any]) -> list[Any]:
    return [piece async for piece in pieces]


class TestAttempts:
    @pytest.mark.parametrize("failure", [ConnectionResetError(), [], [ROLE, OVERLOADED]], ids=repr)
    @pytest.mark.parametrize("awaited", [True, False])
    async def test_before_output(self, failure: Any, awaited: bool) -> None:
        server = Server(failure, failure, [say("Hello"), stop()])
        clock = Clock()
        stream = aretrying(server.arequest if awaited else server, clock)
        assert await all_of(stream.text()) == ["Hello"]
        assert stream.outcome.complete
        assert stream.closed
        assert server.all_closed
        assert [one.waited for one in stream.attempts] == [0, *clock.slept]

    async def test_give_up(self) -> None:
        server = Server([say("a"), OVERLOADED], [say("b"), stop()])
        stream = aretrying(server)
        with pytest.raises(InternalServerError) as caught:
            await stream.until_done()
        assert caught.value.outcome is not None
        assert caught.value.outcome.text == "a"
        assert len(server.attempts) == 1

    async def test_the_wrong_request(self) -> None:
        with pytest.raises(BadRequestError):
            await aretrying(Server([REFUSED])).until_done()

    @pytest.mark.parametrize("awaited", [True, False])
    async def test_start_over(self, awaited: bool) -> None:
        told: list[str | None] = []

        def on_attempt(attempt: Attempt) -> Any:
            async def tell() -> None:
                await asyncio.sleep(0)
                told.append(attempt.partial)

            return tell() if awaited else told.append(attempt.partial)

        stream = AsyncRetryingStream(
            Server([say("one ")], [say("two"), stop()]),
            Policy(partial="start_over", initial=0),
            on_attempt=on_attempt,
        )
        assert await all_of(stream.text()) == ["one ", "two"]
        assert told == [None, "start_over"]
        assert stream.outcome.text == "two"

    async def test_continue(self) -> None:
        server = Server(
            [chunk(reasoning_content="h"), say("one ")],
            [say("two "), OVERLOADED],
            [say("3"), stop()],
        )
        stream = aretrying(server, partial="continue")
        assert "".join(await all_of(stream.text())) == "one two 3" == stream.outcome.text
        assert stream.outcome.reasoning == "h"

    async def test_white_space_that_a_prefill_left_out(self) -> None:
        server = Server([say("one \n")], [say(" "), say("\ntwo"), stop()])

        def request(attempt: Attempt) -> Any:
            attempt.continue_from([], prefill=True)
            return server(attempt)

        stream = aretrying(request, partial="continue")
        assert await all_of(stream.text()) == ["one \n", "two"]
        assert stream.outcome.text == "one \ntwo"

    async def test_the_last_error(self) -> None:
        stream = aretrying(Server(ConnectionError("1"), [], [OVERLOADED]))
        with pytest.raises(InternalServerError) as caught:
            await stream.until_done()
        assert isinstance(caught.value.__context__, TruncatedStream)
        assert isinstance(caught.value.__context__.__context__, ConnectionError)


class TestReading:
    async def test_levels(self) -> None:
        def stream() -> AsyncRetryingStream:
            return aretrying(Server([ROLE], [say("a"), stop()]))

        assert len(await all_of(stream())) == 4
        assert [d.text async for d in stream().deltas() if d.kind == "text"] == ["a"]
        assert (await all_of(stream().events()))[-1].data == "[DONE]"
        assert await all_of(stream().text_stream) == ["a"]

    async def test_next_then_for(self) -> None:
        stream = aretrying(Server([say("a"), say("b"), stop()]))
        assert (await anext(stream)).choices[0].delta.content == "a"
        assert (await anext(aiter(stream))).choices[0].delta.content == "b"
        assert (await stream.until_done()).text == "ab"

    async def test_two_readers(self) -> None:
        stream = aretrying(Server([say("a"), stop()]))
        await anext(stream)
        with pytest.raises(RuntimeError, match="being read"):
            await all_of(stream.text())
        await stream.aclose()

    async def test_a_stream_of_the_callers(self) -> None:
        server = Server([say("a")], [say("b"), stop()])

        async def request(attempt: Attempt) -> AsyncStream[Any]:
            return AsyncStream(server(attempt), shape="chat")

        stream = aretrying(request, partial="continue")
        assert (await stream.until_done()).text == "ab"
        assert stream.stream is not None
        assert stream.stream.shape == "chat"

    async def test_what_cannot_be_read(self) -> None:
        with pytest.raises(TypeError, match="AsyncStream reads"):
            await aretrying(lambda _attempt: [b""]).until_done()
        server = Server([say("a")])
        with pytest.raises(ValueError, match="shape"):
            await AsyncRetryingStream(server, shape="chatty").until_done()
        with pytest.raises(ValueError, match="raise_errors"):
            await AsyncRetryingStream(Server([say("a")]), raise_errors=False).until_done()
        assert server.all_closed

    async def test_context_managers_are_left(self) -> None:
        log: list[str] = []
        server = Server([], [say("a"), stop()])

        @asynccontextmanager
        async def request(attempt: Attempt) -> AsyncIterator[Any]:
            log.append(f"in {attempt.number}")
            yield server(attempt)
            log.append(f"out {attempt.number}")

        assert await all_of(aretrying(request).text()) == ["a"]
        assert log == ["in 1", "out 1", "in 2", "out 2"]


class TestClosing:
    async def test_break(self) -> None:
        server = Server([], [say("a"), say("b"), stop()])
        async with aretrying(server) as stream:
            async for _ in stream:
                break
        assert server.all_closed
        assert await all_of(stream) == []

    async def test_break_without_with(self) -> None:
        server = Server([say("a"), say("b"), stop()])
        async for _ in aretrying(server).text():
            break
        gc.collect()
        while await others():  # the loop closes it
            pass
        assert server.all_closed

    async def test_before_it_is_read(self) -> None:
        async with aretrying(Server()) as stream:
            pass
        assert await all_of(stream) == []

    async def test_ends_a_wait(self) -> None:
        stream = AsyncRetryingStream(Server(AskedToWait(), [say("a"), stop()]), PATIENT)
        reader = asyncio.create_task(stream.until_done())
        while len(stream.attempts) < 2:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        await stream.aclose()
        assert (await asyncio.wait_for(reader, 30)).text == ""
        assert not await others()

    async def test_ends_a_read(self) -> None:
        body = Silent()
        stream = aretrying(lambda _attempt: body, retryable=lambda _error: True)
        reader = asyncio.create_task(all_of(stream.text()))
        await body.waits.wait()
        await stream.aclose()
        assert await asyncio.wait_for(reader, 30) == ["a"]
        assert body.closed
        assert len(stream.attempts) == 1
