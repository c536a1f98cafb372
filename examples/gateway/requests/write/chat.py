"""The body of `POST /v1/chat/completions`, written from the neutral form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import data_url, effort
from ..neutral import Call, Document, Image, Request, RequestError, Result, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..members import Members
    from ..neutral import Format, Part, Tool, ToolChoice, Turn


def write(request: Request) -> Members:
    """Write a body, without `model`."""
    body: Members = {"messages": [*_write_messages(request)]}
    if request.tools:
        body["tools"] = [_write_tool(tool) for tool in request.tools]
        # Without tools neither of these may be there.
        body["parallel_tool_calls"] = request.parallel_calls
        if request.tool_choice:
            body["tool_choice"] = _write_choice(request, request.tool_choice)
    if request.thinking:
        body["reasoning_effort"] = effort.of(request.thinking)
        if request.thinking.summary:
            request.dropped.add("reasoning.summary")
    body |= {
        "response_format": _write_format(request.format),
        "max_completion_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stop": list(request.stop_of("chat")) or None,
        "user": request.user,
        **request.common,
    }
    return {name: value for name, value in body.items() if value is not None}


def _write_messages(request: Request) -> Iterator[Members]:
    for text in request.system:
        yield {"role": "system", "content": text}
    for turn in request.turns:
        if turn.role == "assistant":
            yield _write_assistant(request, turn)
            continue
        rest: list[Part] = []
        for part in turn.parts:
            if isinstance(part, Result):
                # A tool's message has room for text only: a picture follows in the user's words.
                yield _write_result(request, part)
                rest.extend(one for one in part.parts if not isinstance(one, Text))
            else:
                rest.append(part)
        if contents := _write_contents(rest):
            yield {"role": turn.role, "content": contents}


def _write_assistant(request: Request, turn: Turn) -> Members:
    text = "".join(part.text for part in turn.parts if isinstance(part, Text))
    calls = [_write_call(part) for part in turn.parts if isinstance(part, Call)]
    if len(calls) + sum(isinstance(part, Text) for part in turn.parts) < len(turn.parts):
        request.dropped.add("reasoning")
    message: Members = {"role": "assistant", "content": text or (None if calls else "")}
    return {**message, "tool_calls": calls} if calls else message


def _write_call(call: Call) -> Members:
    if call.custom:
        custom = {"name": call.name, "input": call.arguments}
        return {"id": call.id, "type": "custom", "custom": custom}
    function = {"name": call.name, "arguments": call.arguments or "{}"}
    return {"id": call.id, "type": "function", "function": function}


def _write_result(request: Request, result: Result) -> Members:
    if result.failed:
        request.dropped.add("is_error")
    text = "".join(part.text for part in result.parts if isinstance(part, Text))
    return {"role": "tool", "tool_call_id": result.call_id, "content": text}


def _write_contents(parts: Iterable[Part]) -> str | list[Members]:
    written: list[Members] = []
    for part in parts:
        if isinstance(part, Text):
            written.append({"type": "text", "text": part.text})
        elif isinstance(part, Image):
            # A chat knows no more than three words for it.
            detail = "high" if part.detail == "original" else part.detail
            image = {"url": part.url} | ({"detail": detail} if detail else {})
            written.append({"type": "image_url", "image_url": image})
        elif isinstance(part, Document):
            written.append(_write_file(part))
    only = written[0] if len(written) == 1 else {}
    text: str | list[Members] = only.get("text", written)
    return text


def _write_file(document: Document) -> Members:
    url = document.url
    if data_url.split(url) is None:
        raise RequestError("this model's server takes no file by its address: send what is in it")
    name = data_url.file_name(url, document.name)
    return {"type": "file", "file": {"filename": name, "file_data": url}}


def _write_tool(tool: Tool) -> Members:
    written: Members = {"name": tool.name}
    if tool.description is not None:
        written["description"] = tool.description
    if tool.custom:
        if tool.grammar is not None:
            written["format"] = {"type": "grammar", "grammar": tool.grammar}
        return {"type": "custom", "custom": written}
    if tool.parameters is not None:
        written["parameters"] = tool.parameters
    if tool.strict:
        written["strict"] = True
    return {"type": "function", "function": written}


def _write_choice(request: Request, choice: ToolChoice) -> Any:
    if choice.mode != "named":
        return choice.mode
    custom = any(tool.custom and tool.name == choice.name for tool in request.tools)
    kind = "custom" if custom else "function"
    return {"type": kind, kind: {"name": choice.name}}


def _write_format(given: Format | None) -> Members | None:
    if given is None:
        return None
    if given.schema is None:
        return {"type": "json_object"}
    schema: Members = {"name": given.name or "answer", "schema": given.schema}
    more = {"description": given.description, "strict": given.strict}
    schema |= {name: value for name, value in more.items() if value is not None}
    return {"type": "json_schema", "json_schema": schema}
