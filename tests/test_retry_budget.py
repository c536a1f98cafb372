"""`RetryingStream`: attempts, waits, and the error at the end."""

from __future__ import annotations

import random
import traceback

import pytest

from retry_case import OVERLOADED, REFUSED, ROLE, Clock, Server, retrying, say, stop
from ssewire import (
    BadRequestError,
    InternalServerError,
    TruncatedStream,
)


class TestBudget:
    def test_attempts(self) -> None:
        server = Server(*[[ROLE]] * 9)
        clock = Clock()
        stream = retrying(server, clock, attempts=4)
        with pytest.raises(TruncatedStream):
            list(stream)
        assert len(server.attempts) == 4
        assert len(clock.slept) == 3
        assert [one.waited for one in server.attempts] == [0, *clock.slept]

    def test_time(self) -> None:
        clock = Clock()
        server = Server(*[ConnectionError()] * 9)
        stream = retrying(
            clock.pass_by(4, server), clock, attempts=9, seconds=10, initial=0.001, maximum=0.001
        )
        with pytest.raises(ConnectionError):
            list(stream)
        # At 0, 4 and 8; at 12 it is too late.
        assert len(server.attempts) == 3

    def test_full_jitter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[tuple[float, float]] = []

        def uniform(low: float, high: float) -> float:
            asked.append((low, high))
            return high

        monkeypatch.setattr(random, "uniform", uniform)
        clock = Clock()
        stream = retrying(Server(*[[]] * 7), clock, attempts=7, initial=0.5, maximum=8)
        with pytest.raises(TruncatedStream):
            list(stream)
        assert asked[:6] == [(0, 0.5), (0, 1), (0, 2), (0, 4), (0, 8), (0, 8)]
        assert clock.slept == [0.5, 1, 2, 4, 8, 8]

    def test_no_wait_is_no_sleep(self) -> None:
        stream = retrying(Server([], [say("a"), stop()]), initial=0)
        assert list(stream.text()) == ["a"]

    def test_the_callers_predicate(self) -> None:
        seen: list[BaseException] = []

        def retryable(error: BaseException) -> bool:
            seen.append(error)
            return isinstance(error, BadRequestError)

        server = Server([REFUSED], [])
        with pytest.raises(TruncatedStream):
            list(retrying(server, retryable=retryable))
        assert [type(error) for error in seen] == [BadRequestError, TruncatedStream]


class TestLastError:
    def test_shows_those_before(self) -> None:
        server = Server(
            ConnectionError("first"), [ROLE, ConnectionResetError("second")], [OVERLOADED]
        )
        stream = retrying(server)
        with pytest.raises(InternalServerError) as caught:
            list(stream)
        shown = "".join(traceback.format_exception(caught.value))
        assert "ConnectionError: first" in shown
        assert shown.index("first") < shown.index("second") < shown.index("busy")

    def test_may_be_the_same_object(self) -> None:
        error = ConnectionError("again")
        with pytest.raises(ConnectionError) as caught:
            list(retrying(Server(error, error, error)))
        assert caught.value is error
        traceback.format_exception(error)

    def test_has_the_whole_outcome(self) -> None:
        stream = retrying(Server([say("a")], [say("b")], [say("c")]), partial="continue")
        with pytest.raises(TruncatedStream) as caught:
            list(stream.text())
        assert caught.value.outcome is not None
        assert caught.value.outcome.text == "abc" == stream.outcome.text
