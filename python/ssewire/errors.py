"""The exceptions of ssewire."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

    from ssewire.outcome import ErrorInfo, Outcome


class SSEError(Exception):
    """Base of every error that ssewire raises about a stream.

    Attributes:
        outcome: what had come by then, if a `Stream` or an `AsyncStream` raised it, else `None`.
    """

    outcome: Outcome | None

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:  # noqa: ARG004, D102 (a default)
        self = super().__new__(cls, *args)
        self.outcome = None
        return self


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

    The classes below are for those with a status of their own, named as in the openai and anthropic
    SDKs. `StreamError(error)` makes the one that fits.

    Attributes:
        error: the error: type, code, message, param, status, retryable, raw.
    """

    error: ErrorInfo

    def __new__(cls, error: ErrorInfo) -> Self:  # noqa: D102
        fitting = _class_for(error.status) if cls is StreamError else cls
        return super().__new__(fitting, error)  # type: ignore[return-value]

    def __init__(self, error: ErrorInfo) -> None:
        super().__init__(error)
        self.error = error

    @property
    def status(self) -> int | None:
        """The HTTP status that the error would have had; `None` if unknown."""
        return self.error.status

    @property
    def status_code(self) -> int | None:
        """`status`, by the SDKs' name."""
        return self.error.status

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later."""
        return self.error.retryable

    def __str__(self) -> str:
        what = self.error.message or "an error without a message"
        known = (self.error.type, self.error.code, self.error.status)
        named = ", ".join(dict.fromkeys(str(value) for value in known if value is not None))
        return f"{what} ({named})" if named else what


class BadRequestError(StreamError):
    """400: the request is wrong."""


class AuthenticationError(StreamError):
    """401: the key is missing or wrong."""


class PermissionDeniedError(StreamError):
    """403: the key may not do this."""


class NotFoundError(StreamError):
    """404: there is no such model or resource."""


class ConflictError(StreamError):
    """409: another request is in the way."""


class UnprocessableEntityError(StreamError):
    """422: the request is understood and cannot be done."""


class RateLimitError(StreamError):
    """429: too much in too short a time, or the quota is spent."""


class InternalServerError(StreamError):
    """500 and more: the server's own fault."""


class OverloadedError(InternalServerError):
    """529: too many requests of everybody."""


_BY_STATUS: dict[int, type[StreamError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    529: OverloadedError,
}


def _class_for(status: int | None) -> type[StreamError]:
    known = _BY_STATUS.get(status or 0)
    return known or (InternalServerError if status is not None and status >= 500 else StreamError)


class TruncatedStream(SSEError):
    """The stream ended before the answer did, and nothing said why.

    If the connection broke, what the HTTP library raised is its `__cause__`.

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
        status: the HTTP status, if a `Stream` or an `AsyncStream` raised it from a response.
        response: that response, closed.
    """

    body: bytes
    kind: str
    json: Any
    error: ErrorInfo | None
    status: int | None
    response: Any

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
        self.status = self.response = None
        self.json = _parsed(body) if json is None else json
        self.kind = kind or _kind(body, self.json)

    def __reduce__(self) -> Any:
        # A response is a connection; it does not travel.
        state = {**vars(self), "response": None}
        return type(self), self.args, state

    def __str__(self) -> str:
        what = f"HTTP {self.status}, " if self.status not in (None, 200) else ""
        if self.error is not None and self.error.message:
            return f"{what}not an event stream but {self.kind}: {self.error.message}"
        return f"{what}not an event stream but {self.kind}: {self.body[:100]!r}"


class StreamTimeout(SSEError, TimeoutError):
    """The stream took too long. What had come by then is in `outcome`.

    This class itself stands for a time-out of the HTTP library, which is its `__cause__`.

    Attributes:
        limit: the limit in seconds; `None` if it is the HTTP library's own.
    """

    limit: float | None
    _what = "the HTTP library stopped waiting"

    def __init__(self, limit: float | None = None) -> None:
        super().__init__(limit)
        self.limit = limit

    def __str__(self) -> str:
        return self._what if self.limit is None else f"{self._what} within {self.limit:g} s"


class FirstTokenTimeout(StreamTimeout):
    """No output came in time: `first_token_timeout`."""

    _what = "no output came"


class IdleTimeout(StreamTimeout):
    """No event came in time after the one before: `idle_timeout`."""

    _what = "no event came"


class TotalTimeout(StreamTimeout):
    """The answer did not end in time: `timeout`."""

    _what = "the answer did not end"


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
