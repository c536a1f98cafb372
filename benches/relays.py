"""Relays in process: what an event costs that is observed, edited or translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import dispatch_streams
import litellm_adapter
import relay_peers
import streams
import timing

if TYPE_CHECKING:
    from timing import Results

CUTS = ("event", "1460 B", "16 KiB")


class Found(NamedTuple):
    """What was measured."""

    same: Results
    """In the source's shape."""
    translated: Results
    litellm: dict[str, dict[str, float]]
    """Nanoseconds per event, by cut."""


def measure(rounds: int) -> Found:
    shapes = dispatch_streams.shapes()
    same = [(stream, cut) for cut in CUTS for stream in shapes]
    translated = [(streams.shape(shape), cut) for cut in CUTS for shape in relay_peers.TRANSLATED]
    return Found(
        timing.measure(same, relay_peers.contenders, rounds),
        timing.measure(translated, relay_peers.translators, rounds),
        litellm_adapter.measure(min(rounds, 5)),
    )
