"""The speeds that ssewire is to reach, as ratios: medians over the four shapes."""

from __future__ import annotations

from typing import NamedTuple

import peers


class Target(NamedTuple):
    """How many times as long as ours the peer's time must be, by cut."""

    reads: str
    ours: peers.Contender
    peer: peers.Contender
    least: dict[str, float]


def _least(event: float, segment: float, read: float) -> dict[str, float]:
    return {"event": event, "1460 B": segment, "16 KiB": read}


TARGETS = [
    Target("data not read", peers.FEED, peers.LAUNCHDARKLY_EVENTS, _least(10, 14, 17)),
    Target("loop reading `.data`", peers.DATA, peers.LAUNCHDARKLY, _least(5, 6, 7)),
    Target("loop reading `.data`", peers.DATA, peers.HTTPX_SSE, _least(9, 10, 10)),
    Target("loop reading `.data`", peers.DATA, peers.ANTHROPIC, _least(10, 13, 14)),
    Target("loop reading `.data`", peers.DATA, peers.OPENAI, _least(20, 25, 27)),
]
