"""How the services write an answer: the events of each shape, with the sizes that real ones have."""

from __future__ import annotations

import json
from itertools import count
from string import hexdigits
from typing import TYPE_CHECKING, Any, NamedTuple

from model_answers import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from model_answers import Answer

DONE = "[DONE]"
HEXADECIMAL = hexdigits[:16]
INPUT_TOKENS = 431


class Block(NamedTuple):
    """One event."""

    name: str | None
    data: str
    text: str = ""
    """What it adds to the text of the answer."""

    def encode(self, newline: str = "\n") -> bytes:
        lines = [f"event: {self.name}"] if self.name else []
        lines += [f"data: {line}" for line in self.data.split("\n")]
        return newline.join([*lines, "", ""]).encode()


def dump(payload: object) -> str:
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False)


def chunk_usage(answer: Answer) -> dict[str, Any]:
    return {
        "prompt_tokens": INPUT_TOKENS,
        "completion_tokens": answer.deltas,
        "total_tokens": INPUT_TOKENS + answer.deltas,
    }


def chat(answer: Answer, *, padded: bool = True, counted: bool = False) -> Iterator[Block]:
    """Chat completion chunks: with all that OpenAI sends, or lean as open-weight servers do.

    `counted` is what no service does: a member that says nothing and is another one every time.
    """
    writer = Writer(2)
    head: dict[str, Any] = {
        "id": f"chatcmpl-{writer.name(29)}",
        "object": "chat.completion.chunk",
        "created": 1762790400,
        "model": "gpt-4o-2024-08-06" if padded else "qwen3-32b",
    }
    if padded:
        head |= {"service_tier": "default", "system_fingerprint": None}
    numbers = count(100_000)

    def chunk(delta: dict[str, Any], finish: str | None = None, text: str = "") -> Block:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        tail = {"usage": None, "obfuscation": writer.padding(12)} if padded else {}
        if counted:
            head["system_fingerprint"] = f"fp_{next(numbers)}"
        return Block(None, dump({**head, "choices": [choice], **tail}), text)

    yield chunk({"role": "assistant", "content": "", "refusal": None})
    for token in answer.tokens:
        yield chunk({"content": token}, text=token)
    for index, call in enumerate(answer.calls):
        opening = {"index": index, "id": call.id, "type": "function"}
        function = {"name": call.name, "arguments": ""}
        yield chunk({"tool_calls": [{**opening, "function": function}]})
        for piece in call.pieces:
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield chunk({}, "tool_calls" if answer.calls else "stop")
    yield Block(None, dump({**head, "choices": [], "usage": chunk_usage(answer)}))
    yield Block(None, DONE)


def completions(answer: Answer) -> Iterator[Block]:
    """Text completion chunks, which know no calls."""
    head = {
        "id": f"cmpl-{Writer(6).name(29)}",
        "object": "text_completion",
        "created": 1762790400,
        "model": "gpt-3.5-turbo-instruct:20230824-v2",
        "system_fingerprint": None,
    }

    def chunk(text: str, finish: str | None = None) -> Block:
        choice = {"text": text, "index": 0, "logprobs": None, "finish_reason": finish}
        return Block(None, dump({**head, "choices": [choice], "usage": None}), text)

    for token in answer.tokens:
        yield chunk(token)
    yield chunk("", "stop")
    yield Block(None, dump({**head, "choices": [], "usage": chunk_usage(answer)}))
    yield Block(None, DONE)


