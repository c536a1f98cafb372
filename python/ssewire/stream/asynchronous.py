"""`AsyncStream`: an answer that is read with `async for`."""

from __future__ import annotations

import asyncio
import warnings
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload

from ssewire._core import Decoder
from ssewire.errors import SSEError
from ssewire.stream.reading import MOST_BODY, Reading
from ssewire.stream.source import asource_of
from ssewire.stream.waiting import Waiting, current_task

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
    from types import TracebackType

    from typing_extensions import Buffer, Self, Unpack

    from ssewire._core import Chunk, Delta, ServerSentEvent, StreamEvent
    from ssewire.outcome import Outcome
    from ssewire.stream.reading import Options
    from ssewire.stream.source import AsyncSource

T = TypeVar("T")
Item = TypeVar("Item")


class AsyncStream(Reading, Generic[Item]):
    """An answer that is read with `async for`: items, text, deltas or events, and the outcome.

    Reading stops when the answer has ended, though the server may keep the connection open. The source
    is given back on every way out: the end, an error, `break`, an exception in the loop, cancellation,
    `aclose()`. What the server sent is delivered before anything is raised.

    Args:
        source: an asynchronous iterable of bytes, cut anywhere, or a response of httpx, httpx2, aiohttp, or an SDK, not read yet.
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
        StreamTimeout: while reading; `FirstTokenTimeout`, `IdleTimeout`, `TotalTimeout`. Needs asyncio.
        SSEError: while reading, as told above; `outcome` says what had come.
    """

    __slots__ = ("_given_up", "_items", "_waiting")

    _source: AsyncSource

    @overload
    def __init__(
        self: AsyncStream[Chunk],
        source: Any,
        *,
        shape: Literal["chat", "completions"],
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: AsyncStream[StreamEvent],
        source: Any,
        *,
        shape: Literal["messages", "responses"],
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: AsyncStream[Any], source: Any, *, shape: str = "auto", **options: Unpack[Options]
    ) -> None: ...
    def __init__(self, source: Any, **options: Any) -> None:
        self._items: AsyncIterator[Item] | None = None
        # Who closes while another task reads waits for this.
        self._given_up: asyncio.Future[None] | None = None
        super().__init__(asource_of(source), **options)
        self._waiting = Waiting(self._limits)

    def __aiter__(self) -> AsyncIterator[Item]:
        """Iterate over items: a `Chunk` or `StreamEvent` for each payload."""
        # What `anext` has begun goes on here: items of its read may be left.
        items, self._items = self._items, None
        return items or self._read(self._dispatcher.feed, _same)

    async def __anext__(self) -> Item:
        if self._items is None:
            self._items = aiter(self)
        return await anext(self._items)

    def text(self) -> AsyncIterator[str]:
        """Iterate over the text of choice 0, or of the message: what is new in each read."""
        self._check_unread()
        feed_text = self._dispatcher.feed_text
        return self._read(
            lambda chunk: _some(feed_text(chunk)), lambda items: _some(self._with_text(items))
        )

    @property
    def text_stream(self) -> AsyncIterator[str]:
        """`text()`, by the name that anthropic's SDK has for it."""
        return self.text()

    async def deltas(self) -> AsyncIterator[Delta]:
        """Iterate over what each item adds to the answer."""
        items: Any = aiter(self)
        async with aclosing(items):
            async for item in items:
                for delta in item.deltas:
                    yield delta

    def events(self) -> AsyncIterator[ServerSentEvent]:
        """Iterate over the events themselves, those included that say nothing of an answer."""
        self._check_unread()
        decoder = Decoder(**self._decoding or {})
        feed, decode = self._dispatcher.feed, decoder.feed

        def take(chunk: Buffer) -> list[ServerSentEvent]:
            feed(chunk)
            return decode(chunk)

        return self._read(take, lambda _items: decoder.finish())

    async def until_done(self) -> Outcome:
        """Read to the end.

        Returns:
            The outcome.

        Raises:
            SSEError: as reading does; also if the stream had failed or was closed before.
        """
        async for _ in self:
            pass
        self._raise_if_not_whole()
        return self.outcome

    async def get_final_message(self) -> dict[str, Any] | None:
        """Read to the end, as anthropic's SDK does by this name.

        Returns:
            `snapshot()`, which is a dict: a Message, ChatCompletion, Completion or Response.
        """
        await self.until_done()
        return self.snapshot()

    get_final_completion = get_final_message
    get_final_response = get_final_message

    async def aclose(self) -> None:
        """Give up the source and its connection. A second call does nothing.

        It may be called from another task: whoever waits for the next piece then sees the end.
        """
        await self._give_up(None)

    close = aclose

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self._give_up(error)

    def __del__(self) -> None:
        if getattr(self, "_closed", True):
            return
        try:
            warnings.warn(f"{self!r} was never closed", ResourceWarning, stacklevel=1, source=self)
        finally:
            self._closed = True
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                pass  # nobody is left who could close it
            else:
                closing: asyncio.Task[Any] = loop.create_task(self._source.close())
                _CLOSING.add(closing)
                closing.add_done_callback(_CLOSING.discard)
            self._tell(None)

    async def _give_up(self, error: BaseException | None) -> None:
        reader = self._waiting.reader
        if reader is not None and reader is not current_task() and self._given_up is None:
            # Who waits for the next piece closes when it does not come.
            self._given_up = reader.get_loop().create_future()
            self._waiting.interrupt()
        if self._given_up is not None:
            await asyncio.shield(self._given_up)
        else:
            await self._close(error)

    async def _close(self, error: BaseException | None) -> None:
        if not self._closed:
            self._closed = True
            self._pace.stop()
            self._waiting.stop()
            try:
                await self._source.close()
            finally:
                self._tell(error)
                if self._given_up is not None and not self._given_up.done():
                    self._given_up.set_result(None)

    async def _read(
        self, take: Callable[[Buffer], Iterable[T]], left: Callable[[list[Item]], Iterable[T]]
    ) -> AsyncGenerator[T, None]:
        """The one loop: all that `take` makes of each piece of the body, and of what is left."""
        waiting, chunks = self._waiting, self._source.chunks
        if self._closed or waiting.interrupted:
            return
        error: BaseException | None = None
        body = bytearray() if self._unfit else None
        over = False
        pace, observer = self._pace, self._observer
        try:
            try:
                if body is not None:
                    await self._read_body(body)
                else:
                    while True:
                        chunk = None
                        with waiting:
                            chunk = await anext(chunks)
                        if chunk is None or waiting.interrupted:
                            break
                        got = take(chunk)
                        over = pace.mark()
                        if observer is not None:
                            observer.received(self)
                        for one in got:
                            yield one
                        if over or self._closed:
                            break
                        got = ()  # not to be kept while nothing comes
            except Exception as caught:
                if waiting.reader is not None:
                    raise  # a second reader; the stream is the first one's
                error = caught
            if self._closed or (waiting.interrupted and error is None):
                error = None
                return
            if body is None and not isinstance(error, SSEError):
                try:
                    rest = left(self._dispatcher.finish())
                except SSEError as caught:  # kept back until what was before it was delivered
                    error = caught
                else:
                    for one in rest:
                        yield one
            error = self._ending(error, bytes(body or b""))
            if over:
                await waiting.settle(chunks)
            if self._is_raised(error):
                raise error
        except (KeyboardInterrupt, asyncio.CancelledError) as caught:
            error = caught
            raise
        finally:
            try:
                if waiting.reader is None:
                    waiting.stop()
                    await self._close(error)
            finally:
                error = None  # it keeps this frame

    async def _read_body(self, body: bytearray) -> None:
        """Read what is no event stream, for the error to show its beginning."""
        waiting, chunks = self._waiting, self._source.chunks
        while len(body) < MOST_BODY:
            chunk = None
            with waiting:
                chunk = await anext(chunks)
            if chunk is None or waiting.interrupted:
                break
            body += chunk
        del body[MOST_BODY:]


def _some(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _same(items: T) -> T:
    return items


# The tasks that close what was never closed: a loop keeps no strong reference to its tasks.
_CLOSING: set[asyncio.Task[Any]] = set()
