"""`RetryingStream`: its levels, and one text of any number of attempts."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retry_case import OVERLOADED, ROLE, Server, retrying, say, stop
from ssewire import (
    Dispatcher,
    Stream,
    StreamTimeout,
    TruncatedStream,
)
from ssewire.retry import Policy, RetryingStream

if TYPE_CHECKING:
    from collections.abc import Callable

    from ssewire.retry import Attempt

CHAT = (Path(__file__).parent / "corpus" / "wire" / "chat_simple.sse").read_bytes()
BLOCKS = [block + b"\n\n" for block in CHAT.split(b"\n\n") if block]

failures: st.SearchStrategy[Callable[[], bytes | BaseException]] = st.sampled_from(
    [
        lambda: b"",
        lambda: b"data: {",
        lambda: OVERLOADED,
        lambda: ConnectionResetError(),
        lambda: StreamTimeout(1),
    ]
)


class TestReading:
    def test_levels(self) -> None:
        def stream() -> RetryingStream:
            return retrying(Server([ROLE], [ROLE, say("a"), stop()]))

        assert [item.choices[0].delta.content for item in stream() if item.choices] == [
            "",
            "",
            "a",
            None,
        ]
        assert "".join(d.text for d in stream().deltas() if d.kind == "text") == "a"
        assert [event.data[-6:] for event in stream().events()][-1] == "[DONE]"
        assert "".join(stream().text_stream) == "a"
        assert stream().until_done().text == "a"

    def test_next_then_for(self) -> None:
        stream = retrying(Server([say("a"), say("b"), stop()]))
        first = next(stream)
        assert first.choices[0].delta.content == "a"
        assert next(iter(stream)).choices[0].delta.content == "b"
        assert stream.until_done().text == "ab"
        assert stream.until_done().text == "ab"

    def test_two_readers(self) -> None:
        stream = retrying(Server([say("a"), say("b"), stop()]))
        text = stream.text()
        next(text)
        with pytest.raises(RuntimeError, match="being read"):
            next(iter(stream))
        assert list(text) == ["b"]

    def test_a_stream_of_the_callers(self) -> None:
        server = Server([say("a")], [say("b"), stop()])
        made: list[Stream[Any]] = []

        def request(attempt: Attempt) -> Stream[Any]:
            made.append(Stream(server(attempt), shape="chat"))
            return made[-1]

        stream = retrying(request, partial="continue")
        assert "".join(stream.text()) == "ab"
        assert stream.stream is made[-1]
        assert all(one.closed for one in made)

    def test_options(self) -> None:
        stream = RetryingStream(
            Server([b"data: {\n\n"]),
            Policy(retryable=lambda _error: False),
            strict=True,
            shape="chat",
        )
        with pytest.raises(Exception, match="not JSON"):
            list(stream)

    def test_a_stream_that_does_not_raise(self) -> None:
        server = Server([say("a")], [say("b")])
        with pytest.raises(ValueError, match="raise_errors"):
            list(RetryingStream(server, raise_errors=False))
        assert server.all_closed

    def test_from_one_thread_to_another(self) -> None:
        # As web frameworks do: each piece in another thread of a pool.
        stream = retrying(Server([], [say("a")], [say("b"), stop()]), partial="continue")
        pieces = stream.text()
        got: list[str] = []
        for _ in range(3):
            reader = threading.Thread(target=lambda: got.extend(filter(None, [next(pieces, "")])))
            reader.start()
            reader.join(30)
        assert got == ["a", "b"]


class TestAnyCut:
    reading = Dispatcher()
    reading.feed(CHAT)
    whole = reading.outcome.text

    @given(cuts=st.sets(st.integers(0, len(BLOCKS) - 1), max_size=8), data=st.data())
    def test_continued_text_is_the_text(self, cuts: set[int], data: st.DataObject) -> None:
        """The stream in parts, each of them an attempt that fails but for the last."""
        places = [0, *sorted(cuts), len(BLOCKS)]
        answers: list[list[bytes | BaseException]] = [
            [*BLOCKS[start:end]] for start, end in pairwise(places)
        ]
        for answer in answers[:-1]:
            answer.append(data.draw(failures)())
        server = Server(*answers)
        stream = retrying(server, attempts=len(answers), partial="continue")
        got: list[str] = []
        try:
            got.extend(stream.text())
        except (TruncatedStream, ConnectionResetError, StreamTimeout):
            # What is lost is the end, and not of the text.
            assert stream.outcome.finish_reason == "stop"
        assert "".join(got) == stream.outcome.text == self.whole
        assert server.all_closed

    @given(st.text(" \nab", max_size=12), st.integers(0, 12), st.integers(1, 3))
    def test_white_space_that_a_prefill_left_out(self, text: str, place: int, step: int) -> None:
        before, after = text[:place], text[place:]
        again = before[len(before.rstrip()) :] + after

        def pieces(of: str) -> list[bytes]:
            return [say(of[at : at + step]) for at in range(0, len(of), step)]

        server = Server([say("x"), *pieces(before)], [*pieces(again), stop()])

        def request(attempt: Attempt) -> Any:
            messages = attempt.continue_from([{"role": "user", "content": "q"}], prefill=True)
            if attempt.number == 2:
                assert messages[-1] == {"role": "assistant", "content": ("x" + before).rstrip()}
            return server(attempt)

        stream = retrying(request, partial="continue")
        assert "".join(stream.text()) == "x" + text == stream.outcome.text
