"""The body of `POST /v1/responses`, read into the neutral form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..members import harmless, kind_of, note_unread, objects, optional, required
from ..neutral import (
    Call,
    Document,
    Format,
    Image,
    Reasoning,
    Request,
    RequestError,
    Result,
    Text,
    Thinking,
    Tool,
    ToolChoice,
)
from .chat import COMMON

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
    *COMMON,
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
        format=_read_format(optional(text, "format", dict) or {}),
        common={name: body[name] for name in COMMON if body.get(name) is not None},
    )
    if verbosity := optional(text, "verbosity", str):
        request.common["verbosity"] = verbosity
    if instructions := optional(body, "instructions", str):
        request.instruct(instructions)
    if isinstance(body.get("input"), str):
        request.turn("user").parts.append(Text(body["input"]))
    else:
        required(body, "input", list)
        for item in objects(body, "input"):
            _read_item(request, item)
    for tool in objects(body, "tools"):
        _read_tool(request, tool)
    request.tool_choice = _read_choice(request, body.get("tool_choice"))
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
        request.turn("assistant").parts.append(Call(call_id, name, arguments, custom))
    elif kind in ("function_call_output", "custom_tool_call_output"):
        parts = tuple(_contents(request, item, "output"))
        call_id = required(item, "call_id", str)
        result = Result(call_id, parts, custom=kind == "custom_tool_call_output")
        request.turn("user").parts.append(result)
    elif kind == "reasoning":
        told = [*objects(item, "summary"), *objects(item, "content")]
        text = "\n\n".join(required(part, "text", str) for part in told)
        signature = optional(item, "encrypted_content", str) or None
        redacted = bool(signature) and not text
        request.turn("assistant").parts.append(Reasoning(text, signature, redacted))
    elif kind == "item_reference":
        raise RequestError("an item_reference needs a model whose server speaks this API itself")
    else:
        request.dropped.add(harmless(kind))


def _read_message(request: Request, item: Members) -> None:
    role = required(item, "role", str)
    parts = _contents(request, item, "content")
    if role in ("system", "developer"):
        for part in parts:
            if isinstance(part, Text):
                request.instruct(part.text)
    elif role == "user":
        request.turn("user").parts.extend(parts)
    elif role == "assistant":
        request.turn("assistant").parts.extend(parts)
    else:
        raise RequestError(
            "the role of a message must be one of system, developer, user, assistant"
        )


def _contents(request: Request, item: Members, name: str) -> Iterator[Content]:
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
        elif kind == "input_file" and (part.get("file_data") or part.get("file_url")):
            held = "file_data" if part.get("file_data") else "file_url"
            yield Document(required(part, held, str), optional(part, "filename", str))
        else:
            request.dropped.add(harmless(kind))


def _read_thinking(given: Members | None) -> Thinking | None:
    if given is None:
        return None
    summary = optional(given, "summary", str) or optional(given, "generate_summary", str)
    return Thinking(optional(given, "effort", str), summary=summary)


def _read_format(given: Members) -> Format | None:
    kind = given.get("type")
    if kind == "json_object":
        return Format()
    if kind != "json_schema":
        return None
    return Format(
        optional(given, "schema", dict) or {},
        optional(given, "name", str),
        optional(given, "description", str),
        optional(given, "strict", bool),
    )


def _read_tool(request: Request, tool: Members) -> None:
    kind = kind_of(tool)
    if kind not in ("function", "custom"):
        request.dropped.add(harmless(kind))  # a tool of the server's own
        return
    name, description = required(tool, "name", str), optional(tool, "description", str)
    if kind == "custom":
        form = optional(tool, "format", dict) or {}
        grammar = {part: form[part] for part in ("syntax", "definition") if part in form}
        request.tools.append(Tool(name, description, custom=True, grammar=grammar or None))
    else:
        parameters, strict = optional(tool, "parameters", dict), optional(tool, "strict", bool)
        request.tools.append(Tool(name, description, parameters, strict))


def _read_choice(request: Request, choice: Any) -> ToolChoice | None:
    if choice in ("auto", "none", "required"):
        return ToolChoice(choice)
    if isinstance(choice, dict) and choice.get("type") in ("function", "custom"):
        return ToolChoice("named", required(choice, "name", str))
    if choice is not None:
        request.dropped.add("tool_choice")
    return None
