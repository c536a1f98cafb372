"""Time-outs of streams: which one, after what, and what they carry. Nothing here has to be fast."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from answer_case import DONE, finishes, says
from answers import stream
from ssewire import (
    AsyncStream,
    FirstTokenTimeout,
    IdleTimeout,
    Stream,
    StreamTimeout,
    TotalTimeout,
    TruncatedStream,
)
from stream_case import (  # noqa: F401 (the fixture)
    LONG,
    AsyncBody,
    Body,
    Told,
    aerror_of,
    as_adapted,
    error_of,
    nothing_left,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

pytestmark = pytest.mark.usefixtures("as_adapted")

HEL, LO, END = stream(says("Hel")), stream(says("lo")), stream(finishes(), DONE)
PING = b'event: ping\ndata: {"type": "ping"}\n\n'
START = {"type": "message_start", "message": {"id": "m", "role": "assistant"}}
ROLE = stream({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
SHORT = 0.02

# What comes before the silence, the limits, and what is raised.
SILENCES: dict[str, tuple[list[bytes], dict[str, Any], type[StreamTimeout]]] = {
    "nothing at all": ([], {"first_token_timeout": SHORT}, FirstTokenTimeout),
    "comments": ([b": wait\n\n"] * 3, {"first_token_timeout": SHORT}, FirstTokenTimeout),
    "a role is no output": ([ROLE], {"first_token_timeout": SHORT}, FirstTokenTimeout),
    "a start is no output": (
        [stream(START), PING],
        {"first_token_timeout": SHORT},
        FirstTokenTimeout,
    ),
    "idle": ([HEL], {"idle_timeout": SHORT, "first_token_timeout": LONG}, IdleTimeout),
    "idle before the first event": ([], {"idle_timeout": SHORT}, IdleTimeout),
    "in total": ([HEL, LO], {"timeout": SHORT}, TotalTimeout),
    "the first of them": (
        [HEL],
        {"timeout": LONG, "first_token_timeout": SHORT, "idle_timeout": SHORT},
        IdleTimeout,
    ),
    "total is the first of them": (
        [HEL],
        {"timeout": SHORT, "first_token_timeout": LONG, "idle_timeout": LONG},
        TotalTimeout,
    ),
    "finished, but not ended": ([HEL, stream(finishes())], {"idle_timeout": SHORT}, IdleTimeout),
}


@pytest.mark.parametrize("name", SILENCES)
def test_silence(name: str) -> None:
    pieces, limits, kind = SILENCES[name]
    body, told = Body(*pieces, ...), Told()
    made: Stream[Any] = Stream(body.source(), observer=told, **limits)
    text, error = error_of(made)
    check(error, kind, limits, made, told)
    assert text == made.outcome.text
    assert (body.closed, body.interrupted) == (1, 1)


@pytest.mark.parametrize("name", SILENCES)
async def test_silence_async(name: str) -> None:
    pieces, limits, kind = SILENCES[name]
    body, told = AsyncBody(*pieces, ...), Told()
    made: AsyncStream[Any] = AsyncStream(body, observer=told, **limits)
    text, error = await aerror_of(made)
    check(error, kind, limits, made, told)
    assert text == made.outcome.text
    assert body.closed == 1
    await nothing_left()


def check(
    error: BaseException | None,
    kind: type[StreamTimeout],
    limits: dict[str, float],
    made: Stream[Any] | AsyncStream[Any],
    told: Told,
) -> None:
    assert type(error) is kind
    assert isinstance(error, TimeoutError)
    assert error.limit == SHORT
    assert f"within {SHORT:g} s" in str(error)
    assert error.outcome == made.outcome
    assert told.ends == [error]
    assert min(limits.values()) == SHORT


# What does not count as an event: the server says so without end.
SIGNS_OF_LIFE = {
    "comments": (b"", b": ping\n\n"),
    "pings": (stream(START), PING),
    "empty payloads": (HEL, b"data: {}\n\n"),
}


@pytest.mark.parametrize("name", SIGNS_OF_LIFE)
def test_signs_of_life_are_no_events(name: str) -> None:
    begin, sign = SIGNS_OF_LIFE[name]
    closed = []

    def pieces() -> Iterator[bytes]:
        try:
            yield begin
            for _ in range(5_000):
                time.sleep(0.001)
                yield sign
            pytest.fail("these were taken for events")
        finally:
            closed.append(True)

    with pytest.raises(IdleTimeout) as caught:
        Stream(pieces(), idle_timeout=0.05).until_done()
    assert closed == [True]
    assert caught.value.outcome
    assert not caught.value.outcome.complete


@pytest.mark.parametrize("name", SIGNS_OF_LIFE)
async def test_signs_of_life_are_no_events_async(name: str) -> None:
    begin, sign = SIGNS_OF_LIFE[name]
    closed = []

    async def pieces() -> AsyncIterator[bytes]:
        try:
            yield begin
            for _ in range(5_000):
                await asyncio.sleep(0.001)
                yield sign
            pytest.fail("these were taken for events")
        finally:
            closed.append(True)

    with pytest.raises(IdleTimeout):
        await AsyncStream(pieces(), idle_timeout=0.05).until_done()
    assert closed == [True]
    await nothing_left()


class Clock:
    """The time of `limits`, which passes when somebody says so."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in ("limits", "timed", "waiting"):
        monkeypatch.setattr(f"ssewire.stream.{module}.monotonic", made)
    return made


