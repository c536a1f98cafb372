"""The gate of a relay: the beginning of an answer is held until there is something to show for it."""

from __future__ import annotations

from typing import Any

import pytest

from answer_case import DONE, chunk, finishes, says
from answers import NAMES, body_of, expected_of, stream
from relay_case import outcome_in, relay_of, some_cuts
from ssewire import Relay

HOLDING = [name for name in NAMES if expected_of(name)["shape"] != "none"]


@pytest.mark.parametrize("name", HOLDING)
@pytest.mark.parametrize("hold", [1, 2, 5, 1000])
def test_holding_until_there_is_content(name: str, hold: int) -> None:
    body = body_of(name)
    for step in (1, 100, 1 << 30):
        relay, out = Relay(hold=hold), b""
        for place in range(0, len(body), step):
            piece = relay.feed(body[place : place + step])
            assert not (piece and relay.held)
            out += piece
            if relay.held:
                assert out == b""
                assert not relay.begun
                assert relay.outcome.n_events <= hold
            else:
                assert out == body[: place + step]
        # What never came to anything stays held: another upstream may still be asked.
        out += relay.finish()
        assert not (out and relay.held)
        assert out + relay.release() == body
        assert not relay.held


def test_releasing_what_is_held() -> None:
    preamble = stream(chunk(), chunk())
    relay = Relay(hold=10)
    assert relay.held
    assert relay.feed(preamble) == b""
    assert relay.release() == preamble
    assert not relay.held
    assert relay.release() == b""
    assert relay.feed(preamble) == preamble
    assert not Relay().held
    assert Relay().release() == b""


def test_discarding_what_is_held() -> None:
    """For another upstream: the first one leaves nothing behind."""
    error = stream({"error": {"message": "overloaded", "type": "overloaded_error"}})
    relay = Relay(hold=10)
    assert relay.feed(stream(chunk())) == b""
    relay.feed(error)
    assert relay.outcome.error
    assert not relay.begun
    relay.reset()
    assert relay.held
    assert relay.feed(stream(says("a"))) == stream(says("a"))


def test_a_failure_while_it_holds() -> None:
    relay = relay_of(shape="chat", hold=10)
    assert relay.feed(stream(chunk())) == b""
    out = relay.fail("gone")
    assert not relay.held
    assert outcome_in(out)["error"]["message"] == "gone"
    assert out.endswith(b"data: [DONE]\n\n")


ERROR = {"error": {"message": "overloaded", "type": "overloaded_error"}}
START = {"type": "message_start", "message": {"id": "m", "usage": {}}}
BEGINNINGS = {
    "nothing": stream(ERROR, says("a")),
    "roles": stream(chunk(role="assistant"), chunk(), ERROR, says("a"), DONE),
    "pings": stream(b": hi\n\n", chunk(), "{}", b": hi\n\n", chunk(), ERROR),
    "content": stream(chunk(), chunk(), says("a"), ERROR),
    "an error as a field": stream(chunk(), chunk(), b"error: {}\n\n", chunk()),
    "an end without content": stream(chunk(), finishes(), DONE, ERROR),
    "two lines": stream(chunk(), b'data: null\ndata: {"error":"a"}\n\n'),
    "a message": stream(START, {"type": "ping"}, {"type": "error"} | ERROR, names=True),
    "its end": stream(START, {"type": "message_stop"}, {"type": "error"} | ERROR, names=True),
}


@pytest.mark.parametrize(
    "options", [{}, {"to": "chat"}, {"to": "messages"}, {"model": "m"}], ids=str
)
@pytest.mark.parametrize("body", BEGINNINGS.values(), ids=BEGINNINGS)
def test_what_is_held_does_not_depend_on_the_cut(body: bytes, options: dict[str, Any]) -> None:
    sent = {}
    for hold in range(1, 8):
        found = set()
        for chunks in some_cuts(body):
            relay = relay_of(hold=hold, **options)
            out = b"".join(map(relay.feed, chunks))
            found.add((out, relay.held))
        assert len(found) == 1, hold
        sent[hold] = found.pop()
    if body == BEGINNINGS["roles"]:
        held = [hold for hold, (_, is_held) in sent.items() if is_held]
        assert held == [3, 4, 5, 6, 7]  # two events came before the error
