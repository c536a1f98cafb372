"""A server that falls silent: the stream's own limits and those of every library."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from client_case import (
    RECORDINGS,
    WatchedServer,
    async_ways,
    comes_true,
    expected,
    open_files,
    sync_ways,
    watches,
)
from ssewire import (
    AsyncStream,
    FirstTokenTimeout,
    IdleTimeout,
    Stream,
    StreamTimeout,
    TotalTimeout,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

SHORT = 0.2
STALL = {"fault": "stall:5"}
LIMITS: list[tuple[dict[str, str], Any, type[StreamTimeout]]] = [
    (STALL, {"idle_timeout": SHORT}, IdleTimeout),
    (STALL, {"timeout": SHORT}, TotalTimeout),
    ({"fault": "stall:0"}, {"first_token_timeout": SHORT}, FirstTokenTimeout),
    # Comments are no events.
    ({"fault": "stall:5", "keep-alive": "0.02"}, {"idle_timeout": SHORT}, IdleTimeout),
]
SHAPES = tuple(RECORDINGS)


@pytest.fixture
def server() -> Iterator[WatchedServer]:
    with WatchedServer() as server:
        yield server


def test_own_limits_sync(server: WatchedServer) -> None:
    before = open_files()
    asked = sum(check_limits(server, *limit) for limit in LIMITS)
    assert comes_true(lambda: open_files() <= before)
    assert comes_true(lambda: not watches())
    assert server.all_left(asked)


def check_limits(
    server: WatchedServer, case: dict[str, str], limits: Any, error: type[StreamTimeout]
) -> int:
    good = expected(RECORDINGS["chat"], case)[0]
    ways = sync_ways("chat")
    for name, ask in ways.items():
        with ask(server.url, case) as response:
            stream = Stream(response, **limits)
            with pytest.raises(StreamTimeout) as caught:
                stream.until_done()
            assert stream.closed
        check(caught.value, error, good, name)
        assert caught.value.limit == SHORT, name
    return len(ways)


async def test_own_limits_async(server: WatchedServer) -> None:
    before = open_files()
    asked = 0
    for case, limits, error in LIMITS:
        good = expected(RECORDINGS["chat"], case)[0]
        for name, ask in async_ways("chat").items():
            asked += 1
            async with ask(server.url, case) as response:
                stream = AsyncStream(response, **limits)
                with pytest.raises(StreamTimeout) as caught:
                    await stream.until_done()
                assert stream.closed
            check(caught.value, error, good, name)
            assert caught.value.limit == SHORT, name
    assert comes_true(lambda: open_files() <= before)
    assert server.all_left(asked)


def test_the_library_s_limit_sync(server: WatchedServer) -> None:
    before = open_files()
    asked = sum(check_library(server, shape) for shape in SHAPES)
    assert comes_true(lambda: open_files() <= before)
    assert server.all_left(asked)


def check_library(server: WatchedServer, shape: str) -> int:
    good = expected(RECORDINGS[shape], STALL)[0]
    ways = sync_ways(shape)
    for name, ask in ways.items():
        with ask(server.url, STALL, timeout=SHORT) as response:
            stream = Stream(response)
            with pytest.raises(StreamTimeout) as caught:
                stream.until_done()
        check(caught.value, StreamTimeout, good, name)
        assert caught.value.limit is None, name
        assert isinstance(caught.value.__cause__, Exception), name
    return len(ways)


async def test_the_library_s_limit_async(server: WatchedServer) -> None:
    before = open_files()
    asked = 0
    for shape in SHAPES:
        good = expected(RECORDINGS[shape], STALL)[0]
        for name, ask in async_ways(shape).items():
            asked += 1
            async with ask(server.url, STALL, timeout=SHORT) as response:
                with pytest.raises(StreamTimeout) as caught:
                    await AsyncStream(response).until_done()
            check(caught.value, StreamTimeout, good, name)
            assert caught.value.limit is None, name
            assert isinstance(caught.value.__cause__, Exception), name
    assert comes_true(lambda: open_files() <= before)
    assert server.all_left(asked)


def check(error: StreamTimeout, kind: type[StreamTimeout], good: Any, name: str) -> None:
    assert type(error) is kind, name
    assert isinstance(error, TimeoutError)
    assert error.outcome is not None, name
    assert replace(error.outcome, n_comments=0) == good, name
