"""Whether a request is one that the official SDKs would let anybody write, member by member."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from anthropic.types.message_create_params import MessageCreateParamsStreaming as OfMessages
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming as OfChat
from openai.types.responses.response_create_params import (
    ResponseCreateParamsStreaming as OfResponses,
)
from pydantic import TypeAdapter

if TYPE_CHECKING:
    from gateway.requests import Shape

PARAMS = {"chat": OfChat, "messages": OfMessages, "responses": OfResponses}


@cache
def _adapter(shape: Shape) -> TypeAdapter[Any]:
    return TypeAdapter(PARAMS[shape])


def as_typed(shape: Shape, body: dict[str, Any]) -> Any:
    """The body with only what the SDK's types know of it; they raise if a type is wrong."""
    return _listed(_adapter(shape).validate_python(body))


def _listed(value: Any) -> Any:
    # What is typed as an iterable is validated as it is read.
    if isinstance(value, dict):
        return {name: _listed(member) for name, member in value.items()}
    if isinstance(value, (list, Iterator)) or type(value).__name__ == "ValidatorIterator":
        return [_listed(member) for member in value]
    return value
