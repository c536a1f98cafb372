"""The headers of an `EventStreamResponse`, and options that are not allowed."""

from __future__ import annotations

from typing import Any

import pytest

from asgi_case import WHOLE, Exchange
from ssewire import Relay
from ssewire.asgi import EventStreamResponse, relay_stream


async def test_headers() -> None:
    made = Exchange(*WHOLE)
    await made.run()
    start = made.client.messages[0]
    assert start["status"] == 200
    assert dict(start["headers"]) == {
        b"content-type": b"text/event-stream; charset=utf-8",
        b"cache-control": b"no-cache",
        b"x-accel-buffering": b"no",
    }


async def test_more_headers() -> None:
    given = [
        ("X-Request-Id", "7"),
        (b"Set-Cookie", b"a=1"),
        ("set-cookie", "b=2"),
        ("Cache-Control", "no-store"),
        *((name, "gzip") for name in ("Content-Encoding", "Transfer-Encoding", "Connection")),
        ("Content-Length", "5"),
        ("Content-Type", "text/html"),
    ]
    made = Exchange(*WHOLE, headers=given, status=201)
    await made.run()
    assert made.client.messages[0]["status"] == 201
    assert made.client.messages[0]["headers"] == [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"x-accel-buffering", b"no"),
        (b"x-request-id", b"7"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
        (b"cache-control", b"no-store"),
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"x": "a\r\nset-cookie: b"}},
        {"headers": {"x\n": "a"}},
        {"headers": {"x": "\0"}},
        {"keep_alive": 0},
        {"keep_alive": True},
        {"idle_timeout": -1.0},
        {"idle_timeout": float("inf")},
    ],
)
def test_options_that_are_not_allowed(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"header|seconds"):
        EventStreamResponse(iter_nothing(), Relay(), **options)


async def iter_nothing() -> Any:
    return
    yield b""


async def test_options_of_the_generator_that_are_not_allowed() -> None:
    with pytest.raises(ValueError, match="seconds"):
        await anext(relay_stream(iter_nothing(), Relay(), idle_timeout=0))
