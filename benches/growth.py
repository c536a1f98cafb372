"""Whether more of the same costs more of the same: one long thing against many short ones.

Each case is a long stream and short ones that add up to it. Who copies or scans again what it holds
takes quadratic time for the first and shows it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import timing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from peers import Chunks, Contender
    from streams import Stream

MILLISECONDS = 1e6


@dataclass(frozen=True)
class Case:
    """A long stream, and as many short ones of one kind as add up to it."""

    name: str
    long: Stream
    short: Stream
    times: int
    cut: int
    unit: float = MILLISECONDS
    """In which the time for the whole is shown: so many nanoseconds."""
    limit: float | None = None
    """How many times as long as the short ones the long one may take."""
    bound: tuple[str, ...] = ()
    """Whom the limit is for."""


class Cost(NamedTuple):
    """The time for the long stream, and how many times as long as for the short ones."""

    time: timing.Result
    ratio: float | None
    unit: float
    limit: float | None


def run_all(contender: Contender, streams: list[Chunks]) -> None:
    for chunks in streams:
        contender.run(chunks)


def cost(contender: Contender, case: Case, rounds: int, seconds: float) -> Cost:
    limit = case.limit if contender.name in case.bound else None
    for stream in (case.long, case.short):
        if reason := timing.fault(contender, stream, stream.cut(case.cut), seconds):
            return Cost(timing.Result(None, reason), None, case.unit, limit)
    # Each short one has its own bytes, for those of the long one are not in the cache either.
    inputs = {
        "long": [case.long.cut(case.cut)],
        "short": [case.short.cut(case.cut) for _ in range(case.times)],
    }
    runs = {name: partial(run_all, contender, streams) for name, streams in inputs.items()}
    best = timing.best_rounds(runs, rounds)
    return Cost(timing.Result(best["long"]), best["long"] / best["short"], case.unit, limit)


def measure(
    cases: Iterable[Case],
    contenders: Callable[[Case], Iterable[Contender]],
    rounds: int,
    seconds: float,
) -> dict[str, dict[str, Cost]]:
    """By case and contender. Peers, which may take up to `seconds` a run, get fewer rounds."""
    costs: dict[str, dict[str, Cost]] = {}
    for case in cases:
        costs[case.name] = {}
        for contender in contenders(case):
            n = rounds if contender.distribution == "ssewire" else min(rounds, 3)
            costs[case.name][contender.name] = cost(contender, case, n, seconds)
    return costs
