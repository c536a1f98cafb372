"""urllib3: streams of its responses."""

from __future__ import annotations

import ssl
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import urllib3
from urllib3 import exceptions

from ssewire.stream.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST = 64 * 1024  # bytes of one read
LOST = (exceptions.HTTPError, OSError, ssl.SSLError)
LATE = (exceptions.TimeoutError, TimeoutError)


def source(response: Any) -> Source | None:
    """How a `Stream` reads a response of urllib3, preloaded or not."""
    if not isinstance(response, urllib3.BaseHTTPResponse):
        return None
    return Source(
        response=response,
        chunks=chunks(response),
        close=partial(close, response),
        interrupt=interrupt_of(response),
        status=response.status,
        headers=response.headers,
        lost=LOST,
        late=LATE,
    )


def chunks(response: Any) -> Iterator[bytes]:
    """The pieces of the body as they arrive.

    `stream()` waits for as many bytes as were asked for where the body has no HTTP chunks, and
    `read_chunked()` reads nothing else.
    """
    preloaded = getattr(response, "_body", None)
    if preloaded is not None or not hasattr(response, "read1"):
        return iter((response.data,))
    return iter(partial(response.read1, MOST, decode_content=True), b"")


def close(response: Any) -> None:
    """Close the response; its place in the pool becomes free."""
    response.close()
    response.release_conn()


def interrupt_of(response: Any) -> Callable[[], None] | None:
    """What wakes up a thread that reads the response; there is nothing before urllib3 2.3."""
    shutdown = getattr(response, "shutdown", None)
    # Its own `shutdown` does nothing without this, as within TLS through a proxy with TLS.
    if shutdown is None or getattr(response, "_sock_shutdown", None) is None:
        return None

    def interrupt() -> None:
        # It is closed, or the connection is back in the pool.
        with suppress(OSError, RuntimeError, ValueError):
            shutdown()

    return interrupt
