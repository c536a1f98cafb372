"""`Delta`: its kind, and the members that the kind needs."""

from __future__ import annotations

from typing import Any

import pytest

from answer_case import choice, chunk, says
from answers import NAMES, body_of, members, real, stream
from ssewire import Delta

KINDS = {
    *("start", "text", "reasoning", "signature", "refusal", "tool_call", "tool_arguments"),
    *("audio", "citation", "finish", "usage", "error", "done", "invalid", "other"),
}
ENTRY = {"index": 0, "id": "x", "function": {"name": "f", "arguments": "{"}}


def deltas_of(payload: Any, way: str = "any") -> list[Delta]:
    return [delta for item in real(way).feed(stream(payload)) for delta in item.deltas]


def told(delta: Delta) -> dict[str, Any]:
    """The members that apply."""
    return {name: value for name, value in members(delta).items() if value is not None}


@pytest.mark.parametrize("name", NAMES)
def test_every_delta_has_its_payload_and_its_kind(name: str) -> None:
    for item in real().feed(body_of(name)):
        assert isinstance(item.deltas, tuple)
        for delta in item.deltas:
            assert type(delta) is Delta
            assert delta.kind in KINDS
            assert delta.item is item
            if delta.kind in ("text", "reasoning", "refusal", "signature", "tool_arguments"):
                assert delta.text


def test_the_deltas_are_the_same_each_time() -> None:
    (item,) = real().feed(stream(says("Hi")))
    assert item.deltas == item.deltas
    (kept,) = [delta for delta in item.deltas if delta.kind == "text"]
    del item
    assert kept.item.text == "Hi"


def test_chunk() -> None:
    usage = {"total_tokens": 3}
    body = choice(
        finish="stop",
        role="assistant",
        reasoning="hm",
        content="Hi",
        refusal="no",
        tool_calls=[ENTRY],
        annotations=[{"a": 1}],
        audio={"data": "xx", "id": "y"},
    )
    found = [told(delta) for delta in deltas_of(chunk(body, id="c", model="m", usage=usage))]
    assert found == [
        {"kind": "start", "index": 0, "id": "c", "model": "m", "role": "assistant"},
        {"kind": "reasoning", "index": 0, "text": "hm"},
        {"kind": "text", "index": 0, "text": "Hi"},
        {"kind": "refusal", "index": 0, "text": "no"},
        {"kind": "tool_call", "index": 0, "call": 0, "id": "x", "name": "f", "type": "function"},
        {"kind": "tool_arguments", "index": 0, "call": 0, "text": "{"},
        {"kind": "audio", "index": 0, "text": "xx", "value": {"data": "xx", "id": "y"}},
        {"kind": "citation", "index": 0, "value": {"a": 1}},
        {"kind": "finish", "index": 0, "reason": "stop"},
        {"kind": "usage", "value": usage},
    ]


def test_error() -> None:
    raw = {"message": "m", "code": 502, "param": "p", "type": "t"}
    (delta,) = deltas_of({"error": raw})
    assert delta.kind == "error"
    error: Any = delta.error
    assert (error.message, error.code, error.param, error.type) == ("m", 502, "p", "t")
    assert (error.status, error.retryable, error.raw) == (502, True, raw)
    assert delta.text is None


@pytest.mark.parametrize(
    ("payload", "kind"), [("[DONE]", "done"), ("{", "invalid"), ("{}", "other"), ("3", "other")]
)
def test_kinds_without_members(payload: str, kind: str) -> None:
    (delta,) = deltas_of(payload)
    assert told(delta) == {"kind": kind}
    assert delta.item.to_json() == payload


def test_signature() -> None:
    payload = {
        "type": "content_block_delta",
        "index": 2,
        "delta": {"type": "signature_delta", "signature": "sig"},
    }
    (delta,) = deltas_of(payload)
    assert told(delta) == {"kind": "signature", "index": 2, "text": "sig"}


@pytest.mark.parametrize("index", [2**63, 2**64 - 1, 2**53 + 1])
def test_large_indices(index: int) -> None:
    found = deltas_of(chunk(choice(index, content="x")))
    assert [delta.index for delta in found] == [index, index]


def test_patterns() -> None:
    found = []
    for delta in deltas_of(says("Hi")):
        match delta:
            case Delta(kind="text", text=text):
                found.append(text)
            case Delta(kind=kind):
                found.append(kind)
    assert found == ["start", "Hi"]


def test_equality_and_repr() -> None:
    one, other = deltas_of(says("Hi"))[1], deltas_of(says("Hi"))[1]
    assert one == other
    assert hash(one) == hash(other)
    assert one != deltas_of(says("Ho"))[1]
    assert one != "text"
    assert repr(one).startswith("Delta(")
    assert "text" in repr(one)
    assert "Hi" in repr(one)


@pytest.mark.parametrize("name", ["kind", "text", "anything"])
def test_read_only(name: str) -> None:
    delta: Any = deltas_of(says("Hi"))[1]
    with pytest.raises((AttributeError, TypeError)):
        setattr(delta, name, 1)
