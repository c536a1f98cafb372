"""httpx2: streams of its responses, and httpx-sse's names.

from ssewire.clients.httpx2 import connect_sse  # instead of: from httpx_sse import connect_sse
"""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx2

from ssewire import errors
from ssewire._core import ServerSentEvent
from ssewire.clients import httpx_family
from ssewire.clients.event_source import BaseEventSource, with_headers

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

__all__ = ["EventSource", "SSEError", "ServerSentEvent", "aconnect_sse", "connect_sse"]

source = partial(httpx_family.source, httpx2)
asource = partial(httpx_family.asource, httpx2)


class SSEError(httpx2.SSEError, errors.SSEError):
    """The response is no event stream, by its content type."""


class EventSource(BaseEventSource):
    """The events of a response of httpx2."""

    _error = SSEError

    @property
    def response(self) -> httpx2.Response:
        """The response that is read."""
        response: httpx2.Response = self._response
        return response


@contextmanager
def connect_sse(
    client: httpx2.Client, method: str, url: httpx2.URL | str, **arguments: Any
) -> Generator[EventSource, None, None]:
    """Send a request for an event stream.

    Args:
        client: the client that sends it.
        method: as for `client.stream`, and so are the others.
        url: where to.
        **arguments: what else `client.stream` takes.
    """
    with client.stream(method, url, **with_headers(httpx2, arguments)) as response:
        yield EventSource(response)


@asynccontextmanager
async def aconnect_sse(
    client: httpx2.AsyncClient, method: str, url: httpx2.URL | str, **arguments: Any
) -> AsyncGenerator[EventSource, None]:
    """Send a request for an event stream.

    Args:
        client: the client that sends it.
        method: as for `client.stream`, and so are the others.
        url: where to.
        **arguments: what else `client.stream` takes.
    """
    async with client.stream(method, url, **with_headers(httpx2, arguments)) as response:
        yield EventSource(response)
