"""Read with one shape, written with another: nothing is said that was not, and nothing is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answers import NAMES, assert_same, body_of, expected_of
from carried import assert_carried, carried_by
from made_answers import SMALL
from made_streams import Style, made_streams, rendered
from relay_case import outcome_in, relay_of, relayed, said_by, sent, some_cuts
from replay import bytewise, in_steps
from shape_rules import check, ending_of, events_of
from ssewire import Decoder, Dispatcher, Relay

if TYPE_CHECKING:
    from carried import Carried

SHAPES = ("chat", "messages", "responses")
WAYS = [(source, to) for source in SHAPES for to in SHAPES if source != to]
ways = pytest.mark.parametrize(("source", "to"), WAYS, ids=["-".join(way) for way in WAYS])
ANSWERS = [name for name in NAMES if expected_of(name)["shape"] != "none"]
RECORDED = [(name, to) for name in ANSWERS for to in SHAPES if expected_of(name)["shape"] != to]
recorded = pytest.mark.parametrize(
    ("name", "to"), RECORDED, ids=["-".join(each) for each in RECORDED]
)

# For each way, and each example several times.
FEWER = settings(max_examples=settings().max_examples // 4)


def check_said(out: bytes, to: str, expected: Carried) -> None:
    check(out, to, ending_of(complete=expected.complete, error=expected.error))
    # Calls that another one keeps waiting may not have been told when the stream breaks.
    held = to == "messages" and not expected.complete
    assert_carried(said_by(out, to), carried_by(to, expected), held=held)


@ways
@FEWER
@given(st.data())
def test_made_streams(source: str, to: str, data: st.DataObject) -> None:
    made = data.draw(made_streams(source))
    assert said_by(made.body, source) == made.said, "the stream is not what it was made for"
    out, relay = relayed([made.body], to=to)
    check_said(out, to, made.said)
    assert_same(relay.outcome.to_dict(), outcome_in(made.body))
    for chunks in (bytewise(made.body), in_steps(made.body, data.draw(st.integers(2, 400)))):
        assert sent(chunks, to=to) == out
    assert sent([made.body], shape=source, to=to) == out


@ways
@FEWER
@given(st.data())
def test_there_and_back_again(source: str, to: str, data: st.DataObject) -> None:
    made = data.draw(made_streams(source, whole=True))
    back = sent([sent([made.body], to=to)], to=source)
    check(back, source, "whole")
    assert_carried(said_by(back, source), carried_by(source, carried_by(to, made.said)))


@ways
@FEWER
@given(st.data())
def test_each_event_when_it_comes(source: str, to: str, data: st.DataObject) -> None:
    """What is sent is whole events, and texts wait for nothing but calls."""
    made = data.draw(made_streams(source))
    relay, client = relay_of(shape=source, to=to), Dispatcher()
    for event in events_of(made.body):
        piece = relay.feed(event.raw)
        assert Decoder().feed(piece + b"data: x\n\n")[-1].raw == b"data: x\n\n", "half a frame"
        client.feed(piece)
        # Chat does not say where a call ends, and a block that was closed does not open again.
        waits = (source, to) == ("chat", "messages") and relay.outcome.tool_calls
        assert waits or client.outcome.text.startswith(relay.outcome.text)
    client.feed(relay.finish())
    assert client.outcome.text.startswith(relay.outcome.text)


@recorded
def test_recorded_streams(name: str, to: str) -> None:
    body = body_of(name)
    source = said_by(body)
    out, relay = relayed([body], to=to)
    assert_same(relay.outcome.to_dict(), outcome_in(body))
    for chunks in some_cuts(body, 20):
        again, relay = relayed(chunks, to=to)
        assert again == out
    if name == "chat_done_only" and not out:
        return  # nothing was said, in no shape
    check_said(out, to, source)


@recorded
def test_recorded_streams_cut_anywhere(name: str, to: str) -> None:
    """Whatever is missing, the client gets valid events, and an end only if there was one."""
    body = body_of(name)
    if len(expected_of(name).get("texts") or ()) > 1:
        return  # where one choice has ended, and another has not
    for place in range(1, len(body), 1 + len(body) // 40):
        out, relay = relayed([body[:place]], to=to)
        outcome = relay.outcome
        if out:
            check(out, to, ending_of(complete=outcome.complete, error=outcome.error))
        relay = relay_of(shape=expected_of(name)["shape"], to=to)
        out = relay.feed(body[:place])
        complete = relay.ended and relay.outcome.complete
        out += relay.fail("upstream gone")
        check(out, to, ending_of(complete=complete, error=not complete))


@pytest.mark.parametrize("name", ANSWERS)
def test_dropped_is_counted(name: str) -> None:
    for to in SHAPES:
        if to == expected_of(name)["shape"]:
            continue
        _, relay = relayed([body_of(name)], to=to)
        dropped = relay.dropped
        assert all(isinstance(name, str) and count > 0 for name, count in dropped.items())
        for step in (1, 100):
            _, again = relayed(in_steps(body_of(name), step), to=to)
            assert again.dropped == dropped
        relay.reset()
        assert relay.dropped == {}


def test_what_is_dropped() -> None:
    for to in ("messages", "responses"):
        _, relay = relayed([body_of("chat_n2")], to=to)
        assert sum(relay.dropped.values()) >= 1
        assert "index" in " ".join(relay.dropped) or "choice" in " ".join(relay.dropped)
        _, relay = relayed([body_of("chat_usage")], to=to)
        assert relay.dropped == {}
    _, relay = relayed([body_of("messages_simple")], to="chat")
    assert relay.dropped == {}
    assert Relay().dropped == {}


@ways
@pytest.mark.parametrize("sign", [b": alive\n\n", b"ping"], ids=["comment", "ping"])
def test_signs_of_life(source: str, to: str, sign: bytes) -> None:
    if sign == b"ping":
        if source != "messages":
            return
        sign = b'event: ping\ndata: {"type":"ping"}\n\n'
    body = rendered(SMALL, source, Style()).body
    plain = sent([body], to=to)
    relay, out, signs = relay_of(shape=source, to=to), b"", 0
    for event in events_of(body):
        out += relay.feed(event.raw)
        if relay.ended:
            break
        told = relay.feed(sign)
        assert told, "a sign of life is passed on"
        assert told.startswith(b":") or (to == "messages" and b"ping" in told)
        out += told
        signs += 1
    out += relay.finish()
    assert signs > 5
    assert said_by(out, to) == said_by(plain, to)
    check(out, to, "whole")


@ways
def test_heads(source: str, to: str) -> None:
    body = rendered(SMALL, source, Style()).body
    out = sent([body], to=to, created=1_800_000_000, model="house", id="x-1")
    head: dict[str, Any] = json.loads(events_of(out)[0].data)
    head = head.get("message") or head.get("response") or head
    assert head["model"] == "house"
    assert head["id"] == "x-1"
    if to != "messages":
        assert head["created" if to == "chat" else "created_at"] == 1_800_000_000
    plain = json.loads(events_of(sent([body], to=to))[0].data)
    plain = plain.get("message") or plain.get("response") or plain
    assert plain["model"] == SMALL.model
    # "Made-up ids follow from the source's"
    other = rendered(SMALL._replace(id="x_other"), source, Style()).body
    again = json.loads(events_of(sent([other], to=to))[0].data)
    assert plain["id"] != (again.get("message") or again.get("response") or again)["id"]


@pytest.mark.parametrize("source", ["messages", "responses"])
def test_usage_of_a_translation_to_chat(source: str) -> None:
    body = rendered(SMALL, source, Style()).body
    chunks = [json.loads(each.data) for each in events_of(sent([body], to="chat"))[:-1]]
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["prompt_tokens_details"]["cached_tokens"] == SMALL.usage.cached
    stripped = sent([body], to="chat", usage="strip")
    check(stripped, "chat", "whole")
    assert b"prompt_tokens" not in stripped
    extra = sent([body], to="chat", usage_extra={"cost": 0.5})
    assert json.loads(events_of(extra)[-2].data)["usage"]["cost"] == 0.5


def test_reasoning_keeps_its_signature() -> None:
    out = sent([sent([body_of("messages_thinking")], to="messages")], to="messages")
    assert out == body_of("messages_thinking")
    there = sent([body_of("messages_thinking")], to="chat")
    assert said_by(there).reasoning == said_by(body_of("messages_thinking")).reasoning


URL = "https://example.org/ferry"


@pytest.mark.parametrize("to", ["messages", "responses"])
def test_citations_of_chat(to: str) -> None:
    cited = {"start_index": 0, "end_index": 2, "title": "Ferry", "url": URL}
    annotation = {"type": "url_citation", "url_citation": cited}
    payloads = [
        {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}
        for choice in (
            {"index": 0, "delta": {"role": "assistant", "content": "At 9."}},
            {"index": 0, "delta": {"annotations": [annotation]}},
            {"index": 0, "delta": {}, "finish_reason": "stop"},
        )
    ]
    body = b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in payloads)
    out = sent([body + b"data: [DONE]\n\n"], to=to)
    check(out, to, "whole")
    name = "content_block_delta" if to == "messages" else "response.output_text.annotation.added"
    cites = [each.data for each in events_of(out) if each.event == name and URL in each.data]
    assert len(cites) == 1
    assert "Ferry" in cites[0]
    back = sent([out], to="chat")
    assert json.dumps(URL).encode() in back
    check(back, "chat", "whole")
