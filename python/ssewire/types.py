"""The types of what payloads hold, for editors and type checkers, with the SDKs' names.

At run time every object within a payload is a `PayloadObject`; there are no objects of these classes
and nothing to construct. They say how such an object reads, wherever it is:

    from ssewire.types import Choice

    def finished(choice: Choice) -> bool:
        return choice.finish_reason is not None

Members have the names that they have in the openai and anthropic packages, and are `None` where
these say so. A class stands for all variants that the SDKs have (a text block and a tool use block
are one `ContentBlock`): ask for `type` before you read a member that only some of them have. A
member that is not listed is an attribute too, of the type `Any`. All of them are read-only.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypeAlias

__all__ = [
    "BlockDelta",
    "Choice",
    "ChoiceDelta",
    "ChoiceDeltaAudio",
    "ChoiceDeltaFunction",
    "ChoiceDeltaToolCall",
    "CompletionTokensDetails",
    "CompletionUsage",
    "ContentBlock",
    "ContentPart",
    "DeltaKind",
    "ErrorObject",
    "EventDelta",
    "EventType",
    "IncompleteDetails",
    "InputTokensDetails",
    "Message",
    "MessageDeltaUsage",
    "MessageUsage",
    "OutputItem",
    "OutputTokensDetails",
    "Payload",
    "PromptTokensDetails",
    "Response",
    "ResponseUsage",
    "ServerToolUsage",
    "Shape",
]

Sometimes: TypeAlias = Any
"""`X | Sometimes`: an `X` in the variants that have it. Nobody is made to check for the others."""

Shape: TypeAlias = Literal["chat", "completions", "messages", "responses"]

DeltaKind: TypeAlias = Literal[
    "start",
    "text",
    "reasoning",
    "signature",
    "refusal",
    "tool_call",
    "tool_arguments",
    "audio",
    "citation",
    "finish",
    "usage",
    "error",
    "done",
    "invalid",
    "other",
]

EventType: TypeAlias = Literal[
    "message_start",
    "message_delta",
    "message_stop",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "response.created",
    "response.queued",
    "response.in_progress",
    "response.completed",
    "response.incomplete",
    "response.failed",
    "response.output_item.added",
    "response.output_item.done",
    "response.content_part.added",
    "response.content_part.done",
    "response.output_text.delta",
    "response.output_text.done",
    "response.output_text.annotation.added",
    "response.refusal.delta",
    "response.refusal.done",
    "response.reasoning_text.delta",
    "response.reasoning_text.done",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_part.done",
    "response.reasoning_summary_text.delta",
    "response.reasoning_summary_text.done",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.custom_tool_call_input.delta",
    "response.custom_tool_call_input.done",
    "response.mcp_call_arguments.delta",
    "response.mcp_call_arguments.done",
    "response.code_interpreter_call_code.delta",
    "response.code_interpreter_call_code.done",
    "response.image_generation_call.partial_image",
]
"""The native types that have members of their own; there are more."""


class Payload(Protocol):
    """An object within a payload."""

    def to_dict(self, *, exclude_none: bool = False, **options: Any) -> dict[str, Any]:
        """The object unchanged, as a dict."""
        ...

    def to_json(
        self, *, indent: int | None = None, exclude_none: bool = False, **options: Any
    ) -> str:
        """The object as JSON, character by character as it came."""
        ...

    def model_dump(self, *, exclude_none: bool = False, **options: Any) -> dict[str, Any]:
        """The same as `to_dict`."""
        ...

    def model_dump_json(
        self, *, indent: int | None = None, exclude_none: bool = False, **options: Any
    ) -> str:
        """The same as `to_json`."""
        ...

    def __getattr__(self, name: str, /) -> Any: ...


class ErrorObject(Payload, Protocol):
    """An error, as it was sent; `Delta.error` and `Outcome.error` say the same in one form."""

    type: str | None
    code: str | Sometimes | None
    message: str
    param: str | Sometimes | None


# Chat and text completions.


class Choice(Payload, Protocol):
    """A choice of a chunk. One of a chat has a `delta`, one of a text completion has a `text`."""

    index: int
    delta: ChoiceDelta
    text: str
    finish_reason: str | None
    logprobs: Any


class ChoiceDelta(Payload, Protocol):
    """What a chunk adds to the message of its choice."""

    role: str | None
    content: str | None
    refusal: str | None
    tool_calls: list[ChoiceDeltaToolCall] | None
    function_call: ChoiceDeltaFunction | None
    audio: ChoiceDeltaAudio | None


class ChoiceDeltaToolCall(Payload, Protocol):
    """A piece of a tool call. The first one has `id`, `type` and `function.name`."""

    index: int
    id: str | None
    type: str | None
    function: ChoiceDeltaFunction | None


class ChoiceDeltaFunction(Payload, Protocol):
    """The function that a tool call calls, and a piece of its arguments."""

    name: str | None
    arguments: str | None


class ChoiceDeltaAudio(Payload, Protocol):
    """A piece of a spoken answer."""

    id: str | None
    data: str | None
    expires_at: int | None
    transcript: str | None


class CompletionUsage(Payload, Protocol):
    """The tokens that a chat or a text completion used."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptTokensDetails | None
    completion_tokens_details: CompletionTokensDetails | None


class PromptTokensDetails(Payload, Protocol):
    """Of the tokens in the request, how many were of a kind."""

    audio_tokens: int | None
    cache_write_tokens: int | None
    cached_tokens: int | None
    image_tokens: int | None
    text_tokens: int | None


class CompletionTokensDetails(Payload, Protocol):
    """Of the tokens in the answer, how many were of a kind."""

    accepted_prediction_tokens: int | None
    audio_tokens: int | None
    reasoning_tokens: int | None
    rejected_prediction_tokens: int | None
    text_tokens: int | None


# Messages.


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


class EventDelta(BlockDelta, str):  # type: ignore[misc]
    """`StreamEvent.delta`: an object in an event of messages, a string in one of Responses.

    It is typed as both, so that neither `event.delta.text` nor `text += event.delta` has to say what
    `event.type` said already.
    """

    __slots__ = ()


class MessageUsage(Payload, Protocol):
    """The tokens used so far, in a message."""

    input_tokens: int
    output_tokens: int
    cache_creation_input_tokens: int | None
    cache_read_input_tokens: int | None
    cache_creation: Any
    output_tokens_details: OutputTokensDetails | None
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
    output_tokens_details: OutputTokensDetails | None
    server_tool_use: ServerToolUsage | None


class ServerToolUsage(Payload, Protocol):
    """How often the server used its tools."""

    web_search_requests: int
    web_fetch_requests: int


# Responses.


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
    """Of the tokens in the answer, how many were spent on reasoning; messages call it thinking."""

    reasoning_tokens: int
    thinking_tokens: int
