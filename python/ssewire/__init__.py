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

from ssewire._core import ServerSentEvent, __version__, encode_comment, encode_event
from ssewire.decoder import Decoder
from ssewire.errors import EventTooLarge, SSEError

__all__ = [
    "Decoder",
    "EventTooLarge",
    "SSEError",
    "ServerSentEvent",
    "__version__",
    "encode_comment",
    "encode_event",
]
