"""The body of `POST /v1/responses`, written from the neutral form."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from .. import data_url, effort
from ..neutral import Call, Image, Reasoning, Request, Result, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..members import Members
    from ..neutral import Content, Format, Tool, ToolChoice, Turn


def write(request: Request) -> Members:
    """Write a body, without `model`.

    This shape has no stop strings: whoever relays the answer has to look for them.
    """
    common = dict(request.common)
    text: Members = {
        "format": _write_format(request.format),
        "verbosity": common.pop("verbosity", None),
    }
    numbers = count()
    body: Members = {
        "instructions": "\n\n".join(request.system) or None,
        "input": [item for turn in request.turns for item in _items(request, turn, numbers)],
        "reasoning": _write_reasoning(request),
        "text": _without_nulls(text) or None,
        "max_output_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "user": request.user,
        # Clients of the other shapes send the whole conversation each time, and expect that
        # nothing of it is kept.
        "store": False,
        "include": ["reasoning.encrypted_content"] if request.thinking else None,
        **common,
    }
    if request.tools:
        body["tools"] = [_write_tool(tool) for tool in request.tools]
        body["parallel_tool_calls"] = request.parallel_calls
        if request.tool_choice:
            body["tool_choice"] = _write_choice(request, request.tool_choice)
    return _without_nulls(body)


def _without_nulls(members: Members) -> Members:
    return {name: value for name, value in members.items() if value is not None}


def _items(request: Request, turn: Turn, numbers: Iterator[int]) -> Iterator[Members]:
    """The items of a turn. Neighbouring texts and pictures are one message."""
    said: list[Content] = []
    for part in turn.parts:
        if not isinstance(part, (Reasoning, Call, Result)):
            said.append(part)
            continue
        yield from _message(turn.role, said)
        said = []
        yield from _item(request, part, numbers)
    yield from _message(turn.role, said)


def _message(role: str, said: list[Content]) -> Iterator[Members]:
    if role == "assistant":
        # The short form of a message: the long one has an id that only the server knows.
        text = "".join(part.text for part in said if isinstance(part, Text))
        if text:
            yield {"type": "message", "role": role, "content": text}
        return
    contents = [_content(part) for part in said if not (isinstance(part, Text) and not part.text)]
    if contents:
        only = contents[0] if len(contents) == 1 else {}
        yield {"type": "message", "role": role, "content": only.get("text", contents)}


def _item(
    request: Request, part: Reasoning | Call | Result, numbers: Iterator[int]
) -> Iterator[Members]:
    if isinstance(part, Call):
        named: Members = {"call_id": part.id, "name": part.name}
        if part.custom:
            yield {"type": "custom_tool_call", **named, "input": part.arguments}
        else:
            yield {"type": "function_call", **named, "arguments": part.arguments or "{}"}
    elif isinstance(part, Result):
        if part.failed:
            request.dropped.add("is_error")
        kind = "custom_tool_call_output" if part.custom else "function_call_output"
        contents = [_content(one) for one in part.parts]
        texts_only = all(isinstance(one, Text) for one in part.parts)
        output = "".join(one["text"] for one in contents) if texts_only else contents
        yield {"type": kind, "call_id": part.call_id, "output": output}
    elif part.signature is None:
        request.dropped.add("reasoning")
    else:
        summary = [{"type": "summary_text", "text": part.text}] if part.text else []
        yield {
            "type": "reasoning",
            # Its own is not known here; two of the same would be refused.
            "id": f"rs_{next(numbers)}",
            "summary": summary,
            "encrypted_content": part.signature,
        }


def _content(part: Content) -> Members:
    if isinstance(part, Text):
        return {"type": "input_text", "text": part.text}
    if isinstance(part, Image):
        return {"type": "input_image", "image_url": part.url, "detail": part.detail or "auto"}
    if data_url.split(part.url):
        name = data_url.file_name(part.url, part.name)
        return {"type": "input_file", "filename": name, "file_data": part.url}
    return {"type": "input_file", "file_url": part.url}


def _write_reasoning(request: Request) -> Members | None:
    if request.thinking is None:
        return None
    written = {"effort": effort.of(request.thinking), "summary": request.thinking.summary}
    return _without_nulls(written) or None


def _write_tool(tool: Tool) -> Members:
    written: Members = {"type": "custom" if tool.custom else "function", "name": tool.name}
    if tool.description is not None:
        written["description"] = tool.description
    if tool.custom:
        grammar = {"type": "grammar", **tool.grammar} if tool.grammar else None
        return written | ({"format": grammar} if grammar else {})
    written["parameters"] = tool.parameters
    # Left out, it means yes: another shape's client has not asked for that.
    return written | ({"strict": tool.strict} if tool.strict is not None else {})


def _write_choice(request: Request, choice: ToolChoice) -> Any:
    if choice.mode != "named":
        return choice.mode
    custom = any(tool.custom and tool.name == choice.name for tool in request.tools)
    return {"type": "custom" if custom else "function", "name": choice.name}


def _write_format(given: Format | None) -> Members | None:
    if given is None:
        return None
    if given.schema is None:
        return {"type": "json_object"}
    written = {"name": given.name or "answer", "schema": given.schema, "strict": given.strict}
    described = {**written, "description": given.description}
    return {"type": "json_schema", **_without_nulls(described)}
