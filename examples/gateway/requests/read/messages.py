"""The body of `POST /v1/messages`, read into the neutral form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .. import data_url
from ..members import harmless, kind_of, note_unread, objects, optional, required, stop_strings
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
from . import roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..members import Members
    from ..neutral import Content, Part

READ = {
    *("model", "stream", "messages", "system", "max_tokens", "temperature", "top_p"),
    *("stop_sequences", "tools", "tool_choice", "thinking", "output_config", "metadata"),
}
CHOICES = {"auto": "auto", "any": "required", "none": "none"}


def read(body: Members) -> Request:
    """Read a body.

    Raises:
        RequestError: if it is none.
    """
    config = optional(body, "output_config", dict) or {}
    metadata = optional(body, "metadata", dict) or {}
    request = Request(
        max_tokens=optional(body, "max_tokens", int),
        temperature=optional(body, "temperature", float),
        top_p=optional(body, "top_p", float),
        stop=stop_strings(body, "stop_sequences"),
        user=optional(metadata, "user_id", str),
        thinking=_read_thinking(optional(body, "thinking", dict) or {}, config),
        format=_read_format(optional(config, "format", dict)),
    )
    roles.instruct(request, _contents(request, body, "system"))
    required(body, "messages", list)
    for message in objects(body, "messages"):
        _read_message(request, message)
    for tool in objects(body, "tools"):
        _read_tool(request, tool)
    _read_choice(request, optional(body, "tool_choice", dict) or {})
    note_unread(request, body, READ)
    return request


def _read_message(request: Request, message: Members) -> None:
    role = required(message, "role", str)
    if role == "system":
        roles.instruct(request, _contents(request, message, "content"))
    elif role == "user":
        roles.ask(request, _parts(request, message))
    elif role == "assistant":
        roles.reply(request, _parts(request, message))
    else:
        raise RequestError("the role of a message must be user or assistant")


def _parts(request: Request, message: Members) -> Iterator[Part | roles.Foreign]:
    if isinstance(message.get("content"), str):
        yield Text(message["content"])
        return
    for block in objects(message, "content"):
        kind = kind_of(block)
        if kind == "tool_use":
            arguments = json.dumps(
                block.get("input") or {}, ensure_ascii=False, separators=(",", ":")
            )
            yield Call(required(block, "id", str), required(block, "name", str), arguments)
        elif kind == "tool_result":
            yield Result(
                required(block, "tool_use_id", str),
                tuple(roles.known(request, _contents(request, block, "content"))),
                optional(block, "is_error", bool) or False,
            )
        elif kind == "thinking":
            # An empty signature is none.
            signature = optional(block, "signature", str) or None
            yield Reasoning(optional(block, "thinking", str) or "", signature)
        elif kind == "redacted_thinking":
            yield Reasoning("", required(block, "data", str), redacted=True)
        else:
            yield from _content(request, block)


def _contents(request: Request, of: Members, name: str) -> Iterator[Content | roles.Foreign]:
    if isinstance(of.get(name), str):
        yield Text(of[name])
        return
    for block in objects(of, name):
        yield from _content(request, block)


def _content(request: Request, block: Members) -> Iterator[Content | roles.Foreign]:
    kind = kind_of(block)
    if kind == "text":
        yield Text(required(block, "text", str))
    elif kind == "image":
        source = required(block, "source", dict)
        url = _url(source)
        yield Image(url) if url is not None else roles.Foreign(f"image.{kind_of(source)}")
    elif kind == "document":
        yield from _document(request, block)
    else:
        yield roles.Foreign(kind)


def _url(source: Members) -> str | None:
    kind = kind_of(source)
    if kind == "base64":
        return data_url.join(required(source, "media_type", str), required(source, "data", str))
    return required(source, "url", str) if kind == "url" else None


def _document(request: Request, block: Members) -> Iterator[Content | roles.Foreign]:
    source = required(block, "source", dict)
    kind, url = kind_of(source), _url(source)
    title = optional(block, "title", str)
    if url is not None:
        yield Document(url, title)
    elif kind == "text":
        # Not every server that takes texts takes files, so that it goes on without its title.
        yield Text(required(source, "data", str))
    elif kind == "content":
        yield from _contents(request, source, "content")
    else:
        yield roles.Foreign(f"document.{kind}")
    lost = {
        "title": url is None and title,
        "context": block.get("context"),
        "citations": (optional(block, "citations", dict) or {}).get("enabled"),
    }
    request.dropped.update(f"document.{name}" for name, given in lost.items() if given)


def _read_thinking(given: Members, config: Members) -> Thinking | None:
    kind = given.get("type")
    level = optional(config, "effort", str)
    if kind == "disabled":
        return Thinking(effort="none")
    if kind == "enabled":
        # What it thinks is shown by this shape, unless asked not to.
        return Thinking(level, optional(given, "budget_tokens", int), _summary(given))
    if kind == "adaptive" or level is not None:
        return Thinking(level, summary=_summary(given))
    return None


def _summary(given: Members) -> str | None:
    return None if given.get("display") == "omitted" or not given else "auto"


def _read_format(given: Members | None) -> Format | None:
    if given is None:
        return None
    return Format(optional(given, "schema", dict) or {}, strict=True)


def _read_tool(request: Request, tool: Members) -> None:
    kind = optional(tool, "type", str) or "custom"
    if kind != "custom":
        request.dropped.add(harmless(kind))  # a tool of the server's own
        return
    request.tools.append(
        Tool(
            required(tool, "name", str),
            optional(tool, "description", str),
            optional(tool, "input_schema", dict),
            optional(tool, "strict", bool) or False,
        )
    )


def _read_choice(request: Request, choice: Members) -> None:
    kind: Any = optional(choice, "type", str)
    if kind == "tool":
        request.tool_choice = ToolChoice("named", required(choice, "name", str))
    elif kind in CHOICES:
        request.tool_choice = ToolChoice(CHOICES[kind])  # type: ignore[arg-type]
    elif kind is not None:
        request.dropped.add("tool_choice")
    if optional(choice, "disable_parallel_tool_use", bool):
        request.parallel_calls = False
