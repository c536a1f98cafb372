"""The body of `POST /v1/chat/completions`, read into the neutral form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..members import harmless, kind_of, note_unread, objects, optional, required, strings
from ..neutral import (
    Call,
    Document,
    Format,
    Image,
    Request,
    RequestError,
    Result,
    Text,
    Thinking,
    Tool,
    ToolChoice,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..members import Members
    from ..neutral import Content

COMMON = (
    "metadata",
    "moderation",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
)
READ = {
    *("model", "stream", "stream_options", "messages", "n", "tools", "tool_choice"),
    *("parallel_tool_calls", "reasoning_effort", "response_format", "max_tokens"),
    *("max_completion_tokens", "temperature", "top_p", "stop", "user", "store", "verbosity"),
    *COMMON,
}


def read(body: Members) -> Request:
    """Read a body.

    Raises:
        RequestError: if it is none, or asks for what another shape has no words for.
    """
    request = Request(
        max_tokens=optional(body, "max_completion_tokens", int)
        or optional(body, "max_tokens", int),
        temperature=optional(body, "temperature", float),
        top_p=optional(body, "top_p", float),
        stop=strings(body, "stop"),
        user=optional(body, "user", str),
        parallel_calls=optional(body, "parallel_tool_calls", bool),
        format=_read_format(optional(body, "response_format", dict) or {}),
        common={name: body[name] for name in COMMON if body.get(name) is not None},
    )
    if (optional(body, "n", int) or 1) != 1:
        raise RequestError("n must be 1: this model's server gives one answer")
    if level := optional(body, "reasoning_effort", str):
        request.thinking = Thinking(effort=level)
    if verbosity := optional(body, "verbosity", str):
        request.common["verbosity"] = verbosity
    required(body, "messages", list)
    for message in objects(body, "messages"):
        _read_message(request, message)
    for tool in objects(body, "tools"):
        _read_tool(request, tool)
    request.tool_choice = _read_choice(request, body.get("tool_choice"))
    note_unread(request, body, READ)
    return request


def _read_message(request: Request, message: Members) -> None:
    role = required(message, "role", str)
    if role in ("system", "developer"):
        for part in _contents(request, message):
            if isinstance(part, Text):
                request.instruct(part.text)
    elif role == "user":
        request.turn("user").parts.extend(_contents(request, message))
    elif role == "assistant":
        turn = request.turn("assistant")
        turn.parts.extend(_contents(request, message))
        if refusal := optional(message, "refusal", str):
            turn.parts.append(Text(refusal))
        if message.get("reasoning_content") or message.get("reasoning"):
            request.dropped.add("reasoning")  # without a signature no other server takes it back
        turn.parts.extend(_calls(message))
    elif role == "tool":
        call_id = required(message, "tool_call_id", str)
        result = Result(
            call_id, tuple(_contents(request, message)), custom=_is_custom(request, call_id)
        )
        request.turn("user").parts.append(result)
    else:
        raise RequestError(
            "the role of a message must be one of system, developer, user, assistant, tool"
        )


def _contents(request: Request, message: Members) -> Iterator[Content]:
    if isinstance(message.get("content"), str):
        yield Text(message["content"])
        return
    for part in objects(message, "content"):
        kind = kind_of(part)
        if kind == "text":
            yield Text(required(part, "text", str))
        elif kind == "refusal":
            yield Text(required(part, "refusal", str))
        elif kind == "image_url":
            image = required(part, "image_url", dict)
            yield Image(required(image, "url", str), optional(image, "detail", str))
        elif kind == "file" and "file_data" in required(part, "file", dict):
            file = part["file"]
            yield Document(required(file, "file_data", str), optional(file, "filename", str))
        else:
            request.dropped.add(harmless(kind))


def _calls(message: Members) -> Iterator[Call]:
    for call in objects(message, "tool_calls"):
        custom = optional(call, "custom", dict)
        function = custom or required(call, "function", dict)
        arguments = optional(function, "input" if custom else "arguments", str) or ""
        yield Call(
            required(call, "id", str), required(function, "name", str), arguments, bool(custom)
        )


def _is_custom(request: Request, call_id: str) -> bool:
    return any(
        isinstance(part, Call) and part.custom and part.id == call_id
        for turn in request.turns
        for part in turn.parts
    )


def _read_tool(request: Request, tool: Members) -> None:
    kind = kind_of(tool)
    if kind == "function":
        function = required(tool, "function", dict)
        request.tools.append(
            Tool(
                required(function, "name", str),
                optional(function, "description", str),
                optional(function, "parameters", dict),
                optional(function, "strict", bool) or False,
            )
        )
    elif kind == "custom":
        custom = required(tool, "custom", dict)
        form = optional(custom, "format", dict) or {}
        name, description = required(custom, "name", str), optional(custom, "description", str)
        grammar = optional(form, "grammar", dict)
        request.tools.append(Tool(name, description, custom=True, grammar=grammar))
    else:
        request.dropped.add(harmless(kind))


def _read_choice(request: Request, choice: Any) -> ToolChoice | None:
    if choice in ("auto", "none", "required"):
        return ToolChoice(choice)
    if isinstance(choice, dict) and choice.get("type") in ("function", "custom"):
        named = required(choice, choice["type"], dict)
        return ToolChoice("named", required(named, "name", str))
    if choice is not None:
        request.dropped.add("tool_choice")
    return None


def _read_format(given: Members) -> Format | None:
    kind = given.get("type")
    if kind == "json_object":
        return Format()
    if kind != "json_schema":
        return None
    schema = required(given, "json_schema", dict)
    return Format(
        optional(schema, "schema", dict) or {},
        optional(schema, "name", str),
        optional(schema, "description", str),
        optional(schema, "strict", bool),
    )
