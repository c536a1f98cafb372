"""The oracle's outcome: WIRE.md 7.1 and 8, and the members of `corpus/wire/*.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_messages import Messages
from reference_responses import Responses

if TYPE_CHECKING:
    from typing import TypeAlias

    from reference_chat import Chat
    from reference_completions import Completions

    Answer: TypeAlias = "Chat | Completions | Messages | Responses"

NOTHING: dict[str, Any] = {
    "texts": {},
    "reasoning": None,
    "refusal": None,
    "tool_calls": [],
    "function_call": None,
    "finish_reasons": {},
    "usage": None,
}
# WIRE.md 7.1: the normalised reason, and the raw ones of chat, completions, messages and others.
FINISH = {
    "stop": "stop end_turn stop_sequence eos eos_token STOP COMPLETE STOP_SEQUENCE",
    "length": "length max_tokens model_context_window_exceeded compaction MAX_TOKENS",
    "tool_calls": "tool_calls function_call tool_use TOOL_CALL",
    "content_filter": "content_filter content-filter sensitive refusal SAFETY RECITATION BLOCKLIST "
    "PROHIBITED_CONTENT SPII LANGUAGE IMAGE_SAFETY ERROR_TOXIC guardrail_intervened "
    "content_filtered",
    "pause": "pause_turn",
    "error": "error insufficient_system_resource network_error abort ERROR TIMEOUT "
    "MALFORMED_FUNCTION_CALL",
}
NORMALISED = {raw: reason for reason, raws in FINISH.items() for raw in raws.split()}


def outcome_of(
    answer: Answer | None,
    *,
    usage: dict[str, Any] | None,
    error: dict[str, Any] | None,
    done_seen: bool,
    not_a_stream: bool,
    n_events: int,
    n_comments: int,
) -> dict[str, Any]:
    members = dict(NOTHING, usage=usage) if answer is None else answer.members()
    error = error or (answer.failure if isinstance(answer, Responses) else None)
    terminal = _terminal(answer, members, error, done_seen)
    return {
        "text": members["texts"].get(0, ""),
        "texts": members["texts"],
        "reasoning": members["reasoning"],
        "refusal": members["refusal"],
        "tool_calls": members["tool_calls"],
        "finish_reason": members["finish_reasons"].get(0),
        "finish_reasons": members["finish_reasons"],
        "finish": "error" if error else _finish(answer, members),
        "usage": members["usage"],
        "tokens": _tokens(answer, members["usage"]),
        "error": error,
        "done_seen": done_seen,
        "terminal": None if not_a_stream else terminal,
        "complete": not error and _is_complete(answer, members, done_seen),
        "n_events": n_events,
        "n_comments": n_comments,
    }


def _all_finished(members: dict[str, Any]) -> bool:
    reasons = members["finish_reasons"]
    return bool(reasons) and None not in reasons.values()


def _is_complete(answer: Answer | None, members: dict[str, Any], done_seen: bool) -> bool:
    if isinstance(answer, Messages):
        return answer.stopped
    if isinstance(answer, Responses):
        return answer.terminal in ("response.completed", "response.incomplete")
    # "[DONE] seen or a finish_reason for every choice that appeared"
    return done_seen or _all_finished(members)


def _terminal(
    answer: Answer | None, members: dict[str, Any], error: dict[str, Any] | None, done_seen: bool
) -> str | None:
    if isinstance(answer, Responses) and answer.failure is not None:
        return "response.failed"
    if error:
        return "error"
    if isinstance(answer, Responses):
        return answer.terminal
    if isinstance(answer, Messages):
        if answer.stopped:
            return "message_stop"
        return None if answer.finish.reason is None else "stop_reason"
    if done_seen:
        return "[DONE]"
    return "finish_reason" if _all_finished(members) else None


def _finish(answer: Answer | None, members: dict[str, Any]) -> str | None:
    reason = members["finish_reasons"].get(0)
    if isinstance(answer, Responses):
        types = {call["type"] for call in members["tool_calls"]}
        if reason == "completed":
            return "tool_calls" if types & {"function_call", "custom_tool_call"} else "stop"
        if reason == "incomplete":
            reasons = {"max_output_tokens": "length", "content_filter": "content_filter"}
            return reasons.get(answer.incomplete_reason or "")
        return "error" if reason == "failed" else None
    normalised = NORMALISED.get(reason or "")
    # "stop when calls were streamed"
    if normalised == "stop" and members.get("called"):
        return "tool_calls"
    return normalised


def _tokens(answer: Answer | None, usage: dict[str, Any] | None) -> dict[str, int | None]:
    usage, total = usage or {}, None
    if isinstance(answer, Messages):
        # "Total input is input_tokens + cache_creation_input_tokens + cache_read_input_tokens."
        input_, output = _count(usage, "input_tokens"), _count(usage, "output_tokens")
        cached = _count(usage, "cache_read_input_tokens")
        if input_ is not None:
            input_ += (_count(usage, "cache_creation_input_tokens") or 0) + (cached or 0)
        reasoning = _count(usage.get("output_tokens_details"), "thinking_tokens")
    else:
        names = "input_tokens output_tokens", "prompt_tokens completion_tokens"
        ins, outs = names[not isinstance(answer, Responses)].split()
        input_, output, total = (_count(usage, name) for name in (ins, outs, "total_tokens"))
        cached = _count(usage.get(f"{ins}_details"), "cached_tokens")
        reasoning = _count(usage.get(f"{outs}_details"), "reasoning_tokens")
    if total is None and input_ is not None and output is not None:
        total = input_ + output
    tokens = {"input": input_, "output": output, "cached": cached}
    return tokens | {"reasoning": reasoning, "total": total}


def _count(holder: Any, name: str) -> int | None:
    # Only non-negative integers (of 64 bits) count.
    value = holder.get(name) if isinstance(holder, dict) else None
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64
    return value if good else None
