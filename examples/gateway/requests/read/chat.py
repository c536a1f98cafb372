"""The body of `POST /v1/chat/completions`, read into the neutral form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import data_url
from ..members import kind_of, note_unread, objects, optional, required, stop_strings
from ..neutral import Call, Document, Image, Request, RequestError, Result, Text, Thinking
from . import openai, roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..members import Members
    from ..neutral import Content

NESTED = ("function", "custom", "grammar", "json_schema")
READ = {
    *("model", "stream", "stream_options", "messages", "n", "tools", "tool_choice"),
    *("parallel_tool_calls", "reasoning_effort", "response_format", "max_tokens"),
    *("max_completion_tokens", "temperature", "top_p", "stop", "user", "store", "verbosity"),
    *openai.COMMON,
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
        stop=stop_strings(body, "stop"),
        user=optional(body, "user", str),
        parallel_calls=optional(body, "parallel_tool_calls", bool),
        format=openai.read_format(_flat(optional(body, "response_format", dict) or {})),
        common=openai.common(body, optional(body, "verbosity", str)),
    )
    if (optional(body, "n", int) or 1) != 1:
        raise RequestError("n must be 1: this model's server gives one answer")
    if level := optional(body, "reasoning_effort", str):
        request.thinking = Thinking(effort=level)
    required(body, "messages", list)
    custom: set[str] = set()
    for message in objects(body, "messages"):
        _read_message(request, message, custom)
    for tool in objects(body, "tools"):
        openai.read_tool(request, _flat(tool), strict=False)
    request.tool_choice = openai.read_choice(request, _flat(body.get("tool_choice")))
    note_unread(request, body, READ)
    return request


def _flat(of: Any) -> Any:
    """A tool, a choice or a format as a response has it.

    A chat has `{"type": "function", "function": {"name": …}}` where a response has
    `{"type": "function", "name": …}`.
    """
    if not isinstance(of, dict) or of.get("type") not in NESTED:
        return of
    inner = required(of, of["type"], dict)
    form = {"format": _flat(inner["format"])} if "format" in inner else {}
    return {**inner, **form, "type": of["type"]}


def _read_message(request: Request, message: Members, custom: set[str]) -> None:
    """Read a message; `custom` has the ids of the calls of custom tools so far."""
    role = required(message, "role", str)
    if role in ("system", "developer"):
        roles.instruct(request, _contents(message))
    elif role == "user":
        roles.ask(request, _contents(message))
    elif role == "assistant":
        roles.reply(request, _contents(message))
        if refusal := optional(message, "refusal", str):
            roles.reply(request, [Text(refusal)])
        if message.get("reasoning_content") or message.get("reasoning"):
            request.dropped.add("reasoning")  # without a signature no other server takes it back
        if message.get("audio"):
            request.dropped.add("audio")  # only the server that said it knows it, by its id
        calls = [*_calls(message)]
        custom.update(call.id for call in calls if call.custom)
        roles.reply(request, calls)
    elif role == "tool":
        call_id = required(message, "tool_call_id", str)
        parts = tuple(roles.known(request, _contents(message)))
        roles.ask(request, [Result(call_id, parts, custom=call_id in custom)])
    else:
        raise RequestError(
            "the role of a message must be one of system, developer, user, assistant, tool"
        )


def _contents(message: Members) -> Iterator[Content | roles.Foreign]:
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
        elif kind == "file" and (file := required(part, "file", dict)).get("file_data"):
            name = optional(file, "filename", str)
            yield Document(data_url.of_file(required(file, "file_data", str), name), name)
        else:
            yield roles.Foreign(kind)


def _calls(message: Members) -> Iterator[Call]:
    for call in objects(message, "tool_calls"):
        custom = optional(call, "custom", dict)
        function = custom or required(call, "function", dict)
        arguments = optional(function, "input" if custom else "arguments", str) or ""
        yield Call(
            required(call, "id", str), required(function, "name", str), arguments, bool(custom)
        )
