"""How the oracle finds the shape of a stream: by its payloads, and by event names only for want."""

from __future__ import annotations

from typing import Literal, TypeAlias

from reference_json import Array, Object, objects_of

Family: TypeAlias = Literal["chunks", "events"]

FAMILIES: dict[str, Family] = {
    "chat": "chunks",
    "completions": "chunks",
    "messages": "events",
    "responses": "events",
}
MESSAGES = (
    *("message_start", "message_delta", "message_stop"),
    *("content_block_start", "content_block_delta", "content_block_stop"),
)
OBJECTS = {
    "chat.completion.chunk": "chat",
    "chat.completion": "chat",
    "error": "chat",
    "text_completion": "completions",
}


def type_of(payload: Object, event_name: str) -> str | None:
    # "both must dispatch on the JSON, with the SSE event name as a fallback"
    if isinstance(payload.get("type"), str) and payload["type"]:
        type_: str = payload["type"]
        return type_
    named = event_name not in ("", "message") and "choices" not in payload
    return event_name if named else None


def event_shape(payload: Object, type_: str | None) -> str | None:
    """The shape that the type of an event tells."""
    if type_ is None:
        return None
    if type_ in MESSAGES:
        return "messages"
    if type_.startswith("response.") or (type_ == "error" and "sequence_number" in payload):
        return "responses"
    return None  # ping, error and unknown types tell nothing


def chunk_shape(payload: Object) -> str | None:
    object_ = payload.get("object")
    if isinstance(object_, str) and object_ in OBJECTS:
        return OBJECTS[object_]
    for choice in objects_of(payload.get("choices"))[:1]:
        if "delta" in choice and (choice["delta"] is None or isinstance(choice["delta"], Object)):
            return "chat"
        if isinstance(choice.get("message"), Object):
            return "chat"
        if "text" in choice:
            return "completions"
    return None


def is_chunk(payload: Object) -> bool:
    """Whether it is a chunk, though nothing tells of which shape."""
    choices = payload.get("choices", False)
    return choices is None or isinstance(choices, Array) or isinstance(payload.get("usage"), Object)
