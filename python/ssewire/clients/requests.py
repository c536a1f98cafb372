"""requests: streams of its responses, and sseclient-py's names.

from ssewire.clients.requests import SSEClient  # instead of: from sseclient import SSEClient
"""

from __future__ import annotations

import codecs
from itertools import chain
from typing import TYPE_CHECKING, Any

import requests
from requests import exceptions
from urllib3 import BaseHTTPResponse

from ssewire._core import Decoder, ServerSentEvent
from ssewire.clients import urllib3
from ssewire.stream.source import Source, source_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SSEClient", "ServerSentEvent"]


def source(response: Any) -> Source | None:
    """How a `Stream` reads a response of requests.

    With `stream=True` it is read as it arrives. What was read already is read again.
    """
    if not isinstance(response, requests.Response):
        return None
    raw = response.raw
    # Not by `iter_content`, which waits for as many bytes as were asked for, or for the end, where
    # the body has no HTTP chunks.
    arriving = isinstance(raw, BaseHTTPResponse) and not _is_read(response)
    return Source(
        response=response,
        chunks=urllib3.chunks(raw) if arriving else _content(response),
        close=response.close,
        interrupt=urllib3.interrupt_of(raw) if arriving else None,
        status=response.status_code,
        headers=response.headers,
        lost=(exceptions.RequestException, *urllib3.LOST),
        late=(exceptions.Timeout, *urllib3.LATE),
    )


def _is_read(response: Any) -> bool:
    consumed: bool = response._content_consumed
    return consumed


def _content(response: requests.Response) -> Iterator[bytes]:
    """The body by requests' own way: read already, or of a transport that is not urllib3's."""
    try:
        yield from response.iter_content(chunk_size=None)
    except exceptions.ConnectionError as error:
        # A time-out within the body is one of these, for requests.
        inner = error.args[0] if error.args else None
        if isinstance(inner, urllib3.LATE):
            raise exceptions.ReadTimeout(inner, request=response.request) from error
        raise


def _ending(decoder: Decoder) -> Iterator[ServerSentEvent]:
    # An event that was too large is told by the call after the one that met it.
    yield from decoder.finish()


class SSEClient:
    """The events of a response, as sseclient-py gives them.

    Args:
        event_source: a response of requests, urllib3, `http.client` or another library, or an
            iterable of bytes, cut anywhere.
        char_enc: event streams are UTF-8, and nothing else is accepted here.

    Raises:
        ValueError: `char_enc` is another encoding.
        TypeError: `event_source` is nothing of that.
    """

    def __init__(self, event_source: Any, char_enc: str = "utf-8") -> None:
        if codecs.lookup(char_enc).name != "utf-8":
            raise ValueError(f"an event stream is UTF-8, not {char_enc}")
        self._source = source_of(event_source)

    def events(self) -> Iterator[ServerSentEvent]:
        """Iterate over the events, each with `id`, `event`, `data` and `retry`."""
        decoder = Decoder()
        reads = map(decoder.feed, self._source.chunks)
        return chain(chain.from_iterable(reads), _ending(decoder))

    def close(self) -> None:
        """Close the source."""
        self._source.close()