def test_waiting_for_the_consumer_is_no_silence(clock: Clock) -> None:
    # With a ping, that the consumer is given, and that is no event.
    pieces = [stream(START), PING, PING, stream({"type": "message_stop"})]
    made: Stream[Any] = Stream(iter(pieces), idle_timeout=1.0, raise_errors=False)
    count = 0
    for _ in made:
        clock.now += 5
        count += 1
    assert count == 4


async def test_waiting_for_the_consumer_is_no_silence_async(clock: Clock) -> None:
    body = AsyncBody(stream(START), PING, PING, stream({"type": "message_stop"}), turns=0)
    made: AsyncStream[Any] = AsyncStream(body, idle_timeout=LONG, raise_errors=False)
    count = 0
    async for _ in made:
        clock.now += 2 * LONG
        count += 1
    assert count == 4


def test_silences_around_events_do_not_add_up(clock: Clock) -> None:
    def pieces() -> Iterator[bytes]:
        for piece in (*[HEL] * 5, END):
            clock.now += 0.4
            yield b": wait\n\n"
            clock.now += 0.4
            yield piece

    assert error_of(Stream(pieces(), idle_timeout=1.0)) == ("Hel" * 5, None)


def test_silences_around_pings_add_up(clock: Clock) -> None:
    def pieces() -> Iterator[bytes]:
        yield stream(START)
        for _ in range(5):
            clock.now += 0.4
            yield PING

    made: Stream[Any] = Stream(pieces(), idle_timeout=1.0)
    with pytest.raises(IdleTimeout):  # noqa: PT012 (a loop is what it is about)
        for _ in made:
            clock.now += 0.3
    assert made.outcome.n_events == 4


@pytest.mark.parametrize(
    ("limits", "kind"),
    [
        ({"timeout": 5.0}, TotalTimeout),
        ({"first_token_timeout": 5.0}, FirstTokenTimeout),
        ({"idle_timeout": 5.0}, IdleTimeout),
    ],
)
def test_a_source_that_cannot_be_woken_up(
    limits: dict[str, Any], kind: type[StreamTimeout], clock: Clock
) -> None:
    def pieces(*those: bytes) -> Iterator[bytes]:
        for one in those:
            clock.now += 6
            yield one

    made: Stream[Any] = Stream(pieces(HEL, LO, END), **limits)
    text, error = error_of(made)
    # What came too late came all the same, and no more is read.
    assert (text, type(error)) == ("Hel", kind)
    # If it is the end there is nothing to wait for.
    assert error_of(Stream(pieces(HEL + END), **limits)) == ("Hel", None)


def test_the_total_counts_the_consumer_too(clock: Clock) -> None:
    made: Stream[Any] = Stream(iter([HEL, LO, END]), timeout=5.0)
    texts = []
    with pytest.raises(TotalTimeout):  # noqa: PT012 (a loop is what it is about)
        for text in made.text():
            texts.append(text)
            clock.now += 3
    assert texts == ["Hel", "lo"]


def test_limits_that_are_kept() -> None:
    limits: dict[str, Any] = {"timeout": LONG, "first_token_timeout": LONG, "idle_timeout": LONG}
    body = Body(HEL, LO, END)
    assert error_of(Stream(body.source(), **limits)) == ("Hello", None)
    assert (body.closed, body.interrupted) == (1, 0)
    text, error = error_of(Stream(Body(HEL).source(), **limits))
    assert (text, type(error)) == ("Hel", TruncatedStream)


async def test_limits_that_are_kept_async() -> None:
    limits: dict[str, Any] = {"timeout": LONG, "first_token_timeout": LONG, "idle_timeout": LONG}
    body = AsyncBody(HEL, LO, END)
    assert await aerror_of(AsyncStream(body, **limits)) == ("Hello", None)
    assert body.closed == 1
    text, error = await aerror_of(AsyncStream(AsyncBody(HEL), **limits))
    assert (text, type(error)) == ("Hel", TruncatedStream)
    await nothing_left()
