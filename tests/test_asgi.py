"""`EventStreamResponse`: what the client gets, and what is told in the end."""

from __future__ import annotations

import asyncio
import gc
import sys
import weakref
from typing import Any

import pytest

from asgi_case import HEL, TORN, WHOLE, Client, Exchange
from ssewire import (
    Outcome,
    Relay,
)
from ssewire.asgi import EventStreamResponse
from stream_case import AsyncBody, nothing_left


async def test_passes_on_each_read() -> None:
    made = Exchange(*WHOLE)
    await made.run()
    assert made.client.pieces == WHOLE
    assert made.client.is_whole
    assert (made.ends.text, made.ends.error) == ("Hello", None)


async def test_the_very_chunk_is_sent() -> None:
    made = Exchange(*WHOLE)
    await made.run()
    for piece, sent in zip(WHOLE, made.client.pieces, strict=True):
        assert sent is piece


async def test_nothing_is_sent_for_nothing() -> None:
    made = Exchange(b"", *WHOLE, relay=Relay("chat", to="messages"))
    await made.run()
    # Start, one message for each piece that was not empty, end.
    assert made.client.sends == 2 + len(made.client.pieces)
    assert made.client.outcome.text == "Hello"
    assert b"message_stop" in made.client.pieces[-1]


def test_nothing_that_can_be_read() -> None:
    with pytest.raises(TypeError, match="asynchronous iterable"):
        EventStreamResponse([b""])


async def test_without_a_relay() -> None:
    body, client = AsyncBody(*WHOLE), Client()
    response = EventStreamResponse(body)
    await response({"method": "POST"}, client.receive, client.send)
    assert client.pieces == WHOLE
    assert response.relay.outcome.complete
    assert response.relay.outcome.text == "", "the texts are not kept"
    await nothing_left()


async def test_head() -> None:
    made = Exchange(*WHOLE)
    await made.run("HEAD")
    assert [message["type"] for message in made.client.messages] == [
        "http.response.start",
        "http.response.body",
    ]
    assert made.client.is_whole
    assert made.body.given == 0
    assert made.ends.error is None


async def test_only_once() -> None:
    made = Exchange(*WHOLE)
    await made.run()
    with pytest.raises(RuntimeError, match="already"):
        await made.response({"method": "GET"}, made.client.receive, made.client.send)
    await made.check_left()


async def test_reading_stops_at_the_end_of_the_answer() -> None:
    """Though the upstream keeps the connection open."""
    made = Exchange(*WHOLE, b": bye\n\n", TORN, ...)
    await made.run()
    assert made.client.pieces == [*WHOLE, b": bye\n\n"]
    assert made.ends.error is None


async def test_a_slow_client_is_no_silent_upstream() -> None:
    made = Exchange(*WHOLE, client=Client(seconds=0.05), idle_timeout=0.02, turns=0)
    await made.run()
    assert made.client.pieces == WHOLE
    assert made.ends.error is None


async def test_a_slow_client_slows_down_the_upstream() -> None:
    made = Exchange(*[HEL] * 50, *WHOLE, turns=0)
    made.client.takes.clear()
    task = made.start()
    await made.client.blocked.wait()
    for _ in range(100):
        await asyncio.sleep(0)
    assert made.body.given <= 1, "no more than is being sent"
    made.client.takes.set()
    await task
    assert len(made.client.pieces) == 53
    await made.check_left()


async def test_on_end_may_be_a_coroutine() -> None:
    told: list[Any] = []

    async def on_end(outcome: Outcome, error: BaseException | None) -> None:
        await asyncio.sleep(0.01)
        told.append((outcome.text, error))

    body, client = AsyncBody(*WHOLE), Client()
    response = EventStreamResponse(body, Relay("chat"), on_end=on_end)
    await response({"method": "GET"}, client.receive, client.send)
    assert told == [("Hello", None)]


async def test_a_slow_client_of_what_comes_after_the_end() -> None:
    """The upstream has little time to end the body. The client has all of it."""
    made = Exchange(*WHOLE, b": bye\n\n", ..., client=Client(seconds=0.15), idle_timeout=0.1)
    await made.run()
    assert made.client.is_whole
    assert made.client.pieces == [*WHOLE, b": bye\n\n"]
    assert made.ends.error is None


@pytest.mark.parametrize("pieces", [[b": bye\n\n"], [b""]])
async def test_an_upstream_that_does_not_end_after_its_answer(pieces: list[bytes]) -> None:
    """Nor does it ever leave the loop to others."""
    made = Exchange(*WHOLE, *pieces * 500_000, turns=0)
    await made.run()
    assert made.client.is_whole
    assert made.body.given < len(made.body.pieces)
    assert made.ends.error is None


@pytest.mark.parametrize("is_async", [False, True])
async def test_close_is_called_too(is_async: bool) -> None:
    calls = []

    def close() -> None:
        calls.append(1)

    async def aclose() -> None:
        await asyncio.sleep(0)
        calls.append(2)

    made = Exchange(HEL, close=aclose if is_async else close)
    await made.run()
    assert calls == [2 if is_async else 1]


async def test_background() -> None:
    calls = []

    async def background() -> None:
        calls.append(len(made.ends.told))

    made = Exchange(*WHOLE, background=background)
    await made.run()
    assert calls == [1]


async def test_pieces_cost_no_task_and_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    made = Exchange(*[HEL] * 2000, *WHOLE, keep_alive=60, idle_timeout=60, turns=0)
    counted: list[str] = []
    for name in ("create_task", "call_later", "call_at", "call_soon"):
        real = getattr(loop, name)

        def counting(*args: Any, name: str = name, real: Any = real, **more: Any) -> Any:
            counted.append(name)
            return real(*args, **more)

        monkeypatch.setattr(loop, name, counting)
    await made.response({"method": "GET"}, made.client.receive, made.client.send)
    assert len(made.client.pieces) == 2003
    assert len(counted) < 40, counted


@pytest.mark.skipif(sys.version_info < (3, 11), reason="cancellations are not counted")
async def test_on_end_is_not_cancelled() -> None:
    counts = []

    async def on_end(*_: object) -> None:
        task: Any = asyncio.current_task()
        counts.append(task.cancelling())

    made = Exchange(HEL, ...)
    made.response._relaying._on_end = on_end  # type: ignore[union-attr]
    task = made.start()
    await made.body.waiting.wait()
    made.client.leaves.set()
    await task
    assert counts == [0]


@pytest.mark.parametrize("error", [RuntimeError, asyncio.CancelledError])
async def test_on_end_that_fails(error: type[BaseException]) -> None:
    calls = []

    def on_end(*_: object) -> None:
        calls.append(1)
        raise error("no database")

    made = Exchange(*WHOLE)
    made.response._relaying._on_end = on_end  # type: ignore[union-attr]
    with pytest.raises(error):
        await made.start()
    await nothing_left()
    assert (calls, made.body.closed) == ([1], 1)
    assert made.client.is_whole


async def test_nothing_keeps_a_response_alive() -> None:
    """Neither after a whole answer nor after one that was left: there is no cycle."""
    gc.collect()
    gc.disable()
    try:
        for leaves in (False, True):
            made = Exchange(HEL, ...) if leaves else Exchange(*WHOLE)
            left: list[weakref.ref[Any]]
            left = [weakref.ref(made.response), weakref.ref(made.body)]
            task = made.start()
            if leaves:
                await made.body.waiting.wait()
                made.client.leaves.set()
            await task
            await made.check_left()
            del made, task
            await nothing_left()
            assert [ref() for ref in left] == [None, None]
    finally:
        gc.enable()
