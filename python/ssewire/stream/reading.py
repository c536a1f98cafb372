"""`Reading`: what `Stream` and `AsyncStream` have in common, which is all but the reading."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from ssewire._core import ChunkDispatcher, Dispatcher, EventDispatcher, Pace
from ssewire.errors import (
    NotAnEventStream,
    SSEError,
    StreamError,
    StreamTimeout,
    TruncatedStream,
)
from ssewire.progress import Progress
from ssewire.stream.limits import Limits
from ssewire.stream.source import is_event_stream

if TYPE_CHECKING:
    from typing import TypedDict, TypeGuard

    from ssewire.outcome import Outcome
    from ssewire.stream.observer import Observer
    from ssewire.stream.source import AsyncSource, Source

    class Options(TypedDict, total=False):
        """The options of a stream but for its shape, for type checkers."""

        raise_errors: bool
        check_content_type: bool
        timeout: float | None
        first_token_timeout: float | None
        idle_timeout: float | None
        observer: Observer | None
        waited: float
        strict: bool
        last_event_id: str
        max_event_size: int | None
        oversize: Literal["raise", "skip"]
        flush_at_end: bool


MOST_BODY = 64 * 1024  # bytes of a body that is no event stream, for the error to show


class Reading:
    """A body that is being read: the dispatcher that it is fed to, and how it may end."""

    __slots__ = (
        "__weakref__",
        "_closed",
        "_closing",
        "_decoding",
        "_dispatcher",
        "_limits",
        "_observer",
        "_outcome",
        "_pace",
        "_raise_errors",
        "_source",
        "_unfit",
        "_waited",
    )

    _source: Source | AsyncSource
    _items: object

    def __init__(
        self,
        source: Source | AsyncSource,
        *,
        shape: str = "auto",
        raise_errors: bool = True,
        check_content_type: bool = True,
        timeout: float | None = None,
        first_token_timeout: float | None = None,
        idle_timeout: float | None = None,
        observer: Observer | None = None,
        waited: float = 0.0,
        **options: Any,
    ) -> None:
        self._closed = self._closing = True  # as long as this may fail
        self._dispatcher = _dispatcher(shape, options)
        options.pop("strict", None)
        self._decoding = options or None
        self._pace = Pace(self._dispatcher)
        self._waited = waited
        limits = (timeout, first_token_timeout, idle_timeout)
        self._limits = None
        if any(limit is not None for limit in limits):
            total, first_token, idle = limits
            self._limits = Limits(
                self._pace, total=total, first_token=first_token, idle=idle, waited=waited
            )
        self._source = source
        self._unfit = not is_fit(source, check_content_type=check_content_type)
        self._raise_errors = raise_errors
        self._observer = observer
        self._outcome: Outcome | None = None
        if observer is not None:
            observer.started(self)
        self._closed = self._closing = False

    @property
    def outcome(self) -> Outcome:
        """What the answer is so far, and how it ended; at any moment, also after an error.

        It costs as much as the answer is long until the stream has ended, and nothing then.
        """
        return self._outcome or self._dispatcher.outcome

    @property
    def shape(self) -> str | None:
        """`"chat"`, `"completions"`, `"messages"`, `"responses"`, or `None` while unknown."""
        return self._dispatcher.shape

    def snapshot(self) -> dict[str, Any] | None:
        """The message so far in the official final form of its API; `None` while unknown."""
        return self._dispatcher.snapshot()

    @property
    def progress(self) -> Progress:
        """How far the stream has come, and how fast."""
        return Progress(self._dispatcher, self._pace, waited=self._waited)

    @property
    def response(self) -> Any:
        """What the stream was made from: the response of the HTTP library."""
        return self._source.response

    @property
    def closed(self) -> bool:
        """Whether the source was given back: the stream ended, or `close()` was called."""
        return self._closed

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open"
        return f"<{type(self).__name__} of {type(self.response).__name__}, {self.shape}, {state}>"

    def _with_text(self, items: list[Any]) -> str:
        """The text of choice 0 in the items that `finish()` has left."""
        texts = [delta for item in items for delta in item.deltas if delta.kind == "text"]
        if self.shape in ("chat", "completions"):
            return "".join(delta.text for delta in texts if delta.index == 0)
        return "".join(delta.text for delta in texts)

    def _ending(self, caught: BaseException | None, body: bytes) -> BaseException | None:
        """What went wrong in the end, by what was caught and by what the outcome says.

        Args:
            caught: what reading raised.
            body: what was read of a body that is no event stream.
        """
        if self._unfit:
            # For the outcome to tell of the error that is in it.
            with suppress(SSEError):
                self._dispatcher.feed(body)
                self._dispatcher.finish()
        source = self._source
        self._outcome = outcome = _with_status(self._dispatcher.outcome, source.status)
        if isinstance(caught, SSEError):
            error: BaseException | None = caught
        elif caught is not None and isinstance(caught, source.late):
            error = StreamTimeout(None)
        elif caught is not None and not isinstance(caught, source.lost):
            return caught
        elif self._unfit:
            error = NotAnEventStream(body, error=outcome.error)
        else:
            error = _error_of(outcome)
        if isinstance(error, NotAnEventStream):
            error.status, error.response = source.status, source.response
        if isinstance(error, SSEError):
            error.outcome = outcome
        if error is not None and error is not caught:
            error.__cause__ = caught
        return error

    def _is_raised(self, error: BaseException | None) -> TypeGuard[BaseException]:
        """Whether an ending is to be raised, and not only told by the outcome."""
        told = (StreamError, TruncatedStream, NotAnEventStream)
        return error is not None and (self._raise_errors or not isinstance(error, told))

    def _check_unread(self) -> None:
        """For levels that cannot go on where `next` has left items of a read."""
        if self._items is not None and not self._closed:
            raise RuntimeError(
                "this stream is being read item by item; text() and events() would lose some"
            )

    def _raise_if_not_whole(self) -> None:
        """For who wants the whole answer, of a stream that was closed before its end or has failed."""
        if self._raise_errors:
            error = _error_of(self.outcome)
            if error is not None:
                error.outcome = self.outcome
                raise error

    def _tell(self, error: BaseException | None) -> None:
        """Tell the observer, once, that the stream is over."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.finished(self, error)


def _dispatcher(shape: Any, options: dict[str, Any]) -> Dispatcher[Any]:
    if shape == "auto":
        return Dispatcher(**options)
    if shape in ("chat", "completions"):
        return ChunkDispatcher(shape, **options)
    if shape in ("messages", "responses"):
        return EventDispatcher(shape, **options)
    raise ValueError(f"shape is auto, chat, completions, messages or responses, not {shape!r}")


def is_fit(source: Source | AsyncSource, *, check_content_type: bool) -> bool:
    """Whether status and content type are those of an event stream, or there are none."""
    headers = source.headers or {}
    kind = headers.get("content-type") or headers.get("Content-Type")
    if kind is not None and is_event_stream(kind):
        return True
    if source.status is not None and not 200 <= source.status < 300:
        return False
    return kind is None or not check_content_type


def _with_status(outcome: Outcome, status: int | None) -> Outcome:
    """The outcome, with the response's status for an error that does not tell its own."""
    error = outcome.error
    if error is None or error.status is not None or status is None or status < 400:
        return outcome
    retryable = status in (408, 409, 429) or status >= 500
    return replace(outcome, error=replace(error, status=status, retryable=retryable))


def _error_of(outcome: Outcome) -> SSEError | None:
    try:
        outcome.raise_for_error()
    except SSEError as error:
        return error.with_traceback(None)
    return None
