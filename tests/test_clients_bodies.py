"""Bodies that the replay server never sends: compressed, without HTTP chunks, of another type."""

from __future__ import annotations

import gzip
import threading
import zlib
from typing import TYPE_CHECKING

import pytest

from client_case import ASYNC, LONG, PIECES, RECORDINGS, SYNC, comes_true, open_files
from client_server import BareServer, chunk, head
from ssewire import AsyncStream, NotAnEventStream, Stream, TruncatedStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

BODY = RECORDINGS["chat"].stream
EVENTS = [block.raw for block in RECORDINGS["chat"].blocks]
TEXT = "".join(PIECES)


@pytest.fixture(autouse=True)
def _no_leak() -> Iterator[None]:
    before = open_files()
    yield
    assert comes_true(lambda: open_files() <= before)


def flushed(compressor: Any) -> Iterator[bytes]:
    """Each event compressed and flushed, as a server does that compresses a stream."""
    for event in EVENTS:
        yield compressor.compress(event) + compressor.flush(zlib.Z_SYNC_FLUSH)
    yield compressor.flush()


def gzipped() -> Iterator[bytes]:
    return flushed(zlib.compressobj(wbits=16 + zlib.MAX_WBITS))


def deflated() -> Iterator[bytes]:
    return flushed(zlib.compressobj())


def deflated_without_header() -> Iterator[bytes]:
    return flushed(zlib.compressobj(wbits=-zlib.MAX_WBITS))


def plain() -> Iterator[bytes]:
    return iter(EVENTS)


FORMS: dict[str, tuple[tuple[str, ...], Callable[[], Iterator[bytes]]]] = {
    "plain": ((), plain),
    "identity": (("Content-Encoding: identity",), plain),
    "gzip": (("Content-Encoding: gzip",), gzipped),
    "deflate": (("Content-Encoding: deflate",), deflated),
    "raw deflate": (("Content-Encoding: deflate",), deflated_without_header),
}


class OneByOne:
    """Sends an event only when the client has shown the text of the one before.

    Whoever holds back what has arrived waits for ever.
    """

    def __init__(self, form: str, *, chunked: bool) -> None:
        self.headers, self.pieces = FORMS[form]
        self.chunked = chunked
        self.shown = threading.Semaphore(0)
        self.in_time = True

    def __call__(self) -> Iterator[bytes]:
        how = ("Transfer-Encoding: chunked",) if self.chunked else ()
        yield head(*self.headers, *how)
        for number, piece in enumerate(self.pieces()):
            # The first event has no text, those after the last one neither.
            if 2 <= number <= len(PIECES):
                self.in_time = self.in_time and self.shown.acquire(timeout=5)
            yield chunk(piece) if self.chunked else piece
        if self.chunked:
            yield b"0\r\n\r\n"


@pytest.mark.parametrize("chunked", [True, False], ids=["chunked", "until the end"])
@pytest.mark.parametrize("form", FORMS)
async def test_every_piece_comes_at_once(form: str, chunked: bool) -> None:
    answers = []
    for name, opened in SYNC.items():
        answer = OneByOne(form, chunked=chunked)
        answers.append((name, answer))
        with BareServer(answer) as server, opened(server.url) as response:
            stream = Stream(response)
            for text in stream.text():
                answer.shown.release(len(text) and 1)
            assert stream.outcome.complete, name
            assert stream.outcome.text == TEXT, name
    for name, aopened in ASYNC.items():
        answer = OneByOne(form, chunked=chunked)
        answers.append((name, answer))
        with BareServer(answer) as server:
            async with aopened(server.url) as response:
                astream = AsyncStream(response)
                async for _ in astream.text():
                    answer.shown.release()
                assert astream.outcome.complete, name
                assert astream.outcome.text == TEXT, name
    assert [name for name, answer in answers if not answer.in_time] == []


# Answers that are no event streams: the head, the body, what NotAnEventStream says of it.
MISFITS = {
    "html": (head(content_type="text/html; charset=utf-8"), b"<!doctype html><p>Hi", "html", 200),
    "untyped html": (head(content_type=None), b"<!doctype html><p>Hi", "html", 200),
    "json": (head(content_type="application/json"), b'{"id": "c", "choices": []}', "json", 200),
    "text": (head(content_type="text/plain"), b"no such model\n", "text", 200),
    "rate limit": (
        head("Retry-After: 7", status="429 Too Many", content_type="application/json"),
        b'{"error": {"message": "slow down", "type": "rate_limit_error"}}',
        "json",
        429,
    ),
    "bad gateway": (head(status="502 Bad", content_type="text/html"), b"<h1>502</h1>", "html", 502),
}


