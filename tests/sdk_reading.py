"""What the official SDKs for Python make of a stream, in the words of `node/read.mjs`."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

import anthropic
import openai

from replay import in_steps
from test_sdk import MESSAGE, client

Reading: TypeAlias = "dict[str, Any]"


def empty() -> Reading:
    return {"text": "", "reasoning": "", "refusal": "", "calls": [], "finish": None, "usage": None}


def read_raw(shape: str, body: bytes) -> Reading:
    """The objects that `create(stream=True)` yields, put together."""
    kind = anthropic.Anthropic if shape == "messages" else openai.OpenAI
    with client(kind, in_steps(body, 50)) as sdk:
        if shape == "chat":
            create = sdk.chat.completions.create
            return _chat_pieces(create(model="m", messages=[MESSAGE], stream=True))
        if shape == "messages":
            create = sdk.messages.create
            return _message_pieces(create(model="m", messages=[MESSAGE], max_tokens=9, stream=True))
        return _response_pieces(sdk.responses.create(model="m", input="x", stream=True))


def read_helped(shape: str, body: bytes) -> Reading | None:
    """What the accumulating helper says at last; `None` if it refuses what is no fault."""
    if shape == "messages":
        with (
            client(anthropic.Anthropic, in_steps(body, 50)) as sdk,
            sdk.messages.stream(model="m", messages=[MESSAGE], max_tokens=9) as stream,
        ):
            return _message(stream.get_final_message())
    with client(openai.OpenAI, in_steps(body, 50)) as sdk:
        if shape == "chat":
            with sdk.chat.completions.stream(model="m", messages=[MESSAGE]) as stream:
                return _completion(stream)
        # WIRE.md 5.4: the helper knows only one good ending.
        if b"event: response.completed" not in body:
            return None
        with sdk.responses.stream(model="m", input="x") as stream:
            return _response(stream.get_final_response())


def _add(calls: dict[int, Reading], at: int, piece: str | None, **told: Any) -> None:
    call = calls.setdefault(at, {"id": None, "name": None, "arguments": ""})
    for name, value in told.items():
        call[name] = call[name] or value
    call["arguments"] += piece or ""


def _chat_pieces(stream: Any) -> Reading:
    said, calls = empty(), dict[int, Reading]()
    for chunk in stream:
        said["usage"] = chunk.usage.to_dict() if chunk.usage else said["usage"]
        for choice in chunk.choices:
            delta = choice.delta
            said["text"] += delta.content or ""
            said["reasoning"] += getattr(delta, "reasoning_content", None) or ""
            said["refusal"] += delta.refusal or ""
            said["finish"] = choice.finish_reason or said["finish"]
            for call in delta.tool_calls or []:
                whole = call.to_dict()
                told = whole.get("function") or whole["custom"]
                pieces = told.get("arguments", told.get("input"))
                _add(calls, call.index, pieces, id=call.id, name=told.get("name"))
    return said | {"calls": [calls[index] for index in sorted(calls)]}


def _completion(stream: Any) -> Reading | None:
    try:
        completion = stream.get_final_completion()
    except openai.LengthFinishReasonError as error:
        completion = error.completion
    except openai.ContentFilterFinishReasonError:
        return None  # it has nothing to show
    (choice,) = completion.choices
    message = choice.message
    calls = [{"id": call.id, **call.function.to_dict()} for call in message.tool_calls or []]
    return {
        "text": message.content or "",
        "refusal": message.refusal or "",
        "calls": calls,
        "finish": choice.finish_reason,
        "usage": completion.usage and completion.usage.to_dict(),
    }


def _message_pieces(stream: Any) -> Reading:
    said, calls = empty(), dict[int, Reading]()
    for event in stream:
        if event.type == "message_start":
            said["usage"] = event.message.usage.to_dict()
        elif event.type == "content_block_start" and event.content_block.type == "tool_use":
            block = event.content_block
            _add(calls, event.index, "", id=block.id, name=block.name)
        elif event.type == "content_block_delta":
            said["text"] += getattr(event.delta, "text", None) or ""
            said["reasoning"] += getattr(event.delta, "thinking", None) or ""
            if event.delta.type == "input_json_delta":
                _add(calls, event.index, event.delta.partial_json)
        elif event.type == "message_delta":
            said["finish"] = event.delta.stop_reason
            said["usage"] |= {k: v for k, v in event.usage.to_dict().items() if v is not None}
    return said | {"calls": [calls[index] for index in sorted(calls)]}


def _message(message: Any) -> Reading:
    def of(type_: str) -> list[Any]:
        return [block for block in message.content if block.type == type_]

    return {
        "text": "".join(block.text for block in of("text")),
        "reasoning": "".join(block.thinking for block in of("thinking")),
        "calls": [{"id": b.id, "name": b.name, "input": b.input} for b in of("tool_use")],
        "finish": message.stop_reason,
        "usage": message.usage.to_dict(),
    }


def _response_pieces(stream: Any) -> Reading:
    text, last = "", None
    for event in stream:
        text += event.delta if event.type == "response.output_text.delta" else ""
        last = event
    assert last is not None
    return _response(last.response) | {"text": text}


def _response(response: Any) -> Reading:
    said = empty() | {"finish": response.status}
    said["usage"] = response.usage and response.usage.to_dict()
    for item in response.output:
        told = item.to_dict()
        for part in (*(told.get("summary") or []), *(told.get("content") or [])):
            said["refusal"] += part.get("refusal", "")
            said["reasoning" if item.type == "reasoning" else "text"] += part.get("text", "")
        if "call_id" in told:
            arguments = told.get("arguments", told.get("input"))
            said["calls"].append(
                {"id": told["call_id"], "name": told["name"], "arguments": arguments}
            )
    return said


def arguments_of(call: Reading) -> Any:
    """As a value: helpers parse them, streams have their text."""
    if "input" in call:
        return call["input"]
    try:
        return json.loads(call["arguments"] or "{}")
    except ValueError:
        return call["arguments"]
