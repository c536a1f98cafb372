"""The speeds that ssewire is to reach, as ratios: medians over the streams that a target names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import dispatch_peers
import peers
import relay_peers
import streams

if TYPE_CHECKING:
    from outcomes import Shape

DECODER_SHAPES = ("chat, padded", "chat, lean", "messages", "responses")
DISPATCH_SHAPES = ("chat, padded", "completions", "messages", "responses")


class Target(NamedTuple):
    """How many times as long as ours the peer's time must be, by cut."""

    reads: str
    ours: str
    baseline: str
    peer: str
    streams: tuple[str, ...]
    least: dict[str, float]


def _least(event: float, segment: float, read: float) -> dict[str, float]:
    return {"event": event, "1460 B": segment, "16 KiB": read}


def _decoder(reads: str, ours: peers.Contender, peer: peers.Contender, *least: float) -> Target:
    baseline = str(peer.distribution)
    return Target(reads, ours.name, baseline, peer.name, DECODER_SHAPES, _least(*least))


def _dispatch(
    reads: str,
    peer: str,
    *least: float,
    baseline: str | None = None,
    streams: tuple[str, ...] = DISPATCH_SHAPES,
) -> Target:
    ours = dispatch_peers.OURS[peer]
    return Target(reads, ours, baseline or peer, peer, streams, _least(*least))


def _relay(reads: str, peer: str, *least: float) -> Target:
    return Target(reads, relay_peers.OURS[peer], peer, peer, DISPATCH_SHAPES, _least(*least))


def _translation(source: Shape, target: Shape) -> Target:
    ours, peer = relay_peers.translating(target), relay_peers.by_hand(target)
    name = streams.shape(source).name
    return Target(f"{source} to {target}", ours, "by hand", peer, (name,), _least(6, 8, 10))


DECODER = [
    _decoder("data not read", peers.FEED, peers.LAUNCHDARKLY_EVENTS, 10, 14, 17),
    _decoder("loop reading `.data`", peers.DATA, peers.LAUNCHDARKLY, 5, 6, 7),
    _decoder("loop reading `.data`", peers.DATA, peers.HTTPX_SSE, 9, 10, 10),
    _decoder("loop reading `.data`", peers.DATA, peers.ANTHROPIC, 10, 13, 14),
    _decoder("loop reading `.data`", peers.DATA, peers.OPENAI, 20, 25, 27),
]
DISPATCH = [
    _dispatch(
        "`chunk.choices[0].delta.content`",
        dispatch_peers.SDK,
        *(300, 350, 400),
        baseline="openai `Stream`",
        streams=("chat, padded",),
    ),
    _dispatch(
        "`event.delta.text` behind `event.type`",
        dispatch_peers.SDK,
        *(60, 85, 100),
        baseline="anthropic `Stream`",
        streams=("messages",),
    ),
    _dispatch("loop reading `.text`", dispatch_peers.DICT, 8, 10, 12),
    _dispatch("`feed_text`", dispatch_peers.JOIN, 12, 18, 24),
    _dispatch("outcome only", dispatch_peers.FOLD, 12, 18, 24),
]
RELAY = [
    _relay("observing", relay_peers.BY_HAND, 20, 28, 40),
    _relay('`model=`, `usage="strip"`', relay_peers.EDITING_BY_HAND, 15, 20, 25),
]
TRANSLATION = [
    _translation(source, target)
    for source in relay_peers.TRANSLATED
    for target in relay_peers.TRANSLATED
    if source != target
]
LITELLM = 500
"""How many times as long as a relay LiteLLM's adapter takes, at any cut."""
