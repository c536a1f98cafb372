"""`continue_from`: the messages that go on from a partial answer."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from ssewire import Outcome, ToolCall
from ssewire.retry import Attempt, continue_from

QUESTION = {"role": "user", "content": "Why?"}
CUT = Outcome(text="Because ", texts={0: "Because "}, n_events=3)
CALL = ToolCall(0, "1", "function", "f", "{", None)


def test_asks_to_go_on() -> None:
    messages = continue_from([QUESTION], CUT)
    assert messages[:2] == [QUESTION, {"role": "assistant", "content": "Because "}]
    assert messages[2]["role"] == "user"
    assert "Continue" in messages[2]["content"]
    assert len(messages) == 3
    assert continue_from([QUESTION], CUT, ask="Go on.")[2]["content"] == "Go on."


def test_prefill() -> None:
    assert continue_from([QUESTION], CUT, prefill=True) == [
        QUESTION,
        {"role": "assistant", "content": "Because"},
    ]


@pytest.mark.parametrize("prefill", [True, False])
@pytest.mark.parametrize(
    ("begun", "whole"),
    [
        ("No, ", "No, Because"),
        (
            [{"type": "text", "text": "No,"}],
            [{"type": "text", "text": t} for t in ("No,", "Because")],
        ),
        (None, None),
    ],
)
def test_goes_on_in_the_last_message(begun: Any, whole: Any, prefill: bool) -> None:
    last = {"role": "assistant", "content": begun, "prefix": True}
    given = [QUESTION, last]
    before = copy.deepcopy(given)
    messages = continue_from(given, replace(CUT, text="Because"), prefill=prefill)
    assert given == before
    if whole is None:
        assert messages[1:3] == [last, {"role": "assistant", "content": "Because"}]
    else:
        assert messages[1] == {"role": "assistant", "content": whole, "prefix": True}
        assert len(messages) == (2 if prefill else 3)


@pytest.mark.parametrize("prefill", [True, False])
@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing_to_go_on_from(text: str, prefill: bool) -> None:
    given = (QUESTION,)
    messages = continue_from(given, Outcome(text=text, reasoning="hm"), prefill=prefill)
    assert messages == [QUESTION]


def test_messages_that_are_no_dicts() -> None:
    given = object()
    assert continue_from([given], CUT, prefill=True)[0] is given
    assert continue_from([], CUT, prefill=True) == [{"role": "assistant", "content": "Because"}]


def test_of_an_answer_that_was_too_long() -> None:
    outcome = replace(CUT, finish="length", finish_reason="length", complete=True)
    assert len(continue_from([QUESTION], outcome)) == 3


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (replace(CUT, complete=True, finish="stop"), "has ended"),
        (replace(CUT, complete=True, finish=None), "has ended"),
        (replace(CUT, finish="stop"), "has ended"),
        (replace(CUT, finish="pause"), "has ended"),
        (replace(CUT, finish="content_filter"), "has ended"),
        (replace(CUT, refusal="I cannot"), "refusal"),
        (replace(CUT, tool_calls=[CALL]), "tool call"),
        (replace(CUT, function_call={"name": "f", "arguments": ""}), "tool call"),
        (replace(CUT, texts={0: "a", 1: "b"}), "several choices"),
    ],
)
def test_what_cannot_be_continued(outcome: Outcome, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        continue_from([QUESTION], outcome)


class TestAttempt:
    def test_the_first(self) -> None:
        given = [QUESTION]
        messages = Attempt(1).continue_from(given, prefill=True)
        assert messages == given
        assert messages is not given

    def test_one_that_starts_over(self) -> None:
        attempt = Attempt(2, ConnectionError(), CUT, "start_over")
        assert attempt.continue_from([QUESTION]) == [QUESTION]

    def test_one_that_goes_on(self) -> None:
        attempt = Attempt(2, ConnectionError(), CUT, "continue")
        assert len(attempt.continue_from([QUESTION])) == 3
        assert attempt.repeated == ""
        assert attempt.continue_from([QUESTION], prefill=True)[1]["content"] == "Because"
        assert attempt.repeated == " "
