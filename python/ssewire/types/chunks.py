"""Chat and text completions: what a `Chunk` holds."""

from __future__ import annotations

from typing import Any, Protocol

from ssewire.types.payload import Payload


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
