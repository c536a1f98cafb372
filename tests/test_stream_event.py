"""A `StreamEvent` reads like the objects of the SDKs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from answers import EVENTS, body_of, real, stream
from sdk_agreement import agreed, assert_reads, raw
from ssewire import Chunk, StreamEvent

START = {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 3}}}
TEXT = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}
DONE = {"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": "Hi"}


def item_of(payload: Any, way: str = "events") -> Any:
    (item,) = real(way).feed(stream(payload))
    return item


@pytest.mark.parametrize("name", agreed("messages", "responses"))
def test_reads_like_the_objects_of_the_sdk(name: str) -> None:
    # One SDK skips pings, the other knows of none; a stray `[DONE]` is for neither.
    items = [
        item
        for item in real().feed(body_of(name))
        if item.to_json() != "[DONE]" and item.type != "ping"
    ]
    theirs = raw(name)
    assert len(items) == len(theirs)
    for index, (item, their) in enumerate(zip(items, theirs, strict=True)):
        assert_reads(item, their, f"event {index}")
        assert item.to_dict() == json.loads(item.to_json()) == item.model_dump()


def test_the_usual_ways() -> None:
    start, text = real().feed(stream(START, TEXT))
    assert type(start) is type(text) is StreamEvent
    assert (start.type, text.type) == ("message_start", "content_block_delta")
    assert start.message.id == "m"
    assert start.message.usage.input_tokens == 3
    assert text.delta.text == text.text == "Hi"
    assert (start.text, text.index) == ("", 0)


def test_the_usual_ways_of_responses() -> None:
    delta = {"type": "response.output_text.delta", "output_index": 0, "delta": "Hi"}
    response = {"id": "r", "status": "completed", "output": []}
    item, last = real().feed(stream(delta, {"type": "response.completed", "response": response}))
    assert (item.type, item.delta, item.text, item.output_index) == (delta["type"], "Hi", "Hi", 0)
    assert (last.response.status, last.response.output) == ("completed", [])
    assert last.response.usage is None
    assert last.response.error is None


@pytest.mark.parametrize("name", ["stop_reason", "stop_sequence", "stop_details", "container"])
def test_absent_members_are_none(name: str) -> None:
    item = item_of({"type": "message_delta", "delta": {}})
    assert getattr(item.delta, name) is None
    assert item.usage is None


def test_null_members_are_none() -> None:
    item = item_of({"type": "message_start", "message": None})
    assert item.message is None


def test_unknown_members_are_attributes() -> None:
    item = item_of({"type": "shiny", "payload": {"x": [1, {"y": 2}]}})
    assert item.payload.x[0] == 1
    assert item.payload.x[1].y == 2


@pytest.mark.parametrize("name", ["no_such_member", "_type", "__len__"])
def test_anything_else_is_an_attribute_error(name: str) -> None:
    item = item_of(TEXT)
    for holder in (item, item.delta):
        with pytest.raises(AttributeError):
            getattr(holder, name)


def test_members_win_over_our_properties() -> None:
    (item,) = real("responses").feed(stream({**DONE, "text": "whole"}))
    assert item.text == "whole"
    again = real("responses")
    first = {"type": "response.output_text.delta", "output_index": 0, "delta": "Hi"}
    _, item = again.feed(stream(first, DONE))
    assert item.text == "Hi"
    assert [delta.kind for delta in item.deltas] == ["other"]


def test_methods_win_over_members() -> None:
    payload = {"type": "x", "json": 1, "to_dict": 2, "to_json": 3, "model_dump": 4}
    item = item_of(payload)
    assert item.json() == item.to_dict() == item.model_dump() == payload
    assert json.loads(item.to_json()) == payload


def test_the_name_of_the_event_is_not_its_type() -> None:
    (item,) = real("events").feed(b'event: ping\ndata: {"type":"message_stop"}\n\n')
    assert item.type == "message_stop"
    assert item.event.event == "ping"


@pytest.mark.parametrize("payload", ["[DONE]", "{oops"])
def test_no_payload(payload: str) -> None:
    item = item_of(payload)
    assert type(item) is StreamEvent
    assert item.text == ""
    assert item.to_json() == payload
    with pytest.raises(json.JSONDecodeError):
        item.json()


def test_repr_tells_the_payload() -> None:
    text = repr(item_of(TEXT))
    assert text.startswith("StreamEvent(")
    assert "text_delta" in text


@pytest.mark.parametrize(
    ("payloads", "classes"),
    [
        ([{"type": "ping"}, START, "[DONE]", "{", {"choices": []}], [StreamEvent] * 5),
        ([{"choices": [], "type": "x"}, {}, "null", "{"], [Chunk] * 4),
        ([{"choices": [{"delta": {}}]}, {"type": "ping"}, "[DONE]"], [Chunk] * 3),
        ([{"type": "error", "error": {}}, {"error": {}}], [StreamEvent, Chunk]),
        (["[DONE]"], [Chunk]),
    ],
)
def test_the_class_follows_the_family(payloads: list[Any], classes: list[type]) -> None:
    items = real().feed(stream(*payloads))
    assert [type(item) for item in items] == classes
    for way, one in [("chunks", Chunk), ("events", StreamEvent), ("messages", StreamEvent)]:
        assert {type(item) for item in real(way).feed(stream(*payloads))} <= {one}


def test_text_of_messages_and_responses() -> None:
    for way in EVENTS:
        item = item_of("{}", way)
        assert item.text == ""
    assert item_of({**TEXT, "index": 4}, "messages").text == "Hi"
