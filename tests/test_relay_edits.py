"""Edits in place: the events that are edited, and no other byte."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answer_case import DONE, choice, chunk, finishes, says
from answers import NAMES, assert_same, body_of, expected_of, stream
from made_streams import made_streams
from relay_case import outcome_in, relay_of, relayed, sent, some_cuts
from relay_reference import assert_edited, blankless, edited, joined
from replay import bytewise, cut_once, in_steps
from ssewire import Dispatcher, Relay
from streams_grammar import answer_streams

by_name = pytest.mark.parametrize("name", NAMES)
EDITS: dict[str, dict[str, Any]] = {
    "model": {"model": "house/model-1"},
    "id": {"id": "req-1"},
    "both": {"model": "", "id": "a much longer id than the one that was there before it"},
    "strip": {"usage": "strip"},
    "all": {"model": "house", "id": "r", "usage": "strip"},
}
by_edit = pytest.mark.parametrize("edits", EDITS.values(), ids=EDITS)
BOM = b"\xef\xbb\xbf"
REASONING = re.compile(r'"reasoning_content":"[^"]')


@by_name
@by_edit
def test_recorded_streams(name: str, edits: dict[str, Any]) -> None:
    body = body_of(name)
    pieces = edited(body, **edits)
    out, relay = relayed([body], **edits)
    assert_edited(out, pieces)
    for chunks in some_cuts(body):
        assert sent(chunks, **edits) == out, chunks
    # What was read is what the server sent.
    assert_same(relay.outcome.to_dict(), outcome_in(body))


@pytest.mark.parametrize("shape", ["chat", "messages", "responses"])
@given(st.data(), st.sampled_from(list(EDITS.values())))
def test_made_streams(shape: str, data: st.DataObject, edits: dict[str, Any]) -> None:
    body = data.draw(made_streams(shape)).body
    out = sent([body], **edits)
    assert out == joined(edited(body, **edits))
    assert sent(bytewise(body), **edits) == out
    assert sent(in_steps(body, data.draw(st.integers(2, 200))), **edits) == out


@given(answer_streams(), st.sampled_from(list(EDITS.values())))
def test_any_stream(body: bytes, edits: dict[str, Any]) -> None:
    """Whatever comes, a cut changes nothing, and what is read does not depend on the edit."""
    out, relay = relayed([body], **edits)
    assert sent(bytewise(body), **edits) == out
    assert sent(in_steps(body, 50), **edits) == out
    assert_same(relay.outcome.to_dict(), outcome_in(body))


MODELS = [
    (b'{"choices":[]}', b'{"choices":[]}'),
    (b'{"model":"","choices":[]}', b'{"model":"new","choices":[]}'),
    (b'{"model":null,"choices":[]}', b'{"model":"new","choices":[]}'),
    (b'{"model":12.5,"choices":[]}', b'{"model":"new","choices":[]}'),
    (b'{"model":{"a":[1,"}"]},"choices":[]}', b'{"model":"new","choices":[]}'),
    (b'{"model":"gpt\\u002d4","choices":[]}', b'{"model":"new","choices":[]}'),
    (b'{"model":"a\\"b\\\\","choices":[]}', b'{"model":"new","choices":[]}'),
    (b'{"mod\\u0065l":"old","choices":[]}', b'{"mod\\u0065l":"new","choices":[]}'),
    (b'{"Model":"old","choices":[]}', b'{"Model":"old","choices":[]}'),
    (b'{ "choices" : [] , "model"  :\t"old"  }', b'{ "choices" : [] , "model"  :\t"new"  }'),
    (b'{"model":"a","model":"b","choices":[]}', b'{"model":"new","model":"new","choices":[]}'),
    (b'["model","old"]', b'["model","old"]'),
    (b'"model"', b'"model"'),
    (b'{"model":"old","choices":[]', b'{"model":"old","choices":[]'),
    (b"[DONE]", b"[DONE]"),
]


@pytest.mark.parametrize(("before", "after"), MODELS, ids=lambda data: data.decode())
def test_the_model_of_an_event(before: bytes, after: bytes) -> None:
    # A chunk first, so that the shape is known; and the same bytes around in every framing.
    first = b'data: {"object":"chat.completion.chunk","choices":[]}\n\n'
    for head, tail in [
        (b"data: ", b"\n\n"),
        (b"data:", b"\r\n\r\n"),
        (b": hi\nid: 1\ndata: ", b"\n: hi\nfoo\n\n"),
        (b"data: ", b"\r\r"),
    ]:
        body = first + head + before + tail
        for chunks in ([body], bytewise(body)):
            assert sent(chunks, model="new") == first + head + after + tail


def test_only_the_model_of_the_answer() -> None:
    """What is called so elsewhere is somebody else's."""
    inner = {"model": "old", "response": {"model": "old"}}
    arguments = json.dumps(inner)
    call = {"index": 0, "id": "c", "function": {"name": "f", "arguments": arguments}}
    chat = stream(
        says(f'"model":"old" {arguments}', x=inner, model="old"),
        chunk(choice(tool_calls=[call], model="old"), usage={"model": "old"}),
    )
    expected = chat.replace(b'"usage": {"model": "old"}', b"?")
    assert expected.count(b'}, "model": "old"}') == 1
    expected = expected.replace(b'}, "model": "old"}', b'}, "model": "new"}')
    assert sent([chat], model="new") == expected.replace(b"?", b'"usage": {"model": "old"}')
    block = {"type": "tool_use", "id": "t", "name": "f", "input": inner, "model": "old"}
    start = {"type": "content_block_start", "index": 0, "content_block": block}
    message = {"type": "message_start", "message": {"id": "m", "model": "old", "content": [inner]}}
    messages = stream(message, start, names=True)
    found = sent([messages], model="new")
    assert found == messages.replace(b'"m", "model": "old"', b'"m", "model": "new"')


