"""`ssewire.metrics`: how a stream ended, however it ends, and exactly once."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from answers import body_of
from replay import in_steps
from ssewire import AsyncStream, NotAnEventStream, Stream, StreamError, TruncatedStream
from test_metrics import DURATION, FIRST, PER_CHUNK, TOKENS, Recorded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.mark.parametrize(
    ("name", "error_type"),
    [
        ("chat_error_midstream", "server_error"),
        ("chat_openrouter_error", "502"),
        ("chat_error_status_inside", "INTERNAL_SERVER_ERROR"),
        ("chat_groq_error", "StreamError"),
        ("messages_ping_error_overloaded", "overloaded_error"),
        ("body_json_error", "invalid_request_error"),
        ("chat_truncated_between", "TruncatedStream"),
        ("body_html", "NotAnEventStream"),
    ],
)
def test_error_type(name: str, error_type: str) -> None:
    recorded = Recorded()
    stream = Stream([body_of(name)], observer=recorded.metrics.observer())
    with stream, pytest.raises((StreamError, TruncatedStream, NotAnEventStream)):
        stream.until_done()
    duration = recorded.only(DURATION)
    assert (duration.records, duration.attributes["error.type"]) == (1, error_type)
    others = recorded.points(FIRST) + recorded.points(PER_CHUNK) + recorded.points(TOKENS)
    assert not any("error.type" in point.attributes for point in others)


def test_an_error_that_is_not_raised_is_told() -> None:
    recorded = Recorded()
    observer = recorded.metrics.observer()
    with Stream([body_of("chat_error_midstream")], observer=observer, raise_errors=False) as stream:
        stream.until_done()
    assert recorded.only(DURATION).attributes["error.type"] == "server_error"


def test_a_text_is_no_type() -> None:
    recorded = Recorded()
    body = b'data: {"error": {"type": "request 8f3a failed", "message": "no", "code": 503}}\n\n'
    stream = Stream([body], observer=recorded.metrics.observer())
    with stream, pytest.raises(StreamError):
        stream.until_done()
    assert recorded.only(DURATION).attributes["error.type"] == "503"


def test_what_the_server_has_not_counted_is_not_told() -> None:
    recorded = Recorded()
    head, _, _ = body_of("messages_simple").partition(b"event: message_delta")
    stream = Stream([head], observer=recorded.metrics.observer())
    with stream, pytest.raises(TruncatedStream):
        stream.until_done()
    assert recorded.only(TOKENS).attributes["gen_ai.token.type"] == "input"


def test_closed_early() -> None:
    recorded = Recorded()
    body = in_steps(body_of("chat_simple"), 300)
    with Stream(body, observer=recorded.metrics.observer()) as stream:
        for _ in stream:
            break
    stream.close()
    duration = recorded.only(DURATION)
    assert duration.records == 1
    assert "error.type" not in duration.attributes


def test_never_read() -> None:
    recorded = Recorded()
    with Stream([], observer=recorded.metrics.observer()):
        pass
    assert recorded.only(DURATION)[:2] == ({"gen_ai.operation.name": "chat"}, 1)
    assert recorded.points(FIRST) == []


def test_thrown_away() -> None:
    recorded = Recorded()
    body = in_steps(body_of("chat_simple"), 300)
    next(Stream(body, observer=recorded.metrics.observer()))
    with pytest.warns(ResourceWarning):
        gc.collect()
    assert recorded.only(DURATION).records == 1


async def test_async() -> None:
    async def body() -> AsyncIterator[bytes]:
        for chunk in in_steps(body_of("messages_simple"), 100):
            yield chunk

    recorded = Recorded()
    async with AsyncStream(body(), observer=recorded.metrics.observer()) as stream:
        await stream.until_done()
    assert recorded.only(DURATION).records == 1
    assert len(recorded.points(TOKENS)) == 2


def test_one_stream_after_the_other() -> None:
    recorded = Recorded()
    observer = recorded.metrics.observer()
    for _ in range(2):
        with Stream([body_of("chat_simple")], observer=observer) as stream:
            stream.until_done()
            chunks = stream.progress.chunks
    assert (recorded.only(DURATION).records, recorded.only(FIRST).records) == (2, 2)
    assert recorded.only(PER_CHUNK).records == 2 * (chunks - 1)


def test_not_two_streams_at_once() -> None:
    observer = Recorded().metrics.observer()
    with (
        Stream([], observer=observer),
        Stream([]) as other,
        pytest.raises(RuntimeError, match="another observer"),
    ):
        observer.started(other)


def test_many_streams_of_one_program() -> None:
    recorded = Recorded()

    def finished(names: list[str]) -> Iterator[None]:
        for name in names:
            with Stream([body_of(name)], observer=recorded.metrics.observer()) as stream:
                yield
                stream.until_done()

    # They take turns.
    for _ in zip(finished(["chat_simple"] * 3), finished(["chat_simple"] * 3), strict=True):
        pass
    assert recorded.only(DURATION).records == 6