@pytest.mark.parametrize("misfit", MISFITS)
async def test_not_an_event_stream(misfit: str) -> None:
    start, body, kind, status = MISFITS[misfit]
    for name, opened in SYNC.items():
        with BareServer(lambda: [start, body]) as server, opened(server.url) as response:
            with pytest.raises(NotAnEventStream) as caught:
                Stream(response).until_done()
            check_misfit(caught.value, body, kind, status, name)
    for name, aopened in ASYNC.items():
        with BareServer(lambda: [start, body]) as server:
            async with aopened(server.url) as response:
                with pytest.raises(NotAnEventStream) as caught:
                    await AsyncStream(response).until_done()
                check_misfit(caught.value, body, kind, status, name)


def check_misfit(error: NotAnEventStream, body: bytes, kind: str, status: int, name: str) -> None:
    assert error.body == body, name
    assert error.kind == kind, name
    assert error.status == status, name
    assert error.outcome is not None, name
    if status == 429:
        assert error.error is not None, name
        assert error.error.status == 429, name
        assert error.error.retryable, name
        assert error.response.headers["retry-after"] == "7", name


# The head, what is sent of the body, and what comes out of it.
CUTS: dict[str, tuple[bytes, list[bytes]]] = {
    "chunked": (head("Transfer-Encoding: chunked"), [chunk(b"".join(EVENTS[:5]))]),
    "inside of a chunk": (
        head("Transfer-Encoding: chunked"),
        [chunk(b"".join(EVENTS[:5])), chunk(EVENTS[5])[:30]],
    ),
    "length": (head("Content-Length: 99999"), EVENTS[:5]),
    "until the end": (head(), EVENTS[:5]),
    "not a chunk": (
        head("Transfer-Encoding: chunked"),
        [chunk(b"".join(EVENTS[:5])), b"zz\r\n" + EVENTS[5]],
    ),
    "gzip": (head("Content-Encoding: gzip"), [gzip.compress(b"".join(EVENTS[:5]))[:-8]]),
}


@pytest.mark.parametrize("cut", CUTS)
async def test_a_connection_that_ends_too_soon(cut: str) -> None:
    """What has arrived is delivered, by every library, before the error."""
    start, pieces = CUTS[cut]
    whole = "".join(PIECES[:4])
    shown = threading.Event()

    def answer() -> Iterator[bytes]:
        yield start
        yield pieces[0]
        assert len(pieces) == 1 or shown.wait(LONG)
        yield from pieces[1:]

    for name, opened in SYNC.items():
        shown.clear()
        with BareServer(answer) as server, opened(server.url) as response:
            stream = Stream(response)
            with pytest.raises(TruncatedStream):  # noqa: PT012 (reading is one statement)
                for _ in stream:
                    shown.set()
            assert stream.outcome.text == whole, name
    for name, aopened in ASYNC.items():
        if cut == "not a chunk" and name.startswith("aiohttp"):
            continue  # aiohttp's reader waits for ever then, until a time-out
        shown.clear()
        with BareServer(answer) as server:
            async with aopened(server.url) as response:
                astream = AsyncStream(response)
                with pytest.raises(TruncatedStream):  # noqa: PT012
                    async for _ in astream:
                        shown.set()
                assert astream.outcome.text == whole, name


async def test_damaged_compression() -> None:
    body = b"".join(gzipped())
    damaged = body[:60] + bytes(byte ^ 0xFF for byte in body[60:])
    answer = [head("Content-Encoding: gzip"), damaged]
    for name, opened in SYNC.items():
        with BareServer(lambda: answer) as server, opened(server.url) as response:
            with pytest.raises(TruncatedStream) as caught:
                Stream(response).until_done()
            assert caught.value.__cause__ is not None, name
    for name, aopened in ASYNC.items():
        with BareServer(lambda: answer) as server:
            async with aopened(server.url) as response:
                with pytest.raises(TruncatedStream) as caught:
                    await AsyncStream(response).until_done()
                assert caught.value.__cause__ is not None, name
