"""Linear for every stream and every cut: bytes that were looked at, moved and held, by count."""

from __future__ import annotations

import sys
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar import any_streams, chunks_of
from replay import in_steps
from ssewire import Decoder

MIB = 1 << 20
STREAMS = {
    "a large event": b"data: " + b"x" * MIB + b"\n\n",
    "data lines": b"data: x\n" * 100_000 + b"\n",
    "empty data lines": b"data\r\n" * 100_000 + b"\r\n",
    "small events": b"data: {}\n\n" * 50_000,
    "large events": (b"event: e\ndata: " + b"x" * 5_000 + b"\n\n") * 100,
    "carriage returns": b"data: x\r\r" * 50_000,
    "pairs": b"data: x\r\n\r\n" * 50_000,
    "one carriage return after many line feeds": (b"data: x\n\n" * 7_000 + b"data: y\r") * 10,
    "blank lines": b"\n" * 300_000,
    "blank lines by carriage return": b"\r" * 300_000,
    "comments": b": ping\n\n" * 50_000,
    "one long comment": b":" * 500_000,
    "unknown lines": b"foo: bar\r\n" * 50_000,
    "one long unknown line": b"x" * 500_000,
    "lines that begin like fields": b"dat\nretr\neven\ni\n" * 30_000,
    "unknown lines within an event": b"data: x\n" + b"foo: bar\n" * 50_000 + b"\n",
    "ids": b"id: 12345\n\n" * 50_000,
    "retries": b"retry: 12345\n\n" * 50_000,
    "bad text": b"data: \xff\xe2\x82\n\n" * 50_000,
}
by_stream = pytest.mark.parametrize("body", STREAMS.values(), ids=STREAMS.keys())


def own(chunk: bytes) -> bytes:
    """A copy to which nobody else has references."""
    return bytes(bytearray(chunk))


def work(decoder: Decoder) -> tuple[int, int]:
    """The bytes that were scanned and those that were copied so far, however often each."""
    scanned, copied = cast("Any", decoder)._work()
    return scanned, copied


def assert_linear(decoder: Decoder, size: int) -> None:
    scanned, copied = work(decoder)
    assert scanned <= 2 * size + 64
    assert copied <= size


@by_stream
@pytest.mark.parametrize("step", [64, 1000, 1460, 65_536, 2 * MIB])
@pytest.mark.parametrize("limit", [None, 500])
def test_each_byte_once(body: bytes, step: int, limit: int | None) -> None:
    decoder = Decoder(max_event_size=limit, oversize="skip")
    for chunk in in_steps(body, step):
        decoder.feed(chunk)
    decoder.finish()
    assert_linear(decoder, len(body))


@by_stream
def test_each_byte_once_bytewise(body: bytes) -> None:
    decoder = Decoder()
    head = body[:30_000]
    for chunk in in_steps(head, 1):
        decoder.feed(chunk)
    assert_linear(decoder, len(head))


@given(chunks_of(any_streams()), st.none() | st.integers(1, 60))
def test_each_byte_once_in_any_stream(chunks: list[bytes], limit: int | None) -> None:
    decoder = Decoder(max_event_size=limit, oversize="skip")
    for chunk in chunks:
        decoder.feed(chunk)
    decoder.finish()
    assert_linear(decoder, sum(map(len, chunks)))


def test_the_count_counts() -> None:
    decoder = Decoder()
    decoder.feed(b"data: abc")
    decoder.feed(b"def\n\n")
    scanned, copied = work(decoder)
    assert scanned >= 14
    assert copied >= 9


def test_whole_events_are_not_copied() -> None:
    decoder = Decoder()
    assert len(decoder.feed(b"data: x\n\n" * 1000)) == 1000
    assert work(decoder)[1] == 0


def test_what_waits_is_held_once() -> None:
    decoder = Decoder()
    for chunk in in_steps(STREAMS["a large event"][:-1], 64):
        assert decoder.feed(chunk) == []
    assert decoder.pending == MIB + 7
    assert sys.getsizeof(decoder) <= 2 * decoder.pending + 4096
    assert len(decoder.feed(b"\n")) == 1
    assert decoder.pending == 0


@pytest.mark.parametrize(
    "piece",
    [
        b": ping\n\n",
        b": ping\r\n",
        b":" * 64,
        b"unknown",
        b"foo: bar\n",
        b"\n\n",
        b"\r\r",
        b"\xef\xbb",
    ],
    ids=repr,
)
@pytest.mark.parametrize("start", [b"", b"data: x\n\n", b": "])
def test_what_is_ignored_is_not_held(piece: bytes, start: bytes) -> None:
    chunk = own(piece)
    references = sys.getrefcount(chunk)
    decoder = Decoder()
    decoder.feed(start)
    decoder.feed(chunk)
    size = sys.getsizeof(decoder)
    for _ in range(1000):
        assert decoder.feed(chunk) == []
        assert decoder.pending == 0
    assert sys.getsizeof(decoder) == size
    assert sys.getrefcount(chunk) == references


def test_what_is_skipped_is_not_held() -> None:
    decoder = Decoder(max_event_size=100, oversize="skip")
    decoder.feed(b"data: " + b"x" * 200)
    size = sys.getsizeof(decoder)
    for _ in range(1000):
        decoder.feed(b"data: more\n")
    assert (decoder.pending, decoder.skipped) == (0, 1)
    assert sys.getsizeof(decoder) <= size


@pytest.mark.parametrize("name", [b"data", b"event", b"id", b"retry"])
def test_no_more_of_a_name_than_a_name_is_held(name: bytes) -> None:
    decoder = Decoder()
    held = []
    for chunk in in_steps(name + b"x" * 10, 1):
        decoder.feed(chunk)
        held.append(decoder.pending)
    assert held == [*range(1, len(name) + 1), *[0] * 10]


def test_held_bytes() -> None:
    decoder = Decoder()
    for chunk, pending in (
        (b"data: a", 7),
        (b"\r", 8),
        (b"", 8),
        (b"\n", 9),
        (b": hi", 13),
        (b"\n\n", 0),
        (b"da", 2),
        (b"", 2),
        (b"x", 0),
        (b"ta: y\n", 0),
        (b": foo\nid: 1", 5),
    ):
        decoder.feed(chunk)
        assert decoder.pending == pending


@pytest.mark.parametrize("rest", [b"", b": hi", b"da", b"data: hi"])
def test_a_small_rest_does_not_hold_a_large_chunk(rest: bytes) -> None:
    chunk = own(b": " + b"x" * MIB + b"\n" + rest)
    references = sys.getrefcount(chunk)
    decoder = Decoder()
    decoder.feed(chunk)
    assert sys.getrefcount(chunk) == references
    assert sys.getsizeof(decoder) < 10_000
