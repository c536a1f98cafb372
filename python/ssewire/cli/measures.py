"""`Measures`: how many deltas and events a stream has, how large they are, and when they came."""

from __future__ import annotations

import math
from collections import Counter
from statistics import median
from typing import TYPE_CHECKING, Any

from ssewire.progress.tokens import streamed_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ssewire import Chunk, Outcome, StreamEvent
    from ssewire.cli.arrivals import Arrivals


class Measures:
    """Counts the items of a stream.

    Args:
        arrivals: takes their times; without it there are no timings.

    Attributes:
        deltas: how many deltas of each kind.
        characters: how many characters they brought, by kind.
        types: how many events of each native type.
        sizes: the bytes of each payload; `[DONE]` is none.
        arrivals: as given.
        model: the model that answers, as soon as it is known.
    """

    def __init__(self, arrivals: Arrivals | None) -> None:
        self.deltas: Counter[str] = Counter()
        self.characters: Counter[str] = Counter()
        self.types: Counter[str] = Counter()
        self.sizes: list[int] = []
        self.arrivals = arrivals
        self.model: str | None = None

    def add(self, items: Iterable[Chunk | StreamEvent]) -> None:
        """Count the items of one read."""
        items = list(items)
        if self.arrivals is not None:
            self.arrivals.add(items)
        for item in items:
            payload = item.to_json()
            if payload != "[DONE]":
                self.sizes.append(len(payload.encode("utf-8", "replace")))
            self.types[_native_type(item)] += 1
            for delta in item.deltas:
                self.deltas[delta.kind] += 1
                self.characters[delta.kind] += len(delta.text or "")
                self.model = self.model or delta.model

    def kinds(self) -> dict[str, dict[str, int]]:
        """Of each kind of delta how many, and how many characters they brought."""
        return {
            kind: {"count": count, "characters": self.characters[kind]}
            for kind, count in self.deltas.most_common()
        }

    def timings(self, outcome: Outcome) -> dict[str, Any] | None:
        """All that is known of the times, in seconds; `None` if they were not taken."""
        arrivals = self.arrivals
        if arrivals is None:
            return None
        return {
            "first_delta": arrivals.first,
            "duration": arrivals.duration,
            "gaps": spread(arrivals.gaps),
            "tokens_per_second": arrivals.rate(streamed_tokens(outcome)),
            "characters_per_second": arrivals.rate(arrivals.characters),
            "deltas_per_second": arrivals.rate(arrivals.deltas),
        }


def spread(values: Sequence[float]) -> dict[str, float | None]:
    """How many values there are, their median, the one that 95 % do not exceed, and the largest."""
    if not values:
        return {"count": 0, "median": None, "p95": None, "max": None}
    ordered = sorted(values)
    most = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return {"count": len(ordered), "median": median(ordered), "p95": most, "max": ordered[-1]}


def _native_type(item: Chunk | StreamEvent) -> str:
    own = getattr(item, "type", None)
    return own if isinstance(own, str) and own else item.event.event
