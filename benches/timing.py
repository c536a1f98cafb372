"""Times contenders against each other, each only after it was seen to do the job."""

from __future__ import annotations

import gc
import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter_ns
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from peers import Chunks, Contender

from streams import CUTS, Stream

Key = TypeVar("Key")

ROUND = 3_000_000
"""Nanoseconds."""


@dataclass(frozen=True)
class Result:
    """Nanoseconds in the best round, or why there are none."""

    ns: float | None
    fault: str = ""


Row: TypeAlias = "tuple[str, str]"
"""A stream's name and its cut."""
Results: TypeAlias = "dict[Row, dict[str, Result]]"
"""By contender."""


class TimeUpError(BaseException):
    """Not an `Exception`: a contender must not take it for a fault of the stream."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupts what takes longer. A signal, so that what is timed pays nothing for it."""

    def interrupt(_number: int, _frame: object) -> None:
        raise TimeUpError

    before = signal.signal(signal.SIGALRM, interrupt)
    # Again every second: what is raised within a callback from C may be ignored.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def fault(contender: Contender, stream: Stream, chunks: Chunks, seconds: float = 60) -> str:
    """What a contender does wrong with a stream; nothing if it finds all that is in it."""
    expected = contender.expected(stream)
    try:
        with time_limit(seconds):
            found = list(contender.values(chunks))
    except TimeUpError:
        return f"> {seconds:g} s"
    except Exception as error:  # noqa: BLE001 - whatever it is, it goes into the table
        return type(error).__name__
    return "" if found == expected else "wrong result"


def best_rounds(runs: Mapping[Key, Callable[[], object]], rounds: int) -> dict[Key, int]:
    """The best run of each, in nanoseconds.

    The rounds of all alternate, so that a slow moment of the machine hits all alike. A round is as
    many runs as fit in `ROUND`, two at least: after the others had their turn the first finds
    neither its code nor its input in the processor's caches, where the bytes of a read that has
    just come in are. One that takes ten rounds has warmed them itself. The garbage collector rests meanwhile: when it comes in does not depend on the
    contender it interrupts.
    """
    best = dict.fromkeys(runs, sys.maxsize)
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for key, run in runs.items():
                runs_done = total = 0
                while total < ROUND or (runs_done < 2 and total < 10 * ROUND):
                    start = perf_counter_ns()
                    run()
                    took = perf_counter_ns() - start
                    best[key] = min(best[key], took)
                    runs_done, total = runs_done + 1, total + took
    finally:
        gc.enable()
    return best


def compare(
    contenders: Iterable[Contender], stream: Stream, chunks: Chunks, rounds: int
) -> dict[str, Result]:
    """How long each takes for an event of the stream, by its name."""
    faults = {contender: fault(contender, stream, chunks) for contender in contenders}
    runs = {
        contender.name: partial(contender.run, chunks)
        for contender, reason in faults.items()
        if not reason
    }
    best = best_rounds(runs, rounds)
    return {
        contender.name: Result(None, reason)
        if reason
        else Result(best[contender.name] / len(stream.blocks))
        for contender, reason in faults.items()
    }


def measure(
    rows: Iterable[tuple[Stream, str]],
    contenders: Callable[[Stream], Iterable[Contender]],
    rounds: int,
) -> Results:
    """All that can read each stream, on the stream at that cut."""
    return {
        (stream.name, cut): compare(contenders(stream), stream, stream.cut(CUTS[cut]), rounds)
        for stream, cut in rows
    }
