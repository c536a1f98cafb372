"""What it brings that a dispatcher learns from the events before, and what it costs in vain.

For once not what users call: `_templates=False` has every payload parsed in full.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import dispatch_streams
import ssewire
import timing
from peers import Contender
from streams import CUTS

if TYPE_CHECKING:
    from peers import Chunks
    from streams import Stream

LIMIT = 1.1
"""How much longer it may take where nothing can be learnt."""
READS = ("event", "1460 B", "16 KiB")


class Gain(NamedTuple):
    """The time for an event, with and without."""

    learning: timing.Result
    parsing: timing.Result
    limit: float | None


def feed(learning: bool, chunks: Chunks) -> Any:
    make: Any = ssewire.Dispatcher
    dispatcher = make(_templates=learning)
    for chunk in chunks:
        dispatcher.feed(chunk)
    dispatcher.finish()
    return dispatcher


def contender(stream: Stream, *, learning: bool) -> Contender:
    def outcome(chunks: Chunks) -> list[object]:
        found = feed(learning, chunks).outcome.to_dict()
        return [{name: found[name] for name in stream.outcome}]

    name = "learning" if learning else "parsing"
    return Contender(name, "ssewire", "outcome", outcome, partial(feed, learning))


def measure(rounds: int, *, quick: bool) -> dict[tuple[str, str], Gain]:
    """By stream and cut."""
    hard = dispatch_streams.ever_new()
    streams = [] if quick else [*dispatch_streams.shapes(), *dispatch_streams.twins()]
    gains = {}
    for stream in [*streams, hard]:
        both = [contender(stream, learning=learning) for learning in (True, False)]
        for cut in READS:
            times = timing.compare(both, stream, stream.cut(CUTS[cut]), rounds)
            limit = LIMIT if stream is hard else None
            gains[stream.name, cut] = Gain(times["learning"], times["parsing"], limit)
    return gains
