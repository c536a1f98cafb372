"""`ServerSentEvent` as a value."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay import fields
from ssewire import Decoder, ServerSentEvent

WIRE = b": hi\nevent: e\nid: 1\nfoo\nretry: 5\ndata: a\ndata: b\n\n"
RAW = WIRE.removeprefix(b": hi\n")

encodable = st.text(st.characters(exclude_categories=["Cs"]))
events = st.builds(
    ServerSentEvent, encodable, encodable, encodable, st.none() | st.integers(0, 2**128 - 1)
)


def received(wire: bytes = WIRE) -> ServerSentEvent:
    (event,) = Decoder().feed(wire)
    return event


def test_defaults() -> None:
    assert fields(ServerSentEvent()) == ("message", "", "", None)
    assert ServerSentEvent() == received(b"data\n\n")


def test_order_of_arguments() -> None:
    event = ServerSentEvent("e", "a\nb", "1", 5, b"raw")
    assert fields(event) == ("e", "a\nb", "1", 5)
    assert event.raw == b"raw"
    assert event == ServerSentEvent(event="e", data="a\nb", id="1", retry=5) == received()


@pytest.mark.parametrize(
    "arguments",
    [{"event": None}, {"data": 1}, {"data": b"a"}, {"id": None}, {"retry": "1"}, {"raw": "a"}],
    ids=str,
)
def test_arguments_of_other_types(arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        ServerSentEvent(**arguments)


@pytest.mark.parametrize("retry", [-1, 2**128])
def test_retry_out_of_range(retry: int) -> None:
    with pytest.raises(ValueError, match="retry"):
        ServerSentEvent(retry=retry)


@pytest.mark.parametrize("name", ["event", "data", "id", "retry", "raw", "other"])
def test_immutable(name: str) -> None:
    for event in (received(), ServerSentEvent()):
        before = fields(event)
        with pytest.raises(AttributeError):
            setattr(event, name, "x")
        with pytest.raises(AttributeError):
            delattr(event, name)
        assert fields(event) == before


@pytest.mark.parametrize(
    "other",
    [
        ServerSentEvent("f", "a\nb", "1", 5),
        ServerSentEvent("e", "a", "1", 5),
        ServerSentEvent("e", "a\nb", "2", 5),
        ServerSentEvent("e", "a\nb", "1", 6),
        ServerSentEvent("e", "a\nb", "1"),
        ("e", "a\nb", "1", 5),
        "a\nb",
        None,
    ],
    ids=repr,
)
def test_unequal(other: object) -> None:
    assert received() != other
    assert not received() == other  # noqa: SIM201


def test_equality_and_hash_leave_raw_out() -> None:
    same = ServerSentEvent("e", "a\nb", "1", 5, b"other")
    assert received() == same
    assert hash(received()) == hash(same)
    assert {received(), same} == {same}


@pytest.mark.parametrize("other", [ServerSentEvent(), 1])
def test_no_order(other: Any) -> None:
    with pytest.raises(TypeError):
        assert received() < other


@given(events, events)
def test_equal_is_equal_fields(one: ServerSentEvent, other: ServerSentEvent) -> None:
    assert (one == other) == (fields(one) == fields(other))
    assert one == ServerSentEvent(*fields(one))
    assert hash(one) == hash(ServerSentEvent(*fields(one)))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (ServerSentEvent(), "ServerSentEvent()"),
        (ServerSentEvent(data="a\n'"), 'ServerSentEvent(data="a\\n\'")'),
        (ServerSentEvent("message", "", "", 0), "ServerSentEvent(retry=0)"),
        (received(), "ServerSentEvent(event='e', data='a\\nb', id='1', retry=5)"),
    ],
)
def test_repr(event: ServerSentEvent, expected: str) -> None:
    assert repr(event) == expected


@given(events)
def test_repr_evaluates_to_the_event(event: ServerSentEvent) -> None:
    assert eval(repr(event), {"ServerSentEvent": ServerSentEvent}) == event


def test_patterns() -> None:
    match received():
        case ServerSentEvent("e", data, id="1", retry=5):
            assert data == "a\nb"
        case _:
            pytest.fail("no pattern matched")
    assert ServerSentEvent.__match_args__ == ("event", "data", "id", "retry")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "event", [received(), ServerSentEvent(), ServerSentEvent("e", raw=b"\xff")]
)
def test_pickle(event: ServerSentEvent, protocol: int) -> None:
    again = pickle.loads(pickle.dumps(event, protocol))
    assert type(again) is ServerSentEvent
    assert (fields(again), again.raw) == (fields(event), event.raw)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copy(duplicate: Any) -> None:
    again = duplicate(received())
    assert (fields(again), again.raw) == (fields(received()), RAW)


def test_raw_as_received() -> None:
    assert received().raw == RAW
    assert received(b"data: a\r\ndata: b\r\n\r\n").raw == b"data: a\r\ndata: b\r\n\r\n"
    assert received(b"\xef\xbb\xbfdata\r\rdata").raw == b"data\r\r"
    assert received(b"data: \xff\n\n").raw == b"data: \xff\n\n"
    assert received(b"\n\nfoo\n: hi\ndata\n: ho\nbar\n\n").raw == b"data\n: ho\nbar\n\n"


def test_raw_has_no_line_feed_of_a_later_read() -> None:
    decoder = Decoder()
    (event,) = decoder.feed(b"data: a\r\n\r")
    assert decoder.feed(b"\ndata: b\n\n")[0].raw == b"data: b\n\n"
    assert event.raw == b"data: a\r\n\r"


def test_raw_of_an_event_in_pieces() -> None:
    decoder = Decoder()
    for piece in (b": hi\nda", b"ta: a\r", b"\n", b": ho\r\nx", b"\r"):
        assert decoder.feed(piece) == []
    assert decoder.feed(b"\n\r\ndata")[0].raw == b"data: a\r\n: ho\r\nx\r\n\r\n"


def test_raw_of_an_event_made_here_decodes_to_it() -> None:
    event = ServerSentEvent("e", "a\nb", "1", 5)
    assert received(event.raw) == event


def test_events_outlive_chunk_and_decoder() -> None:
    wire = b"".join(b"event: e%d\nid: %d\ndata: x%d\n\n" % (i, i, i) for i in range(100))
    decoder = Decoder()
    events = decoder.feed(bytes(bytearray(wire))) + decoder.feed(bytes(bytearray(wire)))
    del decoder
    gc.collect()
    _overwritten = [bytes([i]) * len(wire) for i in range(20)]
    assert [fields(event) for event in events] == 2 * [
        (f"e{i}", f"x{i}", str(i), None) for i in range(100)
    ]


def test_a_chunk_is_let_go_with_its_events() -> None:
    chunk = bytes(bytearray(b"data: a\n\ndata: b\n\n" * 100))
    before = sys.getrefcount(chunk)
    decoder = Decoder()
    events = decoder.feed(chunk)
    texts = [event.data for event in events]
    del events
    gc.collect()
    assert sys.getrefcount(chunk) == before
    assert texts == ["a", "b"] * 100


def test_a_copy_does_not_hold_the_chunk() -> None:
    chunk = bytes(bytearray(b"data: a\n\n" + b"x" * 1000))
    before = sys.getrefcount(chunk)
    kept = [copy.copy(event) for event in Decoder().feed(chunk)]
    gc.collect()
    assert sys.getrefcount(chunk) == before
    assert kept[0].raw == b"data: a\n\n"


def test_text_is_made_once() -> None:
    event = received(b"data: some text\n\n")
    assert event.data is event.data
