"""httpx and httpx2, which are alike: how to read their responses."""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from ssewire.stream.source import AsyncSource, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


def source(library: ModuleType, response: Any) -> Source | None:
    """How a `Stream` reads a response of `library`, which is httpx or httpx2.

    Raises:
        TypeError: the response is an asynchronous client's.
    """
    if not isinstance(response, library.Response):
        return None
    if not isinstance(response.stream, library.SyncByteStream):
        raise TypeError("AsyncStream reads a response of an AsyncClient, a Stream does not")
    return Source(
        response=response,
        chunks=response.iter_raw() if is_plain(response) else response.iter_bytes(),
        close=response.close,
        interrupt=_interrupt_of(response),
        status=response.status_code,
        headers=response.headers,
        lost=_lost(library),
        late=_late(library),
    )


def asource(library: ModuleType, response: Any) -> AsyncSource | None:
    """How an `AsyncStream` reads a response of `library`.

    Raises:
        TypeError: the response is a synchronous client's.
    """
    if not isinstance(response, library.Response):
        return None
    if not isinstance(response.stream, library.AsyncByteStream):
        raise TypeError("Stream reads a response of a Client, an AsyncStream does not")
    return AsyncSource(
        response=response,
        chunks=response.aiter_raw() if is_plain(response) else response.aiter_bytes(),
        close=response.aclose,
        status=response.status_code,
        headers=response.headers,
        lost=_lost(library),
        late=_late(library),
    )


def is_plain(response: Any) -> bool:
    """Whether the bytes need not pass the library's decoders.

    A body that was read already is not to be had from `iter_raw` any more.
    """
    coded = response.headers.get("content-encoding", "identity").lower() != "identity"
    return not coded and not response.is_stream_consumed


@cache  # for there to be one
def _lost(library: ModuleType) -> tuple[type[BaseException], ...]:
    # A body that was cut off within its compression is a DecodingError.
    return (library.TransportError, library.DecodingError, OSError)


@cache
def _late(library: ModuleType) -> tuple[type[BaseException], ...]:
    return (library.TimeoutException,)


def _interrupt_of(response: Any) -> Callable[[], None] | None:
    """What wakes up a thread that reads the response, where that harms no other one."""
    network = response.extensions.get("network_stream")
    if network is None or response.http_version == "HTTP/2":
        return None
    connection = network.get_extra_info("socket")
    if connection is None:
        return None

    def interrupt() -> None:
        if response.is_closed:
            return  # and the connection may be another one's
        # It may be closed by now.
        with suppress(OSError):
            # Past the layer of TLS, which is not made for two threads.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    return interrupt