def test_a_new_value_is_json() -> None:
    name = 'q"uo\\te\n\u00e9\U0001f600'
    out = sent([stream(says("a", model="x", id="y"))], model=name, id=name)
    (item,) = Dispatcher().feed(out)
    assert (item.json()["model"], item.json()["id"]) == (name, name)


def test_events_over_several_lines() -> None:
    body = b'data: {"id": "a",\ndata: "model":\ndata:\ndata: "old", "choices": [\ndata: ]}\n\n'
    found = sent(bytewise(body), model="new")
    (item,) = Dispatcher().feed(found)
    assert item.json() == {"id": "a", "model": "new", "choices": []}
    assert_edited(found, edited(body, model="new"))


def test_a_mark_at_the_start() -> None:
    body = BOM + stream(says("a", model="old"))
    for chunks in ([body], bytewise(body), [body[:2], body[2:]]):
        assert sent(chunks, model="new") == body.replace(b"old", b"new")


@pytest.mark.parametrize(
    ("payload", "left"),
    [
        ({"choices": [], "usage": {"prompt_tokens": 1}}, None),
        ({"usage": {}, "id": "a", "choices": []}, None),
        ({"choices": [], "usage": None}, ...),
        ({"choices": [choice(content="a")], "usage": None}, ...),
        ({"usage": {"a": 1}, "choices": [choice()]}, {"choices": [choice()]}),
        (
            {"id": "x", "usage": {"a": {}}, "choices": [choice()]},
            {"id": "x", "choices": [choice()]},
        ),
        ({"choices": [choice()], "usage": {"a": "}"}}, {"choices": [choice()]}),
        ({"choices": [choice(content='"usage": {}')]}, ...),
    ],
    ids=lambda payload: str(payload)[:60],
)
def test_usage_that_nobody_asked_for(payload: Any, left: Any) -> None:
    before, after = stream(says("Hi")), stream(DONE)
    styles: list[dict[str, Any]] = [{}, {"separators": (",", ":")}]
    for style in styles:
        sent_by_server = json.dumps(payload, **style)
        kept = sent_by_server if left is ... else left and json.dumps(left, **style)
        body = before + stream(sent_by_server) + after
        expected = before + (stream(kept) if kept else b"") + after
        for chunks in ([body], bytewise(body)):
            out, relay = relayed(chunks, usage="strip")
            assert_edited(out, edited(body, usage="strip"))
            assert blankless(out) == blankless(expected)
            assert relay.outcome.usage == (payload.get("usage") if "usage" in payload else None)


@by_name
def test_only_chunks_are_stripped(name: str) -> None:
    if expected_of(name)["shape"] in ("messages", "responses"):
        assert sent(in_steps(body_of(name), 77), usage="strip") == body_of(name)


