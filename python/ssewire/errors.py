"""The exceptions of ssewire."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ssewire.outcome import ErrorInfo


class SSEError(Exception):
    """Base of every error that ssewire raises about a stream."""


class EventTooLarge(SSEError):
    """An event grew beyond `max_event_size`.

    The events before it were delivered first. The decoder keeps raising this until `reset()`.

    Attributes:
        limit: the `max_event_size` of the decoder, in bytes.
        offset: where in the stream the event began, in bytes from the start of the stream; the same
            for every cut of the stream.
    """

    limit: int
    offset: int

    def __init__(self, limit: int, offset: int) -> None:
        super().__init__(limit, offset)
        self.limit = limit
        self.offset = offset

    def __str__(self) -> str:
        return f"the event at byte {self.offset} is larger than max_event_size={self.limit}"


class InvalidPayload(SSEError):
    """With `strict`: a payload was not JSON.

    The items before it were delivered first. The dispatcher keeps raising this until `reset()`.

    Attributes:
        offset: where in the stream the payload's event began, in bytes; the same for every cut.
        snippet: the beginning of the payload.
    """

    offset: int
    snippet: str

    def __init__(self, offset: int, snippet: str) -> None:
        super().__init__(offset, snippet)
        self.offset = offset
        self.snippet = snippet

    def __str__(self) -> str:
        return f"the payload of the event at byte {self.offset} is not JSON: {self.snippet!r}"


class StreamError(SSEError):
    """The server sent an error within the stream.

    Attributes:
        error: the error: type, code, message, param, status, retryable, raw.
    """

    error: ErrorInfo

    def __init__(self, error: ErrorInfo) -> None:
        super().__init__(error)
        self.error = error

    def __str__(self) -> str:
        what = self.error.message or "an error without a message"
        known = (self.error.type, self.error.code, self.error.status)
        named = ", ".join(dict.fromkeys(str(value) for value in known if value is not None))
        return f"{what} ({named})" if named else what


class TruncatedStream(SSEError):
    """The stream ended before the answer did, and nothing said why.

    Attributes:
        n_events: how many events there were.
    """

    n_events: int

    def __init__(self, n_events: int = 0) -> None:
        super().__init__(n_events)
        self.n_events = n_events

    def __str__(self) -> str:
        if not self.n_events:
            return "the stream is empty"
        return f"the stream ended after {self.n_events} events, before the answer did"


class NotAnEventStream(SSEError):
    """The body was no event stream: HTML, a JSON object, lines of JSON, compressed bytes.

    Attributes:
        body: the body, or its beginning.
        kind: `"json"`, `"ndjson"`, `"html"`, `"gzip"`, `"zstd"` or `"text"`.
        json: the body parsed, if it is JSON, else `None`.
        error: the error that is in it, if it is JSON and has one.
    """

    body: bytes
    kind: str
    json: Any
    error: ErrorInfo | None

    def __init__(
        self,
        body: bytes,
        json: Any = None,
        kind: str | None = None,
        error: ErrorInfo | None = None,
    ) -> None:
        super().__init__(body, json, kind, error)
        self.body = body
        self.error = error
        self.json = _parsed(body) if json is None else json
        self.kind = kind or _kind(body, self.json)

    def __str__(self) -> str:
        if self.error is not None and self.error.message:
            return f"not an event stream but {self.kind}: {self.error.message}"
        return f"not an event stream but {self.kind}: {self.body[:100]!r}"


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _kind(body: bytes, parsed: Any) -> str:
    if body.startswith(b"\x1f\x8b"):
        return "gzip"
    if body.startswith(b"\x28\xb5\x2f\xfd"):
        return "zstd"
    if parsed is not None:
        return "json"
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        return "html"
    first, _, rest = start.partition(b"\n")
    if rest.strip() and start[:1] in (b"{", b"[") and _parsed(first) is not None:
        return "ndjson"
    return "text"
