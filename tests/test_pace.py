"""`Pace`: which reads count, and whether the answer is over."""

from __future__ import annotations

import gc
import time
import weakref
from typing import TYPE_CHECKING, Any

import pytest

from answer_case import DONE, finishes, says
from answers import NAMES, body_of, real, stream
from replay import in_steps
from ssewire._core import Pace

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from ssewire._core import Reads

HEL, LO, END = stream(says("Hel")), stream(says("lo")), stream(finishes(), DONE)
ROLE = stream({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
PING = b'event: ping\ndata: {"type": "ping"}\n\n'
START = stream({"type": "message_start", "message": {"id": "m"}})


def test_before_anything() -> None:
    pace = Pace(real())
    assert (pace.events, pace.first, pace.last, pace.gaps, pace.longest) == (0, None, None, 0, None)
    assert pace.percentile(50) is None
    assert not pace.over
    assert not pace.mark()


def test_reads_that_count() -> None:
    dispatcher = real()
    pace = Pace(dispatcher)
    # The read, the events that said something, and the gaps between reads with output.
    for read, events, gaps in [
        (b": comment\n\n", 0, 0),
        (ROLE, 1, 0),
        (HEL, 2, 0),
        (LO[:10], 2, 0),
        (LO[10:], 3, 1),
        (b": comment\n\n", 3, 1),
        (b"data: {}\n\n", 3, 1),
        (HEL + LO, 5, 2),
        (b"", 5, 2),
    ]:
        dispatcher.feed(read)
        assert not pace.mark()
        assert (pace.events, pace.gaps) == (events, gaps), read
        assert (pace.first is None) == (events < 2)
    dispatcher.feed(END)
    assert pace.mark()
    assert pace.over
    assert 0 < (pace.first or 0) < (pace.last or 0) < pace.elapsed


def test_pings_do_not_count() -> None:
    dispatcher = real()
    pace = Pace(dispatcher)
    for read, events in [(START, 1), (PING, 1), (PING + PING, 1)]:
        dispatcher.feed(read)
        assert not pace.mark()
        assert (pace.events, pace.first) == (events, None)


def test_gaps() -> None:
    dispatcher = real()
    pace = Pace(dispatcher)
    for wait in (0.0, 0.0, 0.05, 0.0):
        time.sleep(wait)
        dispatcher.feed(HEL)
        pace.mark()
    assert pace.gaps == 3
    longest = pace.longest or 0.0
    assert longest >= 0.05
    assert (pace.percentile(100) or 0.0) == pytest.approx(longest, rel=0.07)
    percentiles = [pace.percentile(percent) or 0.0 for percent in range(0, 101, 10)]
    assert percentiles == sorted(percentiles)


@pytest.mark.parametrize("name", NAMES)
def test_over_is_what_the_dispatcher_says(name: str) -> None:
    dispatcher = real()
    pace = Pace(dispatcher)
    body = body_of(name)
    count = 0
    chunks = in_steps(body, 50)
    for _ in pace.reads(iter(chunks), dispatcher.feed):
        count += 1
        assert pace.over == dispatcher.ended
    assert (count == len(chunks)) or dispatcher.ended
    assert pace.over == dispatcher.ended


def test_reads() -> None:
    given: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number, chunk in enumerate([HEL, LO, END, HEL]):
            given.append(number)
            yield chunk

    dispatcher = real()
    pace = Pace(dispatcher)
    reads = pace.reads(chunks(), dispatcher.feed_text)
    assert iter(reads) is reads
    assert list(reads) == ["Hel", "lo", ""]
    # What came after the end was not asked for, and will not be.
    assert given == [0, 1, 2]
    assert list(reads) == []
    assert pace.events == 4


def test_reads_that_are_stopped() -> None:
    dispatcher = real()
    pace = Pace(dispatcher)
    chunks = iter([HEL, LO])
    reads = pace.reads(chunks, dispatcher.feed_text)
    assert next(reads) == "Hel"
    pace.stop()
    assert pace.over
    assert list(reads) == []
    assert list(chunks) == [LO]


def test_reads_that_fail() -> None:
    def broken() -> Iterator[bytes]:
        yield HEL
        raise OSError("gone")

    dispatcher = real()
    reads = Pace(dispatcher).reads(broken(), dispatcher.feed_text)
    assert next(reads) == "Hel"
    with pytest.raises(OSError, match="gone"):
        next(reads)
    with pytest.raises(KeyError):
        next(Pace(dispatcher).reads(iter([HEL]), refuses))
    with pytest.raises(TypeError):
        Pace(dispatcher).reads([HEL], refuses)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Pace(object())  # type: ignore[arg-type]
    text: Any = iter(["text"])
    with pytest.raises(TypeError):
        next(Pace(dispatcher).reads(text, dispatcher.feed))


def test_reads_of_the_dispatcher_s_own() -> None:
    dispatcher, told = real(), list[int]()
    pace = Pace(dispatcher)
    reads: Reads[Any] = pace.reads(
        iter([HEL, bytearray(LO), END]), told=lambda: told.append(pace.events)
    )
    assert [[item.text for item in items] for items in reads] == [["Hel"], ["lo"], ["", ""]]
    assert told == [1, 2, 4]
    assert (pace.gaps, pace.over) == (2, True)
    text: Any = iter(["text"])
    with pytest.raises(TypeError):
        next(Pace(dispatcher).reads(text))


def test_reads_with_handlers() -> None:
    dispatcher, seen = real(), list[tuple[str, int]]()
    pace = Pace(dispatcher)
    dispatcher.on("text", lambda delta: seen.append((delta.text, pace.events)))
    reads: Reads[Any] = pace.reads(iter([HEL, LO, END]))
    assert [len(items) for items in reads] == [1, 1, 2]
    # The handlers of a read come before it is noted.
    assert seen == [("Hel", 0), ("lo", 1)]
    assert (pace.events, pace.over) == (4, True)


class Ending:
    """What comes after the reads, and what it was told."""

    def __init__(self, *after: Any) -> None:
        self.told: list[Any] = []
        self._after = after

    def run(self) -> Generator[Any, BaseException | None, None]:
        try:
            self.told.append("begun")
            self.told.append((yield None))
            yield from self._after
        finally:
            self.told.append("closed")


def refuses(*_: Any) -> Any:
    raise KeyError


@pytest.mark.parametrize("after", [(), ("a", "b")])
@pytest.mark.parametrize("raised", [None, OSError("gone"), KeyboardInterrupt()])
def test_what_comes_after_reads(raised: BaseException | None, after: Any) -> None:
    def chunks() -> Iterator[bytes]:
        yield HEL
        if raised is not None:
            raise raised

    dispatcher, ending = real(), Ending(*after)
    reads = Pace(dispatcher).reads(chunks(), dispatcher.feed_text, ending=ending.run())
    assert ending.told == []
    assert next(reads) == "Hel"
    assert ending.told == ["begun"]
    assert list(reads) == list(after)
    assert ending.told == ["begun", raised, "closed"]
    assert list(reads) == []


@pytest.mark.parametrize("which", ["take", "told"])
def test_what_comes_after_reads_that_fail(which: str) -> None:
    dispatcher, ending = real(), Ending("a")
    calls: dict[str, Any] = {"take": dispatcher.feed, which: refuses}
    reads = Pace(dispatcher).reads(iter([HEL, LO]), **calls, ending=ending.run())
    assert list(reads) == ["a"]
    assert [type(one) for one in ending.told] == [str, KeyError, str]


def test_what_comes_after_reads_may_fail() -> None:
    def failing() -> Generator[Any, BaseException | None, None]:
        error = yield None
        raise error or KeyError

    broken: Any = iter([5])
    dispatcher = real()
    with pytest.raises(TypeError):
        list(Pace(dispatcher).reads(broken, dispatcher.feed, ending=failing()))
    reads = Pace(dispatcher).reads(iter([]), dispatcher.feed, ending=failing())
    with pytest.raises(KeyError):
        list(reads)
    assert list(reads) == []


def test_what_comes_after_reads_is_closed_with_them() -> None:
    for begun in (False, True):
        ending = Ending("a")
        reads: Reads[Any] = Pace(real()).reads(iter([HEL, LO]), ending=ending.run())
        if begun:
            next(reads)
        reads.close()
        assert ending.told == (["begun", "closed"] if begun else [])
    ending = Ending("a")
    reads = Pace(real()).reads(iter([HEL, LO]), ending=ending.run())
    next(reads)
    del reads
    assert ending.told == ["begun", "closed"]
    Pace(real()).reads(iter([HEL])).close()


def test_reads_within_reads() -> None:
    dispatcher = real()
    pace = Pace(dispatcher)
    inner: Any = None

    def chunks() -> Iterator[bytes]:
        yield HEL
        yield from ()

    def take(chunk: Any) -> str:
        # Asking meanwhile is no harm, and feeding is refused by whoever is being fed.
        assert pace.events == 0
        assert not pace.over
        assert inner.running
        with pytest.raises(ValueError, match="read already"):
            next(inner)
        return dispatcher.feed_text(chunk)

    inner = pace.reads(chunks(), take)
    assert not inner.running
    assert list(inner) == ["Hel"]
    assert not inner.running


def test_reads_can_be_collected() -> None:
    class Chunks:
        reads: Any = None

        def __iter__(self) -> Any:
            return self

        def __next__(self) -> bytes:
            raise StopIteration

    dispatcher = real()
    chunks = Chunks()
    chunks.reads = Pace(dispatcher).reads(chunks, dispatcher.feed)
    left = weakref.ref(chunks)
    del chunks
    gc.collect()
    assert left() is None
