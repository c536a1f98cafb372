"""WIRE.md 6.6, row by row, and the blocks and deltas of 4.2: messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from answer_case import AnswerCase, both, cases

if TYPE_CHECKING:
    from collections.abc import Callable


def start(**message: Any) -> dict[str, Any]:
    return {"type": "message_start", "message": {"id": "m", "role": "assistant", **message}}


def block(index: int, type_: str, **members: Any) -> dict[str, Any]:
    content = {"type": type_, **members}
    return {"type": "content_block_start", "index": index, "content_block": content}


def delta(index: int, type_: str, **members: Any) -> dict[str, Any]:
    change = {"type": type_, **members}
    return {"type": "content_block_delta", "index": index, "delta": change}


def text(index: int, piece: str) -> dict[str, Any]:
    return delta(index, "text_delta", text=piece)


def arguments(index: int, piece: str) -> dict[str, Any]:
    return delta(index, "input_json_delta", partial_json=piece)


def ends(**change: Any) -> list[dict[str, Any]]:
    usage = change.pop("usage", {"output_tokens": 5})
    return [
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", **change}, "usage": usage},
        {"type": "message_stop"},
    ]


def call(index: int, type_: str, arguments: str, parsed: Any) -> dict[str, Any]:
    head = {"index": index, "id": "t", "type": type_, "name": "f"}
    return {"tool_calls": [head | {"arguments": arguments, "parsed": parsed}]}


TOOL = {"id": "t", "name": "f", "input": {}}
FALLBACK = {"from": {"model": "a"}, "to": {"model": "b"}}
CITATION = {"type": "char_location", "cited_text": "x"}

# WIRE.md 6.6.
TABLE = [
    AnswerCase(
        "input_tokens_come_late",
        [
            start(usage={"input_tokens": 0, "output_tokens": 0}),
            *ends(usage={"input_tokens": 70, "output_tokens": 5, "cache_read_input_tokens": None}),
        ],
        {
            "usage": {"input_tokens": 70, "output_tokens": 5},
            "tokens": {"input": 70, "output": 5, "cached": None, "reasoning": None, "total": 75},
        },
    ),
    AnswerCase(
        "vertex_event_before_the_start",
        [{"type": "vertex_event", "x": 1}, start(), text(0, "Hi"), *ends()],
        {"text": "Hi", "shape": "messages", "complete": True},
        kinds="other start text finish usage done",
        names=True,
    ),
    AnswerCase(
        "metrics_of_bedrock",
        [start(), {"type": "message_stop", "amazon-bedrock-invocationMetrics": {"x": 1}}],
        {"complete": True, "terminal": "message_stop"},
        kinds="start done",
    ),
    AnswerCase(
        "index_gaps_and_any_order",
        [start(), block(7, "text", text=""), text(7, "b"), block(3, "text", text=""), text(3, "a")],
        {"text": "ab"},
        final={"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
    ),
    AnswerCase(
        "text_in_the_start_and_again",
        [start(), block(0, "text", text="Hi"), text(0, "Hi"), text(0, "!")],
        {"text": "HiHi!"},
        kinds="start text text text",
    ),
    AnswerCase(
        "no_message_delta_nor_stop",
        [start(), text(0, "Hi")],
        {"text": "Hi", "complete": False, "terminal": None, "finish": None},
    ),
    AnswerCase(
        "no_message_stop",
        [start(), text(0, "Hi"), ends()[0]],
        {"complete": False, "terminal": "stop_reason", "finish": "stop"},
    ),
    AnswerCase(
        "wrong_event_names",
        [b'event: message_stop\ndata: {"type":"message_start","message":{"id":"m"}}\n\n'],
        {"shape": "messages", "complete": False},
        kinds="start",
    ),
]

# WIRE.md 4.2.
BLOCKS = [
    AnswerCase(
        "text",
        [start(), block(0, "text", text=""), text(0, ""), text(0, "a"), text(0, "b")],
        {"text": "ab", "texts": {0: "ab"}, "reasoning": None},
        deltas=[
            {"kind": "start", "id": "m", "role": "assistant"},
            {"kind": "other"},
            {"kind": "other"},
            {"kind": "text", "index": 0, "text": "a"},
            {"kind": "text", "index": 0, "text": "b"},
        ],
    ),
    AnswerCase(
        "interleaved_text",
        [start(), *(text(index, piece) for index, piece in [(1, "c"), (0, "a"), (1, "d")])],
        {"text": "acd"},
    ),
    AnswerCase(
        "thinking",
        [
            start(),
            block(0, "thinking", thinking="", signature=""),
            *(delta(0, "thinking_delta", thinking=each) for each in ("h", "m")),
            *(delta(0, "signature_delta", signature=each) for each in ("old", "new")),
        ],
        {"reasoning": "hm", "text": ""},
        kinds="start other reasoning reasoning signature signature",
        final={"content": [{"type": "thinking", "thinking": "hm", "signature": "new"}]},
    ),
    AnswerCase(
        "redacted_thinking",
        [start(), block(0, "redacted_thinking", data="xyz")],
        {"reasoning": None},
        final={"content": [{"type": "redacted_thinking", "data": "xyz"}]},
    ),
    AnswerCase(
        "tool_use",
        [start(), block(1, "tool_use", **TOOL), *(arguments(1, each) for each in ["", "{", "}"])],
        call(1, "tool_use", "{}", {}),
        deltas=[
            {"kind": "start", "id": "m", "role": "assistant"},
            {"kind": "tool_call", "index": 1, "call": 0, "id": "t", "name": "f"}
            | {"type": "tool_use"},
            {"kind": "other"},
            {"kind": "tool_arguments", "index": 1, "call": 0, "text": "{"},
            {"kind": "tool_arguments", "index": 1, "call": 0, "text": "}"},
        ],
    ),
    AnswerCase(
        "tool_use_without_arguments",
        [start(), block(0, "tool_use", **TOOL), arguments(0, "")],
        call(0, "tool_use", "", {}),
        final={"content.0.input": {}},
    ),
    AnswerCase(
        "tool_use_whose_input_came_at_once",
        [start(), block(0, "tool_use", **{**TOOL, "input": {"a": [1, 2]}})],
        call(0, "tool_use", '{"a":[1,2]}', {"a": [1, 2]}),
        kinds="start tool_call",
        final={"content.0.input": {"a": [1, 2]}},
    ),
    AnswerCase(
        "pieces_replace_the_input_of_the_start",
        [start(), block(0, "tool_use", **{**TOOL, "input": {"a": 1}}), arguments(0, '{"b":2}')],
        call(0, "tool_use", '{"b":2}', {"b": 2}),
        final={"content.0.input": {"b": 2}},
    ),
    AnswerCase(
        "tool_use_cut_off",
        [start(), block(0, "tool_use", **TOOL), arguments(0, '{"a":'), *ends()],
        call(0, "tool_use", '{"a":', None),
        final={"content.0.input": '{"a":'},
    ),
    AnswerCase(
        "server_tool_use",
        [start(), block(0, "server_tool_use", **TOOL), arguments(0, "{}")],
        call(0, "server_tool_use", "{}", {}),
    ),
    AnswerCase(
        "mcp_tool_use",
        [start(), block(0, "mcp_tool_use", **TOOL, server_name="s"), arguments(0, "{}")],
        call(0, "mcp_tool_use", "{}", {}),
        final={"content.0.server_name": "s"},
    ),
    AnswerCase(
        "results_come_whole",
        [start(), block(0, "web_search_tool_result", tool_use_id="t", content={"type": "error"})],
        {"error": None, "tool_calls": [], "text": ""},
        kinds="start other",
        final={"content.0.content": {"type": "error"}},
    ),
    AnswerCase(
        "container_upload",
        [start(), block(0, "container_upload", file_id="f")],
        {"text": ""},
        final={"content": [{"type": "container_upload", "file_id": "f"}]},
    ),
    AnswerCase(
        "citations",
        [
            start(),
            block(0, "text", text="", citations=[]),
            *(text(0, "a"), delta(0, "citations_delta", citation=CITATION), text(0, "b")),
        ],
        {"text": "ab"},
        kinds="start other text citation text",
        final={"content": [{"type": "text", "text": "ab", "citations": [CITATION]}]},
    ),
    AnswerCase(
        "compaction",
        [
            start(),
            block(0, "compaction", content=None, encrypted_content=None),
            delta(0, "compaction_delta", content="old", encrypted_content="x"),
            delta(0, "compaction_delta", content="new", encrypted_content="y"),
        ],
        {"text": ""},
        kinds="start other other other",
        final={"content.0.content": "new", "content.0.encrypted_content": "y"},
    ),
    AnswerCase(
        "fallback",
        [start(model="a"), block(0, "fallback", **FALLBACK)],
        {"text": ""},
        final={"model": "b", "content.0.to": {"model": "b"}},
    ),
    AnswerCase(
        "unknown_block_and_delta",
        [start(), block(0, "hologram", data="x"), delta(0, "sparkle_delta", text="y"), *ends()],
        {"text": "", "complete": True},
        kinds="start other other finish usage done",
        final={"content": [{"type": "hologram", "data": "x"}]},
    ),
    AnswerCase(
        "deltas_without_a_start",
        [
            *(start(), text(0, "a"), delta(1, "thinking_delta", thinking="b")),
            arguments(2, "{}"),
        ],
        {"text": "a", "reasoning": "b"},
        final={"content.0.type": "text", "content.1.type": "thinking", "content.2.input": {}},
    ),
    AnswerCase(
        "an_index_used_again",
        [
            *(start(), block(0, "tool_use", **TOOL), arguments(0, "{}")),
            *(block(0, "text", text=""), text(0, "a"), block(0, "text", text=""), text(0, "b")),
        ],
        # What was told is not taken back.
        {"text": "ab"} | call(0, "tool_use", "{}", {}),
    ),
    AnswerCase(
        "members_of_message_delta",
        [start(stop_reason=None), *ends(stop_sequence="x", container={"id": "c"})],
        {"finish_reason": "end_turn", "usage": {"output_tokens": 5}},
        final={"stop_reason": "end_turn", "stop_sequence": "x", "container": {"id": "c"}},
    ),
]


@both
@cases(*TABLE)
def test_deviation(case: AnswerCase, make: Callable[..., Any]) -> None:
    case.check(make)


@both
@cases(*BLOCKS)
def test_block(case: AnswerCase, make: Callable[..., Any]) -> None:
    case.check(make)
