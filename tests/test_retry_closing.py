"""`RetryingStream`: closed on every way out."""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from retry_case import PATIENT, ROLE, AskedToWait, Server, retrying, say, stop
from ssewire.retry import Policy, RetryingStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ssewire.retry import Attempt


class TestClosing:
    def test_break(self) -> None:
        server = Server([], [say("a"), say("b"), stop()])
        stream = retrying(server)
        for _ in stream:
            break
        gc.collect()
        assert server.all_closed
        assert len(server.attempts) == 2
        assert list(stream) == []

    @pytest.mark.parametrize("level", ["text", "deltas", "events"])
    def test_with_and_exception_in_the_loop(self, level: str) -> None:
        server = Server([say("a"), say("b"), stop()], [say("c")])
        stream = retrying(server, retryable=lambda _error: True)
        with suppress(ConnectionError), stream:
            for _ in getattr(stream, level)():
                raise ConnectionError
        assert server.all_closed
        assert stream.closed
        assert len(server.attempts) == 1

    def test_close_within_the_loop(self) -> None:
        server = Server([say("a"), say("b")], [say("c")])
        stream = retrying(server, partial="continue")
        got = []
        for text in stream.text():
            got.append(text)
            stream.close()
        assert got == ["a"]
        assert len(server.attempts) == 1
        assert server.all_closed

    def test_close_before_it_is_read(self) -> None:
        server = Server()
        with retrying(server) as stream:
            pass
        assert list(stream) == []
        assert stream.outcome.text == ""

    def test_close_ends_a_wait(self) -> None:
        waiting = threading.Event()
        stream = RetryingStream(
            Server(AskedToWait(), [say("a"), stop()]),
            PATIENT,
            on_attempt=lambda attempt: waiting.set() if attempt.waited else None,
        )
        got: list[list[Any]] = []
        reader = threading.Thread(target=lambda: got.append(list(stream)))
        reader.start()
        assert waiting.wait(30)
        stream.close()
        reader.join(30)
        assert not reader.is_alive()
        assert got == [[]]

    def test_close_during_a_request(self) -> None:
        server = Server([say("a"), stop()])

        def request(attempt: Attempt) -> Any:
            stream.close()
            return server(attempt)

        stream = retrying(request)
        assert list(stream) == []
        assert server.all_closed

    @pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
    def test_what_is_no_exception_is_never_tried_again(self, kind: type[BaseException]) -> None:
        server = Server([say("a"), kind()], [say("b"), stop()])
        stream = retrying(server, partial="continue", retryable=lambda _error: True)
        with pytest.raises(kind):
            list(stream)
        assert len(server.attempts) == 1
        assert server.all_closed

    def test_what_on_attempt_raises(self) -> None:
        def on_attempt(attempt: Attempt) -> None:
            if attempt.number == 2:
                raise ConnectionError("of the program")

        server = Server([], [say("a"), stop()])
        stream = RetryingStream(server, Policy(initial=0), on_attempt=on_attempt)
        with pytest.raises(ConnectionError, match="of the program"):
            list(stream)
        assert len(server.attempts) == 1
        assert stream.closed

    def test_context_managers_are_left(self) -> None:
        log: list[str] = []
        server = Server([], [say("a"), stop()])

        @contextmanager
        def request(attempt: Attempt) -> Iterator[Any]:
            log.append(f"in {attempt.number}")
            yield server(attempt)
            log.append(f"out {attempt.number}")

        assert list(retrying(request).text()) == ["a"]
        assert log == ["in 1", "out 1", "in 2", "out 2"]

    def test_a_failure_to_close_does_not_hide_the_failure(self) -> None:
        server = Server([ROLE], [say("a"), stop()])

        @contextmanager
        def request(attempt: Attempt) -> Iterator[Any]:
            yield server(attempt)
            if attempt.number == 1:
                raise ValueError("while closing")

        assert list(retrying(request).text()) == ["a"]

    def test_a_stream_that_cannot_be_made_leaves_nothing(self) -> None:
        server = Server([say("a")])
        stream = RetryingStream(server, Policy(), shape="chatty")
        with pytest.raises(ValueError, match="shape"):
            list(stream)
        assert server.all_closed
