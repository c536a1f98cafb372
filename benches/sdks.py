"""The official SDKs, called the way their users call them, on bytes that are there already.

`stream` is what `create(stream=True)` returns, typed objects. `final` is what the `.stream()` helper
has put together when it is through. Both are made by hand here, over a response that has its reads:
the request takes a fixed time and belongs to neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anthropic
import openai
from anthropic.lib.streaming import MessageStream
from anthropic.types import RawMessageStreamEvent
from openai.lib.streaming.chat import ChatCompletionStream
from openai.lib.streaming.responses import ResponseStream
from openai.types import Completion
from openai.types.chat import ChatCompletionChunk
from openai.types.responses import ResponseStreamEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes import Shape
    from peers import Chunks

OPENAI = openai.OpenAI(api_key="none")
ANTHROPIC = anthropic.Anthropic(api_key="none")

ITEMS: dict[Shape, Any] = {
    "chat": ChatCompletionChunk,
    "completions": Completion,
    "messages": RawMessageStreamEvent,
    "responses": ResponseStreamEvent,
}


class Response:
    """What a stream needs of a response of the HTTP client."""

    status_code = 200

    def __init__(self, chunks: Chunks) -> None:
        self.chunks = chunks

    def iter_bytes(self) -> Iterator[bytes]:
        return iter(self.chunks)

    def close(self) -> None:
        pass


def distribution(shape: Shape) -> str:
    return "anthropic" if shape == "messages" else "openai"


def stream(shape: Shape, chunks: Chunks) -> Any:
    """An iterator of typed objects."""
    response: Any = Response(chunks)
    if shape == "messages":
        return anthropic.Stream(cast_to=ITEMS[shape], response=response, client=ANTHROPIC)
    return openai.Stream(cast_to=ITEMS[shape], response=response, client=OPENAI)


def final(shape: Shape, chunks: Chunks) -> Any:
    """The final object, after all events of the helper."""
    raw = stream(shape, chunks)
    if shape == "messages":
        return MessageStream(raw, output_format=anthropic.NOT_GIVEN).get_final_message()
    if shape == "chat":
        return ChatCompletionStream(
            raw_stream=raw, response_format=openai.omit, input_tools=openai.omit
        ).get_final_completion()
    return ResponseStream(
        raw_stream=raw, text_format=openai.omit, input_tools=openai.omit, starting_after=None
    ).get_final_response()
