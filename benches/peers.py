"""What is compared: ssewire and its peers, each called the way its users call it on bytes.

A contender has two forms of the same loop: `values` hands out what it finds, to be checked against
what the stream is known to hold; `run` is what is timed. All start with a fresh decoder for each
stream, and all loops over events are of the same form.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import anthropic._streaming
import httpx
import httpx_sse
import openai._streaming
import orjson
import sseclient
from ld_eventsource.reader import _BufferedLineReader, _SSEReader  # type: ignore[import-untyped]

import ssewire

if sys.version_info >= (3, 11):
    import httpx2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from streams import Stream

Chunks: TypeAlias = "list[bytes]"
Reads: TypeAlias = Literal["nothing", "data", "json", "texts", "text", "outcome", "final"]

HEADERS = {"content-type": "text/event-stream"}
URL = "http://127.0.0.1/"


@dataclass(frozen=True)
class Contender:
    """One way to decode a stream."""

    name: str
    distribution: str | None
    """What has to be installed; `None` for what is written here."""
    reads: Reads
    """What it looks at; all its values are of that kind, or of `data`."""
    values: Callable[[Chunks], Iterable[object]]
    run: Callable[[Chunks], object]

    def expected(self, stream: Stream) -> list[object]:
        """What the values have to be."""
        if self.reads == "json":
            return stream.payloads
        if self.reads == "texts":
            return [text for text in stream.texts if text]
        if self.reads == "text":
            return ["".join(stream.texts)]
        if self.reads == "outcome":
            return [stream.outcome]
        if self.reads == "final":
            return [stream.final]
        return list(stream.data)


def reading_data(name: str, distribution: str, decode: Callable[[Chunks], Any]) -> Contender:
    """`decode` makes an iterator of events with `data`; a loop reads it."""

    def values(chunks: Chunks) -> Iterator[object]:
        return (event.data for event in decode(chunks))

    def run(chunks: Chunks) -> None:
        for event in decode(chunks):
            _ = event.data

    return Contender(name, distribution, "data", values, run)


def ssewire_feed(chunks: Chunks) -> None:
    decoder = ssewire.Decoder()
    for chunk in chunks:
        decoder.feed(chunk)
    decoder.finish()


def ssewire_data(chunks: Chunks) -> None:
    decoder = ssewire.Decoder()
    for chunk in chunks:
        for event in decoder.feed(chunk):
            _ = event.data
    decoder.finish()


def ssewire_json(chunks: Chunks) -> None:
    decoder = ssewire.Decoder()
    try:
        for chunk in chunks:
            for event in decoder.feed(chunk):
                event.json()
    except ValueError:  # "[DONE]", the last event of a chat
        pass
    decoder.finish()


def ssewire_data_values(chunks: Chunks) -> Iterator[object]:
    decoder = ssewire.Decoder()
    for chunk in chunks:
        for event in decoder.feed(chunk):
            yield event.data
    for event in decoder.finish():
        yield event.data


def ssewire_json_values(chunks: Chunks) -> Iterator[object]:
    decoder = ssewire.Decoder()
    try:
        for chunk in chunks:
            for event in decoder.feed(chunk):
                yield event.json()
    except ValueError:
        pass


def launchdarkly(chunks: Chunks) -> Any:
    return _SSEReader(_BufferedLineReader.lines_from(chunks)).events_and_comments()


def launchdarkly_events(chunks: Chunks) -> None:
    for _event in launchdarkly(chunks):
        pass


class Body(httpx.SyncByteStream):
    """Stands for the connection; what httpx does with its bytes is part of what its users pay."""

    def __init__(self, chunks: Chunks) -> None:
        self.chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.chunks)


def with_httpx_sse(chunks: Chunks) -> Iterator[httpx_sse.ServerSentEvent]:
    response = httpx.Response(200, headers=HEADERS, stream=Body(chunks))
    return httpx_sse.EventSource(response).iter_sse()


if sys.version_info >= (3, 11):

    class Body2(httpx2.SyncByteStream):
        """The same for httpx2."""

        def __init__(self, chunks: Chunks) -> None:
            self.chunks = chunks

        def __iter__(self) -> Iterator[bytes]:
            return iter(self.chunks)

    def with_httpx2(chunks: Chunks) -> Iterator[httpx2.ServerSentEvent]:
        request = httpx2.Request("GET", URL)
        response = httpx2.Response(200, headers=HEADERS, stream=Body2(chunks), request=request)
        return iter(httpx2.EventSource(response))


def split(chunks: Chunks) -> Iterator[bytes]:
    """What people write themselves. Fast, and wrong for half of what the standard allows."""
    carry = b""
    for chunk in chunks:
        *blocks, carry = (carry + chunk).split(b"\n\n")
        for block in blocks:
            for line in block.split(b"\n"):
                if line.startswith(b"data: "):
                    yield line[6:]


def split_orjson(chunks: Chunks) -> Iterator[object]:
    for data in split(chunks):
        if data != b"[DONE]":
            yield orjson.loads(data)


def split_run(chunks: Chunks) -> None:
    for _data in split(chunks):
        pass


def split_orjson_run(chunks: Chunks) -> None:
    for _payload in split_orjson(chunks):
        pass


FEED = Contender("ssewire, feed", "ssewire", "nothing", ssewire_data_values, ssewire_feed)
DATA = Contender("ssewire, .data", "ssewire", "data", ssewire_data_values, ssewire_data)
JSON = Contender("ssewire, .json()", "ssewire", "json", ssewire_json_values, ssewire_json)
OURS = {"nothing": FEED, "data": DATA, "json": JSON}
"""What a contender is compared with, by what it reads."""

ITER_BYTES = reading_data(
    "ssewire, iter_bytes", "ssewire", lambda chunks: ssewire.Decoder().iter_bytes(chunks)
)
"""As the SDKs call it when it is dropped in."""

LAUNCHDARKLY = reading_data("launchdarkly", "launchdarkly-eventsource", launchdarkly)
LAUNCHDARKLY_EVENTS = Contender(
    "launchdarkly, data not read",
    "launchdarkly-eventsource",
    "nothing",
    LAUNCHDARKLY.values,
    launchdarkly_events,
)
HTTPX_SSE = reading_data("httpx-sse", "httpx-sse", with_httpx_sse)
ANTHROPIC = reading_data(
    "anthropic",
    "anthropic",
    lambda chunks: anthropic._streaming.SSEDecoder().iter_bytes(iter(chunks)),
)
OPENAI = reading_data(
    "openai", "openai", lambda chunks: openai._streaming.SSEDecoder().iter_bytes(iter(chunks))
)
SSECLIENT = reading_data(
    "sseclient-py", "sseclient-py", lambda chunks: sseclient.SSEClient(iter(chunks)).events()
)
SPLIT = Contender(
    "split", None, "data", lambda chunks: (data.decode() for data in split(chunks)), split_run
)
SPLIT_ORJSON = Contender("split + orjson", "orjson", "json", split_orjson, split_orjson_run)

CONTENDERS = [FEED, DATA, ITER_BYTES, JSON, LAUNCHDARKLY_EVENTS, LAUNCHDARKLY]
CONTENDERS += [HTTPX_SSE, ANTHROPIC, OPENAI, SSECLIENT]
if sys.version_info >= (3, 11):
    CONTENDERS += [reading_data("httpx2", "httpx2", with_httpx2)]
CONTENDERS += [SPLIT, SPLIT_ORJSON]

RIVALS = {
    contender.name: OURS[contender.reads].name
    for contender in CONTENDERS
    if contender.distribution != "ssewire"
}
"""Which of ours a peer is compared with, by name."""


def versions() -> dict[str, str]:
    """Of everything that takes part."""
    distributions = {contender.distribution for contender in CONTENDERS} - {None}
    return {name: version(name) for name in sorted(distributions, key=str) if name}
