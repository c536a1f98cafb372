"""`EventSource` as httpx-sse and httpx2 have it: the events of a response, and no answer made of them."""

from __future__ import annotations

from contextlib import aclosing
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

from ssewire._core import Decoder
from ssewire.clients.httpx_family import is_plain
from ssewire.stream.source import EVENT_STREAM, is_event_stream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
    from types import ModuleType

    from ssewire._core import ServerSentEvent


class BaseEventSource:
    """The events of a response, in order, whatever its charset says: event streams are UTF-8.

    Args:
        response: a response of the library, not read yet.
        max_event_size: see `Decoder`.
    """

    _error: ClassVar[Callable[..., Exception]]

    def __init__(self, response: Any, max_event_size: int | None = 64 * 1024 * 1024) -> None:
        self._response = response
        self._max_event_size = max_event_size
        self._decoder = Decoder()

    @property
    def response(self) -> Any:
        """The response that is read."""
        return self._response

    @property
    def last_event_id(self) -> str:
        """The last event id so far, set by blocks without data too: for `Last-Event-ID`."""
        return self._decoder.last_event_id

    @property
    def retry(self) -> int | None:
        """The reconnection time that the stream has set, in milliseconds, or `None`."""
        return self._decoder.retry

    def iter_sse(self) -> Iterator[ServerSentEvent]:
        """Iterate over the events of a synchronous client's response.

        Raises:
            SSEError: while iterating: the content type is not `text/event-stream`.
            EventTooLarge: while iterating: an event was larger than `max_event_size`.
        """
        return chain.from_iterable(self._reads())

    async def aiter_sse(self) -> AsyncGenerator[ServerSentEvent, None]:
        """Iterate over the events of an asynchronous client's response.

        Raises:
            SSEError: while iterating: the content type is not `text/event-stream`.
            EventTooLarge: while iterating: an event was larger than `max_event_size`.
        """
        feed = self._start()
        response = self._response
        chunks = response.aiter_raw() if is_plain(response) else response.aiter_bytes()
        async with aclosing(chunks):
            async for chunk in chunks:
                for event in feed(chunk):
                    yield event
        self._decoder.finish()

    def __iter__(self) -> Iterator[ServerSentEvent]:
        """`iter_sse()`, as httpx2 has it."""
        return self.iter_sse()

    def __aiter__(self) -> AsyncIterator[ServerSentEvent]:
        """`aiter_sse()`, as httpx2 has it."""
        return self.aiter_sse()

    def _reads(self) -> Iterator[list[ServerSentEvent]]:
        feed = self._start()
        response = self._response
        for chunk in response.iter_raw() if is_plain(response) else response.iter_bytes():
            yield feed(chunk)
        yield self._decoder.finish()

    def _start(self) -> Callable[[bytes], list[ServerSentEvent]]:
        kind = self._response.headers.get("content-type", "")
        if not is_event_stream(kind):
            raise self._error(
                f"Expected response header Content-Type to contain {EVENT_STREAM!r}, got {kind!r}",
                request=_request_of(self._response),
            )
        self._decoder = Decoder(max_event_size=self._max_event_size)
        return self._decoder.feed


def with_headers(library: ModuleType, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a request, with the headers that ask for an event stream.

    An `Accept` that names event streams stays as it is, and any `Cache-Control`.
    """
    headers = library.Headers(arguments.get("headers"))
    if EVENT_STREAM not in headers.get("accept", "").lower():
        headers["Accept"] = EVENT_STREAM
    headers.setdefault("Cache-Control", "no-store")
    return {**arguments, "headers": headers}


def _request_of(response: Any) -> Any:
    try:
        return response.request
    except RuntimeError:  # a response that was made by hand
        return None