def messages(answer: Answer) -> Iterator[Block]:
    """Anthropic's events, padded with spaces before the last brace."""
    writer = Writer(3)

    def event(name: str, text: str = "", /, **members: object) -> Block:
        spaces = " " * int(writer.random.random() * 14)
        return Block(name, f"{dump({'type': name, **members})[:-1]}{spaces}}}", text)

    message: dict[str, object] = {
        "model": "claude-sonnet-4-5-20250929",
        "id": f"msg_01{writer.name(22)}",
        "type": "message",
        "role": "assistant",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": INPUT_TOKENS, "output_tokens": 1, "service_tier": "standard"},
    }
    yield event("message_start", message=message)
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    yield event("ping")
    for token in answer.tokens:
        delta = {"type": "text_delta", "text": token}
        yield event("content_block_delta", token, index=0, delta=delta)
    yield event("content_block_stop", index=0)
    for index, call in enumerate(answer.calls, 1):
        block = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
        yield event("content_block_start", index=index, content_block=block)
        for piece in call.pieces:
            delta = {"type": "input_json_delta", "partial_json": piece}
            yield event("content_block_delta", index=index, delta=delta)
        yield event("content_block_stop", index=index)
    stop = {"stop_reason": "tool_use" if answer.calls else "end_turn", "stop_sequence": None}
    yield event("message_delta", delta=stop, usage={"output_tokens": answer.deltas})
    yield event("message_stop")


def responses(answer: Answer) -> Iterator[Block]:
    """OpenAI's Responses events; the last ones repeat the whole text, as they do."""
    writer = Writer(4)
    sequence = count()
    response_id, item_id = (f"{kind}_{writer.name(48, HEXADECIMAL)}" for kind in ("resp", "msg"))

    def event(name: str, text: str = "", /, **members: object) -> Block:
        return Block(name, dump({"type": name, "sequence_number": next(sequence), **members}), text)

    def response(status: str, usage: dict[str, Any] | None, *output: object) -> dict[str, object]:
        return {
            "id": response_id,
            "object": "response",
            "created_at": 1762790400,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "model": "gpt-5-2025-08-07",
            "output": output,
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": usage,
        }

    def item(kind: str, kind_id: str, status: str, **members: object) -> dict[str, object]:
        return {"id": kind_id, "type": kind, "status": status, **members}

    def message(status: str, *content: object) -> dict[str, object]:
        return item("message", item_id, status, content=content, role="assistant")

    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
    where = {"item_id": item_id, "output_index": 0, "content_index": 0}
    yield event("response.created", response=response("in_progress", None))
    yield event("response.in_progress", response=response("in_progress", None))
    yield event("response.output_item.added", output_index=0, item=message("in_progress"))
    yield event("response.content_part.added", **where, part=part)
    for token in answer.tokens:
        rest = {"delta": token, "logprobs": [], "obfuscation": writer.padding(16)}
        yield event("response.output_text.delta", token, **where, **rest)
    whole = {"text": answer.text, "logprobs": []}
    yield event("response.output_text.done", **where, **whole)
    part = {**part, "text": answer.text}
    yield event("response.content_part.done", **where, part=part)
    output = [message("completed", part)]
    yield event("response.output_item.done", output_index=0, item=output[0])
    for index, call in enumerate(answer.calls, 1):
        call_item_id = f"fc_{writer.name(48, HEXADECIMAL)}"
        names = {"call_id": call.id, "name": call.name}
        added = item("function_call", call_item_id, "in_progress", arguments="", **names)
        yield event("response.output_item.added", output_index=index, item=added)
        at = {"item_id": call_item_id, "output_index": index}
        for piece in call.pieces:
            rest = {"delta": piece, "obfuscation": writer.padding(16)}
            yield event("response.function_call_arguments.delta", **at, **rest)
        done = {"name": call.name, "arguments": call.arguments}
        yield event("response.function_call_arguments.done", **at, **done)
        arguments = {"arguments": call.arguments, **names}
        output.append(item("function_call", call_item_id, "completed", **arguments))
        yield event("response.output_item.done", output_index=index, item=output[-1])
    usage = {
        "input_tokens": INPUT_TOKENS,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": answer.deltas,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": INPUT_TOKENS + answer.deltas,
    }
    yield event("response.completed", response=response("completed", usage, *output))
