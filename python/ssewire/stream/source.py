"""What a stream is read from: an iterable of bytes, or a response of a library that we know."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from typing_extensions import Buffer

Errors = tuple[type[BaseException], ...]

EVENT_STREAM = "text/event-stream"

# Which module knows a library's responses: `source(response)` and `asource(response)`.
ADAPTERS = {
    "httpx": "httpx",
    "httpx2": "httpx2",
    "aiohttp": "aiohttp",
    "requests": "requests",
    "niquests": "niquests",
    "urllib3": "urllib3",
    "http": "http_client",
    "urllib": "http_client",
    "openai": "sdk",
    "anthropic": "sdk",
    "groq": "sdk",
}


@dataclass(kw_only=True, slots=True)
class _Body:
    """What is known of any source.

    Attributes:
        response: the library's response, or the iterable.
        status: the HTTP status, if there is one.
        headers: the HTTP headers, if there are any, whatever their case.
        lost: what the library raises when the connection breaks.
        late: what it raises when one of its own time-outs has passed.
    """

    response: Any
    status: int | None = None
    headers: Mapping[str, str] | None = None
    lost: Errors = ()
    late: Errors = ()


@dataclass(kw_only=True, slots=True)
class Source(_Body):
    """A body that is read with `for`.

    Attributes:
        chunks: the pieces of the body as they arrive, decompressed and otherwise as they were sent.
        close: gives up the response and its connection, at any moment, more than once.
        interrupt: called from another thread: wakes up whoever waits for the next piece. `None` if
            there is no way to do that.
    """

    chunks: Iterator[Buffer]
    close: Callable[[], object]
    interrupt: Callable[[], object] | None = None


@dataclass(kw_only=True, slots=True)
class AsyncSource(_Body):
    """A body that is read with `async for`.

    Attributes:
        chunks: the pieces of the body as they arrive, decompressed and otherwise as they were sent.
        close: gives up the response and its connection, at any moment, more than once.
    """

    chunks: AsyncIterator[Buffer]
    close: Callable[[], Coroutine[Any, Any, object]]


def is_event_stream(content_type: str) -> bool:
    """Whether a `Content-Type` is that of an event stream, whatever its parameters and its case."""
    # Some servers send what they were asked to accept: `application/json, text/event-stream`.
    kinds = (one.partition(";")[0].strip().lower() for one in content_type.split(","))
    return EVENT_STREAM in kinds


def source_of(given: Any) -> Source:
    """How to read what a `Stream` was given.

    Raises:
        TypeError: it is neither an iterable of bytes nor a response of a known library.
    """
    if isinstance(given, Source):
        return given
    known: Source | None = _adapted(given, "source")
    if known is not None:
        return known
    if isinstance(given, (bytes, bytearray, memoryview)):
        given = (given,)
    if isinstance(given, str) or not isinstance(given, Iterable):
        more = "; AsyncStream reads it" if isinstance(given, AsyncIterable) else ""
        raise TypeError(
            "a Stream reads an iterable of bytes or a response of a known library,"
            f" not {type(given).__name__!r}{more}"
        )
    chunks = iter(given)
    close: Any = getattr(given, "close", None) or getattr(chunks, "close", _nothing)
    return Source(response=given, chunks=chunks, close=close)


def asource_of(given: Any) -> AsyncSource:
    """How to read what an `AsyncStream` was given.

    Raises:
        TypeError: it is neither an asynchronous iterable of bytes nor a response of a known
            library.
    """
    if isinstance(given, AsyncSource):
        return given
    known: AsyncSource | None = _adapted(given, "asource")
    if known is not None:
        return known
    if not isinstance(given, AsyncIterable):
        more = "; Stream reads it" if isinstance(given, Iterable) else ""
        raise TypeError(
            "an AsyncStream reads an asynchronous iterable of bytes or a response of a known"
            f" library, not {type(given).__name__!r}{more}"
        )
    chunks = aiter(given)
    close: Any = getattr(given, "aclose", None) or getattr(chunks, "aclose", _nothing_async)
    return AsyncSource(response=given, chunks=chunks, close=close)


def _adapted(given: Any, function: str) -> Any:
    """What the library's adapter makes of it; `None` if it knows nothing of such an object."""
    for cls in type(given).__mro__:
        adapter = ADAPTERS.get(cls.__module__.partition(".")[0])
        if adapter is not None:
            module = importlib.import_module(f"ssewire.clients.{adapter}")
            adapt = getattr(module, function, None)
            return adapt and adapt(given)
    return None


def _nothing() -> None:
    pass


async def _nothing_async() -> None:
    pass
