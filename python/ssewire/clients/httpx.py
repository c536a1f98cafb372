"""httpx: streams of its responses, and httpx-sse's names.

from ssewire.clients.httpx import connect_sse  # instead of: from httpx_sse import connect_sse
"""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from ssewire import errors
from ssewire._core import ServerSentEvent
from ssewire.clients import httpx_family
from ssewire.clients.event_source import BaseEventSource, with_headers

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

__all__ = ["EventSource", "SSEError", "ServerSentEvent", "aconnect_sse", "connect_sse"]

source = partial(httpx_family.source, httpx)
asource = partial(httpx_family.asource, httpx)


class SSEError(httpx.TransportError, errors.SSEError):
    """The response is no event stream, by its content type."""


class EventSource(BaseEventSource):
    """The events of a response of httpx."""

    _error = SSEError

    @property
    def response(self) -> httpx.Response:
        """The response that is read."""
        response: httpx.Response = self._response
        return response


@contextmanager
def connect_sse(
    client: httpx.Client, method: str, url: httpx.URL | str, **arguments: Any
) -> Generator[EventSource, None, None]:
    """Send a request for an event stream.

    Args:
        client: the client that sends it.
        method: as for `client.stream`, and so are the others.
        url: where to.
        **arguments: what else `client.stream` takes.
    """
    with client.stream(method, url, **with_headers(httpx, arguments)) as response:
        yield EventSource(response)


@asynccontextmanager
async def aconnect_sse(
    client: httpx.AsyncClient, method: str, url: httpx.URL | str, **arguments: Any
) -> AsyncGenerator[EventSource, None]:
    """Send a request for an event stream.

    Args:
        client: the client that sends it.
        method: as for `client.stream`, and so are the others.
        url: where to.
        **arguments: what else `client.stream` takes.
    """
    async with client.stream(method, url, **with_headers(httpx, arguments)) as response:
        yield EventSource(response)
