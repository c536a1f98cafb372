"""What is compared: dispatchers, the official SDKs, and what people write themselves.

The names are the same for every shape; what they stand for reads that shape.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import folds
import loops
import naive
import sdks
import ssewire
from outcomes import gist
from peers import Contender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from outcomes import Shape
    from peers import Chunks, Reads
    from streams import Stream

FEED = "ssewire, feed"
ATTRIBUTES = "ssewire, attributes"
TEXT = "ssewire, .text"
DELTAS = "ssewire, .deltas"
FEED_TEXT = "ssewire, feed_text"
OUTCOME = "ssewire, outcome"
SNAPSHOT = "ssewire, snapshot()"
SDK = "SDK, create()"
SDK_HELPER = "SDK, stream()"
DICT = "split + orjson + dict"
JOIN = "split + orjson + join"
FOLD = "split + orjson + fold"

NAMES = [FEED, ATTRIBUTES, TEXT, DELTAS, FEED_TEXT, OUTCOME, SNAPSHOT]
NAMES += [SDK, SDK_HELPER, DICT, JOIN, FOLD]

OURS = {SDK: ATTRIBUTES, SDK_HELPER: SNAPSHOT, DICT: TEXT, JOIN: FEED_TEXT, FOLD: OUTCOME}
"""What a peer is compared with."""


def fed(chunks: Chunks) -> ssewire.Dispatcher:
    """A dispatcher that has read the whole stream."""
    dispatcher = ssewire.Dispatcher()
    for chunk in chunks:
        dispatcher.feed(chunk)
    dispatcher.finish()
    return dispatcher


def items(chunks: Chunks) -> Iterator[Any]:
    dispatcher = ssewire.Dispatcher()
    for chunk in chunks:
        yield from dispatcher.feed(chunk)
    yield from dispatcher.finish()


def attributes(shape: Shape, chunks: Chunks) -> None:
    loops.LOOPS[shape](ssewire.Dispatcher().feed, chunks)


def text(chunks: Chunks) -> None:
    dispatcher = ssewire.Dispatcher()
    for chunk in chunks:
        for item in dispatcher.feed(chunk):
            _ = item.text
    dispatcher.finish()


def deltas(chunks: Chunks) -> None:
    dispatcher = ssewire.Dispatcher()
    for chunk in chunks:
        for item in dispatcher.feed(chunk):
            for delta in item.deltas:
                if delta.kind == "text":
                    _ = delta.text
    dispatcher.finish()


def feed_text(chunks: Chunks) -> str:
    dispatcher = ssewire.Dispatcher()
    text = []
    for chunk in chunks:
        text.append(dispatcher.feed_text(chunk))  # noqa: PERF401 - as it is written around a socket
    dispatcher.finish()
    return "".join(text)


def outcome(chunks: Chunks) -> dict[str, Any]:
    found: dict[str, Any] = fed(chunks).outcome.to_dict()
    return found


def snapshot(chunks: Chunks) -> dict[str, Any]:
    final: dict[str, Any] | None = fed(chunks).snapshot()
    assert final
    return final


def fold(shape: Shape, chunks: Chunks) -> dict[str, Any]:
    return folds.FOLDS[shape](naive.reads(chunks))


def by_hand(shape: Shape, chunks: Chunks) -> None:
    naive.LOOPS[shape](naive.reads(chunks))


def joined(shape: Shape, chunks: Chunks) -> str:
    return naive.TEXTS[shape](naive.reads(chunks))


def sdk(shape: Shape, chunks: Chunks) -> None:
    loops.LOOPS[shape](partial(sdks.stream, shape), [chunks])


def not_empty(texts: Iterable[str | None]) -> Iterator[str]:
    return (text for text in texts if text)


def added_text(item: Any) -> str | None:
    """Its `.text`, unless that is a member of the event: the whole text once more."""
    return None if getattr(item, "type", None) == "response.output_text.done" else item.text


def delta_texts(chunks: Chunks) -> Iterator[str]:
    for item in items(chunks):
        yield from (delta.text for delta in item.deltas if delta.kind == "text")


def only(run: Callable[[Chunks], object]) -> Callable[[Chunks], list[object]]:
    """The values of what has but one."""
    return lambda chunks: [run(chunks)]


def ours(stream: Stream) -> list[Contender]:
    """All ways to read the stream with a dispatcher."""
    shape, _ = stream.written

    def data(chunks: Chunks) -> Iterator[str]:
        return (item.event.data for item in items(chunks))

    def item_texts(read: Callable[[Any], str | None]) -> Callable[[Chunks], Iterator[str]]:
        return lambda chunks: not_empty(map(read, items(chunks)))

    def shared_outcome(chunks: Chunks) -> dict[str, Any]:
        found = outcome(chunks)
        assert found["complete"]
        return {name: found[name] for name in stream.outcome}

    def final(chunks: Chunks) -> dict[str, Any]:
        return gist(shape, snapshot(chunks))

    def contender(
        name: str, reads: Reads, values: Callable[[Chunks], Any], run: Callable[[Chunks], object]
    ) -> Contender:
        return Contender(name, "ssewire", reads, values, run)

    return [
        contender(FEED, "nothing", data, fed),
        contender(ATTRIBUTES, "texts", item_texts(loops.TEXTS[shape]), partial(attributes, shape)),
        contender(TEXT, "texts", item_texts(added_text), text),
        contender(DELTAS, "texts", delta_texts, deltas),
        contender(FEED_TEXT, "text", only(feed_text), feed_text),
        contender(OUTCOME, "outcome", only(shared_outcome), outcome),
        contender(SNAPSHOT, "final", only(final), snapshot),
    ]


def peers(stream: Stream) -> list[Contender]:
    """What else there is for the stream's shape."""
    shape, _ = stream.written
    its_sdk = sdks.distribution(shape)

    def typed_texts(chunks: Chunks) -> Iterator[str]:
        return not_empty(map(loops.TEXTS[shape], sdks.stream(shape, chunks)))

    def final(chunks: Chunks) -> dict[str, Any]:
        return gist(shape, sdks.final(shape, chunks).to_dict())

    join, whole = partial(joined, shape), partial(fold, shape)
    found = [
        Contender(SDK, its_sdk, "texts", typed_texts, partial(sdk, shape)),
        Contender(SDK_HELPER, its_sdk, "final", only(final), partial(sdks.final, shape)),
        Contender(DICT, "orjson", "text", only(join), partial(by_hand, shape)),
        Contender(JOIN, "orjson", "text", only(join), join),
        Contender(FOLD, "orjson", "outcome", only(whole), whole),
    ]
    return [one for one in found if shape != "completions" or one.name != SDK_HELPER]


def contenders(stream: Stream) -> list[Contender]:
    """All that can read the stream. The loops over attributes know of no tool calls."""
    _, answer = stream.written
    found = ours(stream) + peers(stream)
    return [one for one in found if not answer.calls or one.name not in (ATTRIBUTES, SDK)]
