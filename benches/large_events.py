"""What an event costs that is large or has many lines: per byte, no more than a small one.

Each case is a stream of one large event and one of small events with as many bytes or lines. Who
copies or scans again what it holds takes quadratic time for the first and shows it here.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import peers
import streams
import timing

LIMIT = 1.5
"""How much more a byte of a large event may cost."""

OURS = [peers.FEED, peers.DATA]
CONTENDERS = [
    contender
    for contender in peers.CONTENDERS
    if contender in OURS or (contender.reads == "data" and contender is not peers.ITER_BYTES)
]


class Case(NamedTuple):
    """A large event, and small ones that add up to it."""

    name: str
    large: streams.Stream
    small: streams.Stream
    cut: int
    limit: float | None


class Cost(NamedTuple):
    """The time for the whole stream, and how often that for the same in small events fits in."""

    time: timing.Result
    ratio: float | None
    limit: float | None


def cases() -> list[Case]:
    image, thumbnails = streams.large_events(8 << 20, 1), streams.large_events(64 << 10, 128)
    book, pages = streams.many_lines(100_000, 1), streams.many_lines(10_000, 10)
    # With longer reads the small events would lie whole in them, and need not be held at all.
    cuts = {"64 B": 64, "1460 B": 1460, "16 KiB": 16 << 10}
    by_size = [Case(f"8 MiB, {name}", image, thumbnails, cut, LIMIT) for name, cut in cuts.items()]
    return [*by_size, Case("100,000 lines, 16 KiB", book, pages, cuts["16 KiB"], None)]


def cost(contender: peers.Contender, case: Case, rounds: int, seconds: float) -> Cost:
    large, small = case.large.cut(case.cut), case.small.cut(case.cut)
    for stream, chunks in ((case.small, small), (case.large, large)):
        if reason := timing.fault(contender, stream, chunks, seconds):
            return Cost(timing.Result(None, reason), None, case.limit)
    runs = {"large": partial(contender.run, large), "small": partial(contender.run, small)}
    best = timing.best_rounds(runs, rounds)
    return Cost(timing.Result(best["large"]), best["large"] / best["small"], case.limit)


def measure(
    contenders: list[peers.Contender], rounds: int, seconds: float
) -> dict[str, dict[str, Cost]]:
    """By contender and case. Peers, which may take up to `seconds` a run, get fewer rounds."""
    costs: dict[str, dict[str, Cost]] = {contender.name: {} for contender in contenders}
    for case in cases():
        for contender in contenders:
            n = rounds if contender.distribution == "ssewire" else min(rounds, 3)
            costs[contender.name][case.name] = cost(contender, case, n, seconds)
    return costs
