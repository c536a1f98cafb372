"""Sources that count how they are treated, and streams read in every way, with and without await."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from answers import assert_same, outcome_of, real, seen
from ssewire import AsyncStream, Decoder, SSEError, Stream
from ssewire.stream import asynchronous, sync
from ssewire.stream.observer import Observer
from ssewire.stream.source import AsyncSource, Source, asource_of, source_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

LONG = 60.0  # seconds that nothing takes, unless it hangs


class Body:
    """A body in pieces: bytes, errors to raise, or `...` to wait until woken up or for ever."""

    def __init__(self, *pieces: Any) -> None:
        self.pieces = list(pieces)
        self.given = self.closed = self.interrupted = 0
        self.waiting, self.woken = threading.Event(), threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self.given == len(self.pieces):
            raise StopIteration
        piece = self.pieces[self.given]
        if piece is ...:
            self.waiting.set()
            assert self.woken.wait(LONG), "nobody has woken this thread"
            raise StopIteration
        self.given += 1
        if isinstance(piece, BaseException):
            raise piece
        return bytes(piece)

    def close(self) -> None:
        self.closed += 1

    def interrupt(self) -> None:
        self.interrupted += 1
        self.woken.set()

    def source(self, **known: Any) -> Source:
        """As an adapter would tell of it, which can be woken up."""
        known.setdefault("interrupt", self.interrupt)
        return Source(response=self, chunks=self, close=self.close, **known)


class AsyncBody:
    """The same for a task. Each piece takes so many turns of the loop, and so does closing."""

    def __init__(self, *pieces: Any, turns: int = 1) -> None:
        self.pieces = list(pieces)
        self.given = self.closed = self.turns_taken = 0
        self.turns = turns
        self.waiting = asyncio.Event()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        await self.rest()
        if self.given == len(self.pieces):
            raise StopAsyncIteration
        piece = self.pieces[self.given]
        if piece is ...:
            self.waiting.set()
            await asyncio.sleep(LONG)
            pytest.fail("nobody has woken this task")
        self.given += 1
        if isinstance(piece, BaseException):
            raise piece
        return bytes(piece)

    async def rest(self) -> None:
        for _ in range(self.turns):
            self.turns_taken += 1
            await asyncio.sleep(0)

    async def aclose(self) -> None:
        self.closed += 1
        await self.rest()

    def source(self, **known: Any) -> AsyncSource:
        return AsyncSource(response=self, chunks=self, close=self.aclose, **known)


@pytest.fixture
def as_adapted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams take what an adapter would have made of a response."""

    def either(given: Any, of: Any, kind: type) -> Any:
        return given if isinstance(given, kind) else of(given)

    monkeypatch.setattr(sync, "source_of", lambda given: either(given, source_of, Source))
    monkeypatch.setattr(
        asynchronous, "asource_of", lambda given: either(given, asource_of, AsyncSource)
    )


class Told(Observer):
    """Remembers what an observer is told."""

    def __init__(self) -> None:
        self.started_with: list[Any] = []
        self.reads = 0
        self.ends: list[BaseException | None] = []

    def started(self, stream: Any) -> None:
        self.started_with.append(stream)

    def received(self, _stream: Any) -> None:
        assert not self.ends
        self.reads += 1

    def finished(self, stream: Any, error: BaseException | None) -> None:
        assert stream.closed
        self.ends.append(error)


class Answer(NamedTuple):
    """What a stream has told, in all the ways that it can be read."""

    items: list[Any]
    texts: list[str]
    deltas: list[Any]
    events: list[Any]
    outcome: Any
    snapshot: Any

    def check(self, other: Answer) -> None:
        for name, found, expected in zip(self._fields, self, other, strict=True):
            assert_same({name: found}, {name: expected})


def in_words(event: Any) -> list[Any]:
    return [event.event, event.data, event.id, event.retry]


def expected(pieces: Iterable[bytes], **options: Any) -> tuple[Answer, int]:
    """What is to be told, by dispatchers and a decoder; and how many pieces are to be read."""
    decoding = {name: value for name, value in options.items() if name != "strict"}
    one, other, decoder = real(**options), real(**options), Decoder(**decoding)
    items: list[Any] = []
    texts, events, count = [], [], 0
    for piece in pieces:
        count += 1
        items += one.feed(piece)
        texts.append(other.feed_text(piece))
        events += decoder.feed(piece)
        if one.ended:
            break
    left = one.finish()
    texts += [delta.text for item in left for delta in item.deltas if delta.kind == "text"]
    items += left
    events += decoder.finish()
    answer = Answer(
        [seen(item) for item in items],
        [text for text in texts if text],
        [repr(delta) for item in items for delta in item.deltas],
        [in_words(event) for event in events],
        outcome_of(one),
        one.snapshot(),
    )
    return answer, count


def read(pieces: list[bytes], **options: Any) -> tuple[Answer, int]:
    """The same by streams, each of which has to close its body once."""
    found: list[list[Any]] = []
    bodies = [Body(*pieces) for _ in range(4)]
    streams: list[Any] = [Stream(body, raise_errors=False, **options) for body in bodies]
    ways = [iter(streams[0]), streams[1].text(), streams[2].deltas(), streams[3].events()]
    for body, stream, way in zip(bodies, streams, ways, strict=True):
        found.append(list(way))
        assert stream.closed
        assert body.closed == 1
    return _answer(found, streams, bodies)


async def aread(pieces: list[bytes], turns: int = 0, **options: Any) -> tuple[Answer, int]:
    found: list[list[Any]] = []
    bodies = [AsyncBody(*pieces, turns=turns) for _ in range(4)]
    streams: list[Any] = [AsyncStream(body, raise_errors=False, **options) for body in bodies]
    ways = [aiter(streams[0]), streams[1].text(), streams[2].deltas(), streams[3].events()]
    for body, stream, way in zip(bodies, streams, ways, strict=True):
        found.append([one async for one in way])
        assert stream.closed
        assert body.closed == 1
    return _answer(found, streams, bodies)


def _answer(found: list[list[Any]], streams: list[Any], bodies: list[Any]) -> tuple[Answer, int]:
    items, texts, deltas, events = found
    outcomes = [stream.outcome.to_dict() for stream in streams]
    for outcome in outcomes[1:]:
        assert_same(outcome, outcomes[0])
    answer = Answer(
        [seen(item) for item in items],
        texts,
        [repr(delta) for delta in deltas],
        [in_words(event) for event in events],
        outcomes[0],
        streams[0].snapshot(),
    )
    return answer, min(body.given for body in bodies)


def error_of(stream: Stream[Any]) -> tuple[str, BaseException | None]:
    """The text that is delivered, and what is raised after it."""
    texts = []
    try:
        for text in stream.text():
            texts.append(text)  # noqa: PERF402 (what came before the error counts)
    except (SSEError, OSError, ValueError) as error:
        return "".join(texts), error
    return "".join(texts), None


async def aerror_of(stream: AsyncStream[Any]) -> tuple[str, BaseException | None]:
    texts = []
    try:
        async for text in stream.text():
            texts.append(text)  # noqa: PERF401 (the same)
    except (SSEError, OSError, ValueError) as error:
        return "".join(texts), error
    return "".join(texts), None


async def nothing_left() -> None:
    """No task but this one, once the loop has had its turns."""
    for _ in range(20):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
