"""WIRE.md 6.2, row by row, and each of its routing rules: tool calls in chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from answer_case import AnswerCase, both, cases, choice, chunk, finishes

if TYPE_CHECKING:
    from collections.abc import Callable


def entry(
    index: Any = None, id_: Any = None, name: Any = None, arguments: Any = None, **more: Any
) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    entry = {"index": index, "id": id_, "function": {k: v for k, v in function.items() if v != ...}}
    return {key: value for key, value in entry.items() if value is not None} | more


def calls(*entries: dict[str, Any]) -> dict[str, Any]:
    """A chunk with these entries."""
    return chunk(choice(tool_calls=list(entries)))


def call(index: int, id_: str | None, name: str | None, arguments: str, parsed: Any) -> Any:
    told = {"name": name, "arguments": arguments, "parsed": parsed}
    return {"index": index, "id": id_, "type": "function", **told}


def answer(*expected: Any) -> dict[str, Any]:
    return {"tool_calls": list(expected)}


ONE = {"a": 1}
OBJECT_ARGUMENTS = (
    '{"choices":[{"delta":{"tool_calls":[{"id":"x","function":'
    '{"name":"f","arguments": { "b" : [1, 2.50 , "a b"], "a": "\\u00e9é" } }}]}}]}'
)
TABLE = [
    AnswerCase(
        "no_index_whole_arguments",
        [calls(entry(None, "x", "f", '{"a":1}'), entry(None, "y", "g", "{}"))],
        answer(call(0, "x", "f", '{"a":1}', ONE), call(1, "y", "g", "{}", {})),
        deltas=[
            {"kind": "start", "index": 0},
            {"kind": "tool_call", "index": 0, "call": 0, "id": "x", "name": "f"}
            | {"type": "function"},
            {"kind": "tool_arguments", "index": 0, "call": 0, "text": '{"a":1}'},
            {"kind": "tool_call", "index": 0, "call": 1, "id": "y", "name": "g"}
            | {"type": "function"},
            {"kind": "tool_arguments", "index": 0, "call": 1, "text": "{}"},
        ],
    ),
    AnswerCase(
        "index_always_0_different_ids",
        [calls(entry(0, "x", "f", '{"a":1}')), calls(entry(0, "y", "f", "{}"))],
        answer(call(0, "x", "f", '{"a":1}', ONE), call(1, "y", "f", "{}", {})),
    ),
    AnswerCase(
        "head_with_a_taken_index",
        [
            calls(entry(0, "x", "f", "{}")),
            calls(entry(0, "y", "g", '{"a"')),
            *(calls(entry(1, None, None, each)) for each in (":", "1}")),
        ],
        answer(call(0, "x", "f", "{}", {}), call(1, "y", "g", '{"a":1}', ONE)),
    ),
    AnswerCase(
        "two_entries_with_one_index",
        [calls(entry(0, "x", "f", '{"a"'), entry(0, None, None, ":1}"))],
        answer(call(0, "x", "f", '{"a":1}', ONE)),
        kinds="start tool_call tool_arguments tool_arguments",
    ),
    AnswerCase(
        "index_1_first_and_gaps",
        [calls(entry(5, "x", "f", "{}")), calls(entry(2, "y", "g", "{}"))],
        answer(call(2, "y", "g", "{}", {}), call(5, "x", "f", "{}", {})),
    ),
    AnswerCase(
        "id_and_name_on_every_piece",
        [calls(entry(0, "x", "f", each)) for each in ("{", '"a":', "1}")],
        answer(call(0, "x", "f", '{"a":1}', ONE)),
        kinds="start tool_call tool_arguments tool_arguments tool_arguments",
    ),
    AnswerCase(
        "empty_id_and_name_on_continuations",
        [calls(entry(0, "x", "f", '{"a"')), calls(entry(0, "", "", ":1}"))],
        answer(call(0, "x", "f", '{"a":1}', ONE)),
    ),
    AnswerCase(
        "null_id_type_and_name_on_continuations",
        [
            calls(entry(0, "x", "f", '{"a"', type="function")),
            calls(
                {
                    "index": 0,
                    "id": None,
                    "type": None,
                    "function": {"name": None, "arguments": ":1}"},
                }
            ),
        ],
        answer(call(0, "x", "f", '{"a":1}', ONE)),
    ),
    AnswerCase(
        "name_in_pieces",
        [calls(entry(0, "x", "get_")), calls(entry(0, None, "weather", "{}"))],
        answer(call(0, "x", "get_weather", "{}", {})),
        kinds="start tool_call tool_arguments",
    ),
    AnswerCase(
        "name_comes_later",
        [calls(entry(0, "x", "", "")), calls(entry(0, None, "f", "{}"))],
        answer(call(0, "x", "f", "{}", {})),
        deltas=[
            {"kind": "start", "index": 0},
            {"kind": "tool_call", "index": 0, "call": 0, "id": "x", "name": "f"}
            | {"type": "function"},
            {"kind": "tool_arguments", "index": 0, "call": 0, "text": "{}"},
        ],
    ),
    AnswerCase(
        "arguments_are_an_object",
        [OBJECT_ARGUMENTS],
        answer(
            call(
                0,
                "x",
                "f",
                '{"b":[1,2.50,"a b"],"a":"\\u00e9é"}',
                {"b": [1, 2.5, "a b"], "a": "éé"},
            )
        ),
    ),
    AnswerCase(
        "arguments_are_an_empty_object",
        [calls(entry(0, "x", "f", {}))],
        answer(call(0, "x", "f", "{}", {})),
    ),
    AnswerCase(
        "arguments_are_null_or_a_number",
        [calls(entry(0, "x", "f", None)), calls(entry(0, "x", "f", 1.5))],
        answer(call(0, "x", "f", "1.5", 1.5)),
    ),
    AnswerCase(
        "the_id_null_is_an_id",
        [calls(entry(0, "null", "f", "{}"), entry(1, "y", "g", "{}"))],
        answer(call(0, "null", "f", "{}", {}), call(1, "y", "g", "{}", {})),
    ),
    AnswerCase(
        "stop_although_tools_were_called",
        [calls(entry(0, "x", "f", "{}")), finishes("stop")],
        {"finish_reason": "stop", "finish": "tool_calls"},
    ),
    AnswerCase(
        "thought_signature_on_a_call",
        [calls(entry(0, "x", "f", "{}", extra_content={"google": {"thought_signature": "s"}}))],
        answer(call(0, "x", "f", "{}", {})),
        final={
            "choices.0.message.tool_calls.0.extra_content": {"google": {"thought_signature": "s"}}
        },
    ),
    AnswerCase(
        "empty_custom_on_a_function_call",
        [calls(entry(0, "x", "f", "{}", custom={}))],
        answer(call(0, "x", "f", "{}", {})),
    ),
    AnswerCase(
        "custom_call",
        [
            calls({"index": 0, "id": "x", "custom": {"name": "run", "input": "1 +"}}),
            calls({"index": 0, "custom": {"input": " 1"}}),
        ],
        {
            "tool_calls": [
                {"index": 0, "id": "x", "type": "custom", "name": "run"}
                | {"arguments": "1 + 1", "parsed": None}
            ]
        },
        final={
            "choices.0.message.tool_calls": [
                {"id": "x", "type": "custom", "custom": {"name": "run", "input": "1 + 1"}}
            ]
        },
    ),
    AnswerCase(
        "arguments_that_do_not_parse",
        [calls(entry(0, "x", "f", '{"a":')), finishes("length")],
        {**answer(call(0, "x", "f", '{"a":', None)), "finish": "length"},
    ),
    AnswerCase(
        "no_arguments_at_all",
        [calls(entry(0, "x", "f", ""))],
        answer(call(0, "x", "f", "", {})),
    ),
    AnswerCase(
        "function_call",
        [chunk(choice(function_call=each)) for each in [{"name": "f"}, {"arguments": "{}"}]],
        {"tool_calls": [], "function_call": {"name": "f", "arguments": "{}"}},
        deltas=[
            {"kind": "start", "index": 0},
            {"kind": "tool_call", "index": 0, "name": "f", "type": "function_call"},
            {"kind": "tool_arguments", "index": 0, "text": "{}"},
        ],
    ),
]

# The numbers are those of the rules.
RULES = [
    AnswerCase(
        "1_an_id_seen_before",
        [
            calls(entry(0, "x", "f", "{"), entry(1, "y", "g", "[")),
            calls(entry(1, "x", None, "}"), entry(0, "y", None, "]")),
        ],
        answer(call(0, "x", "f", "{}", {}), call(1, "y", "g", "[]", [])),
    ),
    AnswerCase(
        "2_a_call_that_waits_for_its_id",
        [calls(entry(0, None, "f", "{")), calls(entry(0, "x", None, "}"))],
        answer(call(0, "x", "f", "{}", {})),
    ),
    AnswerCase(
        "2_the_index_points_to_the_new_call",
        [
            *(calls(entry(0, "x", "f", "{}")), calls(entry(0, "y", "g"))),
            calls(entry(0, None, None, "[]")),
        ],
        answer(call(0, "x", "f", "{}", {}), call(1, "y", "g", "[]", [])),
    ),
    AnswerCase(
        "3_a_known_index",
        [
            calls(entry(0, "x", "f", "{"), entry(1, "y", "g", "[")),
            calls(entry(0, None, None, "}"), entry(1, None, None, "]")),
        ],
        answer(call(0, "x", "f", "{}", {}), call(1, "y", "g", "[]", [])),
    ),
    AnswerCase(
        "4_an_unknown_index_with_a_name",
        [calls(entry(0, None, "f", "{}")), calls(entry(1, None, "g", "[]"))],
        answer(call(0, None, "f", "{}", {}), call(1, None, "g", "[]", [])),
    ),
    AnswerCase(
        "4_an_unknown_index_without_a_name",
        [calls(entry(0, "x", "f", "{")), calls(entry(3, None, None, "}"))],
        answer(call(0, "x", "f", "{}", {})),
    ),
    AnswerCase(
        "5_no_index_goes_to_the_call_in_hand",
        [
            calls(entry(0, "x", "f"), entry(1, "y", "g", "[")),
            calls(entry(None, None, None, "]")),
        ],
        answer(call(0, "x", "f", "", {}), call(1, "y", "g", "[]", [])),
    ),
    AnswerCase(
        "5_no_index_but_a_name_again",
        [calls(entry(None, None, "f", "{}")), calls(entry(None, None, "g", "[]"))],
        answer(call(0, None, "f", "{}", {}), call(1, None, "g", "[]", [])),
    ),
    AnswerCase(
        "order_by_arrival_if_one_has_no_index",
        [calls(entry(1, "x", "f", "{}"), entry(None, "y", "g", "[]"))],
        answer(call(0, "x", "f", "{}", {}), call(1, "y", "g", "[]", [])),
    ),
    AnswerCase(
        "each_choice_has_its_own_calls",
        [
            chunk(
                choice(1, tool_calls=[entry(0, "y", "g", "[]")]),
                choice(0, tool_calls=[entry(0, "x", "f", "{}")]),
            )
        ],
        answer(call(0, "x", "f", "{}", {}), call(0, "y", "g", "[]", [])),
    ),
]


@both
@cases(*TABLE)
def test_deviation(case: AnswerCase, make: Callable[..., Any]) -> None:
    case.check(make)


@both
@cases(*RULES)
def test_routing(case: AnswerCase, make: Callable[..., Any]) -> None:
    case.check(make)
