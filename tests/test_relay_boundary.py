"""What a proxy puts between events: signs of life, events of its own, an error and the ending."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answer_case import DONE, chunk, finishes, says
from answers import NAMES, body_of, expected_of, stream
from made_answers import SMALL
from made_streams import Style, made_streams, rendered
from reference import ReferenceDecoder
from relay_case import outcome_in, relay_of, sent
from replay import bytewise, in_steps
from shape_rules import check, ending_of
from ssewire import Decoder, Relay

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPES = ("chat", "completions", "messages", "responses")
# Small streams of each shape, and what makes boundaries hard.
BODIES = {
    "chat": stream(says("a\u00e9"), b": hi\n", chunk(usage={"a": 1}), finishes(), DONE),
    "crlf": stream(says("a"), b": hi\n\n", finishes(), DONE).replace(b"\n", b"\r\n"),
    "cr": stream(says("a"), b"id: 1\n\n", finishes(), DONE).replace(b"\n", b"\r"),
    "fields": b"retry: 5\n: hi\nid: 1\n\nfoo\nevent: x\n\ndata\n\ndata: 1\n: hi\ndata: 2\n\n\n\n: x\n",
    "messages": rendered(SMALL, "messages", Style(alive=b": hi\n")).body,
    "responses": rendered(SMALL, "responses", Style(line_end=b"\r\n")).body[:1500],
}
by_body = pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)


def told(body: bytes, *, oracle: bool = True) -> list[tuple[str, str]]:
    """The events that say something: all but pings."""
    decoder: Any = ReferenceDecoder() if oracle else Decoder()
    events = [*decoder.feed(body), *decoder.finish()]
    return [(each.event, each.data) for each in events if not _is_ping(each.event, each.data)]


def _is_ping(name: str, data: str) -> bool:
    return name == "ping" and json.loads(data)["type"] == "ping"


def is_boundary(decoder: ReferenceDecoder) -> bool:
    """Nothing is open: neither a line nor an event."""
    return not decoder._line and not decoder._block


def parted(body: bytes, place: int, between: Callable[[Relay], bytes], **options: Any) -> bytes:
    relay = Relay(**options)
    out = relay.feed(body[:place]) + between(relay)
    return out + relay.feed(body[place:]) + relay.finish()


@by_body
def test_where_a_boundary_is(body: bytes) -> None:
    relay, decoder = Relay(), ReferenceDecoder()
    assert relay.at_boundary
    for place, byte in enumerate(bytewise(body), 1):
        relay.feed(byte)
        decoder.feed(byte)
        # Behind a CR a LF may come, which is no line of its own.
        if byte != b"\r":
            assert relay.at_boundary == is_boundary(decoder), body[:place]


@by_body
def test_a_sign_of_life_anywhere(body: bytes) -> None:
    expected = told(body)
    for place in range(len(body) + 1):
        alive: list[bytes] = []
        out = parted(body, place, lambda relay: _kept_alive(relay, alive))  # noqa: B023
        assert told(out, oracle=place % 20 == 0) == expected, body[:place]
        assert len(out) == len(body) + len(alive[0])


def _kept_alive(relay: Relay, alive: list[bytes]) -> bytes:
    at_boundary = relay.at_boundary
    sign = relay.keep_alive()
    assert bool(sign) == at_boundary or relay.ended
    assert not sign or ReferenceDecoder().feed(sign) or sign.startswith(b":")
    assert relay.at_boundary == at_boundary
    alive.append(sign)
    return sign


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "options", [{}, {"model": "house"}, {"usage": "strip"}, {"keep_text": False}], ids=str
)
def test_signs_of_life_in_recorded_streams(name: str, options: dict[str, Any]) -> None:
    body = body_of(name)
    expected = told(sent([body], **options), oracle=False)
    for step in (1, 50):
        relay = Relay(**options)
        out = relay.keep_alive()
        assert out
        for each in in_steps(body, step):
            out += relay.feed(each) + relay.keep_alive()
        assert told(out + relay.finish(), oracle=False) == expected


@pytest.mark.parametrize("shape", ["chat", "messages", "responses"])
@given(st.data())
def test_signs_of_life_in_made_streams(shape: str, data: st.DataObject) -> None:
    body = data.draw(made_streams(shape)).body
    place = data.draw(st.integers(0, len(body)))
    out = parted(body, place, lambda relay: relay.keep_alive())
    assert told(out, oracle=False) == told(body, oracle=False)


def test_a_sign_of_life_has_the_shape_of_the_client() -> None:
    for to in ("chat", "messages", "responses"):
        relay = relay_of(shape="chat", to=to)
        sign = relay.keep_alive()
        events = Decoder().feed(sign)
        assert sign
        assert [event.event for event in events] in ([], ["ping"])
        assert not events or to == "messages"


@pytest.mark.parametrize("options", [{}, {"to": "chat"}, {"to": "chat", "hold": 9}], ids=str)
def test_a_mark_behind_something_else(options: dict[str, Any]) -> None:
    """A byte order mark is one only at the very start of what the client gets."""
    body = b"\xef\xbb\xbf" + stream(says("a"), finishes(), DONE)
    for place in range(len(body)):
        out = parted(body, place, lambda relay: relay.keep_alive(), **options)
        assert told(out) == told(body), place
        out = parted(body, place, lambda relay: relay.insert("b", event="c"), **options)
        assert [each for each in told(out) if each != ("c", "b")] == told(body), place


FAILURES = [
    {"type": "api_error", "status": 500},
    {"type": "overloaded_error", "status": 529},
    {"type": "rate_limit_error"},
]


LAST = ("message_stop", "response.completed", "response.incomplete", "response.failed", "error")


def is_end(event: tuple[str, str]) -> bool:
    """What nothing comes behind; of chunks, `[DONE]`."""
    if event[1].startswith("[DONE]"):
        return True
    if not event[0].startswith(LAST):
        return False
    try:
        return json.loads(event[1]).get("type") in LAST
    except ValueError:
        return False


@pytest.mark.parametrize("shape", ["chat", "messages", "responses"])
@pytest.mark.parametrize("options", [{}, {"model": "house"}], ids=str)
def test_failing_anywhere(shape: str, options: dict[str, Any]) -> None:
    body = rendered(SMALL, shape, Style()).body
    for place in range(len(body) + 1):
        relay = relay_of(shape=shape, **options)
        out = relay.feed(body[:place]) + relay.fail("broken \u00e9", type="overloaded_error")
        assert told(out + b"data: x\n\n", oracle=False)[-1] == ("message", "x"), "an open frame"
        events, before = told(out, oracle=False), told(body[:place], oracle=False)
        assert sum(map(is_end, events)) == 1, body[:place]
        assert [name for name, _ in events[: len(before)]] == [name for name, _ in before]
        added = events[len(before) :]
        if any(map(is_end, before)):
            assert added == []
        elif added and is_end(added[0]) and "broken" not in added[0][1]:
            assert len(added) == 1, "the event was only to be closed"
        else:
            # Of half an event that has gone out nothing can be taken back: it is closed.
            at = -2 if shape == "chat" else -1
            assert len(added) <= 1 - at
            error = json.loads(added[at][1])["error"]
            assert error["message"] == "broken \u00e9"
            assert error["type"] == "overloaded_error"


@pytest.mark.parametrize("failure", FAILURES, ids=str)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_error_of_each_shape(shape: str, failure: dict[str, Any]) -> None:
    relay = relay_of(shape=shape)
    out = relay.fail('it "broke"\nhere', **failure)
    found = outcome_in(out, shape)
    assert found["error"]["message"] == 'it "broke"\nhere'
    assert found["error"]["type"] == failure["type"]
    assert found["error"]["status"] == failure.get("status", 429)
    assert found["done_seen"] == (shape in ("chat", "completions"))
    assert not found["complete"]
    if shape != "completions":
        check(out, shape, "failed")
    # Once, and nothing behind it.
    assert relay.fail("again") == b""
    assert relay.keep_alive() == b""
    assert relay.finish() == b""


@pytest.mark.parametrize("source", ["chat", "messages", "responses"])
@pytest.mark.parametrize("to", ["chat", "messages", "responses"])
def test_failing_in_the_middle_of_a_translation(source: str, to: str) -> None:
    body = rendered(SMALL, source, Style()).body
    for place in range(0, len(body) + 1, 7):
        relay = relay_of(shape=source, to=to)
        out = relay.feed(body[:place])
        complete = relay.outcome.complete and relay.ended
        out += relay.fail("broken")
        if source != to:
            check(out, to, ending_of(complete=complete, error=not complete))
            assert outcome_in(out, to)["complete"] == complete


def test_an_event_of_ones_own() -> None:
    for shape, body in BODIES.items():
        expected = told(body)
        for place in range(len(body) + 1):
            relay = Relay()
            out = relay.feed(body[:place])
            at_boundary, here = relay.at_boundary, len(told(out, oracle=False))
            inserted = relay.insert('{"type": "note"}', event="note")
            assert bool(inserted) == at_boundary
            out += inserted + relay.feed(body[place:]) + relay.finish()
            if not relay.at_boundary and not inserted:
                continue  # the stream breaks off, and no other boundary comes
            events = told(out, oracle=False)
            at = events.index(("note", '{"type": "note"}'))
            # Within something else it waits for the next boundary.
            assert at in (here, here + (not inserted)), shape
            assert events[:at] + events[at + 1 :] == expected
    assert told(Relay().insert("two\nlines")) == [("message", "two\nlines")]


@pytest.mark.parametrize("name", [name for name in NAMES if expected_of(name)["shape"] != "none"])
def test_nothing_but_whole_events(name: str) -> None:
    body = body_of(name)
    sent = set()
    for step in (1, 7, 100, 1 << 30):
        relay, out = Relay(whole_events=True), b""
        for place in range(0, len(body), step):
            out += relay.feed(body[place : place + step])
            assert relay.at_boundary or not told(out + b"\n\n")[len(told(out)) :]
        sent.add(out + relay.finish())
        assert not relay.fail("gone").startswith(b"\n")
    assert len(sent) == 1
    assert told(sent.pop()) == told(body)
