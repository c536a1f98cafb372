"""Threads: each with its own decoder, and all with one."""

from __future__ import annotations

import gc
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from replay import bytewise, in_steps, read
from ssewire import Decoder

if TYPE_CHECKING:
    from collections.abc import Iterator

THREADS = 8
BODY = (Path(__file__).parent / "corpus" / "wire" / "chat_simple.sse").read_bytes()


@pytest.fixture(autouse=True)
def often_interrupted() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_each_thread_with_its_decoder() -> None:
    expected = read(Decoder(), [BODY])
    together = threading.Barrier(THREADS)

    def decode(step: int) -> bool:
        together.wait()
        return all(read(Decoder(), in_steps(BODY, step)) == expected for _ in range(20))

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(decode, range(1, THREADS + 1)))


def test_all_threads_with_one_decoder() -> None:
    decoder = Decoder()
    together = threading.Barrier(THREADS)

    def feed(thread: int) -> tuple[Counter[str], Counter[str]]:
        sent: Counter[str] = Counter()
        received: Counter[str] = Counter()
        together.wait()
        for i in range(500):
            try:
                events = decoder.feed(b"data: %d.%d\n\n" % (thread, i) * 3)
            except RuntimeError:
                continue
            sent[f"{thread}.{i}"] += 3
            received.update(event.data for event in events)
        return sent, received

    with ThreadPoolExecutor(THREADS) as pool:
        threads = list(pool.map(feed, range(THREADS)))
    # What one call took in is what came out of it: a chunk was whole events.
    assert all(received == sent for sent, received in threads)
    assert any(sent for sent, _ in threads)
    assert decoder.pending == 0


def test_members_are_told_while_another_thread_feeds() -> None:
    decoder = Decoder()
    stop = threading.Event()
    answers: set[str] = set()

    def watch() -> None:
        while not stop.is_set():
            with suppress(RuntimeError):
                answers.add(decoder.last_event_id)
                assert decoder.pending >= 0
                assert decoder.comments >= 0

    with ThreadPoolExecutor(2) as pool:
        watchers = [pool.submit(watch) for _ in range(2)]
        try:
            for i in range(2000):
                with suppress(RuntimeError):
                    decoder.feed(b"id: %d\ndata: a\n\n: hi\n" % (i % 3))
        finally:
            stop.set()
        for watcher in watchers:
            watcher.result()
    assert answers <= {"", "0", "1", "2"}


def test_all_threads_with_one_event() -> None:
    for _ in range(50):
        (event,) = Decoder().feed(b'event: e\nid: 1\ndata: {"a":\ndata: 1}\n\n')
        together = threading.Barrier(THREADS)

        def look(_: int) -> tuple[object, ...]:
            together.wait()  # noqa: B023
            return event.event, event.data, event.id, event.json(), event.raw, hash(event)  # noqa: B023

        with ThreadPoolExecutor(THREADS) as pool:
            answers = list(pool.map(look, range(THREADS)))
        assert answers[0][:3] == ("e", '{"a":\n1}', "1")
        assert answers == answers[:1] * THREADS


def test_feeding_while_the_collector_feeds() -> None:
    decoder = Decoder()
    outcomes: set[str] = set()

    class Meddler:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            try:
                decoder.feed(b": from the collector\n")
                outcomes.add("fed")
            except RuntimeError:
                outcomes.add("refused")

    threshold = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for chunk in bytewise(BODY) + [BODY] * 20:
            Meddler()
            decoder.feed(chunk)
    finally:
        gc.set_threshold(*threshold)
        gc.collect()
    assert outcomes <= {"fed", "refused"}
    assert outcomes
