"""Made answers as streams of each shape: renderers of their own, and strategies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from hypothesis import strategies as st

from made_answers import Answer, answers, expected, steps
from made_responses import response_payloads

if TYPE_CHECKING:
    from carried import Carried
    from made_answers import Part, Usage

Payload: TypeAlias = "dict[str, Any]"
DONE = "[DONE]"
CREATED = 1_790_000_000


class Style(NamedTuple):
    """How it is written down; what is read is always the same."""

    ascii: bool = True
    spaced: bool = False
    line_end: bytes = b"\n"
    alive: bytes = b""  # a sign of life after every third event


class Made(NamedTuple):
    shape: str
    answer: Answer
    body: bytes
    said: Carried


def framed(payload: Payload | str, style: Style, *, named: bool) -> bytes:
    end = style.line_end
    if isinstance(payload, str):
        return b"data: " + payload.encode() + end + end
    separators = (", ", ": ") if style.spaced else (",", ":")
    data = json.dumps(payload, ensure_ascii=style.ascii, separators=separators).encode()
    name = b"event: " + payload["type"].encode() + end if named else b""
    return name + b"data: " + data + end + end


def written(payloads: list[Payload | str], shape: str, style: Style) -> bytes:
    body = b""
    for number, payload in enumerate(payloads):
        body += framed(payload, style, named=shape in ("messages", "responses"))
        body += style.alive if number % 3 == 2 and payload != DONE else b""
    return body


def rendered(answer: Answer, shape: str, style: Style) -> Made:
    made = {"chat": chat_payloads, "messages": message_payloads, "responses": response_payloads}
    body = written(made[shape](answer), shape, style)
    return Made(shape, answer, body, expected(answer, at_once=shape != "messages"))


def chat_payloads(answer: Answer) -> list[Payload | str]:
    head = {"object": "chat.completion.chunk", "created": CREATED, "model": answer.model}

    def chunk(*choices: Payload, **members: Any) -> Payload:
        return {"id": answer.id, **head, "choices": list(choices), **members}

    def delta(finish: str | None = None, **members: Any) -> Payload:
        return chunk({"index": 0, "delta": members, "logprobs": None, "finish_reason": finish})

    calls = [number for number, part in enumerate(answer.parts) if part.kind == "call"]
    payloads: list[Payload | str] = [delta(role="assistant", content="")]
    for number, part, piece, closes in steps(answer, at_once=True):
        if closes:
            continue
        if part.kind == "call":
            payloads.append(delta(tool_calls=[_chat_call(calls.index(number), part, piece)]))
        elif piece is not None:
            name = {"text": "content", "reasoning": "reasoning_content"}.get(part.kind, "refusal")
            payloads.append(delta(**{name: piece}))
    if answer.failure:
        message, type_, status = answer.failure
        error = {"message": message, "type": type_, "param": None, "code": status}
        return [*payloads, {"error": error}, DONE]
    if answer.said is not None:
        return payloads
    payloads.append(delta(answer.finish))
    payloads.append(chunk(usage=_chat_usage(answer.usage)))
    return [*payloads, DONE]


def _chat_call(index: int, part: Part, piece: str | None) -> Payload:
    holder, member = ("custom", "input") if part.free_text else ("function", "arguments")
    if piece is not None:
        return {"index": index, holder: {member: piece}}
    told = {"name": part.name, member: ""}
    return {"index": index, "id": part.id, "type": holder, holder: told}


def _chat_usage(usage: Usage) -> Payload:
    cached = {"cached_tokens": usage.cached, "cache_write_tokens": usage.written}
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": cached,
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
    }


STOP_REASONS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
}


def message_payloads(answer: Answer) -> list[Payload | str]:
    usage = answer.usage
    tokens: Payload = {
        "input_tokens": usage.input - usage.cached - usage.written,
        "cache_creation_input_tokens": usage.written,
        "cache_read_input_tokens": usage.cached,
        "output_tokens": 1,
    }
    message: Payload = {"id": answer.id, "type": "message", "role": "assistant"}
    message |= {"model": answer.model}
    message |= {"content": [], "stop_reason": None, "stop_sequence": None, "usage": tokens}
    payloads: list[Payload | str] = [{"type": "message_start", "message": message}]
    for number, part, piece, closes in steps(answer, at_once=False):
        if closes:
            payloads += _last_delta(number, part)
            payloads.append({"type": "content_block_stop", "index": number})
        elif piece is None:
            block = _block(part)
            payloads.append(
                {"type": "content_block_start", "index": number, "content_block": block}
            )
        else:
            payloads.append(_block_delta(number, part, piece))
    if answer.failure:
        error = {"type": answer.failure.type, "message": answer.failure.message}
        return [*payloads, {"type": "error", "error": error}]
    if answer.said is not None:
        return payloads
    delta = {"stop_reason": STOP_REASONS[answer.finish], "stop_sequence": None}
    counts = {
        "output_tokens": usage.output,
        "output_tokens_details": {"thinking_tokens": usage.reasoning},
    }
    payloads.append({"type": "message_delta", "delta": delta, "usage": counts})
    return [*payloads, {"type": "message_stop"}]


def _block(part: Part) -> Payload:
    if part.kind == "call":
        return {"type": "tool_use", "id": part.id, "name": part.name, "input": {}}
    if part.kind == "reasoning":
        return {"type": "thinking", "thinking": "", "signature": ""}
    return {"type": "text", "text": ""}


def _block_delta(number: int, part: Part, piece: str) -> Payload:
    type_, member = {
        "call": ("input_json_delta", "partial_json"),
        "reasoning": ("thinking_delta", "thinking"),
    }.get(part.kind, ("text_delta", "text"))
    delta = {"type": type_, member: piece}
    return {"type": "content_block_delta", "index": number, "delta": delta}


def _last_delta(number: int, part: Part) -> list[Payload | str]:
    if not part.signature:
        return []
    delta = {"type": "signature_delta", "signature": part.signature}
    return [{"type": "content_block_delta", "index": number, "delta": delta}]


ALIVE = {
    "chat": [b"", b": alive\n\n", b":\n"],
    "messages": [b"", b'event: ping\ndata: {"type": "ping"}\n\n', b": alive\n\n"],
    "responses": [b"", b": alive\n\n"],
}


def styles(shape: str) -> st.SearchStrategy[Style]:
    line_ends = st.sampled_from([b"\n", b"\n", b"\r\n"])
    return st.builds(Style, st.booleans(), st.booleans(), line_ends, st.sampled_from(ALIVE[shape]))


def made_streams(shape: str, *, whole: bool = False) -> st.SearchStrategy[Made]:
    return st.builds(rendered, answers(shape, whole=whole), st.just(shape), styles(shape))
