"""`Arrivals`: when the pieces of an answer came."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ssewire import Chunk, Outcome, StreamEvent

# What a model generates; the other kinds are said about it.
GENERATED = frozenset(
    ("text", "reasoning", "refusal", "tool_call", "tool_arguments", "audio", "citation")
)


class Arrivals:
    """Takes the time of every read that brings something that the model generated.

    Args:
        clock: seconds, from anywhere. What it says now is the beginning.

    Attributes:
        deltas: how many deltas came.
        characters: how many characters of text, reasoning, refusal and arguments came.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.deltas = 0
        self.characters = 0
        self._clock = clock
        self._begin = clock()
        self._times: list[float] = []

    def add(self, items: Iterable[Chunk | StreamEvent]) -> None:
        """Take the time of a read."""
        before = self.deltas
        for item in items:
            for delta in item.deltas:
                if delta.kind in GENERATED:
                    self.deltas += 1
                    self.characters += len(delta.text or "") if delta.kind != "audio" else 0
        if self.deltas > before:
            self._times.append(self._clock() - self._begin)

    @property
    def first(self) -> float | None:
        """Seconds from the beginning to the first delta; `None` if there was none."""
        return self._times[0] if self._times else None

    @property
    def duration(self) -> float:
        """Seconds from the first delta to the last."""
        return self._times[-1] - self._times[0] if self._times else 0.0

    @property
    def gaps(self) -> list[float]:
        """Seconds between one read that brought deltas and the next."""
        return [after - before for before, after in pairwise(self._times)]

    def rate(self, number: int | None) -> float | None:
        """So many in the time from the first delta to the last, per second; `None` if unknown."""
        return number / self.duration if number is not None and self.duration > 0 else None


def streamed_tokens(outcome: Outcome) -> int | None:
    """The tokens that came as deltas: not those of a reasoning that stayed at the server."""
    output, reasoning = outcome.tokens.output, outcome.tokens.reasoning
    if output is None or reasoning is None or outcome.reasoning is not None:
        return output
    return max(output - reasoning, 0)
