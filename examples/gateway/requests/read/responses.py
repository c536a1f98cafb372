"""The body of `POST /v1/responses`, read into the neutral form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import data_url
from ..members import harmless, kind_of, note_unread, objects, optional, required
from ..neutral import (
    Call,
    Document,
    Image,
    Reasoning,
    Request,
    RequestError,
    Result,
    Text,
    Thinking,
)
from . import openai, roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..members import Members
    from ..neutral import Content

# What lies on the server that has it: without it the answer would be to another question.
ELSEWHERE = ("previous_response_id", "conversation", "prompt", "background")
READ = {
    *("model", "stream", "stream_options", "input", "instructions", "tools", "tool_choice"),
    *("parallel_tool_calls", "reasoning", "text", "max_output_tokens", "temperature", "top_p"),
    *("user", "store", "include", "background"),
    *openai.COMMON,
}


def read(body: Members) -> Request:
    """Read a body.

    Raises:
        RequestError: if it is none, or refers to what only a server of this shape has.
    """
    for name in ELSEWHERE:
        if body.get(name) not in (None, False):
            raise RequestError(f"{name} needs a model whose server speaks this API itself")
    text = optional(body, "text", dict) or {}
    request = Request(
        max_tokens=optional(body, "max_output_tokens", int),
        temperature=optional(body, "temperature", float),
        top_p=optional(body, "top_p", float),
        user=optional(body, "user", str),
        parallel_calls=optional(body, "parallel_tool_calls", bool),
        thinking=_read_thinking(optional(body, "reasoning", dict)),
        format=openai.read_format(optional(text, "format", dict) or {}),
        common=openai.common(body, optional(text, "verbosity", str)),
    )
    if instructions := optional(body, "instructions", str):
        request.instruct(instructions)
    if isinstance(body.get("input"), str):
        request.turn("user").parts.append(Text(body["input"]))
    else:
        required(body, "input", list)
        for item in objects(body, "input"):
            _read_item(request, item)
    for tool in objects(body, "tools"):
        openai.read_tool(request, tool, strict=None)
    request.tool_choice = openai.read_choice(request, body.get("tool_choice"))
    note_unread(request, body, READ)
    return request


def _read_item(request: Request, item: Members) -> None:
    kind = optional(item, "type", str) or "message"
    if kind == "message":
        _read_message(request, item)
    elif kind in ("function_call", "custom_tool_call"):
        custom = kind == "custom_tool_call"
        arguments = optional(item, "input" if custom else "arguments", str) or ""
        call_id, name = required(item, "call_id", str), required(item, "name", str)
        roles.reply(request, [Call(call_id, name, arguments, custom)])
    elif kind in ("function_call_output", "custom_tool_call_output"):
        parts = tuple(roles.known(request, _contents(item, "output")))
        call_id = required(item, "call_id", str)
        custom = kind == "custom_tool_call_output"
        roles.ask(request, [Result(call_id, parts, custom=custom)])
    elif kind == "reasoning":
        told = [*objects(item, "summary"), *objects(item, "content")]
        text = "\n\n".join(required(part, "text", str) for part in told)
        signature = optional(item, "encrypted_content", str) or None
        redacted = bool(signature) and not text
        roles.reply(request, [Reasoning(text, signature, redacted)])
    elif kind == "item_reference":
        raise RequestError("an item_reference needs a model whose server speaks this API itself")
    else:
        request.dropped.add(harmless(kind))


def _read_message(request: Request, item: Members) -> None:
    role = required(item, "role", str)
    parts = _contents(item, "content")
    if role in ("system", "developer"):
        roles.instruct(request, parts)
    elif role == "user":
        roles.ask(request, parts)
    elif role == "assistant":
        roles.reply(request, parts)
    else:
        raise RequestError(
            "the role of a message must be one of system, developer, user, assistant"
        )


def _contents(item: Members, name: str) -> Iterator[Content | roles.Foreign]:
    if isinstance(item.get(name), str):
        yield Text(item[name])
        return
    for part in objects(item, name):
        kind = kind_of(part)
        if kind in ("input_text", "output_text", "text"):
            yield Text(required(part, "text", str))
        elif kind == "refusal":
            yield Text(required(part, "refusal", str))
        elif kind == "input_image" and part.get("image_url") is not None:
            yield Image(required(part, "image_url", str), optional(part, "detail", str))
        elif kind == "input_file" and part.get("file_data"):
            called = optional(part, "filename", str)
            yield Document(data_url.of_file(required(part, "file_data", str), called), called)
        elif kind == "input_file" and part.get("file_url"):
            yield Document(required(part, "file_url", str), optional(part, "filename", str))
        else:
            yield roles.Foreign(kind)


def _read_thinking(given: Members | None) -> Thinking | None:
    if given is None:
        return None
    summary = optional(given, "summary", str) or optional(given, "generate_summary", str)
    return Thinking(optional(given, "effort", str), summary=summary)
