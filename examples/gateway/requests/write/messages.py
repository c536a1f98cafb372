"""The body of `POST /v1/messages`, written from the neutral form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .. import data_url, effort, strict_json
from ..neutral import Call, Image, Reasoning, Request, RequestError, Result, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..members import Members
    from ..neutral import Content, Part, Thinking, Tool

MAX_TOKENS = 8_192  # the shape asks for a number where the others need none
LEAST_BUDGET = 1_024
CHOICES = {"auto": "auto", "required": "any", "none": "none", "named": "tool"}


def write(request: Request) -> Members:
    """Write a body, without `model`."""
    request.dropped.update(request.common)
    # Whoever instructs stands before the conversation here, and nowhere else.
    system = [*request.system, *_later_instructions(request)]
    body: Members = {
        "system": system[0] if len(system) == 1 else [_text(text) for text in system],
        "messages": [*_write_messages(request)],
        "max_tokens": request.max_tokens or MAX_TOKENS,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stop_sequences": list(request.stop_of("messages")) or None,
        "metadata": {"user_id": request.user} if request.user else None,
        "tools": [*_write_tools(request)],
    }
    if body["tools"]:
        body["tool_choice"] = _write_choice(request)
    _write_thinking(request, body)
    _write_format(request, body)
    return {name: value for name, value in body.items() if value not in (None, [])}


def _later_instructions(request: Request) -> Iterator[str]:
    for turn in request.turns:
        if turn.role == "system":
            yield from (part.text for part in turn.parts if isinstance(part, Text) and part.text)


def _write_messages(request: Request) -> Iterator[Members]:
    role = ""
    blocks: list[Members] = []
    for turn in request.turns:
        if turn.role == "system":
            continue
        if turn.role != role and blocks:
            yield _message(role, blocks)
            blocks = []
        role = turn.role
        # The results of tools come first, or the server does not find them.
        for part in sorted(turn.parts, key=lambda part: not isinstance(part, Result)):
            blocks.extend(_blocks(request, part))
    if blocks:
        yield _message(role, blocks)


def _message(role: str, blocks: list[Members]) -> Members:
    only = blocks[0] if len(blocks) == 1 else {}
    return {"role": role, "content": only.get("text", blocks)}


def _blocks(request: Request, part: Part) -> Iterator[Members]:
    if isinstance(part, Call):
        if part.custom:
            request.dropped.add("custom_tool")
        yield {
            "type": "tool_use",
            "id": _id(part.id),
            "name": part.name,
            "input": _input(part.arguments),
        }
    elif isinstance(part, Result):
        contents = [block for one in part.parts for block in _content(request, one)]
        result: Members = {"type": "tool_result", "tool_use_id": _id(part.call_id)}
        result |= {"content": _message("", contents)["content"]} if contents else {}
        yield result | ({"is_error": True} if part.failed else {})
    elif isinstance(part, Reasoning):
        if part.signature is None:
            request.dropped.add("reasoning")
        elif part.redacted:
            yield {"type": "redacted_thinking", "data": part.signature}
        else:
            yield {"type": "thinking", "thinking": part.text, "signature": part.signature}
    else:
        yield from _content(request, part)


def _content(request: Request, part: Content) -> Iterator[Members]:
    if isinstance(part, Text):
        if part.text:  # an empty block is refused
            yield _text(part.text)
        return
    if isinstance(part, Image):
        if part.detail not in (None, "auto"):
            request.dropped.add("image.detail")
        yield {"type": "image", "source": _source(part.url)}
    else:
        title = {"title": part.name} if part.name else {}
        yield {"type": "document", "source": _document_source(part.url), **title}


def _source(url: str) -> Members:
    inline = data_url.split(url)
    if inline is None:
        return {"type": "url", "url": url}
    return {"type": "base64", "media_type": inline[0], "data": inline[1]}


def _document_source(url: str) -> Members:
    inline = data_url.split(url)
    if inline is None or inline[0] == data_url.PDF:
        return _source(url)
    text = data_url.text_of(inline[1]) if _is_text(inline[0]) else None
    if text is None:
        raise RequestError(f"this model's server reads PDF and text, not files of {inline[0]}")
    return {"type": "text", "media_type": "text/plain", "data": text}


def _is_text(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type in ("application/json", "application/xml")


def _text(text: str) -> Members:
    return {"type": "text", "text": text}


def _id(given: str) -> str:
    """The id of a call in the letters that this shape allows."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", given)


def _input(arguments: str) -> Members:
    try:
        value = strict_json.loads(arguments or "{}")
    except ValueError:
        value = None
    # A call that was cut off, or one of a custom tool: the model sees what it wrote.
    return value if isinstance(value, dict) else {"input": arguments}


def _write_tools(request: Request) -> Iterator[Members]:
    for tool in request.tools:
        if tool.custom:
            # Its answer could not be told from JSON.
            request.dropped.add("custom_tool")
        else:
            yield _write_tool(tool)


def _write_tool(tool: Tool) -> Members:
    written: Members = {"name": tool.name}
    if tool.description is not None:
        written["description"] = tool.description
    written["input_schema"] = tool.parameters or {"type": "object", "properties": {}}
    return written | ({"strict": True} if tool.strict else {})


def _write_choice(request: Request) -> Members | None:
    choice = request.tool_choice
    written: Members = {"type": CHOICES[choice.mode] if choice else "auto"}
    if choice and choice.name is not None:
        written["name"] = choice.name
    if request.parallel_calls is False and written["type"] != "none":
        written["disable_parallel_tool_use"] = True
    return written if choice or len(written) > 1 else None


def _write_thinking(request: Request, body: Members) -> None:
    thinking = request.thinking
    if thinking is None:
        return
    if thinking.effort == "none":
        body["thinking"] = {"type": "disabled"}
        return
    if _is_forced(request) or _lacks_reasoning(request):
        request.dropped.add("thinking")
        return
    if thinking.effort is not None:
        level = effort.OF_MESSAGES.get(thinking.effort)
        if level is None:
            request.dropped.add("reasoning_effort")
        else:
            body["output_config"] = {"effort": level}
    body["thinking"] = _thinking(thinking, body)
    # A model that thinks takes no other temperature than its own.
    for name in ("temperature", "top_p"):
        if body[name] is not None:
            request.dropped.add(name)
            body[name] = None


def _thinking(thinking: Thinking, body: Members) -> Members:
    # How much it may think is part of how long the answer may be.
    budget = min(thinking.budget or 0, body["max_tokens"] - 1)
    if thinking.budget is None or budget < LEAST_BUDGET:
        return {"type": "adaptive"}
    return {"type": "enabled", "budget_tokens": budget}


def _is_forced(request: Request) -> bool:
    """Whether a tool must be called: this shape's models do not think then."""
    choice = request.tool_choice
    return choice is not None and choice.mode in ("required", "named")


def _lacks_reasoning(request: Request) -> bool:
    """Whether the turn goes on after a tool, and what was thought before the call is not known.

    The server asks for it back if thinking is on.
    """
    last = [turn for turn in request.turns if turn.role != "system"][-2:]
    if len(last) < 2 or not any(isinstance(part, Result) for part in last[1].parts):
        return False
    return not any(isinstance(part, Reasoning) and part.signature for part in last[0].parts)


def _write_format(request: Request, body: Members) -> None:
    if request.format is None:
        return
    if request.format.schema is None:
        request.dropped.add("response_format")
        return
    form = {"type": "json_schema", "schema": request.format.schema}
    body["output_config"] = {**body.get("output_config", {}), "format": form}
