"""WIRE.md 6.4, row by row: why it finished, what it cost, and where it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from answer_case import DONE, AnswerCase, both, cases, choice, chunk, finishes, says

if TYPE_CHECKING:
    from collections.abc import Callable

TWO, NINE = {"total_tokens": 2}, {"total_tokens": 9}

TABLE = [
    AnswerCase(
        "finish_reason_empty_before_the_end",
        [chunk(choice(finish="", content="a")), chunk(choice(finish="", content="b")), finishes()],
        {"text": "ab", "finish_reason": "stop"},
        kinds="start text text finish",
    ),
    AnswerCase(
        "finish_reason_empty_is_no_end",
        [chunk(choice(finish="", content="a"))],
        {"finish_reason": None, "complete": False, "terminal": None},
    ),
    AnswerCase(
        "finish_reason_the_string_null",
        [chunk(choice(finish="null", content="a"))],
        {"finish_reason": None, "complete": False},
    ),
    AnswerCase(
        "finish_reason_missing_until_the_end",
        [{"choices": [{"delta": {"content": "a"}}]}, finishes()],
        {"finish_reason": "stop", "complete": True},
    ),
    AnswerCase(
        "content_and_finish_in_one_chunk",
        [chunk(choice(finish="stop", content="a"))],
        {"text": "a", "finish_reason": "stop", "complete": True},
        kinds="start text finish",
    ),
    AnswerCase(
        "usage_on_the_finish_chunk",
        [says("a"), finishes(usage=NINE)],
        {"usage": NINE, "finish_reason": "stop"},
        kinds="start text finish usage",
    ),
    AnswerCase(
        "usage_then_a_chunk_without",
        [says("a", usage=NINE), finishes(), finishes(usage=None)],
        {"usage": NINE},
        kinds="start text usage finish other",
    ),
    AnswerCase(
        "usage_on_every_chunk",
        [says("a", usage=TWO), says("b", usage=NINE)],
        {"usage": NINE, "text": "ab"},
        kinds="start text usage text usage",
    ),
    AnswerCase(
        "usage_in_the_choice",
        [says("a"), chunk({**choice(finish="stop"), "usage": NINE})],
        {"usage": NINE},
    ),
    AnswerCase(
        "usage_of_groq",
        [says("a"), finishes(x_groq={"id": "r", "usage": NINE})],
        {"usage": NINE},
    ),
    AnswerCase(
        "usage_at_the_top_comes_first",
        [chunk({**choice(), "usage": TWO}, usage=NINE, x_groq={"usage": {}})],
        {"usage": NINE},
    ),
    AnswerCase(
        "usage_of_zero_as_a_placeholder",
        [says("a", usage={"total_tokens": 0}), finishes(usage=NINE)],
        {"usage": NINE},
    ),
    AnswerCase(
        "usage_chunk_with_choices",
        [says("a"), finishes(), chunk(choice(content="", role="assistant"), usage=NINE), DONE],
        {"usage": NINE, "finish_reason": "stop", "complete": True},
        kinds="start text finish usage done",
    ),
    AnswerCase(
        "a_later_reason_replaces",
        [finishes("stop"), finishes("stop"), finishes("length")],
        {"finish_reason": "length"},
        kinds="start finish other finish",
    ),
    AnswerCase(
        "no_done",
        [says("a"), finishes()],
        {"done_seen": False, "terminal": "finish_reason", "complete": True},
    ),
    AnswerCase(
        "done_without_finish_reason",
        [says("a"), DONE],
        {
            "done_seen": True,
            "terminal": "[DONE]",
            "complete": True,
            "finish_reason": None,
            "finish": None,
        },
    ),
    AnswerCase(
        "done_without_its_blank_line",
        [says("a"), finishes(), b"data: [DONE]"],
        {"done_seen": False, "terminal": "finish_reason", "complete": True, "n_events": 2},
    ),
    AnswerCase(
        "done_without_its_blank_line_flushed",
        [says("a"), b"data: [DONE]"],
        {"done_seen": True, "terminal": "[DONE]", "complete": True, "n_events": 2},
        options={"flush_at_end": True},
    ),
    AnswerCase(
        "half_an_event_flushed",
        [says("a"), b'data: {"choices":[{"del'],
        {"text": "a", "complete": False, "n_events": 2},
        kinds="start text invalid",
        options={"flush_at_end": True, "strict": True},
    ),
    AnswerCase(
        "nothing_is_read_after_done",
        [says("a"), "[DONE] bye", says("b"), b": ping\n\n", {"error": "x"}, "{"],
        {"text": "a", "error": None, "n_events": 2, "n_comments": 0, "complete": True},
        kinds="start text done",
    ),
    AnswerCase(
        "done_alone",
        [DONE],
        {"shape": None, "done_seen": True, "terminal": "[DONE]", "complete": True},
        deltas=[{"kind": "done"}],
    ),
    AnswerCase(
        "done_after_messages",
        [{"type": "message_start", "message": {}}, {"type": "message_stop"}, DONE, {"type": "x"}],
        {"done_seen": True, "terminal": "message_stop", "complete": True, "n_events": 4},
        kinds="start done done other",
    ),
    AnswerCase(
        "done_before_the_end_of_responses",
        [
            {"type": "response.created", "response": {}},
            DONE,
            {"type": "response.completed", "response": {"status": "completed"}},
        ],
        {"done_seen": True, "terminal": "response.completed", "complete": True},
        kinds="start done finish done",
    ),
    AnswerCase(
        "done_is_no_end_of_messages",
        [{"type": "message_start", "message": {}}, DONE],
        {"done_seen": True, "terminal": None, "complete": False},
    ),
]


@both
@cases(*TABLE)
def test_deviation(case: AnswerCase, make: Callable[..., Any]) -> None:
    case.check(make)


@both
@pytest.mark.parametrize(
    ("raw", "normalised"),
    [
        *(("error", "error"), ("insufficient_system_resource", "error"), ("abort", "error")),
        *(("network_error", "error"), ("sensitive", "content_filter"), ("eos", "stop")),
        *(("content-filter", "content_filter"), ("COMPLETE", "stop"), ("MAX_TOKENS", "length")),
        *(("SAFETY", "content_filter"), ("something_new", None)),
    ],
)
def test_other_reasons_pass_through(
    make: Callable[..., Any], raw: str, normalised: str | None
) -> None:
    case = AnswerCase(
        raw,
        [says("a"), finishes(raw)],
        {"finish_reason": raw, "finish": normalised, "complete": True, "error": None},
    )
    case.check(make)
