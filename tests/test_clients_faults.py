"""Every fault of the replay server through every library: the same outcome, the same error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from client_case import (
    RECORDINGS,
    async_ways,
    comes_true,
    end_of,
    expected,
    open_files,
    sync_ways,
    watches,
)
from ssewire import AsyncStream, Stream, TruncatedStream
from ssewire.replay import ReplayServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

CASES = [
    {"fault": "none"},
    {"fault": "cut-between"},
    {"fault": "cut-inside"},
    {"fault": "cut-character"},
    {"fault": "error-event"},
    {"fault": "cut-between:0"},
    {"stay-open": "1"},
    {"crlf": "1"},
    {"bom": "1"},
    {"keep-alive-events": "2"},
    {"chunking": "1"},
    {"chunking": "random:5"},
    {"chunking": "whole"},
    {"chunking": "1", "crlf": "1", "bom": "1", "fault": "cut-character"},
]
# Paced, so that something has been read by then: a reset discards the rest.
RESET = {"fault": "reset:6", "rate": "200"}
SHAPES = tuple(RECORDINGS)


@pytest.fixture(scope="module")
def server() -> Iterator[ReplayServer]:
    with ReplayServer(RECORDINGS.values()) as server:
        yield server


def test_sync(server: ReplayServer) -> None:
    before = open_files()
    check_sync(server)
    assert comes_true(lambda: open_files() <= before)
    assert comes_true(lambda: not watches())


def check_sync(server: ReplayServer) -> None:
    # By itself: a response of requests keeps its pool, and so the connections of a closed session.
    for shape in SHAPES:
        for case in CASES:
            good = expected(RECORDINGS[shape], case)
            for name, ask in sync_ways(shape).items():
                with ask(server.url, case) as response:
                    assert end_of(Stream(response)) == good, (shape, case, name)


async def test_async(server: ReplayServer) -> None:
    before = open_files()
    for shape in SHAPES:
        for case in CASES:
            good = expected(RECORDINGS[shape], case)
            for name, ask in async_ways(shape).items():
                async with ask(server.url, case) as response:
                    assert await aend_of(AsyncStream(response)) == good, (shape, case, name)
    assert comes_true(lambda: open_files() <= before)


async def aend_of(stream: AsyncStream[Any]) -> tuple[object, type | None]:
    error = None
    try:
        async for _ in stream:
            pass
    except Exception as caught:  # noqa: BLE001 (whatever it is)
        error = type(caught)
    assert stream.closed
    return stream.outcome, error


def test_the_cases_differ() -> None:
    ends = [expected(RECORDINGS["chat"], case) for case in CASES]
    assert len({repr(end) for end in ends}) > 5
    assert {error and error.__name__ for _, error in ends} == {
        None,
        "InternalServerError",
        "TruncatedStream",
    }


def test_reset_sync(server: ReplayServer) -> None:
    for shape in SHAPES:
        text = expected(RECORDINGS[shape], {})[0].text
        for name, ask in sync_ways(shape).items():
            with ask(server.url, RESET) as response:
                stream = Stream(response)
                with pytest.raises(TruncatedStream) as caught:
                    stream.until_done()
            check_reset(stream.outcome.text, text, caught.value, name)


async def test_reset_async(server: ReplayServer) -> None:
    for shape in SHAPES:
        text = expected(RECORDINGS[shape], {})[0].text
        for name, ask in async_ways(shape).items():
            async with ask(server.url, RESET) as response:
                stream = AsyncStream(response)
                with pytest.raises(TruncatedStream) as caught:
                    await stream.until_done()
            check_reset(stream.outcome.text, text, caught.value, name)


def check_reset(got: str, whole: str, error: TruncatedStream, name: str) -> None:
    assert whole.startswith(got), name
    assert got != whole, name
    # What the library raised, to be looked at.
    assert isinstance(error.__cause__, Exception), name
    assert error.outcome is not None, name
    assert error.outcome.text == got, name
