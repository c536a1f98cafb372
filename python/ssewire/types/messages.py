"""Messages: what a `StreamEvent` of theirs holds."""

from __future__ import annotations

from typing import Any, Protocol

from ssewire.types.payload import Payload


class Message(Payload, Protocol):
    """The message that a `message_start` opens: nearly empty."""

    id: str
    type: str
    role: str
    model: str
    content: list[ContentBlock]
    stop_reason: str | None
    stop_sequence: str | None
    stop_details: Any
    container: Any
    usage: MessageUsage


class ContentBlock(Payload, Protocol):
    """A block of a message, of any type."""

    type: str
    # text
    text: str
    citations: list[Any] | None
    # thinking, redacted_thinking
    thinking: str
    signature: str
    data: str
    # tool_use, server_tool_use, mcp_tool_use
    id: str
    name: str
    input: Any
    caller: Any
    # *_tool_result
    tool_use_id: str
    content: Any


class BlockDelta(Payload, Protocol):
    """What an event adds to a block, or to the message at its end."""

    type: str
    text: str
    thinking: str
    signature: str
    partial_json: str
    citation: Any
    # message_delta, which has no type
    stop_reason: str | None
    stop_sequence: str | None
    stop_details: Any
    container: Any


class EventDelta(BlockDelta, str):
    """`StreamEvent.delta`: an object in an event of messages, a string in one of Responses.

    It is typed as both, so that neither `event.delta.text` nor `text += event.delta` has to say
    again what `event.type` said.
    """


class MessageUsage(Payload, Protocol):
    """The tokens used so far, in a message."""

    input_tokens: int
    output_tokens: int
    cache_creation_input_tokens: int | None
    cache_read_input_tokens: int | None
    cache_creation: Any
    output_tokens_details: MessageTokensDetails | None
    server_tool_use: ServerToolUsage | None
    service_tier: str | None
    inference_geo: str | None
    speed: str | None


class MessageDeltaUsage(Payload, Protocol):
    """The tokens used in all, in a `message_delta`."""

    input_tokens: int | None
    output_tokens: int
    cache_creation_input_tokens: int | None
    cache_read_input_tokens: int | None
    output_tokens_details: MessageTokensDetails | None
    server_tool_use: ServerToolUsage | None


class MessageTokensDetails(Payload, Protocol):
    """Of the tokens in the answer, how many were of a kind."""

    thinking_tokens: int


class ServerToolUsage(Payload, Protocol):
    """How often the server used its tools."""

    web_search_requests: int
    web_fetch_requests: int
