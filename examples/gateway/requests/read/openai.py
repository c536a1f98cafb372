"""What the two APIs of OpenAI, chat completions and responses, have alike.

Tools, choices and formats are read as a response has them; of a chat, `chat.py` makes them so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..members import harmless, kind_of, optional, required
from ..neutral import Format, Request, Tool, ToolChoice

if TYPE_CHECKING:
    from ..members import Members

# What both have under one name.
COMMON = (
    "metadata",
    "moderation",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
)


def common(body: Members, verbosity: str | None) -> Members:
    """The members that both have under one name, as they came."""
    found = {name: body.get(name) for name in COMMON} | {"verbosity": verbosity}
    return {name: value for name, value in found.items() if value is not None}


def read_tool(request: Request, tool: Members, *, strict: bool | None) -> None:
    """Read a tool.

    Args:
        request: what it is added to.
        tool: the tool.
        strict: what it means where it does not say so.
    """
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
        told = optional(tool, "strict", bool)
        parameters = optional(tool, "parameters", dict)
        request.tools.append(Tool(name, description, parameters, strict if told is None else told))


def read_choice(request: Request, choice: Any) -> ToolChoice | None:
    """Read which tool to call."""
    if choice in ("auto", "none", "required"):
        return ToolChoice(choice)
    if isinstance(choice, dict) and choice.get("type") in ("function", "custom"):
        return ToolChoice("named", required(choice, "name", str))
    if choice is not None:
        request.dropped.add("tool_choice")
    return None


def read_format(form: Members) -> Format | None:
    """Read the form of the answer; `None` for text."""
    kind = form.get("type")
    if kind == "json_object":
        return Format()
    if kind != "json_schema":
        return None
    return Format(
        optional(form, "schema", dict) or {},
        optional(form, "name", str),
        optional(form, "description", str),
        optional(form, "strict", bool),
    )
