"""WIRE.md 5.2 and 5.4: Responses, whose texts are told five times over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from answer_case import AnswerCase, both, cases

if TYPE_CHECKING:
    from collections.abc import Callable


def event(type_: str, output_index: int | None = 0, **members: Any) -> dict[str, Any]:
    where = {} if output_index is None else {"output_index": output_index}
    return {"type": f"response.{type_}", **where, **members}


def part_of(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text}


def item_of(*texts: str) -> dict[str, Any]:
    return {"type": "message", "content": [part_of(text) for text in texts]}


def ended(*output: Any, how: str = "completed", **members: Any) -> dict[str, Any]:
    response = {"id": "r", "status": how, "output": list(output), **members}
    return event(how, None, response=response)


CREATED = event("created", None, response={"id": "r", "model": "gpt", "output": []})
TEXT = event("output_text.delta", content_index=0, delta="Hi")
CALL = {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": ""}
ARGUMENTS = event("function_call_arguments.delta", delta="{}")


def call(**members: Any) -> dict[str, Any]:
    plain = {"index": 0, "id": "c", "type": "function_call", "name": "f"}
    return {"tool_calls": [{**plain, "arguments": "{}", "parsed": {}, **members}]}


OPENED = {"kind": "tool_call", "index": 0, "call": 0, "id": "c", "name": "f"}
PIECE = {"kind": "tool_arguments", "index": 0, "call": 0, "text": "{}"}

TABLE = [
    AnswerCase(
        "a_text_told_five_times",
        [
            *(CREATED, event("content_part.added", content_index=0, part=part_of(""))),
            *(TEXT, event("output_text.done", content_index=0, text="Hi")),
            event("content_part.done", content_index=0, part=part_of("Hi")),
            *(event("output_item.done", item=item_of("Hi")), ended(item_of("Hi"))),
        ],
        {"text": "Hi", "finish_reason": "completed", "finish": "stop", "complete": True},
        deltas=[
            {"kind": "start", "id": "r", "model": "gpt"},
            {"kind": "other"},
            {"kind": "text", "index": 0, "text": "Hi"},
            *({"kind": "other"},) * 3,
            {"kind": "finish", "reason": "completed"},
            {"kind": "done"},
        ],
        names=True,
    ),
    AnswerCase(
        "a_text_that_no_delta_told",
        [
            event("output_text.done", content_index=0, text="Hi"),
            event("output_item.done", item=item_of("Hi", " there")),
            ended(item_of("Hi", " there")),
        ],
        {"text": "Hi there"},
        kinds="text text start finish done",
    ),
    AnswerCase(
        "nothing_but_the_end",
        [ended(item_of("Hi"), CALL | {"arguments": "{}"})],
        {"text": "Hi", "finish": "tool_calls"} | call(index=1),
        kinds="start text tool_call tool_arguments finish done",
    ),
    AnswerCase(
        "parts_in_any_order",
        [
            event("output_text.delta", 1, content_index=0, delta="c"),
            event("output_text.delta", 0, content_index=1, delta="b"),
            event("output_text.delta", 0, content_index=0, delta="a"),
        ],
        {"text": "abc", "complete": False, "terminal": None},
    ),
    AnswerCase(
        "reasoning_of_both_kinds",
        [
            event("reasoning_text.delta", content_index=0, delta="c"),
            event("reasoning_summary_text.delta", summary_index=1, delta="b"),
            event("reasoning_summary_text.delta", summary_index=0, delta="a"),
            event("reasoning_summary_text.done", summary_index=0, text="a"),
            event("reasoning_summary_part.done", summary_index=2, part={"type": "summary_text"}),
        ],
        {"reasoning": "abc", "text": ""},
        kinds="reasoning reasoning reasoning other other",
    ),
    AnswerCase(
        "refusal",
        [
            event("refusal.delta", content_index=0, delta="No"),
            event("refusal.done", content_index=0, refusal="No"),
            ended(),
        ],
        {"refusal": "No", "finish": "stop", "text": ""},
    ),
    AnswerCase(
        "function_call",
        [
            *(event("output_item.added", item=CALL), ARGUMENTS),
            event("function_call_arguments.done", arguments="{}"),
            event("output_item.done", item=CALL | {"arguments": "{}"}),
        ],
        call(),
        deltas=[OPENED | {"type": "function_call"}, PIECE, {"kind": "other"}, {"kind": "other"}],
    ),
    AnswerCase(
        "function_call_whose_arguments_came_at_once",
        [event("output_item.added", item=CALL | {"arguments": "{}"})],
        call(),
        kinds="tool_call",
    ),
    AnswerCase(
        "function_call_whose_arguments_come_at_the_end",
        [
            event("output_item.added", item=CALL),
            event("function_call_arguments.done", arguments="{}"),
            ended(CALL | {"arguments": "{}"}),
        ],
        call(),
        kinds="tool_call tool_arguments start finish done",
    ),
    AnswerCase(
        "function_call_that_was_never_announced",
        [ARGUMENTS, event("output_item.done", item=CALL | {"arguments": "{}"})],
        call(),
        kinds="tool_arguments tool_call",
    ),
    AnswerCase(
        "custom_tool_call",
        [
            event("output_item.added", item={**CALL, "type": "custom_tool_call"}),
            event("custom_tool_call_input.delta", delta="{}"),
            ended(),
        ],
        call(type="custom_tool_call", parsed=None) | {"finish": "tool_calls"},
    ),
    AnswerCase(
        "mcp_call",
        [
            event("output_item.added", item={"type": "mcp_call", "id": "c", "name": "f"}),
            event("mcp_call_arguments.delta", delta="{}"),
            ended(),
        ],
        call(type="mcp_call") | {"finish": "stop"},
    ),
    AnswerCase(
        "incomplete_for_its_length",
        [TEXT, ended(how="incomplete", incomplete_details={"reason": "max_output_tokens"})],
        {
            "finish_reason": "incomplete",
            "finish": "length",
            "complete": True,
            "terminal": "response.incomplete",
            "error": None,
        },
    ),
    AnswerCase(
        "incomplete_for_its_content",
        [ended(how="incomplete", incomplete_details={"reason": "content_filter"})],
        {"finish_reason": "incomplete", "finish": "content_filter"},
    ),
    AnswerCase(
        "incomplete_without_a_reason",
        [ended(how="incomplete")],
        {"finish_reason": "incomplete", "finish": None, "complete": True},
    ),
    AnswerCase(
        "annotations",
        [TEXT, event("output_text.annotation.added", content_index=0, annotation={"type": "x"})],
        {"text": "Hi"},
        deltas=[
            {"kind": "text", "index": 0, "text": "Hi"},
            {"kind": "citation", "index": 0, "value": {"type": "x"}},
        ],
    ),
    AnswerCase(
        "unknown_events_and_no_created",
        [event("queued", None, response={"id": "q"}), event("brand_new.delta", delta="?"), TEXT],
        {"text": "Hi", "shape": "responses"},
        deltas=[
            {"kind": "start", "id": "q"},
            {"kind": "other"},
            {"kind": "text", "index": 0, "text": "Hi"},
        ],
    ),
    AnswerCase(
        "the_snapshot_of_a_response_that_was_cut_off",
        [
            CREATED,
            event("output_item.added", item={"type": "message", "id": "m", "content": []}),
            TEXT,
            event("output_item.added", 1, item=CALL),
            event("function_call_arguments.delta", 1, delta='{"a'),
        ],
        {"complete": False, "text": "Hi"},
        final={
            "id": "r",
            "model": "gpt",
            "output.0.id": "m",
            "output.0.content.0.text": "Hi",
            "output.1.call_id": "c",
            "output.1.arguments": '{"a',
        },
    ),
    AnswerCase(
        "the_snapshot_of_a_response_that_ended",
        [CREATED, TEXT, ended(item_of("as it was"))],
        {"text": "Hi", "complete": True},
        final={"output": [item_of("as it was")], "status": "completed", "model": ...},
    ),
    AnswerCase(
        "tokens",
        [
            ended(
                usage={
                    "input_tokens": 20,
                    "output_tokens": 8,
                    "total_tokens": 28,
                    "input_tokens_details": {"cached_tokens": 5},
                    "output_tokens_details": {"reasoning_tokens": 3},
                }
            )
        ],
        {"tokens": {"input": 20, "output": 8, "cached": 5, "reasoning": 3, "total": 28}},
    ),
]


@both
@cases(*TABLE)
def test_rule(case: AnswerCase, make: Callable[..., Any]) -> None:
    case.check(make)
