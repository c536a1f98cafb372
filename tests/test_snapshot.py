"""`snapshot()` is the official final object, as a dict."""

from __future__ import annotations

import copy
import json
from typing import Any

import openai.types
import pytest

from answer_case import choice, chunk, finishes, says
from answers import NAMES, assert_same, body_of, expected_of, read, real, reference, stream
from replay import in_steps
from sdk_agreement import agreed, assert_holds, final


def snapshot_of(*payloads: Any, way: str = "any") -> dict[str, Any]:
    dispatcher = real(way)
    dispatcher.feed(stream(*payloads))
    snapshot = dispatcher.snapshot()
    assert snapshot is not None
    return snapshot


@pytest.mark.parametrize("name", agreed("chat", "messages", "responses"))
def test_as_the_helper_of_the_sdk(name: str) -> None:
    dispatcher = real()
    read(dispatcher, in_steps(body_of(name), 100))
    ours, theirs = dispatcher.snapshot(), final(name)
    assert ours is not None
    if expected_of(name)["shape"] == "chat":
        for each in theirs.choices:
            # The helper repeats what a server repeats.
            each.message.role = each.message.role and "assistant"
    assert_holds(ours, theirs)


@pytest.mark.parametrize("name", agreed("completions"))
def test_completions_are_valid_for_the_sdk(name: str) -> None:
    dispatcher, expected = real(), expected_of(name)
    read(dispatcher, [body_of(name)])
    ours = dispatcher.snapshot()
    assert ours is not None
    if expected["complete"]:
        openai.types.Completion.model_validate(ours)
    assert ours["object"] == "text_completion"
    texts = expected.get("texts", {"0": expected["final_text"]})
    assert {str(each["index"]): each["text"] for each in ours["choices"]} == texts


@pytest.mark.parametrize("name", NAMES)
def test_so_far(name: str) -> None:
    """At any moment, and without a trace."""
    dispatcher, oracle = real(), reference()
    for piece in in_steps(body_of(name), 700):
        dispatcher.feed(piece)
        oracle.feed(piece)
        assert_same(dispatcher.snapshot(), oracle.snapshot())
        assert dispatcher.snapshot() == dispatcher.snapshot()


def test_none_as_long_as_there_is_no_shape() -> None:
    dispatcher = real()
    assert dispatcher.snapshot() is None
    dispatcher.feed(stream({"choices": [], "id": ""}))
    assert dispatcher.snapshot() is None
    dispatcher.feed(stream(says("Hi")))
    assert dispatcher.snapshot() is not None


def test_a_snapshot_is_the_callers_own() -> None:
    dispatcher = real()
    dispatcher.feed(stream(says("Hi", usage={"total_tokens": 1})))
    first = dispatcher.snapshot()
    assert first is not None
    before = copy.deepcopy(first)
    first["choices"][0]["message"]["content"] = "changed"
    first["usage"].clear()
    assert dispatcher.snapshot() == before


@pytest.mark.parametrize("name", NAMES)
def test_a_snapshot_is_json(name: str) -> None:
    dispatcher = real()
    read(dispatcher, [body_of(name)])
    snapshot = dispatcher.snapshot()
    assert json.loads(json.dumps(snapshot)) == snapshot


def test_chat() -> None:
    head = {"id": "c", "created": 5, "model": "m"}
    logprobs = {"content": [{"token": "a"}], "refusal": None}
    entry = {"index": 0, "id": "x", "type": "function", "function": {"name": "f"}}
    more = {"index": 0, "function": {"arguments": "{}"}}
    snapshot = snapshot_of(
        chunk({**choice(role="assistant", content="H"), "logprobs": logprobs}, **head),
        chunk({**choice(content="i"), "logprobs": logprobs}, service_tier="default", **head),
        chunk(choice(tool_calls=[entry]), system_fingerprint="fp", **head),
        chunk(choice(tool_calls=[more], annotations=[{"type": "url_citation"}]), **head),
        chunk(choice(audio={"id": "a", "data": "x", "transcript": "t"}), **head),
        chunk(choice(audio={"data": "y", "transcript": "u", "expires_at": 9}), **head),
        finishes("tool_calls", usage={"total_tokens": 3}, **head),
    )
    assert snapshot == {
        **head,
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "finish_reason": "tool_calls",
                "logprobs": {"content": [{"token": "a"}, {"token": "a"}], "refusal": None},
                "message": {
                    "role": "assistant",
                    "content": "Hi",
                    "refusal": None,
                    "tool_calls": [
                        {
                            "id": "x",
                            "type": "function",
                            "function": {"name": "f", "arguments": "{}"},
                        }
                    ],
                    "annotations": [{"type": "url_citation"}],
                    "audio": {"id": "a", "data": "xy", "transcript": "tu", "expires_at": 9},
                },
            }
        ],
        "usage": {"total_tokens": 3},
        "service_tier": "default",
        "system_fingerprint": "fp",
    }


def test_nothing_that_did_not_come() -> None:
    snapshot = snapshot_of(chunk(choice(), id="c"))
    message = snapshot["choices"][0]["message"]
    assert message == {"role": "assistant", "content": None, "refusal": None}
    assert snapshot.keys() == {"id", "object", "created", "model", "choices"}


def test_completions() -> None:
    lists: dict[str, Any] = {
        "tokens": ["a"],
        "token_logprobs": [-1.0],
        "top_logprobs": None,
        "text_offset": [0],
    }
    head = {"id": "c", "object": "text_completion", "created": 5, "model": "m"}
    snapshot = snapshot_of(
        {**head, "choices": [{"text": "H", "index": 0, "logprobs": lists}]},
        {**head, "choices": [{"text": "i", "index": 0, "logprobs": lists}]},
        {**head, "choices": [{"text": "", "index": 0, "finish_reason": "stop"}]},
    )
    doubled = {name: value and value * 2 for name, value in lists.items()}
    last = {"text": "Hi", "index": 0, "logprobs": doubled, "finish_reason": "stop"}
    assert snapshot == {**head, "choices": [last]}


def test_the_families_of_empty_answers() -> None:
    for way in ("chat", "completions", "messages", "responses"):
        snapshot = real(way).snapshot()
        assert snapshot is not None
        kind = {"chat": "chat.completion", "completions": "text_completion"}.get(way)
        assert snapshot.get("object") in (kind, "response", None)
        assert_same(snapshot, reference(way).snapshot())
