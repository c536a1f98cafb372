"""The asynchronous functions, in an event loop whose time passes when nothing else happens."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssewire.pacing import abuffered, asentences, asmooth, awords, sentences, words
from test_pacing_loop import Loop, Source, run, timed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def test_by_size() -> None:
    source = Source((0, "ab"), (0, ""), (1, "c"), (1, "defgh"), (1, "i"))
    found = run(timed(abuffered(source, size=3)))
    assert found == [(1, "abc"), (2, "defgh"), (3, "i")]


def test_the_interval_ends_while_the_source_is_silent() -> None:
    source = Source((1, "a"), (0.4, "b"), (5, "c"), (0.2, ""), (7, "d"), (0.3, "e"))
    found = run(timed(abuffered(source, interval=1)))
    assert found == [(2, "ab"), (7.4, "c"), (13.9, "de")]
    assert source.cancelled == 0
    assert source.closed == 1


def test_by_size_and_interval() -> None:
    source = Source((0, "a"), (0.4, "bc"), (0.9, "d"), (2, "e"))
    found = run(timed(abuffered(source, size=3, interval=1)))
    assert found == [(0.4, "abc"), (2.3, "d"), (3.3, "e")]


def test_what_arrives_while_the_consumer_is_busy_is_put_together() -> None:
    pieces = [(0.4, character) for character in "abcdefghij"]
    found = run(timed(abuffered(Source(*pieces), interval=1), busy=2))
    assert found == [(1.4, "abc"), (3.4, "defgh"), (5.4, "ij")]


def test_with_a_size_no_more_is_read_than_that() -> None:
    source = Source(*[(0, "ab")] * 10)

    async def scenario() -> None:
        found = abuffered(source, size=3, interval=1)
        assert await found.__anext__() == "abab"
        await asyncio.sleep(100)
        assert len(list(source.timed)) == 10 - 4
        await found.aclose()

    run(scenario())
    assert source.closed == 1


def test_a_source_that_never_waits_does_not_starve_the_timer() -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Loop)

        async def source() -> AsyncIterator[str]:
            while True:
                loop.selector.now += 0.1
                yield "a"

        found = abuffered(source(), interval=1)
        assert 10 <= len(await found.__anext__()) <= 13
        await found.aclose()

    run(scenario())


def test_the_rate() -> None:
    found = run(timed(asmooth(Source((0, "abc"), (5, "de\u0301f")), 10)))
    assert found == [(0, "a"), (0.1, "b"), (5.1, "c"), (5.2, "d"), (5.3, "e\u0301"), (5.4, "f")]


def test_what_the_consumer_takes_is_made_up_for() -> None:
    found = run(timed(asmooth(Source((0, "abcdefghij")), 10), busy=0.25))
    assert found == [(0, "a"), (0.25, "bc"), (0.5, "def"), (0.75, "gh"), (1, "i"), (1.25, "j")]


@given(st.lists(st.text(alphabet="aB .!\n。好\u0301", max_size=8)))
def test_the_same_as_synchronous(pieces: list[str]) -> None:
    source = [(0, piece) for piece in pieces]
    for function, same in ((awords, words), (asentences, sentences)):
        found = [piece for _, piece in run(timed(function(Source(*source))))]
        assert found == list(same(pieces))


@pytest.mark.parametrize("wrong", [0, -1, math.nan, math.inf])
def test_bad_arguments(wrong: float) -> None:
    with pytest.raises(ValueError, match="rate must be positive and finite"):
        asmooth(Source(), wrong)
    with pytest.raises(ValueError, match="interval must be positive and finite"):
        abuffered(Source(), interval=wrong)
    with pytest.raises(ValueError, match="size, interval or both"):
        abuffered(Source())
    with pytest.raises(TypeError):
        abuffered(Source(), size="1")  # type: ignore[arg-type]
