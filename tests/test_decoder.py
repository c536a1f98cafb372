"""The life of a `Decoder`: its options, end, reset, misuse, and iteration over a source."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest

from case import event
from replay import bytewise, every_cut, fields, read
from ssewire import Decoder, EventTooLarge, SSEError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from replay import AnyDecoder

BODY = b"\xef\xbb\xbfid: 1\ndata: a\n\n: ping\nretry: 5\nid: 2\ndata: b\n\nid: 3\ndata: c"


def test_at_first(decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class()
    assert decoder.last_event_id == ""
    assert decoder.retry is None
    assert not decoder.truncated
    assert (decoder.pending, decoder.comments, decoder.skipped) == (0, 0, 0)


@pytest.mark.parametrize(
    "argument", [{"max_event_size": 0}, {"max_event_size": -1}, {"oversize": "?"}]
)
def test_options_that_do_not_exist(argument: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(argument))):
        Decoder(**argument)


@pytest.mark.parametrize(
    "argument", [{"max_event_size": "1"}, {"oversize": 1}, {"last_event_id": None}]
)
def test_options_of_other_types(argument: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Decoder(**argument)


def test_options_have_names() -> None:
    positional: Any = Decoder
    with pytest.raises(TypeError):
        positional("7")


def test_last_event_id_to_begin_with(decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class(last_event_id="7")
    assert decoder.last_event_id == "7"
    (first,) = decoder.feed(b"data: a\n\n")
    (second,) = decoder.feed(b"id\ndata: b\n\n")
    assert (first.id, second.id, decoder.last_event_id) == ("7", "", "")
    decoder.reset()
    assert decoder.last_event_id == "7"


def test_members_while_reading(decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class()
    decoder.feed(b"id: 1\nretry: 5")
    assert (decoder.last_event_id, decoder.retry) == ("", None)
    decoder.feed(b"\n: pi")
    assert (decoder.last_event_id, decoder.retry, decoder.comments) == ("", 5, 0)
    decoder.feed(b"ng\r")
    assert (decoder.last_event_id, decoder.comments) == ("", 1)
    decoder.feed(b"\n\r")
    assert (decoder.last_event_id, decoder.comments, decoder.pending) == ("1", 1, 0)


def test_flush_at_end(decoder_class: type[AnyDecoder]) -> None:
    for chunks in every_cut(BODY):
        reading = read(decoder_class(flush_at_end=True), chunks)
        assert reading.events[2:] == [event("c", last_event_id="3")]
        assert reading.last_event_id == "3"
        assert reading.truncated
        reading = read(decoder_class(), chunks)
        assert len(reading.events) == 2
        assert reading.last_event_id == "2"
        assert reading.truncated


@pytest.mark.parametrize(
    ("tail", "flushed"),
    [
        (b"data: a", [event("a")]),
        (b"data: a\n", [event("a")]),
        (b"data: a\r", [event("a")]),
        (b"data", [event("")]),
        (b"event: e\ndata: a\nid: 1", [event("a", name="e", last_event_id="1")]),
        (b"data: a\nretry: 5", [event("a", retry=5)]),
        (b"data: a\n: hi", [event("a")]),
        (b"data: a\xe2\x82", [event("a\ufffd")]),
        (b"event: e\nid: 1", []),
        (b"dat", []),
        (b": hi", []),
        (b"\xef\xbb", []),
    ],
)
def test_what_is_flushed(
    tail: bytes, flushed: list[object], decoder_class: type[AnyDecoder]
) -> None:
    decoder = decoder_class(flush_at_end=True)
    assert decoder.feed(tail) == []
    out = decoder.finish()
    assert [fields(each) for each in out] == flushed
    assert [each.raw for each in out] == [tail] * len(flushed)
    assert decoder.truncated


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\n",
        b"data: a\n\n",
        b"data: a\r\n\r",
        b": hi\n",
        b"foo\r",
        b"foo\n\n",
    ],
)
def test_not_truncated(body: bytes, decoder_class: type[AnyDecoder]) -> None:
    for chunks in every_cut(body):
        assert not read(decoder_class(), chunks).truncated


@pytest.mark.parametrize(
    "body",
    [
        b"d",
        b"data: a\n",
        b"id: 1\n",
        b"retry: 5\n",
        b"data: a\r\n: hi\n",
        b":",
        b"foo",
        b"\xef",
        b"\n\n ",
    ],
)
def test_truncated(body: bytes, decoder_class: type[AnyDecoder]) -> None:
    for chunks in every_cut(body):
        assert read(decoder_class(), chunks).truncated


def test_truncated_is_told_after_the_end(decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class()
    decoder.feed(b"data: a")
    assert not decoder.truncated
    decoder.finish()
    assert decoder.truncated


def test_after_the_end(decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class(flush_at_end=True)
    decoder.feed(b"data: a")
    assert len(decoder.finish()) == 1
    assert decoder.finish() == []
    assert decoder.pending == 0
    for chunk in (b"", b"data: a\n\n"):
        with pytest.raises(ValueError, match="finish"):
            decoder.feed(chunk)
    decoder.reset()
    assert len(decoder.feed(b"data: a\n\n")) == 1


@pytest.mark.parametrize(
    "before",
    [b"", b"\xef", b"data: x\n", b"id: 9\n\n: hi\nretry: 1\n", b"data: x\r", b"da", b"foo"],
)
def test_reset(before: bytes, decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class()
    decoder.feed(before)
    decoder.reset()
    assert (decoder.pending, decoder.comments, decoder.retry) == (0, 0, None)
    # A line feed first: the carriage return was another stream's.
    assert read(decoder, bytewise(BODY)) == read(decoder_class(), [BODY])
    decoder.reset()
    assert read(decoder, [b"\ndata: a\n\n"]).events == [event("a")]


def test_iter_bytes() -> None:
    expected = read(Decoder(), [BODY]).events
    for chunks in every_cut(BODY):
        assert [fields(each) for each in Decoder().iter_bytes(chunks)] == expected
    flushed = Decoder(flush_at_end=True).iter_bytes(bytewise(BODY))
    assert [each.data for each in flushed] == ["a", "b", "c"]


def test_iter_bytes_is_prompt() -> None:
    taken = []

    def source() -> Iterator[bytes]:
        for chunk in (b"data: a\n\nda", b"ta: b\r\r", b"\ndata: c\n\n"):
            taken.append(chunk)
            yield chunk

    events = Decoder().iter_bytes(source())
    assert [(each.data, len(taken)) for each in events] == [("a", 1), ("b", 2), ("c", 3)]


@pytest.mark.thread_unsafe(reason="one event loop")
async def test_aiter_bytes() -> None:
    async def source(chunks: list[bytes]) -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    expected = read(Decoder(), [BODY]).events
    for chunks in every_cut(BODY):
        decoder = Decoder()
        assert [fields(each) async for each in decoder.aiter_bytes(source(chunks))] == expected
        assert decoder.truncated
    flushed = Decoder(flush_at_end=True).aiter_bytes(source([BODY]))
    assert [each.data async for each in flushed] == ["a", "b", "c"]


def test_iteration_delivers_events_before_the_error() -> None:
    events = Decoder(max_event_size=20).iter_bytes([b"data: a\n\ndata: " + b"x" * 20])
    assert next(events).data == "a"
    with pytest.raises(EventTooLarge):
        next(events)


def test_errors_have_one_base() -> None:
    assert issubclass(EventTooLarge, SSEError)
    error = EventTooLarge(7, 3)
    assert (error.limit, error.offset) == (7, 3)
    assert "7" in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.limit, again.offset) == (EventTooLarge, 7, 3)


def test_a_flushed_line_is_a_line(decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class(flush_at_end=True)
    decoder.feed(b": hi\n\nretry: 5")
    decoder.finish()
    assert (decoder.retry, decoder.comments) == (5, 1)
    decoder.reset()
    decoder.feed(b"data: a\n: hi")
    assert [each.data for each in decoder.finish()] == ["a"]
    assert decoder.comments == 1


def test_an_id_is_flushed_only_with_its_event(decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class(flush_at_end=True, last_event_id="7")
    decoder.feed(b"id: 1\n")
    assert decoder.finish() == []
    assert decoder.last_event_id == "7"


def test_the_limit_holds_for_what_is_flushed(decoder_class: type[AnyDecoder]) -> None:
    for limit, flushed, skipped in ((4, 1, 0), (3, 0, 1)):
        decoder = decoder_class(flush_at_end=True, max_event_size=limit, oversize="skip")
        decoder.feed(b"data")
        assert len(decoder.finish()) == flushed
        assert decoder.skipped == skipped
