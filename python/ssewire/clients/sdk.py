"""openai, anthropic, groq and the other SDKs that Stainless makes.

    from ssewire.clients import sdk

    with sdk.stream(client.chat.completions, model="…", messages=[…]) as stream:
        for chunk in stream:
            ...

takes the arguments of `client.chat.completions.create(…, stream=True)`, sends the same request by the
same client, and reads the answer as a `Stream`: items that read like the SDK's objects and are not
built before they are looked at. Errors of the request itself are the SDK's own, as `create` raises them.

Whoever wants the SDK's own objects, decoded right, takes a client class from here instead:

    from ssewire.clients.sdk import OpenAI

`OpenAI`, `AsyncOpenAI`, `Anthropic`, `AsyncAnthropic`, `Groq` and `AsyncGroq` are the SDKs' classes with
the decoder swapped in, and `with_decoder` does that to any other class of such an SDK.
"""

from __future__ import annotations

import importlib
import sys
from inspect import iscoroutinefunction
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from ssewire.decoder import Decoder
from ssewire.stream import AsyncStream, Stream
from ssewire.stream.source import asource_of, source_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

    from anthropic import Anthropic, AsyncAnthropic
    from groq import AsyncGroq, Groq
    from openai import AsyncOpenAI, OpenAI
    from typing_extensions import Buffer

    from ssewire._core import ServerSentEvent
    from ssewire.stream.reading import Options
    from ssewire.stream.source import AsyncSource, Source

Client = TypeVar("Client", bound=type)

__all__ = [
    "Anthropic",
    "AsyncAnthropic",
    "AsyncGroq",
    "AsyncOpenAI",
    "Groq",
    "OpenAI",
    "SDKDecoder",
    "astream",
    "stream",
    "with_decoder",
]


def stream(resource: Any, /, *, options: Options | None = None, **params: Any) -> Stream[Any]:
    """Send a request by an SDK's client and read the answer as a `Stream`.

    Args:
        resource: what has `create`: `client.chat.completions`, `client.completions`,
            `client.responses`, `client.messages`, or one of their `beta`.
        options: options of the `Stream`, such as `{"idle_timeout": 30}`.
        **params: the arguments of `create`; `stream=True` is added.

    Returns:
        The stream. Its `response` is the SDK's raw response, with headers and request id.

    Raises:
        TypeError: it is of an asynchronous client.
        Exception: what `create` raises for a request that fails; for a refused one that is the
            SDK's `APIStatusError`, after its retries.
    """
    start = perf_counter()
    create = resource.with_raw_response.create
    if iscoroutinefunction(create):
        raise TypeError("stream() is for a synchronous client; astream() is for this one")
    response = create(**{**params, "stream": True})
    known = source_of(source(response) or response)
    try:
        return Stream(known, **_with_wait(options, start))
    except BaseException:  # an option that is not allowed
        known.close()
        raise


async def astream(
    resource: Any, /, *, options: Options | None = None, **params: Any
) -> AsyncStream[Any]:
    """Send a request by an SDK's asynchronous client; see `stream`."""
    start = perf_counter()
    create = resource.with_raw_response.create
    if not iscoroutinefunction(create):
        raise TypeError("astream() is for an asynchronous client; stream() is for this one")
    response = await create(**{**params, "stream": True})
    known = asource_of(asource(response) or response)
    try:
        return AsyncStream(known, **_with_wait(options, start))
    except BaseException:  # an option that is not allowed
        await known.close()
        raise


def _with_wait(options: Options | None, start: float) -> Any:
    return {"waited": perf_counter() - start, **(options or {})}


def source(response: Any) -> Source | None:
    """How a `Stream` reads what an SDK returned: a raw response, or its own stream."""
    inner = _http_response(response)
    if inner is None:
        return None
    known = source_of(inner)
    known.response = response
    return known


def asource(response: Any) -> AsyncSource | None:
    """How an `AsyncStream` reads it."""
    inner = _http_response(response)
    if inner is None:
        return None
    known = asource_of(inner)
    known.response = response
    return known


def _http_response(response: Any) -> Any:
    # Raw responses have the one, streams the other.
    inner = getattr(response, "http_response", None)
    return getattr(response, "response", None) if inner is None else inner


class SDKDecoder(Decoder):
    """The decoder as such SDKs want it: the name of an event without one is `None`."""

    __slots__ = ()

    def iter_bytes(self, chunks: Iterable[Buffer]) -> Iterator[Any]:
        """Decode a whole stream; see `Decoder.iter_bytes`."""
        return map(_nameless, super().iter_bytes(chunks))

    async def aiter_bytes(self, chunks: AsyncIterable[Buffer]) -> AsyncIterator[Any]:
        """Decode a whole stream; see `Decoder.iter_bytes`."""
        async for event in super().aiter_bytes(chunks):
            yield _nameless(event)


class _Nameless:
    """An event whose name is `None`, and in all else the event that it is made from."""

    __slots__ = ("_named",)

    event = None

    def __init__(self, named: ServerSentEvent) -> None:
        self._named = named

    def __getattr__(self, name: str) -> Any:
        return getattr(self._named, name)

    def __repr__(self) -> str:
        return f"<nameless {self._named!r}>"


def _nameless(event: ServerSentEvent) -> Any:
    return _Nameless(event) if event.event == "message" else event


def with_decoder(client: Client) -> Client:
    """A subclass of an SDK's client class whose streams are decoded by ssewire.

    Nothing else changes: the SDK makes the requests and its own objects.

    Args:
        client: a class that has `_make_sse_decoder`, as those made by Stainless have.

    Raises:
        TypeError: it has none.
    """
    if not hasattr(client, "_make_sse_decoder"):
        raise TypeError(f"{client!r} makes no SSE decoder that could be swapped")
    members = {
        "__doc__": client.__doc__,
        "__module__": __name__,
        "_make_sse_decoder": lambda _self: SDKDecoder(),
    }
    return type(client)(client.__name__, (client,), members)


_SDKS = {
    "OpenAI": "openai",
    "AsyncOpenAI": "openai",
    "Anthropic": "anthropic",
    "AsyncAnthropic": "anthropic",
    "Groq": "groq",
    "AsyncGroq": "groq",
}


def __getattr__(name: str) -> Any:
    """The client classes, made when they are asked for."""
    if name not in _SDKS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    client = with_decoder(getattr(importlib.import_module(_SDKS[name]), name))
    setattr(sys.modules[__name__], name, client)
    return client
