"""Responses: what a `StreamEvent` of theirs holds."""

from __future__ import annotations

from typing import Any, Protocol

from ssewire.types.payload import ErrorObject, Payload, Sometimes


class Response(Payload, Protocol):
    """The response as a whole: nearly empty when it is created, complete when it has ended."""

    id: str
    object: str
    created_at: float
    completed_at: float | None
    model: str
    status: str | None
    output: list[OutputItem]
    usage: ResponseUsage | None
    error: ErrorObject | None
    incomplete_details: IncompleteDetails | None
    background: bool | None
    conversation: Any
    instructions: Any
    max_output_tokens: int | None
    max_tool_calls: int | None
    metadata: Any
    parallel_tool_calls: bool
    previous_response_id: str | None
    prompt: Any
    prompt_cache_key: str | None
    prompt_cache_retention: str | None
    reasoning: Any
    safety_identifier: str | None
    service_tier: str | None
    temperature: float | None
    text: Any
    tool_choice: Any
    tools: list[Any]
    top_logprobs: int | None
    top_p: float | None
    truncation: str | None
    user: str | None


class OutputItem(Payload, Protocol):
    """An item of a response's output, of any type."""

    type: str
    id: str | Sometimes | None
    status: str | Sometimes | None
    # message
    role: str
    phase: str | None
    # message, and reasoning that is shown
    content: list[ContentPart] | Sometimes
    # function_call, custom_tool_call, mcp_call
    call_id: str
    name: str
    arguments: str
    input: str
    namespace: str | None
    server_label: str
    # reasoning
    summary: list[ContentPart]
    encrypted_content: str | None
    # *_call of the server's own tools
    action: Any
    code: str | None
    container_id: str
    error: Any
    output: Any
    outputs: list[Any] | None
    queries: list[str]
    result: str | None
    results: list[Any] | None


class ContentPart(Payload, Protocol):
    """A part of an output item: text, a refusal, or a piece of reasoning."""

    type: str
    text: str
    annotations: list[Any]
    logprobs: list[Any] | None
    refusal: str


class IncompleteDetails(Payload, Protocol):
    """Why a response is not complete."""

    reason: str | None


class ResponseUsage(Payload, Protocol):
    """The tokens that a response used."""

    input_tokens: int
    input_tokens_details: InputTokensDetails
    output_tokens: int
    output_tokens_details: OutputTokensDetails
    total_tokens: int


class InputTokensDetails(Payload, Protocol):
    """Of the tokens in the request, how many were of a kind."""

    cached_tokens: int
    cache_write_tokens: int


class OutputTokensDetails(Payload, Protocol):
    """Of the tokens in the answer, how many were of a kind."""

    reasoning_tokens: int
