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

import importlib as _importlib
import typing as _typing

from ssewire._core import (
    Chunk,
    ChunkDispatcher,
    ChunkWriter,
    Delta,
    Dispatcher,
    EventDispatcher,
    EventWriter,
    PayloadObject,
    Relay,
    ServerSentEvent,
    StreamEvent,
    __version__,
    encode_comment,
    encode_event,
)
from ssewire.decoder import Decoder
from ssewire.errors import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    EventTooLarge,
    FirstTokenTimeout,
    IdleTimeout,
    InternalServerError,
    InvalidPayload,
    NotAnEventStream,
    NotFoundError,
    OverloadedError,
    PermissionDeniedError,
    RateLimitError,
    SSEError,
    StreamError,
    StreamTimeout,
    TotalTimeout,
    TruncatedStream,
    UnprocessableEntityError,
)
from ssewire.outcome import ErrorInfo, Outcome, Tokens, ToolCall

if _typing.TYPE_CHECKING:
    from ssewire.progress import Progress
    from ssewire.stream import AsyncStream, Observer, Stream

# Imported when they are asked for: whoever only decodes need not wait for asyncio.
_LATER = {
    "AsyncStream": "ssewire.stream",
    "Observer": "ssewire.stream",
    "Progress": "ssewire.progress",
    "Stream": "ssewire.stream",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(_importlib.import_module(_LATER[name]), name)
    return value


__all__ = [
    "AsyncStream",
    "AuthenticationError",
    "BadRequestError",
    "Chunk",
    "ChunkDispatcher",
    "ChunkWriter",
    "ConflictError",
    "Decoder",
    "Delta",
    "Dispatcher",
    "ErrorInfo",
    "EventDispatcher",
    "EventTooLarge",
    "EventWriter",
    "FirstTokenTimeout",
    "IdleTimeout",
    "InternalServerError",
    "InvalidPayload",
    "NotAnEventStream",
    "NotFoundError",
    "Observer",
    "Outcome",
    "OverloadedError",
    "PayloadObject",
    "PermissionDeniedError",
    "Progress",
    "RateLimitError",
    "Relay",
    "SSEError",
    "ServerSentEvent",
    "Stream",
    "StreamError",
    "StreamEvent",
    "StreamTimeout",
    "Tokens",
    "ToolCall",
    "TotalTimeout",
    "TruncatedStream",
    "UnprocessableEntityError",
    "__version__",
    "encode_comment",
    "encode_event",
]