def test_members_added_to_usage() -> None:
    last = stream(chunk(usage={"prompt_tokens": 3, "completion_tokens": 4}))
    body = stream(says("a")) + last + stream(DONE)
    expected = body.replace(b'"completion_tokens": 4}', b'"completion_tokens": 4, "cost": 0.5}')
    asked: list[Any] = []

    def price(usage: dict[str, Any]) -> dict[str, float]:
        asked.append(usage)
        return {"cost": 0.5}

    for extra in ({"cost": 0.5}, price):
        for chunks in ([body], bytewise(body)):
            assert_edited(sent(chunks, usage_extra=extra), edited(body, usage_extra={"cost": 0.5}))
            (item,) = Dispatcher().feed(sent(chunks, usage_extra=extra)[len(stream(says("a"))) :])[
                :1
            ]
            assert item.json() == json.loads(expected.split(b"data: ")[2])
    assert asked[0] == {"prompt_tokens": 3, "completion_tokens": 4}
    assert sent([body], usage_extra=lambda _: None) == body
    assert sent([body], usage_extra={}) == body


@pytest.mark.parametrize(
    "name", ["messages_simple", "responses_text", "completions_n2_logprobs_usage"]
)
def test_members_added_to_usage_of_other_shapes(name: str) -> None:
    out = sent(in_steps(body_of(name), 50), usage_extra={"cost": 0.25, "by": "h\u00e9"})
    found, expected = outcome_in(out), outcome_in(body_of(name))
    expected["usage"] |= {"cost": 0.25, "by": "h\u00e9"}
    assert_same(found, expected)


def test_events_that_are_dropped() -> None:
    body = body_of("messages_ping_error_overloaded")
    pings = edited(body, drop=lambda name, _: name == "ping")
    assert any(piece.edited for piece in pings)
    assert sent(bytewise(body), drop=["ping"]) == joined(pings)
    body = body_of("chat_reasoning_content")
    quiet = edited(body, drop=lambda _, data: bool(REASONING.search(data)))
    out, relay = relayed(in_steps(body, 10), drop=("reasoning",))
    assert out == joined(quiet)
    assert_same(relay.outcome.to_dict(), outcome_in(body))
    assert outcome_in(out)["reasoning"] in (None, "")


@by_name
def test_only_edited_events_are_held(name: str) -> None:
    """Every other byte goes on at once, and an edited event as soon as it is whole."""
    body = body_of(name)
    pieces = edited(body, model="house")
    relay, out = Relay(model="house"), b""
    for number, piece in enumerate(pieces, 1):
        out += b"".join(relay.feed(byte) for byte in bytewise(piece.received))
        if number < len(pieces) or body.endswith((b"\n", b"\r")):
            assert out == joined(pieces[:number])
    assert out + relay.finish() == joined(pieces)


def test_an_unfinished_tail_is_passed_on() -> None:
    whole = stream(says("a", model="old"))
    for place in range(len(whole)):
        out, relay = relayed(bytewise(whole + whole[:place]), model="new")
        assert out == whole.replace(b"old", b"new") + whole[:place]
        assert not relay.outcome.complete


@pytest.mark.parametrize("edits", [{}, {"model": "house"}], ids=str)
def test_an_ending_without_its_blank_line_gets_no_other(edits: dict[str, Any]) -> None:
    body = b'event: message_stop\ndata: {"type":"message_stop"}\n'
    relay = relay_of(shape="messages", **edits)
    assert relay.feed(body) + relay.finish() == body
    assert relay.fail("gone") == b"\n\n"


def test_a_line_end_in_two_reads_behind_an_event_that_goes() -> None:
    goes = stream({"type": "ping"}).replace(b"\n", b"\r")
    stays = b": hi\r\n\r\n" + stream(says("a"))
    for chunks in cut_once(goes + stays):
        assert sent(chunks, drop=["ping"]) == stays


def test_all_that_follows_the_end_is_passed_on() -> None:
    after = b'data: {"model":"old"}\n\nrubbish'
    body = stream(finishes(), DONE) + after
    assert sent(bytewise(body), usage="strip") == body


def test_large_events_are_edited_too() -> None:
    text = "x" * 300_000
    body = stream(says(text, model="old"), says("b", model="old"))
    out = sent(in_steps(body, 4096), model="new")
    assert out == body.replace(b'"old"', b'"new"')
