"""A `Chunk` reads like the objects of the SDK."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from answer_case import choice, chunk, says
from answers import body_of, real, stream
from sdk_agreement import agreed, assert_reads, raw
from ssewire import Chunk, ServerSentEvent

METHODS = ["to_dict", "to_json", "json", "model_dump", "model_dump_json"]


def item_of(payload: Any, way: str = "chunks") -> Any:
    (item,) = real(way).feed(stream(payload))
    return item


@pytest.mark.parametrize("name", agreed("chat", "completions"))
def test_reads_like_the_objects_of_the_sdk(name: str) -> None:
    items = [item for item in real().feed(body_of(name)) if item.deltas[0].kind != "done"]
    theirs = raw(name)
    assert len(items) == len(theirs)
    for index, (item, their) in enumerate(zip(items, theirs, strict=True)):
        assert_reads(item, their, f"chunk {index}")
        assert item.to_dict() == json.loads(item.to_json()) == item.model_dump()


def test_the_usual_ways() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    item = item_of(says("Hi", id="c", usage=usage))
    class_of_item: type = type(item)
    assert class_of_item is Chunk
    assert item.id == "c"
    assert item.choices[0].delta.content == "Hi"
    assert item.choices[-1].index == 0
    assert [each.delta.content for each in item.choices] == ["Hi"]
    assert item.usage.total_tokens == 3
    assert item.text == "Hi"
    assert [delta.kind for delta in item.deltas] == ["start", "text", "usage"]


def test_tool_calls() -> None:
    entry = {"index": 0, "id": "x", "function": {"name": "f", "arguments": ""}, "extra": [1]}
    item = item_of(chunk(choice(tool_calls=[entry])))
    (call,) = item.choices[0].delta.tool_calls
    assert (call.index, call.id, call.type, call.extra) == (0, "x", None, [1])
    assert (call.function.name, call.function.arguments) == ("f", "")


# The members of WIRE.md 2.1 and 3.
ABSENT = "id object created model usage service_tier system_fingerprint moderation"
ABSENT_IN_DELTA = "role content refusal tool_calls function_call"
ABSENT_IN_USAGE = (
    "prompt_tokens completion_tokens total_tokens prompt_tokens_details completion_tokens_details"
)


@pytest.mark.parametrize("name", ABSENT.split())
def test_absent_members_are_none(name: str) -> None:
    assert getattr(item_of({"choices": []}), name) is None


@pytest.mark.parametrize("name", ABSENT_IN_USAGE.split())
def test_absent_members_of_usage_are_none(name: str) -> None:
    assert getattr(item_of({"choices": [], "usage": {}}).usage, name) is None


@pytest.mark.parametrize("name", ABSENT_IN_DELTA.split())
def test_absent_members_of_a_delta_are_none(name: str) -> None:
    for payload in (chunk({"delta": {}}), chunk({"delta": None}), chunk({})):
        each = item_of(payload).choices[0]
        assert getattr(each.delta, name) is None
        assert each.finish_reason is None
        assert each.logprobs is None


def test_choices_are_never_none() -> None:
    assert item_of({"choices": None, "usage": {}}).choices == []
    assert item_of({}).choices == []
    assert item_of({"choices": []}).choices == []


def test_unknown_members_are_attributes() -> None:
    item = item_of(says("Hi", x_groq={"id": "r", "list": [{"a": 1}]}, provider="P", n=None))
    assert item.x_groq.id == "r"
    assert item.x_groq.list[0].a == 1
    assert item.provider == "P"
    assert item.n is None


@pytest.mark.parametrize("name", ["no_such_member", "contents", "_choices", "__len__", ""])
def test_anything_else_is_an_attribute_error(name: str) -> None:
    item = item_of(says("Hi"))
    for holder in (item, item.choices[0], item.choices[0].delta):
        with pytest.raises(AttributeError):
            getattr(holder, name)
        assert getattr(holder, name, 5) == 5


def test_members_win_over_our_properties() -> None:
    item = item_of(says("Hi") | {"text": "mine", "deltas": "theirs", "event": {"a": 1}})
    assert item.text == "mine"
    assert item.deltas == "theirs"
    assert item.event.a == 1


@pytest.mark.parametrize("name", METHODS)
def test_methods_win_over_members(name: str) -> None:
    payload = says("Hi") | dict.fromkeys(METHODS, 5)
    item = item_of(payload)
    assert getattr(item, name)() in (payload, json.dumps(payload))


def test_the_payload_again() -> None:
    wire = '{ "choices" : [],"x":1.50, "y":"\\u00e9\\ud83d\\ude00", "z": 1e2}'
    item = item_of(wire)
    assert item.to_json() == wire
    assert item.to_dict() == item.json() == json.loads(wire)
    assert json.loads(item.model_dump_json()) == item.model_dump() == json.loads(wire)
    assert item.x == 1.5
    assert item.y == "é\U0001f600"


def test_inner_objects_have_the_methods_too() -> None:
    item = item_of(says("Hi"))
    assert item.choices[0].to_dict() == choice(content="Hi")
    assert item.choices[0].delta.model_dump() == {"content": "Hi"}
    assert json.loads(item.choices[0].delta.to_json()) == {"content": "Hi"}


def test_each_dict_is_the_callers_own() -> None:
    item = item_of(says("Hi"))
    item.to_dict()["choices"].clear()
    assert item.to_dict() == says("Hi")


def test_the_last_of_duplicates_counts() -> None:
    item = item_of('{"choices":[{"delta":{"content":"a","content":"b"}}],"id":"c","id":"d"}')
    assert item.choices[0].delta.content == "b"
    assert item.id == "d"
    assert item.text == "b"


def test_text_is_that_of_choice_0() -> None:
    item = item_of(chunk(choice(1, content="b"), choice(0, content="a"), choice(0, content="c")))
    assert item.text == "ac"
    assert item_of(chunk(choice())).text == ""


def test_the_event() -> None:
    (item,) = real().feed(b'id: 7\nevent: x\ndata: {"choices":[]}\n\n')
    assert item.event == ServerSentEvent("x", '{"choices":[]}', "7")
    assert item.event.raw == b'id: 7\nevent: x\ndata: {"choices":[]}\n\n'
    (item,) = real().feed_payload(b'{"choices":[]}')
    assert item.event == ServerSentEvent(data='{"choices":[]}')
    event = ServerSentEvent(data='{"choices":[]}', id="8")
    (item,) = real().feed_event(event)
    assert item.event == event


@pytest.mark.parametrize("payload", ["[DONE]", "{oops", "<html>"])
def test_no_payload(payload: str) -> None:
    item = item_of(payload)
    assert type(item) is Chunk
    assert item.choices == []
    assert item.usage is None
    assert item.text == ""
    assert item.to_json() == payload
    assert item.event.data == payload
    for name in ("json", "to_dict", "model_dump"):
        with pytest.raises(json.JSONDecodeError):
            getattr(item, name)()


@pytest.mark.parametrize("payload", ["null", "[1]", '"a"', "5"])
def test_a_payload_that_is_no_object(payload: str) -> None:
    item = item_of(payload)
    assert item.to_dict() == json.loads(payload)
    assert item.choices == []
    assert [delta.kind for delta in item.deltas] == ["other"]


def test_repr_tells_the_payload() -> None:
    text = repr(item_of(says("Hi there", id="c9")))
    assert text.startswith("Chunk(")
    assert "Hi there" in text
    assert "c9" in text


def test_read_only() -> None:
    item = item_of(says("Hi"))
    for name in ("id", "choices", "text", "anything"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(item, name, 1)
    assert item.to_dict() == says("Hi")


def test_copies() -> None:
    item = item_of({"choices": [{"delta": {"content": "Hi"}}]})
    for thing in (item, item.choices[0]):
        assert copy.copy(thing) is thing
        assert copy.deepcopy(thing) is thing
