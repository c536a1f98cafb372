"""Coalescing and smoothing, errors and closing: the synchronous functions, by a made-up clock."""

from __future__ import annotations

import builtins
import math
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssewire.pacing import buffered, sentences, smooth, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FAST = 1e9
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "buffered": lambda text: buffered(text, size=1000),
    "words": words,
    "sentences": sentences,
    "smooth": lambda text: smooth(text, FAST),
}
functions = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())
CLUSTERS = [
    "e\u0301",
    "👨\u200d👩\u200d👧",
    "🇩🇪",
    "👍🏽",
    "각",
    "क्षि",
    "1\ufe0f\u20e3",
    "\r\n",
    "a",
    " ",
    "好",
]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.now += seconds

    def pieces(self, *timed: tuple[float, str]) -> Iterator[str]:
        """Pieces, each after the source has blocked for so long."""
        for seconds, piece in timed:
            self.now += seconds
            yield piece


class Source:
    """Pieces, then perhaps an error; counts how often it was closed."""

    def __init__(self, *pieces: Any, error: BaseException | None = None) -> None:
        self.pieces = iter(pieces)
        self.error = error
        self.closed = 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        for piece in self.pieces:
            return piece
        if self.error is not None:
            raise self.error
        raise StopIteration

    def close(self) -> None:
        self.closed += 1


def timed(text: Iterable[str], clock: Clock) -> list[tuple[float, str]]:
    return [(round(clock.now - 100, 6), piece) for piece in text]


def test_by_size() -> None:
    assert list(buffered(["ab", "", "c", "defgh", "i", "j"], size=3)) == ["abc", "defgh", "ij"]


def test_by_interval() -> None:
    clock = Clock()
    source = clock.pieces((1, "a"), (0.4, "b"), (0, ""), (0.6, "c"), (9, "d"), (0.5, "e"), (8, "f"))
    found = timed(buffered(source, interval=1, clock=clock), clock)
    assert found == [(2, "abc"), (19.5, "def")]


def test_by_size_and_interval() -> None:
    clock = Clock()
    source = clock.pieces((0, "ab"), (0.9, "cd"), (0.2, "e"), (2, "f"), (0, "g"))
    found = timed(buffered(source, size=4, interval=1, clock=clock), clock)
    assert found == [(0.9, "abcd"), (3.1, "ef"), (3.1, "g")]


def test_the_rate() -> None:
    clock = Clock()
    found = timed(smooth(["abc", "d"], 10, clock=clock, sleep=clock.sleep), clock)
    # The last one of a piece is held until the next shows that it is complete.
    assert found == [(0, "a"), (0.1, "b"), (0.2, "c"), (0.3, "d")]


def test_a_burst_after_a_pause_is_smoothed_too() -> None:
    clock = Clock()
    source = clock.pieces((0, "ab"), (5, "cd"), (0, "e"))
    found = timed(smooth(source, 10, clock=clock, sleep=clock.sleep), clock)
    assert found == [(0, "a"), (5, "b"), (5.1, "c"), (5.2, "d"), (5.3, "e")]


def test_what_the_consumer_takes_is_made_up_for() -> None:
    clock = Clock()
    found = []
    for piece in smooth(["abcdefghij"], 10, clock=clock, sleep=clock.sleep):
        found.append((round(clock.now - 100, 6), piece))
        if len(found) == 2:
            clock.now += 0.35
    assert found == [(0, "a"), (0.1, "b"), (0.45, "cde"), *[(0.5, "f"), (0.6, "g")], *found[5:]]
    assert found[5:] == [(0.7, "h"), (0.8, "i"), (0.9, "j")]


def test_it_is_made_up_for_across_pieces() -> None:
    clock = Clock()
    found = []
    for piece in smooth(["ab", "cd", "ef"], 10, clock=clock, sleep=clock.sleep):
        found.append((round(clock.now - 100, 6), piece))
        clock.now += 0.35 * (len(found) == 1)
    assert found == [(0, "a"), (0.35, "bc"), (0.35, "d"), (0.4, "e"), (0.5, "f")]


