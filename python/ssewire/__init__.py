r"""The decoder for LLM event streams: bytes of `text/event-stream` in, events out.

Example:
    >>> from ssewire import Decoder
    >>> decoder = Decoder()
    >>> for chunk in [b"event: ping\ndata: {}\n\nda", b"ta: [DONE]\n\n"]:
    ...     for event in decoder.feed(chunk):
    ...         print(event.event, event.data)
    ping {}
    message [DONE]
"""

from ssewire._core import (
    Chunk,
    ChunkDispatcher,
    Delta,
    Dispatcher,
    EventDispatcher,
    PayloadObject,
    ServerSentEvent,
    StreamEvent,
    __version__,
    encode_comment,
    encode_event,
)
from ssewire.decoder import Decoder
from ssewire.errors import (
    EventTooLarge,
    InvalidPayload,
    NotAnEventStream,
    SSEError,
    StreamError,
    TruncatedStream,
)
from ssewire.outcome import ErrorInfo, Outcome, Tokens, ToolCall

__all__ = [
    "Chunk",
    "ChunkDispatcher",
    "Decoder",
    "Delta",
    "Dispatcher",
    "ErrorInfo",
    "EventDispatcher",
    "EventTooLarge",
    "InvalidPayload",
    "NotAnEventStream",
    "Outcome",
    "PayloadObject",
    "SSEError",
    "ServerSentEvent",
    "StreamError",
    "StreamEvent",
    "Tokens",
    "ToolCall",
    "TruncatedStream",
    "__version__",
    "encode_comment",
    "encode_event",
]
