"""The replay server in a process of its own, so that its work is not counted as the client's.

As a program: serves long streams until its input ends.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import streams
from model_answers import answer
from ssewire.replay import Recording, ReplayServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ssewire.replay.recording import Shape

SHAPES: tuple[Shape, ...] = ("chat", "messages")
LONG = 10_000
"""Events of a stream that is long enough for the request to cost next to nothing."""


def recording(shape: Shape, events: int) -> Recording:
    """A stream of so many events, named `SHAPE-EVENTS`."""
    text = answer(events - streams.FRAMES[shape])
    blocks = streams.written(shape, shape, text).blocks
    assert len(blocks) == events
    return Recording(f"{shape}-{events}", b"".join(blocks))


@contextmanager
def upstream() -> Iterator[str]:
    """Runs it. Yields its URL; the long streams are at the paths of their APIs."""
    command = [sys.executable, __file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout
        assert it.stdin
        try:
            yield it.stdout.readline().strip()
        finally:
            it.stdin.close()


def main() -> None:
    recordings = [recording(shape, events) for events in (LONG, streams.EVENTS) for shape in SHAPES]
    with ReplayServer(recordings) as server:
        print(server.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
