"""What a right reader makes of an answer, by the shape in which it came."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import wire

if TYPE_CHECKING:
    from model_answers import Answer

Shape: TypeAlias = Literal["chat", "completions", "messages", "responses"]

CALL_TYPES = {"chat": "function", "messages": "tool_use", "responses": "function_call"}
FINISH = {
    "chat": ("stop", "tool_calls"),
    "completions": ("stop", "stop"),
    "messages": ("end_turn", "tool_use"),
    "responses": ("completed", "completed"),
}
"""Without calls and with calls."""


def usage(shape: Shape, answer: Answer) -> dict[str, Any]:
    if shape in ("chat", "completions"):
        return wire.chunk_usage(answer)
    found: dict[str, Any] = {"input_tokens": wire.INPUT_TOKENS, "output_tokens": answer.deltas}
    if shape == "messages":
        return found | {"service_tier": "standard"}
    return found | {
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": wire.INPUT_TOKENS + answer.deltas,
    }


def outcome(shape: Shape, answer: Answer) -> dict[str, Any]:
    """What every fold has to find; ssewire's has more members."""
    first = 0 if shape == "chat" else 1
    return {
        "text": answer.text,
        "reasoning": None,
        "tool_calls": [
            {
                "index": index,
                "id": call.id,
                "type": CALL_TYPES[shape],
                "name": call.name,
                "arguments": call.arguments,
                "parsed": json.loads(call.arguments),
            }
            for index, call in enumerate(answer.calls, first)
        ],
        "finish_reason": FINISH[shape][bool(answer.calls)],
        "usage": usage(shape, answer),
        "error": None,
    }


def final(shape: Shape, answer: Answer) -> dict[str, Any]:
    """What the final object of the service has to say, in the form of `gist`."""
    return {
        "text": answer.text,
        "calls": [(call.name, json.loads(call.arguments)) for call in answer.calls],
        "finish": FINISH[shape][bool(answer.calls)],
        "tokens": answer.deltas,
    }


def gist(shape: Shape, final: dict[str, Any]) -> dict[str, Any]:
    """What can be compared of a service's final object, whoever put it together."""
    calls: list[tuple[str, Any]] = []
    if shape == "messages":
        blocks = final["content"]
        text = "".join(block["text"] for block in blocks if block["type"] == "text")
        calls += [
            (block["name"], block["input"]) for block in blocks if block["type"] == "tool_use"
        ]
        finish = final["stop_reason"]
    elif shape == "responses":
        items = final["output"]
        parts = [part for item in items if item["type"] == "message" for part in item["content"]]
        text = "".join(part["text"] for part in parts)
        calls += [
            (item["name"], json.loads(item["arguments"]))
            for item in items
            if item["type"] == "function_call"
        ]
        finish = final["status"]
    else:
        choice = final["choices"][0]
        finish = choice["finish_reason"]
        message = choice.get("message") or {}
        text = choice["text"] if shape == "completions" else message["content"]
        for call in message.get("tool_calls") or ():
            calls.append((call["function"]["name"], json.loads(call["function"]["arguments"])))
    tokens = "completion_tokens" if shape in ("chat", "completions") else "output_tokens"
    return {
        "text": text or "",
        "calls": calls,
        "finish": finish,
        "tokens": final["usage"][tokens],
    }
