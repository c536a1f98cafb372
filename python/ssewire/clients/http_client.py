"""The standard library's `http.client` and `urllib.request`: streams of their responses."""

from __future__ import annotations

import http.client
import socket
import urllib.response
import zlib
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from ssewire.stream.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 64 * 1024  # bytes of one read
# What `zlib.decompressobj` calls them: deflate is meant to be zlib's form, 16 stands for gzip's.
WINDOWS = {
    "gzip": 16 + zlib.MAX_WBITS,
    "x-gzip": 16 + zlib.MAX_WBITS,
    "deflate": zlib.MAX_WBITS,
}


def source(given: Any) -> Source | None:
    """How a `Stream` reads a response of `http.client`, also from `urlopen`, also as its error."""
    response = given.fp if isinstance(given, urllib.response.addinfourl) else given
    if not isinstance(response, http.client.HTTPResponse):
        return None
    headers: Any = response.headers  # no Mapping, but it has the `get` of one
    chunks = iter(partial(response.read1, MOST), b"")
    window = WINDOWS.get((headers.get("content-encoding") or "").lower())
    return Source(
        response=given,
        chunks=chunks if window is None else _inflated(chunks, window),
        close=partial(_close, response),
        interrupt=partial(_interrupt, response),
        status=response.status,
        headers=headers,
        lost=(http.client.HTTPException, OSError, zlib.error),
        late=(TimeoutError,),
    )


def _inflated(chunks: Iterator[bytes], window: int) -> Iterator[bytes]:
    """The pieces decompressed, each as far as it goes; the libraries above do that themselves."""
    inflater = zlib.decompressobj(window)
    first = True
    for chunk in chunks:
        try:
            piece = inflater.decompress(chunk)
        except zlib.error:
            if not first or window != zlib.MAX_WBITS:
                raise
            # Some servers leave out zlib's header.
            inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            piece = inflater.decompress(chunk)
        first = False
        # A body may have several members, one after the other.
        while inflater.eof and inflater.unused_data:
            rest, inflater = inflater.unused_data, zlib.decompressobj(window)
            piece += inflater.decompress(rest)
        if piece:
            yield piece


def _close(response: http.client.HTTPResponse) -> None:
    # The socket is the connection's, which is of no use with half a response in it.
    _interrupt(response)
    response.close()


def _interrupt(response: http.client.HTTPResponse) -> None:
    """Wake up who reads: there is no other way to the socket of a response."""
    buffer: Any = response.fp
    if buffer is None or response.length == 0:
        return  # read to the end, and the connection may be used again
    # It may be closed by now.
    with suppress(AttributeError, OSError):
        # Past the layer of TLS, which is not made for two threads.
        socket.socket.shutdown(buffer.raw._sock, socket.SHUT_RDWR)
