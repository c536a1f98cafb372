"""A `Stream` between threads: who waits for the next piece, and who closes meanwhile."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from ssewire import Stream
from stream_case import LONG, as_adapted, error_of  # noqa: F401 (the fixture)
from test_stream_closing import END, ERROR, HEL, LO, WAYS, Opened, by_way

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("as_adapted")


@by_way
@pytest.mark.parametrize("leave", ["close", "exit"])
def test_close_from_another_thread(way: str, leave: str) -> None:
    opened = Opened(HEL, ...)
    found: list[Any] = []
    reader = threading.Thread(target=lambda: found.extend(WAYS[way](opened.stream)), daemon=True)
    reader.start()
    assert opened.body.waiting.wait(LONG)
    if leave == "close":
        opened.stream.close()
    else:
        opened.stream.__exit__(None, None, None)
    reader.join(LONG)
    assert not reader.is_alive()
    assert len(found) == (2 if way == "deltas" else 1)
    opened.check()


def test_close_from_another_thread_of_a_source_that_cannot_be_woken() -> None:
    resume, waiting = threading.Event(), threading.Event()

    def pieces() -> Iterator[bytes]:
        try:
            yield HEL
            waiting.set()
            assert resume.wait(LONG)
            yield LO
            pytest.fail("read on")
        finally:
            closed.append(True)

    closed: list[bool] = []
    made: Stream[Any] = Stream(pieces())
    found: list[Any] = []
    reader = threading.Thread(target=lambda: found.extend(made.text()), daemon=True)
    reader.start()
    assert waiting.wait(LONG)
    made.close()
    made.close()
    resume.set()
    reader.join(LONG)
    assert made.closed
    assert closed == [True]
    # The piece that it waited for has come, and no other was asked for.
    assert found == ["Hel", "lo"]


def test_who_reads_goes_on_when_another_thread_is_refused() -> None:
    go_on, waiting = threading.Event(), threading.Event()

    def pieces() -> Iterator[bytes]:
        yield HEL
        waiting.set()
        assert go_on.wait(LONG)
        yield LO
        yield END

    made: Stream[Any] = Stream(pieces())
    iterator = made.text()
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.extend(iterator), daemon=True)
    reader.start()
    assert waiting.wait(LONG)
    with pytest.raises(ValueError, match="read already"):
        next(iterator)
    with pytest.raises(RuntimeError, match="another thread"):
        made.text()
    assert not made.closed
    go_on.set()
    reader.join(LONG)
    assert not reader.is_alive()
    assert found == ["Hel", "lo"]
    assert made.closed
    assert made.outcome.complete


def test_an_error_that_is_kept_keeps_no_thread() -> None:
    before = set(threading.enumerate())
    opened = Opened(HEL, ERROR, timeout=LONG)
    _, error = error_of(opened.stream)
    assert error is not None
    for thread in set(threading.enumerate()) - before:
        thread.join(LONG)
        assert not thread.is_alive()
