"""`max_event_size`: where it is, and what happens beyond it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reference import TooLarge
from replay import bytewise, every_cut, fields
from ssewire import Decoder, EventTooLarge

if TYPE_CHECKING:
    from replay import AnyDecoder

Raised = (EventTooLarge, TooLarge)

# A block, and the number of its bytes up to the first byte of its blank line's end.
SIZES = [
    (b"data: a\n\n", 9),
    (b"data: a\r\r", 9),
    (b"data: a\r\n\r\n", 10),
    (b"data: a\n\r\n", 9),
    (b"data\n\n", 6),
    (b"id: 1\nevent: e\ndata: a\n\n", 24),
    (b"data: a\n: hi\nfoo\n\n", 18),
    (b"data: a\r\n: hi\r\nfoo\r\n\r\n", 21),
    (b"retry: 5\n\n", 10),
    (b"event\n\n", 7),
]
SIZE_IDS = [block.decode("unicode_escape").encode("unicode_escape").decode() for block, _ in SIZES]
# What may come before a block and is no part of it.
BEFORE = b"\xef\xbb\xbf: a long comment, longer than any limit\r\nunknown: field\n\ndat\n"


def outcome(decoder: AnyDecoder, chunks: list[bytes]) -> tuple[list[str], Any]:
    """The data of all events, and the error that ended them."""
    texts: list[str] = []
    try:
        for chunk in (*chunks, b""):
            texts += [event.data for event in decoder.feed(chunk)]
    except Raised as error:
        return texts, (error.limit, error.offset)
    return texts, None


@pytest.mark.parametrize(("block", "size"), SIZES, ids=SIZE_IDS)
def test_boundary(block: bytes, size: int, decoder_class: type[AnyDecoder]) -> None:
    events = [event.data for event in decoder_class().feed(block)]
    for chunks in every_cut(BEFORE + block):
        assert outcome(decoder_class(max_event_size=size), chunks) == (events, None)
        short = size - 1
        assert outcome(decoder_class(max_event_size=short), chunks) == ([], (short, len(BEFORE)))


@pytest.mark.parametrize(("block", "size"), SIZES, ids=SIZE_IDS)
def test_boundary_of_skipping(block: bytes, size: int, decoder_class: type[AnyDecoder]) -> None:
    events = [event.data for event in decoder_class().feed(block)]
    for chunks in every_cut(BEFORE + block):
        for limit, expected, skipped in ((size, events, 0), (size - 1, [], 1)):
            decoder = decoder_class(max_event_size=limit, oversize="skip")
            assert outcome(decoder, chunks) == (expected, None)
            assert decoder.skipped == skipped


@pytest.mark.parametrize(("block", "size"), SIZES[:4], ids=SIZE_IDS[:4])
def test_after_skipping(block: bytes, size: int, decoder_class: type[AnyDecoder]) -> None:
    for chunks in every_cut(block + b"data\n\n" + block + b"data\r\r"):
        decoder = decoder_class(max_event_size=size - 1, oversize="skip")
        assert outcome(decoder, chunks) == (["", ""], None)
        assert decoder.skipped == 2


def test_the_limit_is_for_each_event(decoder_class: type[AnyDecoder]) -> None:
    body = b"data: a\n\n" * 10
    for chunks in every_cut(body):
        assert outcome(decoder_class(max_event_size=9), chunks) == (["a"] * 10, None)


def test_no_limit() -> None:
    assert len(Decoder(max_event_size=None).feed(b"data: " + b"x" * (1 << 20) + b"\n\n")) == 1


def test_limit_unless_given() -> None:
    decoder = Decoder()
    assert decoder.feed(b"data: " + bytes((64 << 20) - 7)) == []
    assert decoder.feed(b"\n") == []
    with pytest.raises(EventTooLarge) as raised:
        decoder.feed(b"\n")
    assert raised.value.limit == 64 << 20


def test_as_soon_as_it_is_known(decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class(max_event_size=9)
    assert decoder.feed(b"data: abc") == []
    with pytest.raises(Raised):
        decoder.feed(b"d")


def test_a_name_in_part_is_no_event(decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class(max_event_size=1)
    assert decoder.feed(b"data") == []
    assert decoder.feed(b"a: x\n\n") == []
    with pytest.raises(Raised):
        decoder.feed(b"data:")


def test_events_before_it_first(decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class(max_event_size=10)
    body = b"id: 1\n\ndata: a\n\nid: 2\ndata: bcd\n\ndata: c\n\n"
    (event,) = decoder.feed(body)
    assert fields(event) == ("message", "a", "1", None)
    for _ in range(2):
        assert outcome(decoder, [b"data: d\n\n"]) == ([], (10, 16))
    assert decoder.last_event_id == "1"
    decoder.reset()
    assert [event.data for event in decoder.feed(b"data: d\n\n")] == ["d"]


@pytest.mark.parametrize("raised_before", [False, True])
def test_at_the_end(raised_before: bool, decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class(max_event_size=9, flush_at_end=True)
    assert len(decoder.feed(b"data: a\n\ndata: abcd")) == 1
    if raised_before:
        with pytest.raises(Raised):
            decoder.feed(b"")
    with pytest.raises(Raised):
        decoder.finish()
    assert decoder.finish() == []


def test_offset_counts_every_byte(decoder_class: type[AnyDecoder]) -> None:
    before = b"\xef\xbb\xbfdata: a\r\n\r\n: hi\r\n"
    for chunks in every_cut(before + b"id: 1\ndata: b\n\n"):
        assert outcome(decoder_class(max_event_size=11), chunks) == (["a"], (11, len(before)))


def test_skipping_leaves_its_id_and_keeps_its_retry(decoder_class: type[AnyDecoder]) -> None:
    body = b"id: 1\n\nid: 2\nretry: 5\ndata: abcdef\nretry: 6\nid: 3\n\ndata: b\n\n"
    for chunks in every_cut(body):
        decoder = decoder_class(max_event_size=20, oversize="skip")
        assert outcome(decoder, chunks) == (["b"], None)
        assert (decoder.last_event_id, decoder.retry, decoder.skipped) == ("1", 5, 1)


def test_a_line_whose_end_is_beyond_the_limit_does_nothing(decoder_class: type[AnyDecoder]) -> None:
    for limit, retry in ((8, None), (9, 5)):
        decoder = decoder_class(max_event_size=limit, oversize="skip")
        decoder.feed(b"retry: 5\nfoo: bar\n\n")
        assert (decoder.retry, decoder.skipped) == (retry, 1)


def test_skipping_is_counted_at_once(decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class(max_event_size=9, oversize="skip")
    decoder.feed(b"data: abc")
    assert (decoder.skipped, decoder.pending) == (0, 9)
    decoder.feed(b"d")
    assert (decoder.skipped, decoder.pending) == (1, 0)
    decoder.feed(b"\ndata: efghijklmnop\n")
    assert (decoder.skipped, decoder.pending) == (1, 0)
    assert [event.data for event in decoder.feed(b"\ndata: z\n\n")] == ["z"]


def test_comments_are_counted_while_skipping(decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class(max_event_size=9, oversize="skip")
    for chunk in bytewise(b": 1\ndata: a\n: 2\n: 3\r\ndata: b\r: 4\n\n: 5\n"):
        decoder.feed(chunk)
    assert (decoder.comments, decoder.skipped) == (5, 1)


@pytest.mark.parametrize("tail", [b"d", b"d\n", b"d\n: hi\n", b"d\nx"])
def test_skipping_to_the_end_is_truncation(tail: bytes, decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class(max_event_size=9, oversize="skip", flush_at_end=True)
    decoder.feed(b"data: abc" + tail)
    assert decoder.finish() == []
    assert (decoder.truncated, decoder.skipped) == (True, 1)


def test_skipped_to_its_end_is_no_truncation(decoder_class: type[AnyDecoder]) -> None:
    for end in (b"\n\n", b"\r\r", b"\r\n\r\n"):
        decoder = decoder_class(max_event_size=9, oversize="skip")
        decoder.feed(b"data: abcd" + end)
        decoder.finish()
        assert (decoder.truncated, decoder.skipped) == (False, 1)
