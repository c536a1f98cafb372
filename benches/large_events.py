"""What an event costs that is large or has many lines: per byte, no more than a small one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import peers
import streams
from growth import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 1.5
"""How much more a byte of a large event may cost."""

OURS = [peers.FEED, peers.DATA]
CONTENDERS = [
    contender
    for contender in peers.CONTENDERS
    if contender in OURS or (contender.reads == "data" and contender is not peers.ITER_BYTES)
]


def cases() -> Iterator[Case]:
    image, thumbnails = streams.large_events(8 << 20, 1), streams.large_events(64 << 10, 128)
    book, pages = streams.many_lines(100_000, 1), streams.many_lines(10_000, 10)
    # With longer reads the small events would lie whole in them, and need not be held at all.
    cuts = {"64 B": 64, "1460 B": 1460, "16 KiB": 16 << 10}
    for name, cut in cuts.items():
        bound = (peers.FEED.name,)
        yield Case(f"8 MiB, {name}", image, thumbnails, 1, cut, limit=LIMIT, bound=bound)
    yield Case("100,000 lines, 16 KiB", book, pages, 1, cuts["16 KiB"])
