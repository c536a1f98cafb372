"""A `Stream` gives its source back once, on every way out, and tells its observer once."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING, Any

import pytest

from answer_case import DONE, finishes, says
from answers import stream
from ssewire import (
    EventTooLarge,
    FirstTokenTimeout,
    InvalidPayload,
    NotAnEventStream,
    ServerSentEvent,
    SSEError,
    Stream,
    StreamError,
    TruncatedStream,
)
from stream_case import Body, Told, as_adapted, error_of  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.usefixtures("as_adapted")

HEL, LO, END = stream(says("Hel")), stream(says("lo")), stream(finishes(), DONE)
ERROR = stream({"error": {"message": "no", "type": "overloaded_error"}})
WAYS: dict[str, Callable[[Stream[Any]], Iterator[Any]]] = {
    "items": iter,
    "text": lambda made: made.text(),
    "deltas": lambda made: made.deltas(),
    "events": lambda made: made.events(),
}
by_way = pytest.mark.parametrize("way", WAYS)


class Opened:
    """A stream with its body and its observer."""

    def __init__(self, *pieces: Any, plain: bool = False, **options: Any) -> None:
        self.body, self.told = Body(*pieces), Told()
        source = self.body if plain else self.body.source()
        self.stream: Stream[Any] = Stream(source, observer=self.told, **options)

    def check(self, error: BaseException | None = None) -> None:
        assert self.stream.closed
        assert self.body.closed == 1
        assert self.told.started_with == [self.stream]
        assert self.told.ends == [error]
        # Nothing comes after, and closing again does nothing.
        for way in WAYS.values():
            assert list(way(self.stream)) == []
        self.stream.close()
        with self.stream:
            pass
        assert (self.body.closed, self.told.ends) == (1, [error])


ENDS: dict[str, tuple[list[Any], dict[str, Any], type[BaseException] | None]] = {
    "end": ([HEL, LO, END], {}, None),
    "end of the body": ([HEL, LO, stream(finishes())], {}, None),
    "error of the server": ([HEL, LO, ERROR], {}, StreamError),
    "truncated": ([HEL, LO], {}, TruncatedStream),
    "empty": ([], {}, TruncatedStream),
    "no stream": ([b'{"error": {"message": "no"}}'], {}, NotAnEventStream),
    "source broke": ([HEL, LO, OSError("gone")], {}, OSError),
    "source broke at once": ([ValueError("gone")], {}, ValueError),
    "too large": ([HEL, LO + b"data: " + b"x" * 999], {"max_event_size": 500}, EventTooLarge),
    "too large later": ([HEL, LO, b"data: " + b"x" * 999], {"max_event_size": 500}, EventTooLarge),
    "invalid": ([HEL, LO, b"data: {\n\n", LO], {"strict": True}, InvalidPayload),
    "invalid after good": ([HEL, LO + b"data: {\n\n"], {"strict": True}, InvalidPayload),
    "no bytes": ([HEL, LO, TypeError("text")], {}, TypeError),
}


@by_way
@pytest.mark.parametrize("name", ENDS)
def test_ends(name: str, way: str) -> None:
    pieces, options, kind = ENDS[name]
    opened = Opened(*pieces, **options)
    text = "Hello" if HEL in pieces else ""
    if kind is None:
        found = list(WAYS[way](opened.stream))
        opened.check()
    else:
        found = []
        with pytest.raises(kind) as caught:  # noqa: PT012 (a loop is what it is about)
            for one in WAYS[way](opened.stream):
                found.append(one)
        opened.check(caught.value)
        if isinstance(caught.value, SSEError):
            assert caught.value.outcome == opened.stream.outcome
    # What was good was delivered first.
    assert opened.stream.outcome.text == text
    assert len(found) >= 2 * bool(text)
    assert opened.told.reads >= 2 * bool(text)
    if way == "text":
        assert "".join(found) == text


@by_way
def test_break(way: str) -> None:
    opened = Opened(HEL, LO, END)
    for _ in WAYS[way](opened.stream):
        break
    assert opened.body.given == 1
    opened.check()


@by_way
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, GeneratorExit, SSEError])
def test_exception_in_the_loop(way: str, error: type[BaseException]) -> None:
    opened = Opened(HEL, LO, END)

    def read() -> None:
        for _ in WAYS[way](opened.stream):
            raise error

    with pytest.raises(error):
        read()
    opened.check()


@by_way
@pytest.mark.parametrize("plain", [False, True])
def test_close_in_the_loop(way: str, plain: bool) -> None:
    opened = Opened(HEL, LO, END, plain=plain)
    for _ in WAYS[way](opened.stream):
        opened.stream.close()
        assert opened.body.closed == 1
    assert opened.body.given == 1
    opened.check()


def test_close_before_the_loop() -> None:
    opened = Opened(HEL, LO, END)
    opened.stream.close()
    opened.check()


@by_way
def test_close_of_an_iterator_that_was_made_before(way: str) -> None:
    opened = Opened(HEL, LO, END)
    iterator = WAYS[way](opened.stream)
    opened.stream.close()
    assert list(iterator) == []
    assert opened.body.given == 0
    opened.check()


def test_context_manager() -> None:
    opened = Opened(HEL, LO, END)
    with opened.stream as made:
        assert made is opened.stream
        assert next(made).text == "Hel"
    opened.check()
    opened = Opened(HEL)
    with pytest.raises(KeyError) as caught, opened.stream:
        raise KeyError
    opened.check(caught.value)


def test_generator_that_is_thrown_away() -> None:
    opened = Opened(HEL, LO, END)
    iterator = opened.stream.text()
    assert next(iterator) == "Hel"
    del iterator
    gc.collect()
    opened.check()


@pytest.mark.parametrize("begun", [False, True])
def test_garbage(begun: bool) -> None:
    # The generator and the stream keep each other, so either of them may be the one that closes.
    opened = Opened(HEL, LO, END)
    body, told = opened.body, opened.told
    if begun:
        next(opened.stream)
    told.started_with.clear()
    warning = "Stream of Body, .*, open. was never closed"
    with pytest.warns(ResourceWarning, match=warning):  # noqa: PT031 (that is when it comes)
        del opened
        gc.collect()
    assert (body.closed, told.ends) == (1, [None])


def test_no_warning_for_what_was_not_made() -> None:
    with pytest.raises(ValueError, match="shape"):
        Stream(Body(), shape="haiku")
    with pytest.raises(TypeError):
        Stream(5)
    gc.collect()


def test_an_error_keeps_no_cycle() -> None:
    gc.disable()
    try:
        opened = Opened(HEL, ERROR)
        left = weakref.ref(opened.stream)
        _, error = error_of(opened.stream)
        assert error is not None
        told, opened = opened.told, None  # type: ignore[assignment]
        told.ends.clear()
        told.started_with.clear()
        error = None
        assert left() is None
    finally:
        gc.enable()


class CloseInside(Told):
    def received(self, stream: Any) -> None:
        super().received(stream)
        stream.close()


@pytest.mark.parametrize("plain", [False, True])
def test_close_by_the_observer(plain: bool) -> None:
    body, told = Body(HEL, LO, END), CloseInside()
    made: Stream[Any] = Stream(body if plain else body.source(), observer=told)
    assert list(made.text()) == ["Hel"]
    assert (body.given, body.closed, told.ends) == (1, 1, [None])


class Raises(Told):
    def received(self, stream: Any) -> None:
        super().received(stream)
        raise ZeroDivisionError


def test_what_the_observer_raises_comes_out() -> None:
    body, told = Body(HEL, LO, END), Raises()
    with pytest.raises(ZeroDivisionError) as caught:
        Stream(body, observer=told).until_done()
    assert (body.closed, told.ends) == (1, [caught.value])


def test_a_connection_may_end_the_body_after_the_answer() -> None:
    opened = Opened(HEL, END, b": bye\n\n")
    assert list(opened.stream.text()) == ["Hel"]
    assert (opened.body.given, opened.body.interrupted) == (3, 0)
    opened.check()


def test_a_connection_that_stays_open_after_the_answer() -> None:
    opened = Opened(HEL, END, ...)
    assert list(opened.stream.text()) == ["Hel"]
    assert (opened.body.given, opened.body.interrupted) == (2, 1)
    opened.check()


@pytest.mark.parametrize("broken", [OSError("reset"), ValueError("framing")])
def test_a_connection_that_breaks_after_the_answer(broken: Exception) -> None:
    opened = Opened(HEL, END, broken)
    assert list(opened.stream.text()) == ["Hel"]
    opened.check()


def test_nested_loops() -> None:
    opened = Opened(HEL, LO, END)
    for first in opened.stream:
        assert first.text == "Hel"
        assert [item.text for item in opened.stream] == ["lo", "", ""]
    opened.check()


def test_the_observer_may_look_at_the_stream() -> None:
    seen: list[Any] = []

    class Looks(Told):
        def received(self, stream: Any) -> None:
            seen.append(stream.outcome.text)

        def finished(self, stream: Any, error: BaseException | None) -> None:
            seen.append((stream.outcome.complete, stream.closed, error))

    events = list(Stream([HEL, LO, END], observer=Looks()).events())
    assert seen == ["Hel", "Hello", "Hello", (True, True, None)]
    assert all(isinstance(event, ServerSentEvent) for event in events)


def test_late_first_output() -> None:
    opened = Opened(b": wait\n\n", stream(says("")), ..., first_token_timeout=0.01)
    with pytest.raises(FirstTokenTimeout) as caught:
        list(opened.stream)
    opened.check(caught.value)