@given(st.lists(st.sampled_from(CLUSTERS)), st.lists(st.integers(1, 4), min_size=1))
def test_characters_are_never_cut(clusters: list[str], steps: list[int]) -> None:
    text = "".join(clusters)
    pieces: list[str] = []
    rest = text
    while rest:
        step = steps[len(pieces) % len(steps)]
        pieces.append(rest[:step])
        rest = rest[step:]
    clock = Clock()
    found = list(smooth(pieces, 8, clock=clock, sleep=clock.sleep))
    assert found == list(smooth([text], 8, clock=clock, sleep=clock.sleep))
    assert found == clusters


@functions
@given(st.lists(st.text(max_size=8)), st.booleans())
def test_what_comes_out_is_what_went_in(
    function: Callable[[Any], Any], pieces: list[str], fails: bool
) -> None:
    source = Source(*pieces, error=ConnectionError("broken") if fails else None)
    found = []
    try:
        for piece in function(source):
            found.append(piece)  # noqa: PERF402 (those before the error count)
        assert not fails
    except ConnectionError as error:
        assert error is source.error  # noqa: PT017
    assert "".join(found) == "".join(pieces)
    assert source.closed


@functions
def test_what_is_held_comes_before_the_error(function: Callable[[Any], Any]) -> None:
    source = Source("a", error=ConnectionError("broken"))
    found = function(source)
    assert next(found) == "a"
    with pytest.raises(ConnectionError, match="broken"):
        next(found)
    assert source.closed == 1
    with pytest.raises(StopIteration):
        next(found)


@functions
def test_an_interrupt_comes_at_once(function: Callable[[Any], Any]) -> None:
    source = Source("a", error=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        next(function(source))
    assert source.closed == 1


@functions
@pytest.mark.parametrize("taken", [0, 1])
def test_closing_closes_the_source(function: Callable[[Any], Any], taken: int) -> None:
    source = Source(*["One two. Three four. Five. "] * 99)
    with function(source) as found:
        for _ in range(taken):
            next(found)
    assert source.closed == 1
    found.close()
    assert list(found) == []
    assert source.closed <= 2


@functions
def test_leaving_closes_the_source(function: Callable[[Any], Any]) -> None:
    closed = []

    def source() -> Iterator[str]:
        try:
            while True:
                yield "One two. Three four. Five. "
        finally:
            closed.append(True)

    for _ in function(source()):
        break
    assert closed == [True]


def test_the_owner_of_an_iterator_is_closed_too() -> None:
    class Owner(Source):
        def __iter__(self) -> Iterator[str]:
            return iter(["a ", "b"])

    owner = Owner()
    assert list(words(owner)) == ["a ", "b"]
    assert owner.closed == 1


@functions
@pytest.mark.parametrize("wrong", [b"bytes", None, 1])
def test_pieces_must_be_text(function: Callable[[Any], Any], wrong: object) -> None:
    source = Source("a", wrong)
    found = function(source)
    assert next(found) == "a"
    with pytest.raises(TypeError, match="pieces of str, not"):
        next(found)
    assert source.closed == 1


@functions
def test_text_must_be_iterable(function: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="text must be an iterable of str, not int"):
        function(1)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, ValueError),
        ({"size": 0}, ValueError),
        ({"size": -1}, ValueError),
        ({"size": 1.5}, TypeError),
        ({"size": True}, TypeError),
        ({"size": "1"}, TypeError),
        ({"interval": 0}, ValueError),
        ({"interval": -1.0}, ValueError),
        ({"interval": math.nan}, ValueError),
        ({"interval": math.inf}, ValueError),
        ({"interval": "1"}, TypeError),
        ({"size": 1, "interval": False}, TypeError),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        buffered([], **arguments)
    if "interval" in arguments:
        with pytest.raises(error):
            smooth([], arguments["interval"])


def test_smooth_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "regex":
            raise ModuleNotFoundError(name)
        return real(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "regex", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"ssewire\[pacing\]"):
        smooth(["a"], 1)
    assert list(words(["a"])) == ["a"]
