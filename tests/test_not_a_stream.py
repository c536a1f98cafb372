"""Bodies that never were an event stream, or that are one of which nothing came."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from answers import body_of, real
from replay import bytewise
from ssewire import NotAnEventStream, Outcome, StreamError, TruncatedStream

ANSWER = {"id": "c", "object": "chat.completion", "choices": [{"message": {"content": "Hi"}}]}
HTML = b"<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>\n"
BODIES = [
    ("html", HTML, None),
    ("html", b"\n  <html>\n", None),
    ("json", json.dumps(ANSWER).encode(), ANSWER),
    ("json", json.dumps(ANSWER, indent=2).encode() + b"\n", ANSWER),
    ("json", b"[1, 2]", [1, 2]),
    ("json", b"\xef\xbb\xbf{}", {}),
    ("ndjson", b'{"a":1}\n{"a":2}\n', None),
    ("gzip", gzip.compress(b"data: {}\n\n", mtime=0), None),
    ("zstd", b"\x28\xb5\x2f\xfd\x00\x00", None),
    ("text", b"upstream connect error or disconnect/reset before headers", None),
    ("text", b"Internal Server Error\n\n", None),
]


def outcome_of(body: bytes, **options: Any) -> list[Outcome]:
    """Of every way in which it may arrive."""
    outcomes = []
    for way in ("any", "chunks", "messages"):
        for chunks in ([body], bytewise(body)):
            dispatcher = real(way, **options)
            for chunk in chunks:
                assert dispatcher.feed(chunk) == []
            assert dispatcher.finish() == []
            outcomes.append(dispatcher.outcome)
    return outcomes


@pytest.mark.parametrize(("kind", "body", "parsed"), BODIES)
def test_not_an_event_stream(kind: str, body: bytes, parsed: Any) -> None:
    for outcome in outcome_of(body):
        with pytest.raises(NotAnEventStream) as raised:
            outcome.raise_for_error()
        assert raised.value.kind == kind
        assert raised.value.body == body
        assert raised.value.json == parsed
        assert str(raised.value)
        assert (outcome.complete, outcome.terminal, outcome.n_events) == (False, None, 0)


def test_an_error_body_fills_the_outcome() -> None:
    for outcome in outcome_of(body_of("body_json_error")):
        error: Any = outcome.error
        assert (error.code, error.status) == ("invalid_api_key", 400)
        assert outcome.finish == "error"
        with pytest.raises(NotAnEventStream) as raised:
            outcome.raise_for_error()
        assert raised.value.json == json.loads(body_of("body_json_error"))


def test_flat_error_body() -> None:
    for outcome in outcome_of(b'{"object":"error","message":"m","code":404}'):
        error: Any = outcome.error
        assert (error.message, error.status) == ("m", 404)


@pytest.mark.parametrize(
    "body", [b"", b"\n\n", b" \r\n\t\n", b": ping\n\n", b"data: {}", b"data: {}\n\n", b"id: 1\n\n"]
)
def test_nothing_came(body: bytes) -> None:
    dispatcher = real()
    dispatcher.feed(body)
    dispatcher.finish()
    with pytest.raises(TruncatedStream):
        dispatcher.outcome.raise_for_error()


def test_one_good_line_makes_it_a_stream() -> None:
    dispatcher = real()
    dispatcher.feed(HTML + b"\n: ping\n\n")
    dispatcher.finish()
    with pytest.raises(TruncatedStream):
        dispatcher.outcome.raise_for_error()


def test_an_error_in_a_field_makes_it_a_stream() -> None:
    dispatcher = real()
    dispatcher.feed(b"error: gone\n\n")
    dispatcher.finish()
    with pytest.raises(StreamError):
        dispatcher.outcome.raise_for_error()


def test_only_so_much_of_a_body_is_kept() -> None:
    body = b"<" + b"x" * 5000
    for outcome in outcome_of(body, max_event_size=100):
        with pytest.raises(NotAnEventStream) as raised:
            outcome.raise_for_error()
        assert 0 < len(raised.value.body) <= 100
        assert body.startswith(raised.value.body)
        assert raised.value.kind == "html"


def test_a_body_is_known_only_at_its_end() -> None:
    dispatcher = real()
    dispatcher.feed(b"<html>\n")
    assert dispatcher.outcome.error is None
    dispatcher.feed(b'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n')
    dispatcher.finish()
    dispatcher.outcome.raise_for_error()
    assert dispatcher.outcome.text == "Hi"
