"""The outcome of a whole answer, folded from its payloads by hand, as a good engineer would do it.

With split + orjson below, this is the baseline for `Dispatcher.outcome`: text, reasoning, tool calls
by index, finish reason, usage, error. One choice, official payloads, nothing that vendors add.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from outcomes import Shape

    Reads: TypeAlias = "Iterable[list[dict[str, Any]]]"


@dataclass(slots=True)
class Call:
    """A tool call whose arguments are coming in."""

    index: int
    id: str
    type: str
    name: str
    pieces: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        arguments = "".join(self.pieces)
        try:
            parsed = orjson.loads(arguments) if arguments else {}
        except ValueError:
            parsed = None
        return {
            "index": self.index,
            "id": self.id,
            "type": self.type,
            "name": self.name,
            "arguments": arguments,
            "parsed": parsed,
        }


def outcome(
    text: list[str],
    reasoning: list[str],
    calls: dict[int, Call],
    finish_reason: str | None,
    usage: dict[str, Any] | None,
    error: Any,
) -> dict[str, Any]:
    return {
        "text": "".join(text),
        "reasoning": "".join(reasoning) if reasoning else None,
        "tool_calls": [call.to_dict() for call in sorted(calls.values(), key=attrgetter("index"))],
        "finish_reason": finish_reason,
        "usage": usage,
        "error": error,
    }


def chat(found: Reads) -> dict[str, Any]:
    text: list[str] = []
    reasoning: list[str] = []
    calls: dict[int, Call] = {}
    finish_reason = usage = error = None
    for payloads in found:
        for payload in payloads:
            for choice in payload.get("choices") or ():
                delta = choice["delta"]
                if piece := delta.get("content"):
                    text.append(piece)
                if piece := delta.get("reasoning_content"):
                    reasoning.append(piece)
                for part in delta.get("tool_calls") or ():
                    function = part["function"]
                    index = part["index"]
                    if index not in calls:
                        calls[index] = Call(index, part["id"], part["type"], function["name"])
                    if piece := function.get("arguments"):
                        calls[index].pieces.append(piece)
                finish_reason = choice["finish_reason"] or finish_reason
            usage = payload.get("usage") or usage
            error = payload.get("error") or error
    return outcome(text, reasoning, calls, finish_reason, usage, error)


def completions(found: Reads) -> dict[str, Any]:
    text: list[str] = []
    finish_reason = usage = error = None
    for payloads in found:
        for payload in payloads:
            for choice in payload.get("choices") or ():
                if piece := choice["text"]:
                    text.append(piece)
                finish_reason = choice["finish_reason"] or finish_reason
            usage = payload.get("usage") or usage
            error = payload.get("error") or error
    return outcome(text, [], {}, finish_reason, usage, error)


def messages(found: Reads) -> dict[str, Any]:
    text: list[str] = []
    reasoning: list[str] = []
    calls: dict[int, Call] = {}
    finish_reason = error = None
    usage: dict[str, Any] = {}
    for payloads in found:
        for payload in payloads:
            kind = payload["type"]
            if kind == "content_block_delta":
                delta = payload["delta"]
                kind = delta["type"]
                if kind == "text_delta":
                    text.append(delta["text"])
                elif kind == "input_json_delta":
                    calls[payload["index"]].pieces.append(delta["partial_json"])
                elif kind == "thinking_delta":
                    reasoning.append(delta["thinking"])
            elif kind == "content_block_start":
                block = payload["content_block"]
                if block["type"] == "tool_use":
                    index = payload["index"]
                    calls[index] = Call(index, block["id"], block["type"], block["name"])
            elif kind == "message_start":
                usage.update(payload["message"]["usage"])
            elif kind == "message_delta":
                finish_reason = payload["delta"]["stop_reason"]
                usage.update(payload["usage"])
            elif kind == "error":
                error = payload["error"]
    return outcome(text, reasoning, calls, finish_reason, usage, error)


def responses(found: Reads) -> dict[str, Any]:
    text: list[str] = []
    reasoning: list[str] = []
    calls: dict[int, Call] = {}
    finish_reason = usage = error = None
    for payloads in found:
        for payload in payloads:
            kind = payload["type"]
            if kind == "response.output_text.delta":
                text.append(payload["delta"])
            elif kind == "response.function_call_arguments.delta":
                calls[payload["output_index"]].pieces.append(payload["delta"])
            elif kind == "response.reasoning_summary_text.delta":
                reasoning.append(payload["delta"])
            elif kind == "response.output_item.added":
                item = payload["item"]
                if item["type"] == "function_call":
                    index = payload["output_index"]
                    calls[index] = Call(index, item["call_id"], item["type"], item["name"])
            elif kind in ("response.completed", "response.incomplete", "response.failed"):
                response = payload["response"]
                finish_reason = response["status"]
                usage = response["usage"]
                error = response["error"]
            elif kind == "error":
                error = payload
    return outcome(text, reasoning, calls, finish_reason, usage, error)


FOLDS: dict[Shape, Callable[[Reads], dict[str, Any]]] = {
    "chat": chat,
    "completions": completions,
    "messages": messages,
    "responses": responses,
}
