"""What long answers cost: a tool call in 64,000 pieces, ten megabytes of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dispatch_peers
import dispatch_streams
import growth
from growth import Case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from peers import Contender

PIECES = 1_000
"""In the short call."""
LIMIT = 1.2
"""How much more a piece of the longest call may cost."""
CUT = 16 << 10

OF_CALLS = [dispatch_peers.FEED, dispatch_peers.OUTCOME, dispatch_peers.SNAPSHOT]
OF_TEXTS = [
    dispatch_peers.FEED,
    dispatch_peers.FEED_TEXT,
    dispatch_peers.OUTCOME,
    dispatch_peers.SNAPSHOT,
]
PEERS_OF_CALLS = [dispatch_peers.FOLD, dispatch_peers.SDK_HELPER]
PEERS_OF_TEXTS = [dispatch_peers.JOIN, dispatch_peers.FOLD]


def calls() -> Iterator[Case]:
    """In nanoseconds per piece."""
    for shape in dispatch_streams.WITH_CALLS:
        short = dispatch_streams.one_call(shape, PIECES)
        for times, limit in ((8, None), (64, LIMIT)):
            long = dispatch_streams.one_call(shape, times * PIECES)
            bound = (dispatch_peers.OUTCOME, dispatch_peers.SNAPSHOT)
            yield Case(long.name, long, short, times, CUT, times * PIECES, limit, bound)


def texts() -> Iterator[Case]:
    """In milliseconds for the whole."""
    for shape in dispatch_streams.WITH_CALLS:
        long, short = (dispatch_streams.long_text(shape, size << 20) for size in (10, 1))
        yield Case(long.name, long, short, 10, CUT)


def measure(
    cases: Iterable[Case], names: list[str], rounds: int, seconds: float
) -> dict[str, dict[str, growth.Cost]]:
    def contenders(case: Case) -> list[Contender]:
        found = {contender.name: contender for contender in dispatch_peers.contenders(case.long)}
        return [found[name] for name in names]

    return growth.measure(cases, contenders, rounds, seconds)
