"""niquests: streams of its responses. It looks like requests, and lies on a urllib3 of its own."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ssewire.stream.source import AsyncSource, Source

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from ssewire.stream.source import Errors

AT_ONCE = -1  # as a size: whatever has arrived


def source(response: Any) -> Source | None:
    """How a `Stream` reads a response of niquests. There is no way to wake up a blocked read."""
    library = importlib.import_module("niquests")
    if not isinstance(response, library.Response) or isinstance(response, library.AsyncResponse):
        return None
    lost, late = _errors(library)
    return Source(
        response=response,
        chunks=_chunks(response, late),
        close=response.close,
        status=response.status_code,
        headers=response.headers,
        lost=lost,
        late=late,
    )


def asource(response: Any) -> AsyncSource | None:
    """How an `AsyncStream` reads one of its asynchronous sessions."""
    library = importlib.import_module("niquests")
    if not isinstance(response, library.AsyncResponse):
        return None
    lost, late = _errors(library)
    return AsyncSource(
        response=response,
        chunks=_achunks(response, late),
        close=response.close,
        status=response.status_code,
        headers=response.headers,
        lost=lost,
        late=late,
    )


def _errors(library: Any) -> tuple[Errors, Errors]:
    errors = library.exceptions
    inner = library.packages.urllib3.exceptions
    lost = (errors.RequestException, inner.HTTPError, OSError)
    return lost, (errors.Timeout, inner.TimeoutError, TimeoutError)


def _chunks(response: Any, late: Errors) -> Iterator[bytes]:
    try:
        yield from response.iter_content(AT_ONCE)
    except OSError as error:
        _raise_time_out(error, late)
        raise


async def _achunks(response: Any, late: Errors) -> AsyncIterator[bytes]:
    try:
        async for chunk in await response.iter_content(AT_ONCE):
            yield chunk
    except OSError as error:
        _raise_time_out(error, late)
        raise


def _raise_time_out(error: OSError, late: Errors) -> None:
    """Raise the time-out that niquests, as requests, wraps in a ConnectionError."""
    inner = error.args[0] if error.args else None
    if isinstance(inner, late):
        raise inner from error
