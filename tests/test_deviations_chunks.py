"""WIRE.md 6.1, row by row: what vendors do to chunks, choices and deltas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from answer_case import DONE, AnswerCase, both, cases, choice, chunk, finishes, says

if TYPE_CHECKING:
    from collections.abc import Callable

AZURE_FIRST = {
    "choices": [],
    "id": "",
    "model": "",
    "object": "",
    "created": 0,
    "prompt_filter_results": [{"prompt_index": 0}],
}
FULL: Any = {"id": "c1", "model": "gpt", "created": 17}
FILTER = {"index": 0, "finish_reason": None, "content_filter_offsets": {"check_offset": 44}}
WHOLE = {
    "object": "chat.completion",
    "choices": [
        {
            "finish_reason": "stop",
            "index": 0,
            "message": {"role": "assistant", "content": "all of it", "reasoning_content": "hm"},
        }
    ],
    "usage": {"total_tokens": 9},
}


def parts(*content: Any) -> dict[str, Any]:
    return chunk(choice(content=list(content)))


THINKING = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}

TABLE = [
    AnswerCase(
        "azure_first_chunk",
        [AZURE_FIRST, says("Hi", **FULL), finishes(**FULL), DONE],
        {"text": "Hi", "complete": True, "shape": "chat", "n_events": 4},
        deltas=[
            {"kind": "other"},
            {"kind": "start", "index": 0, "id": "c1", "model": "gpt"},
            {"kind": "text", "index": 0, "text": "Hi"},
            {"kind": "finish", "index": 0, "reason": "stop"},
            {"kind": "done"},
        ],
        final={"id": "c1", "model": "gpt", "created": 17},
    ),
    AnswerCase(
        "content_filter_results",
        [chunk({**choice(content="Hi"), "content_filter_results": {"hate": {}}})],
        {"text": "Hi"},
        kinds="start text",
    ),
    AnswerCase(
        "asynchronous_filter",
        [
            *(says("Hi"), {"object": "", "choices": [FILTER]}, finishes()),
            {"object": "", "choices": [{**FILTER, "delta": None}]},
            DONE,
        ],
        {"text": "Hi", "finish_reason": "stop", "finish": "stop", "texts": {0: "Hi"}},
        kinds="start text other finish other done",
    ),
    AnswerCase(
        "delta_null_on_the_finish_chunk",
        [says("Hi"), {"choices": [{"index": 0, "delta": None, "finish_reason": "stop"}]}],
        {"text": "Hi", "finish_reason": "stop", "complete": True, "terminal": "finish_reason"},
    ),
    AnswerCase(
        "delta_missing_on_the_finish_chunk",
        [says("Hi"), {"choices": [{"index": 0, "finish_reason": "stop"}]}],
        {"text": "Hi", "finish_reason": "stop", "complete": True},
    ),
    AnswerCase(
        "choices_null",
        [says("Hi"), {"choices": None, "usage": {"total_tokens": 2}}, finishes()],
        {"text": "Hi", "usage": {"total_tokens": 2}, "finish_reason": "stop"},
        kinds="start text usage finish",
    ),
    AnswerCase(
        "keep_alives_in_data",
        ["null", b"data:\n\n", "{}", says("Hi"), "null", b"data\n\n", "{}", finishes()],
        {"text": "Hi", "finish_reason": "stop", "n_events": 8, "complete": True},
        kinds="other other start text other other finish",
    ),
    AnswerCase(
        "nothing_but_content",
        [{"choices": [{"delta": {"content": "Hi"}}]}, {"choices": [{"finish_reason": "stop"}]}],
        {"text": "Hi", "shape": "chat", "texts": {0: "Hi"}, "complete": True},
        deltas=[
            {"kind": "start", "index": 0},
            {"kind": "text", "index": 0, "text": "Hi"},
            {"kind": "finish", "index": 0, "reason": "stop"},
        ],
        final={"id": None, "model": None, "created": None, "object": "chat.completion"},
    ),
    AnswerCase(
        "content_parts_of_mistral",
        [
            says(""),
            parts(THINKING, {"type": "text", "text": "So: "}, {"type": "reference", "text": "no"}),
            parts({"type": "thinking", "thinking": "well"}),
            says("yes"),
        ],
        {"text": "So: yes", "reasoning": "hmwell"},
        kinds="start reasoning text reasoning text",
        final={"choices.0.message.content": "So: yes"},
    ),
    AnswerCase(
        "content_parts_in_any_order",
        [parts({"type": "text", "text": "a"}, THINKING, {"type": "text", "text": "b"})],
        {"text": "ab", "reasoning": "hm"},
        kinds="start text reasoning text",
    ),
    AnswerCase(
        "content_parts_of_databricks",
        [parts({"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]})],
        {"text": "", "reasoning": "hm"},
        final={"choices.0.message.content": None},
    ),
    AnswerCase(
        "reasoning_content",
        [
            chunk(choice(reasoning_content="h", content=None)),
            chunk(choice(reasoning_content="m", content="Hi")),
        ],
        {"text": "Hi", "reasoning": "hm"},
        kinds="start reasoning reasoning text",
        final={"choices.0.message.reasoning_content": "hm", "choices.0.message.reasoning": ...},
    ),
    AnswerCase(
        "reasoning",
        [chunk(choice(reasoning="hm", reasoning_details=[{"text": "hm"}], content=""))],
        {"text": "", "reasoning": "hm"},
        kinds="start reasoning",
        final={"choices.0.message.reasoning": "hm", "choices.0.message.content": ""},
    ),
    AnswerCase(
        "both_names_of_reasoning",
        [
            chunk(choice(reasoning="hm", reasoning_content="hm")),
            chunk(choice(reasoning="!", reasoning_content="")),
        ],
        {"reasoning": "hm!"},
        kinds="start reasoning reasoning",
    ),
    AnswerCase(
        "reasoning_that_was_only_empty",
        [chunk(choice(reasoning_content="", refusal=""))],
        {"reasoning": "", "refusal": ""},
        kinds="start",
    ),
    AnswerCase(
        "think_tags_stay_in_the_text",
        [says("<think>hm"), says("</think>Hi")],
        {"text": "<think>hm</think>Hi", "reasoning": None},
    ),
    AnswerCase(
        "role_on_every_chunk",
        [
            chunk(choice(role="", content="a")),
            *(chunk(choice(role="assistant", content=each)) for each in "bc"),
            chunk(choice(role=None, content="d")),
        ],
        {"text": "abcd"},
        kinds="start text text text text",
        final={"choices.0.message.role": "assistant"},
    ),
    AnswerCase(
        "calls_of_another_choice",
        [
            chunk(choice(content="a"), {"index": 1, "delta": {"tool_calls": [{"id": "t"}]}}),
            finishes(),
        ],
        {"finish_reason": "stop", "finish": "stop"},
    ),
    AnswerCase(
        "message_beside_delta",
        [
            chunk({**choice(content=each), "message": {"content": "so far " + each}})
            for each in "ab"
        ],
        {"text": "ab"},
    ),
    AnswerCase(
        "final_whole_completion_after_deltas",
        [says("streamed"), WHOLE, DONE],
        {
            "text": "streamed",
            "reasoning": "hm",
            "finish_reason": "stop",
            "usage": {"total_tokens": 9},
            "complete": True,
        },
        kinds="start text reasoning finish usage done",
    ),
    AnswerCase(
        "final_whole_completion_alone",
        [WHOLE, DONE],
        {"text": "all of it", "reasoning": "hm", "finish_reason": "stop", "shape": "chat"},
        kinds="start reasoning text finish usage done",
    ),
    AnswerCase(
        "cumulative_content_is_not_guessed_at",
        [says("Hi"), says("Hi there")],
        {"text": "HiHi there"},
    ),
    AnswerCase(
        "text_beside_delta",
        [{"object": "completion.chunk", "choices": [{"text": "T", "delta": {"content": "D"}}]}],
        {"text": "D", "shape": "chat"},
    ),
    AnswerCase(
        "text_beside_delta_for_completions",
        [{"object": "completion.chunk", "choices": [{"text": "T", "delta": {"content": "D"}}]}],
        {"text": "T", "shape": "completions"},
        way="completions",
    ),
    AnswerCase(
        "choices_in_any_order",
        [
            chunk(choice(1, content="b"), choice(0, content="a")),
            chunk(choice(2, "stop"), choice(1, "length", content="B"), choice(0, "stop")),
        ],
        {
            "text": "a",
            "texts": {0: "a", 1: "bB", 2: ""},
            "finish_reasons": {0: "stop", 1: "length", 2: "stop"},
            "complete": True,
        },
        kinds="start text start text start finish text finish finish",
        final={"choices.0.index": 0, "choices.1.index": 1, "choices.2.index": 2},
    ),
    AnswerCase(
        "one_choice_that_did_not_finish",
        [chunk(choice(0, "stop", content="a"), choice(1, content="b"))],
        {"complete": False, "terminal": None, "finish_reasons": {0: "stop", 1: None}},
    ),
    AnswerCase(
        "lone_surrogates",
        [
            '{"choices":[{"delta":{"content":"a\\ud83d"}}]}',
            '{"choices":[{"delta":{"content":"\\ude00b"}}]}',
            '{"choices":[{"delta":{"content":"\\ud83d\\ude00"}}]}',
        ],
        {"text": "a\ufffd\ufffdb\U0001f600"},
    ),
    AnswerCase(
        "numbers_for_strings_and_the_reverse",
        [
            chunk({"index": "1", "delta": {"content": 5}, "finish_reason": 5}),
            chunk(choice(content="ok"), usage="none", created="now"),
        ],
        {"texts": {0: "ok", 1: ""}, "finish_reasons": {0: None, 1: "5"}, "usage": None},
    ),
    AnswerCase(
        "extra_members_everywhere",
        [
            chunk(
                {**choice(content="Hi", p="q"), "native_finish_reason": None, "matched_stop": 1},
                provider="P",
                citations=["x"],
                cost=0.1,
                time_info={},
            )
        ],
        {"text": "Hi"},
        kinds="start text",
    ),
]


@both
@cases(*TABLE)
def test_deviation(case: AnswerCase, make: Callable[..., Any]) -> None:
    case.check(make)
