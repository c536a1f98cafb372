"""The extension within the interpreter: its end, a second import, errors that leave nothing behind."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from ssewire import Decoder, EventTooLarge, ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Callable


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout


def test_events_are_made_while_the_interpreter_ends() -> None:
    program = """
import copy, ssewire
class Last:
    def __init__(self, make, copy, event):
        self.make, self.copy, self.event = make, copy, event
    def __del__(self):
        print(self.make(data="x").data, self.copy(self.event).data)
last = Last(ssewire.ServerSentEvent, copy.copy, ssewire.Decoder().feed(b"data: y\\n\\n")[0])
last.itself = last
"""
    assert run(program).split() == ["x", "y"]


def test_a_second_import_has_the_same_classes() -> None:
    program = """
import pickle, sys, ssewire
event = ssewire.ServerSentEvent(data="x")
for name in [name for name in sys.modules if name.startswith("ssewire")]:
    del sys.modules[name]
import ssewire
assert isinstance(event, ssewire.ServerSentEvent)
assert event == ssewire.Decoder().feed(b"data: x\\n\\n")[0]
print(pickle.loads(pickle.dumps(event)).data)
"""
    assert run(program).split() == ["x"]


def too_large() -> None:
    Decoder(max_event_size=3).feed(b"data: too large")


def finished() -> None:
    decoder = Decoder()
    decoder.finish()
    decoder.feed(b"")


FAILURES: list[tuple[type[Exception], Callable[[], Any]]] = [
    (EventTooLarge, too_large),
    (ValueError, finished),
    (TypeError, lambda: Decoder().feed("text")),  # type: ignore[arg-type]
    (TypeError, lambda: Decoder().feed(1)),  # type: ignore[arg-type]
    (TypeError, lambda: ServerSentEvent(data=1)),  # type: ignore[arg-type]
    (ValueError, lambda: ServerSentEvent(data="{").json()),
]


@pytest.mark.thread_unsafe(reason="counts the memory of the whole process")
@pytest.mark.parametrize(("error", "fail"), FAILURES)
def test_errors_leave_nothing_behind(error: type[Exception], fail: Callable[[], Any]) -> None:
    def often() -> int:
        for _ in range(1000):
            with contextlib.suppress(error):
                fail()
        return tracemalloc.get_traced_memory()[0]

    with pytest.raises(error):
        fail()
    tracemalloc.start()
    try:
        before = often()
        # An exception is larger than 40 bytes.
        assert often() - before < 40 * 1000
    finally:
        tracemalloc.stop()


def test_the_buffers_own_error_is_told() -> None:
    view = memoryview(b"data: x\n\n")
    view.release()
    with pytest.raises(ValueError, match="released"):
        Decoder().feed(view)


def test_the_class_cannot_be_changed() -> None:
    with pytest.raises(TypeError, match="immutable"):
        ServerSentEvent.extra = 1  # type: ignore[attr-defined]


def test_the_limit_is_told_after_the_end_too() -> None:
    decoder = Decoder(max_event_size=3)
    with pytest.raises(EventTooLarge):
        decoder.feed(b"data: x")
    with pytest.raises(EventTooLarge):
        decoder.finish()
    with pytest.raises(EventTooLarge):
        decoder.feed(b"")
    assert decoder.finish() == []


@pytest.mark.parametrize("size", [1, 64, 1460])
def test_a_small_event_after_a_large_one_is_small(size: int) -> None:
    decoder = Decoder()
    stream = b"data: " + b"x" * 5000 + b"\n\n" + b"data: 1\n\n" * 200
    events = [
        event
        for start in range(0, len(stream), size)
        for event in decoder.feed(stream[start : start + size])
    ]
    assert max(sys.getsizeof(event) for event in events[1:]) <= 80 + 2 * len(b"data: 1\n\n") + 64
