"""How much memory idle decoders and dispatchers and unread events take: `python benches/memory.py`.

By the growth of the process, which counts what `sys.getsizeof` does not see. Each figure comes from
a new process, so that none profits from memory that another one has freed.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import ssewire
import streams
from model_answers import answer

if TYPE_CHECKING:
    from collections.abc import Callable

DECODERS = 100_000
EVENTS = 1_000_000
CUT = streams.CUTS["16 KiB"]


def resident() -> int:
    """The bytes of this process that are in memory."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:  # Not Linux; the peak will do, as nothing here is freed before the end.
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return pages * os.sysconf("SC_PAGE_SIZE")


def growth(make: Callable[[], object], count: int) -> float:
    """What each of `count` objects costs."""
    kept: list[object] = [None] * count
    before = resident()
    for index in range(count):
        kept[index] = make()
    return (resident() - before) / count


def fresh_decoder() -> float:
    return growth(ssewire.Decoder, DECODERS)


def used_decoder() -> float:
    """Between two events, after one that came in two reads."""
    block = streams.shapes()[0].blocks[5]

    def make() -> ssewire.Decoder:
        decoder = ssewire.Decoder()
        assert len(decoder.feed(block[:100]) + decoder.feed(block[100:])) == 1
        return decoder

    make()
    return growth(make, DECODERS)


def fresh_dispatcher() -> float:
    return growth(ssewire.Dispatcher, DECODERS)


def dispatcher_after(events: int, *, reset: bool) -> float:
    """Between two answers, or with an answer that can still be asked for."""
    text = answer(events - streams.FRAMES["chat"])
    chunks = streams.written("", "chat", text).cut(CUT)

    def make() -> ssewire.Dispatcher:
        dispatcher = ssewire.Dispatcher()
        for chunk in chunks:
            dispatcher.feed(chunk)
        dispatcher.finish()
        assert dispatcher.outcome.complete
        if reset:
            dispatcher.reset()
        return dispatcher

    make()
    return growth(make, DECODERS // 10)


def used_dispatcher() -> float:
    return dispatcher_after(100, reset=False)


def reset_dispatcher() -> float:
    return dispatcher_after(streams.EVENTS, reset=True)


def fresh_relay() -> float:
    return growth(ssewire.Relay, DECODERS)


def relay_after(events: int) -> float:
    """Within an answer that it does not keep, after so many events of it."""
    blocks = streams.shape("chat").blocks
    # The same again and again, which leaves less behind than a longer stream that is made here.
    begin, more = b"".join(blocks[:100]), b"".join(blocks[100:200])

    def make() -> ssewire.Relay:
        relay = ssewire.Relay(keep_text=False)
        relay.feed(begin)
        for _ in range(events // 100 - 1):
            relay.feed(more)
        assert relay.begun
        return relay

    make()
    return growth(make, DECODERS // 50)


def relay_in_short_answer() -> float:
    return relay_after(1_000)


def relay_in_long_answer() -> float:
    return relay_after(100_000)


def live_items() -> float:
    stream = streams.shapes()[0]
    chunks = stream.cut(CUT)
    times = EVENTS // 4 // len(stream.blocks)
    kept: list[object] = [None] * (times * len(stream.blocks))
    index = 0
    before = resident()
    for _ in range(times):
        dispatcher = ssewire.Dispatcher()
        for chunk in chunks:
            for item in dispatcher.feed(chunk):
                kept[index] = item
                index += 1
    assert index == len(kept)
    return (resident() - before) / index


def live_events(shape: int, read: bool) -> float:
    """Events that somebody keeps, without the place in the list that keeps them.

    The same few chunks are fed again and again and are held all the time, so that what grows is
    the events alone. Those that straddle two reads count with the copy that they need.
    """
    stream = streams.shapes()[shape]
    chunks = stream.cut(CUT)
    times = EVENTS // len(stream.blocks)
    kept: list[object] = [None] * (times * len(stream.blocks))
    index = 0
    before = resident()
    for _ in range(times):
        decoder = ssewire.Decoder()
        for chunk in chunks:
            for event in decoder.feed(chunk):
                kept[index] = event
                index += 1
                if read:
                    _ = event.data
    assert index == len(kept)
    return (resident() - before) / index


def unread_chat() -> float:
    return live_events(0, read=False)


def unread_messages() -> float:
    return live_events(2, read=False)


def read_chat() -> float:
    return live_events(0, read=True)


def decoder_itself() -> float:
    return sys.getsizeof(ssewire.Decoder())


def dispatcher_itself() -> float:
    return sys.getsizeof(ssewire.Dispatcher())


def event_itself() -> float:
    return sys.getsizeof(ssewire.Decoder().feed(streams.shapes()[0].blocks[5])[0])


FIGURES: dict[str, tuple[Callable[[], float], int | None]] = {
    "Decoder, sys.getsizeof": (decoder_itself, None),
    "Decoder, idle": (fresh_decoder, 512),
    "Decoder, idle after an event that came in two reads": (used_decoder, 512),
    "Dispatcher, sys.getsizeof": (dispatcher_itself, None),
    "Dispatcher, idle": (fresh_dispatcher, 4096),
    "Dispatcher, idle after an answer of 100 events": (used_dispatcher, 4096),
    "Dispatcher, idle after 2,000 events and reset()": (reset_dispatcher, 4096),
    "Relay, idle": (fresh_relay, 4096),
    "Relay, `keep_text=False`, after 1,000 events": (relay_in_short_answer, 4096),
    "Relay, `keep_text=False`, after 100,000 events": (relay_in_long_answer, 4096),
    "event, sys.getsizeof": (event_itself, None),
    "chat event, data not read, beyond its chunk": (unread_chat, 100),
    "messages event, data not read, beyond its chunk": (unread_messages, 100),
    "chat event, data read": (read_chat, None),
    "chat item, not read, beyond its chunk": (live_items, None),
}
"""What is measured, and how many bytes it may be at most."""


def in_new_process(name: str) -> float:
    """One figure. Not by `multiprocessing`, which would load all that its parent did."""
    done = subprocess.run([sys.executable, __file__, name], capture_output=True, check=True)
    return float(done.stdout)


def measure() -> dict[str, float]:
    """All figures, in bytes."""
    return {name: in_new_process(name) for name in FIGURES}


if __name__ == "__main__":
    json.dump(FIGURES[sys.argv[1]][0]() if sys.argv[1:] else measure(), sys.stdout, indent=2)
