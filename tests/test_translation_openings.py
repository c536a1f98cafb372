"""Calls that open with their arguments."""

from __future__ import annotations

import json
from typing import Any

import pytest

from relay_case import said_by, sent
from replay import bytewise
from shape_rules import check

START = {"type": "message_start", "message": {"id": "msg_1", "model": "m", "usage": {}}}
BLOCK = {"type": "tool_use", "id": "call_1", "name": "add", "input": {"a": 1}}
ITEM = {"type": "function_call", "call_id": "call_1", "name": "add", "arguments": '{"a":1}'}
RESPONSE = {"id": "resp_1", "model": "m"}
# What opens with arguments, pieces that replace them, and what ends it.
OPENED: dict[str, list[list[dict[str, Any]]]] = {
    "messages": [
        [START, {"type": "content_block_start", "index": 0, "content_block": BLOCK}],
        [
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "input_json_delta", "partial_json": '{"b":2}'},
            }
        ],
        [
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "tool_use"}},
            {"type": "message_stop"},
        ],
    ],
    "responses": [
        [
            {"type": "response.created", "response": RESPONSE},
            {"type": "response.output_item.added", "output_index": 0, "item": ITEM},
        ],
        [
            {
                "type": "response.function_call_arguments.delta",
                "output_index": 0,
                "delta": '{"b":2}',
            }
        ],
        [{"type": "response.completed", "response": RESPONSE}],
    ],
}


@pytest.mark.parametrize("to", ["chat", "messages", "responses"])
@pytest.mark.parametrize("source", OPENED)
def test_arguments_that_a_call_opens_with(source: str, to: str) -> None:
    if source == to:
        return
    opens, pieces, ends = OPENED[source]
    for payloads, expected in [
        (opens + ends, '{"a":1}'),
        (opens + pieces + ends, '{"b":2}'),
        (opens, '{"a":1}'),
    ]:
        lines = [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in payloads]
        body = "".join(lines).encode()
        out = sent([body], to=to, replace={"no": "such"}, replace_in=["tool_arguments"])
        assert out == sent(bytewise(body), to=to)
        check(out, to, "whole" if ends[-1] in payloads else "cut")
        (call,) = said_by(out, to).calls
        assert (call.id, call.arguments) == ("call_1", expected)
        quiet = sent([body], to=to, drop=["tool_arguments"])
        assert said_by(quiet, to).calls[0].arguments == "{}"
