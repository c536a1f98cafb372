"""The oracle of the dispatchers says of each recorded stream what its `.json` expects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reference_dispatch import ReferenceDispatcher
from replay import in_steps

WIRE = Path(__file__).parent / "corpus" / "wire"
NAMES = sorted(path.stem for path in WIRE.glob("*.sse"))
STEPS = {"whole": 1 << 30, "bytewise": 1, "7": 7, "64": 64, "1460": 1460}
by_name = pytest.mark.parametrize("name", NAMES)
# Nothing in these tells a shape; their `.json` says what was asked for.
SHAPELESS = ("chat_done_only", "chat_empty")


def expected_of(name: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))
    return expected


def read(name: str, cut: str = "whole", **options: Any) -> ReferenceDispatcher:
    dispatcher = ReferenceDispatcher(**options)
    for chunk in in_steps((WIRE / f"{name}.sse").read_bytes(), STEPS[cut]):
        dispatcher.feed(chunk)
    dispatcher.finish()
    return dispatcher


@by_name
@pytest.mark.parametrize("cut", STEPS)
def test_outcome(name: str, cut: str) -> None:
    dispatcher, expected = read(name, cut), expected_of(name)
    outcome = dispatcher.outcome
    shape = None if name in SHAPELESS or expected["shape"] == "none" else expected["shape"]
    assert dispatcher.shape == shape
    texts = expected.get("final_text_any_of", [expected["final_text"]])
    assert outcome["text"] in texts
    for member in ("texts", "finish_reasons"):
        if member in expected:
            assert {str(index): each for index, each in outcome[member].items()} == expected[member]
    same = ("reasoning", "refusal", "tool_calls", "finish_reason", "usage", "done_seen")
    for member in (*same, "terminal", "complete", "n_events", "n_comments"):
        assert outcome[member] == expected[member], member
    error = outcome["error"] and {**outcome["error"]}
    if error:
        del error["raw"]
    assert error == expected["error"]


@by_name
@pytest.mark.parametrize("cut", ["whole", "bytewise"])
def test_flush_at_end(name: str, cut: str) -> None:
    outcome = read(name, cut, flush_at_end=True).outcome
    expected = expected_of(name)
    expected |= expected.get("flush", {})
    assert outcome["n_events"] == expected["n_events_flush"]
    for member in ("finish_reason", "usage", "terminal", "complete"):
        assert outcome[member] == expected[member], member


@by_name
def test_a_cut_changes_nothing(name: str) -> None:
    body = (WIRE / f"{name}.sse").read_bytes()
    whole = ReferenceDispatcher()
    items = whole.feed(body) + whole.finish()
    pieces = ReferenceDispatcher()
    again = [item for chunk in in_steps(body, 5) for item in pieces.feed(chunk)] + pieces.finish()
    assert again == items
    assert pieces.outcome == whole.outcome
    assert pieces.snapshot() == whole.snapshot()


@by_name
def test_the_deltas_are_the_answer(name: str) -> None:
    dispatcher = ReferenceDispatcher()
    items = dispatcher.feed((WIRE / f"{name}.sse").read_bytes()) + dispatcher.finish()
    deltas = [each for item in items for each in item.deltas]
    assert all(item.deltas for item in items)
    outcome = dispatcher.outcome
    chat = dispatcher.shape in ("chat", "completions")
    pieces = [each["text"] for each in deltas if each["kind"] == "text"]
    if chat:
        pieces = [each["text"] for each in deltas if (each["kind"], each["index"]) == ("text", 0)]
    assert "".join(pieces) == outcome["text"]
    assert "".join(each["text"] for each in deltas if each["kind"] == "reasoning") == (
        outcome["reasoning"] or ""
    )
    for index, call in enumerate(outcome["tool_calls"]):
        opened = [each for each in deltas if each["kind"] == "tool_call"]
        assert opened[index]["name"] == call["name"]
        told = [each["text"] for each in deltas if each["call"] == index and each["text"]]
        assert "".join(told) == call["arguments"]


EXTRAS: dict[str, Any] = {
    "moderation": lambda final: final["moderation"],
    "function_call": lambda final: final["choices"][0]["message"]["function_call"],
    "blocks": lambda final: [block["type"] for block in final["content"]],
    "items": lambda final: [item["type"] for item in final["output"]],
    "stop_details": lambda final: final["stop_details"],
    "stop_sequence": lambda final: final["stop_sequence"],
    "model": lambda final: final["model"],
    "incomplete_reason": lambda final: final["incomplete_details"]["reason"],
    "signature": lambda final: final["content"][0]["signature"],
    "citations": lambda final: {
        str(index): block["citations"]
        for index, block in enumerate(final["content"])
        if block.get("citations")
    },
}


@by_name
def test_extras(name: str) -> None:
    expected, final = expected_of(name), read(name).snapshot()
    for member in EXTRAS.keys() & expected.keys():
        assert EXTRAS[member](final) == expected[member], member


@pytest.mark.parametrize(("name", "choice"), [("chat_logprobs", 0)])
def test_log_probabilities_of_chat(name: str, choice: int) -> None:
    expected, final = expected_of(name), read(name).snapshot()
    assert final
    tokens = final["choices"][choice]["logprobs"]["content"]
    assert len(tokens) == expected["n_logprobs"]
    assert sum(each["logprob"] for each in tokens) == pytest.approx(expected["sum_logprob"])


def test_log_probabilities_of_completions() -> None:
    name = "completions_n2_logprobs_usage"
    expected, final = expected_of(name), read(name).snapshot()
    assert final
    for choice in final["choices"]:
        for each in choice["logprobs"].values():
            assert len(each) == expected["n_logprobs"][str(choice["index"])]


def test_merged_events_are_split() -> None:
    dispatcher = ReferenceDispatcher()
    items = dispatcher.feed((WIRE / "chat_no_blank_lines.sse").read_bytes())
    assert len(items) == expected_of("chat_no_blank_lines")["n_events_lenient"]


def test_every_fixture_is_read() -> None:
    assert len(NAMES) == 86
