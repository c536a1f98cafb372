"""What is compared of relays: `Relay`, and what people write themselves.

Each is fed a stream's reads, and its list of what is sent on is checked: byte by byte, or as what a
client reads in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import orjson

import proxies_by_hand
import ssewire
import translations
import translators_by_hand
from peers import Contender, split

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes import Shape
    from peers import Chunks
    from streams import Stream

    Sent: TypeAlias = "tuple[Chunks, dict[str, Any] | None]"
    """What is sent on, and the usage."""

OBSERVING, EDITING = "relay", "relay, editing"
BY_HAND, EDITING_BY_HAND = "split + orjson + usage", "split + orjson + set + dumps"
NAMES = [OBSERVING, BY_HAND, EDITING, EDITING_BY_HAND]
OURS = {BY_HAND: OBSERVING, EDITING_BY_HAND: EDITING}
"""What a peer is compared with."""

MODEL = "a-name-of-the-proxy"
Translated: TypeAlias = Literal["chat", "messages", "responses"]
TRANSLATED: tuple[Translated, ...] = ("chat", "messages", "responses")
"""From each of these to each other."""


def translating(target: Shape) -> str:
    return f"relay to {target}"


def by_hand(target: Shape) -> str:
    return f"by hand to {target}"


TRANSLATIONS = [name(target) for target in TRANSLATED for name in (translating, by_hand)]
OURS_OF_TRANSLATIONS = {by_hand(target): translating(target) for target in TRANSLATED}


@dataclass(frozen=True)
class Proxy(Contender):
    """One way to send a stream on."""

    wanted: Callable[[Stream], list[object]]

    def expected(self, stream: Stream) -> list[object]:
        return self.wanted(stream)


def observe(chunks: Chunks) -> Sent:
    # As a proxy runs it, and like those by hand: no text is kept.
    relay = ssewire.Relay(keep_text=False)
    feed = relay.feed
    sent = [feed(chunk) for chunk in chunks]
    sent.append(relay.finish())
    return sent, relay.outcome.usage


def edit(chunks: Chunks) -> Sent:
    relay = ssewire.Relay(model=MODEL, usage="strip", keep_text=False)
    feed = relay.feed
    sent = [feed(chunk) for chunk in chunks]
    sent.append(relay.finish())
    return sent, relay.outcome.usage


def translate(target: Translated, chunks: Chunks) -> Chunks:
    relay = ssewire.Relay(to=target)
    feed = relay.feed
    sent = [feed(chunk) for chunk in chunks]
    sent.append(relay.finish())
    return sent


def as_it_came(stream: Stream) -> list[object]:
    return [b"".join(stream.blocks), stream.outcome["usage"]]


def edited(stream: Stream) -> list[object]:
    """The payloads as an editor has to send them, and the usage."""
    payloads = []
    for payload in stream.payloads:
        assert isinstance(payload, dict)
        if payload.get("choices") == [] and payload.get("usage"):
            continue
        for holder in (payload, payload.get("message"), payload.get("response")):
            if holder and "model" in holder:
                holder["model"] = MODEL
        payloads.append(payload)
    return [payloads, stream.outcome["usage"]]


def bytes_of(run: Callable[[Chunks], Sent], chunks: Chunks) -> list[object]:
    sent, usage = run(chunks)
    return [b"".join(sent), usage]


def payloads_of(run: Callable[[Chunks], Sent], chunks: Chunks) -> list[object]:
    sent, usage = run(chunks)
    return [[orjson.loads(data) for data in split(sent) if data != b"[DONE]"], usage]


def contenders(stream: Stream) -> list[Contender]:
    """All that send the stream on in its own shape."""
    shape, _ = stream.written

    def found(
        name: str,
        distribution: str,
        run: Callable[[Chunks], Sent],
        read: Callable[[Callable[[Chunks], Sent], Chunks], list[object]],
        wanted: Callable[[Stream], list[object]],
    ) -> Contender:
        return Proxy(name, distribution, "nothing", partial(read, run), run, wanted)

    observed = partial(proxies_by_hand.observe, shape)
    changed = partial(proxies_by_hand.edit, shape, MODEL)
    return [
        found(OBSERVING, "ssewire", observe, bytes_of, as_it_came),
        found(BY_HAND, "orjson", observed, bytes_of, as_it_came),
        found(EDITING, "ssewire", edit, payloads_of, edited),
        found(EDITING_BY_HAND, "orjson", changed, payloads_of, edited),
    ]


def translators(stream: Stream) -> list[Contender]:
    """All that send the stream on in another shape."""
    source, answer = stream.written
    found: list[Contender] = []
    for target in TRANSLATED:
        if target == source:
            continue
        runs: dict[str, Callable[[Chunks], Chunks]] = {
            translating(target): partial(translate, target),
            by_hand(target): partial(translators_by_hand.translate, source, target),
        }
        for name, run in runs.items():

            def values(chunks: Chunks, run: Callable[[Chunks], Chunks] = run) -> list[object]:
                return translations.found(run(chunks))

            distribution = "ssewire" if name == translating(target) else "orjson"

            def wanted(_: Stream, target: Shape = target) -> list[object]:
                return translations.wanted(target, answer)

            found.append(Proxy(name, distribution, "nothing", values, run, wanted))
    return found
