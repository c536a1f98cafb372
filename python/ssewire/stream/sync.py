"""`Stream`: an answer that is read with `for`."""

from __future__ import annotations

import warnings
import weakref
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload

from ssewire._core import Decoder
from ssewire.errors import SSEError
from ssewire.stream.reading import MOST_BODY, Reading
from ssewire.stream.source import source_of
from ssewire.stream.timed import settle, timed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from types import TracebackType

    from typing_extensions import Buffer, Self, Unpack

    from ssewire._core import Chunk, Delta, Reads, ServerSentEvent, StreamEvent
    from ssewire.outcome import Outcome
    from ssewire.stream.reading import Options
    from ssewire.stream.source import Source

T = TypeVar("T")
Item = TypeVar("Item")


class Stream(Reading, Generic[Item]):
    """An answer that is read with `for`: items, text, deltas or events, and the outcome.

    Reading stops when the answer has ended, though the server may keep the connection open. The source
    is given back on every way out: the end, an error, `break`, an exception in the loop,
    `close()`. What the server sent is delivered before anything is raised.

    Args:
        source: an iterable of bytes, cut anywhere, or a response of httpx, httpx2, requests, urllib3, `http.client`, or an SDK, not read yet.
        shape: `"chat"`, `"completions"`, `"messages"`, `"responses"`, or `"auto"` to find out.
        raise_errors: whether to raise what the outcome says at the end: an error that the server sent
            (`StreamError`), a stream that just ended (`TruncatedStream`), a body that is no event
            stream (`NotAnEventStream`).
        check_content_type: whether another content type than `text/event-stream` makes it
            `NotAnEventStream`, as the standard has it for browsers
            (https://html.spec.whatwg.org/multipage/server-sent-events.html: with another type, or
            another status than 200, the connection fails). Without one the body decides. With a
            status that is no success only the right type counts.
        timeout: seconds until the answer has to end.
        first_token_timeout: seconds until the first piece of output has to come.
        idle_timeout: seconds until the next event has to come. Pings and comments are none.
        observer: told how the stream goes; such as `ssewire.metrics`.
        waited: seconds that went by since the request was sent, for `progress` to count.
        strict: see `Dispatcher`; the others too.
        last_event_id: see `Decoder`.
        max_event_size: see `Decoder`.
        oversize: see `Decoder`.
        flush_at_end: see `Decoder`.

    Raises:
        TypeError: `source` is nothing that can be read so.
        ValueError: an option is not allowed.
        StreamTimeout: while reading; `FirstTokenTimeout`, `IdleTimeout`, `TotalTimeout`. A source that
            cannot be woken up (a plain iterable, HTTP/2) is seen to be late when it gives its next piece.
        SSEError: while reading, as told above; `outcome` says what had come.
    """

    __slots__ = ("_items", "_reading")

    _source: Source

    @overload
    def __init__(
        self: Stream[Chunk],
        source: Any,
        *,
        shape: Literal["chat", "completions"],
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: Stream[StreamEvent],
        source: Any,
        *,
        shape: Literal["messages", "responses"],
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: Stream[Any], source: Any, *, shape: str = "auto", **options: Unpack[Options]
    ) -> None: ...
    def __init__(self, source: Any, **options: Any) -> None:
        self._reading: Callable[[], Reads[Any] | None] = _none  # it keeps this stream
        self._items: Iterator[Item] | None = None
        super().__init__(source_of(source), **options)

    def __iter__(self) -> Iterator[Item]:
        """Iterate over items: a `Chunk` or `StreamEvent` for each payload."""
        # What `next` has begun goes on here: items of its read may be left.
        items, self._items = self._items, None
        return items or chain.from_iterable(self._reads(None, _same))

    def __next__(self) -> Item:
        if self._items is None:
            self._items = iter(self)
        return next(self._items)

    def text(self) -> Iterator[str]:
        """Iterate over the text of choice 0, or of the message: what is new in each read."""
        self._check_unread()
        return filter(None, self._reads(self._dispatcher.feed_text, self._with_text))

    @property
    def text_stream(self) -> Iterator[str]:
        """`text()`, by the name that anthropic's SDK has for it."""
        return self.text()

    def deltas(self) -> Iterator[Delta]:
        """Iterate over what each item adds to the answer."""
        return chain.from_iterable(map(attrgetter("deltas"), self))

    def events(self) -> Iterator[ServerSentEvent]:
        """Iterate over the events themselves, those included that say nothing of an answer."""
        self._check_unread()
        decoder = Decoder(**self._decoding or {})
        feed, decode = self._dispatcher.feed, decoder.feed

        def take(chunk: Buffer) -> list[ServerSentEvent]:
            feed(chunk)
            return decode(chunk)

        return chain.from_iterable(self._reads(take, lambda _items: decoder.finish()))

    def until_done(self) -> Outcome:
        """Read to the end.

        Returns:
            The outcome.

        Raises:
            SSEError: as reading does; also if the stream had failed or was closed before.
        """
        for _ in self:
            pass
        self._raise_if_not_whole()
        return self.outcome

    def get_final_message(self) -> dict[str, Any] | None:
        """Read to the end, as anthropic's SDK does by this name.

        Returns:
            `snapshot()`, which is a dict: a Message, ChatCompletion, Completion or Response.
        """
        self.until_done()
        return self.snapshot()

    get_final_completion = get_final_message
    get_final_response = get_final_message

    def close(self) -> None:
        """Give up the source and its connection. A second call does nothing.

        It may be called from another thread: whoever waits for the next piece then sees the end, if
        the library of the source has a way to be woken up.
        """
        self._give_up(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._give_up(error)

    def __del__(self) -> None:
        if getattr(self, "_closed", True):
            return
        try:
            warnings.warn(f"{self!r} was never closed", ResourceWarning, stacklevel=1, source=self)
        finally:
            self._close(None)

    def _give_up(self, error: BaseException | None) -> None:
        if self._closed or self._closing:
            return
        # First, for somebody may begin to wait while we look whether somebody does.
        self._closing = True
        self._pace.stop()
        reads = self._reading()
        if reads is None or not reads.running:
            self._close(error)
            if reads is not None:
                reads.close()
        elif self._source.interrupt is not None:
            # Who waits for the next piece closes when it does not come.
            self._source.interrupt()

    def _close(self, error: BaseException | None) -> None:
        if not self._closed:
            self._closed = True
            self._pace.stop()
            try:
                self._source.close()
            finally:
                self._tell(error)

    def _reads(
        self, take: Callable[[Buffer], T] | None, left: Callable[[list[Item]], T]
    ) -> Iterator[T]:
        """What `take` makes of each piece of the body, and `left` of what is left in the end.

        Without `take` that is what the dispatcher's `feed` does. Between the reads no Python code of
        ours runs.
        """
        if self._closed or self._closing:
            return iter(())
        reads = self._reading()
        if reads is not None and reads.running:
            raise RuntimeError("this stream is being read by another thread")
        limits, observer = self._limits, self._observer
        waited = None if limits is None else timed(self._source, limits)
        told = None if observer is None else partial(observer.received, self)
        chunks = iter(()) if self._unfit else waited or self._source.chunks
        reads = self._pace.reads(chunks, take, told, self._end(waited, left))
        self._reading = weakref.ref(reads)
        return reads

    def _end(
        self, waited: Generator[Buffer, None, None] | None, left: Callable[[list[Item]], T]
    ) -> Generator[T | None, BaseException | None, None]:
        """What comes after the reads. It is begun before them, so that it closes however they end."""
        error: BaseException | None = None
        body = bytearray() if self._unfit else None
        try:
            error = yield None
            if self._closed or self._closing:
                error = None
                return
            if not (error is None or isinstance(error, Exception)):
                raise error
            if body is not None:
                try:
                    self._read_body(waited or self._source.chunks, body)
                except Exception as caught:  # noqa: BLE001 (`_ending` decides)
                    error = caught
            elif not isinstance(error, SSEError):
                try:
                    rest = left(self._dispatcher.finish())
                except SSEError as caught:  # kept back until what was before it was delivered
                    error = caught
                else:
                    yield rest
            error = self._ending(error, bytes(body or b""))
            if self._pace.over:
                settle(self._source)
            if self._is_raised(error):
                raise error
        except KeyboardInterrupt as caught:
            error = caught
            raise
        finally:
            # An error keeps this frame alive, in which no thread is to wait.
            if waited is not None:
                waited.close()
            try:
                self._close(error)
            finally:
                error = None  # or they would keep each other

    def _read_body(self, chunks: Iterable[Buffer], body: bytearray) -> None:
        """Read what is no event stream, for the error to show its beginning."""
        for chunk in chunks:
            body += chunk
            if len(body) >= MOST_BODY:
                del body[MOST_BODY:]
                break


def _none() -> None:
    return None


def _same(items: T) -> T:
    return items
