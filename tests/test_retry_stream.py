"""`RetryingStream`: failures before any output, and what becomes of a partial answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from retry_case import OVERLOADED, REFUSED, ROLE, Server, chunk, retrying, say, stop
from ssewire import (
    BadRequestError,
    InternalServerError,
    TruncatedStream,
)
from ssewire.retry import Policy, RetryingStream

if TYPE_CHECKING:
    from ssewire.outcome import Outcome
    from ssewire.retry import Attempt

CALL = {"index": 0, "id": "1", "type": "function", "function": {"name": "f", "arguments": "{"}}

# Of Anthropic's messages, all but the `message_stop`.
ENDED = b"".join(
    b"event: %s\ndata: %s\n\n" % (json.loads(line)["type"].encode(), line)
    for line in [
        b'{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[]}}',
        b'{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
        b'{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"All."}}',
        b'{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}',
    ]
)


class TestBeforeOutput:
    @pytest.mark.parametrize(
        "failure",
        [
            ConnectionResetError("gone"),
            [],
            [ROLE],
            [ROLE, OVERLOADED],
            [b": ping\n\n"],
            [b"event: er"],
            TruncatedStream(0),
        ],
        ids=repr,
    )
    @pytest.mark.parametrize("partial", ["give_up", "start_over", "continue"])
    def test_is_tried_again(self, failure: Any, partial: str) -> None:
        server = Server(failure, failure, [say("Hello"), stop()])
        stream = retrying(server, partial=partial)
        assert list(stream.text()) == ["Hello"]
        assert stream.outcome.complete
        assert stream.closed
        assert server.all_closed
        assert [one.number for one in server.attempts] == [1, 2, 3]
        assert [one.partial for one in server.attempts] == [None] * 3
        assert [one.outcome for one in server.attempts] == [None] * 3
        assert server.attempts == list(stream.attempts)

    def test_of_the_next_attempt_keeps_to_what_has_come(self) -> None:
        server = Server([say("a")], OSError("no"), ConnectionError(), [say("b"), stop()])
        stream = retrying(server, attempts=4, partial="continue")
        with pytest.raises(OSError, match="no"):
            list(stream.text())
        assert stream.outcome.text == "a"
        server = Server([say("a")], ConnectionError(), [say("b"), stop()])
        stream = retrying(server, partial="continue")
        assert list(stream.text()) == ["a", "b"]
        assert [one.partial for one in server.attempts] == [None, "continue", "continue"]

    def test_the_wrong_request_is_not(self) -> None:
        server = Server([ROLE, REFUSED], [say("a"), stop()])
        stream = retrying(server)
        with pytest.raises(BadRequestError):
            list(stream)
        assert len(stream.attempts) == 1
        assert server.all_closed

    def test_a_mistake_of_the_program_is_not(self) -> None:
        def request(_attempt: Attempt) -> Any:
            raise KeyError("model")

        with pytest.raises(KeyError):
            list(retrying(request))

    def test_what_is_no_source(self) -> None:
        with pytest.raises(TypeError, match="a Stream reads"):
            list(retrying(lambda _attempt: 3))


class TestPartialAnswer:
    def test_give_up(self) -> None:
        server = Server([say("Hel"), say("lo"), OVERLOADED], [say("no"), stop()])
        stream = retrying(server)
        got: list[str] = []
        with pytest.raises(InternalServerError) as caught:
            got.extend(stream.text())
        assert len(server.attempts) == 1
        assert caught.value.outcome is not None
        assert caught.value.outcome.text == stream.outcome.text == "Hello"
        assert server.all_closed

    @pytest.mark.parametrize(
        "output",
        [
            chunk(content="a"),
            chunk(reasoning_content="a"),
            chunk(refusal="a"),
            chunk(tool_calls=[CALL]),
            chunk(audio={"id": "a", "data": "AAAA"}),
        ],
    )
    def test_any_output_is_an_answer(self, output: bytes) -> None:
        stream = retrying(Server([output], [say("b"), stop()]))
        with pytest.raises(TruncatedStream):
            list(stream)
        assert len(stream.attempts) == 1

    def test_start_over(self) -> None:
        server = Server([say("one ")], ConnectionError(), [say("two"), stop()])
        told: list[tuple[int, str | None, str]] = []
        stream = RetryingStream(
            server,
            Policy(partial="start_over", initial=0),
            on_attempt=lambda a: told.append(
                (a.number, a.partial, a.outcome.text if a.outcome else "")
            ),
        )
        assert list(stream.text()) == ["one ", "two"]
        assert told == [(1, None, ""), (2, "start_over", "one "), (3, None, "")]
        assert stream.outcome.text == "two"
        assert stream.outcome.complete

    def test_continue(self) -> None:
        server = Server(
            [ROLE, chunk(reasoning_content="hm"), say("one "), ConnectionResetError()],
            [ROLE, chunk(reasoning_content="m"), say("two "), OVERLOADED],
            [ROLE, say("three"), stop()],
        )
        stream = retrying(server, partial="continue")
        assert "".join(stream.text()) == "one two three"
        outcome = stream.outcome
        assert (outcome.text, outcome.texts) == ("one two three", {0: "one two three"})
        assert outcome.reasoning == "hmm"
        assert outcome.n_events == 11
        assert outcome.complete
        assert outcome.error is None
        assert outcome.finish == "stop"
        seen = [one.outcome.text if one.outcome else None for one in server.attempts]
        assert seen == [None, "one ", "one two "]
        assert [type(one.error) for one in server.attempts[1:]] == [
            ConnectionResetError,
            InternalServerError,
        ]

    def test_the_outcome_while_it_is_read(self) -> None:
        stream = retrying(Server([say("a")], [say("b"), say("c"), stop()]), partial="continue")
        assert stream.outcome.text == ""
        seen = [stream.outcome.text for _ in stream.text()]
        assert seen == ["a", "ab", "abc"]

    @pytest.mark.parametrize("output", [chunk(refusal="no"), chunk(tool_calls=[CALL])])
    def test_what_cannot_be_continued_is_raised(self, output: bytes) -> None:
        server = Server([say("a"), output, OVERLOADED], [say("b"), stop()])
        with pytest.raises(InternalServerError):
            list(retrying(server, partial="continue"))
        assert len(server.attempts) == 1

    def test_output_that_is_in_no_outcome_is_not_continued(self) -> None:
        server = Server([chunk(audio={"id": "a", "data": "AAAA"})], [say("b"), stop()])
        with pytest.raises(TruncatedStream):
            list(retrying(server, partial="continue"))

    def test_an_answer_whose_text_has_ended_is_not_continued(self) -> None:
        server = Server([ENDED], [say("b"), stop()])
        stream = retrying(server, partial="continue")
        with pytest.raises(TruncatedStream):
            list(stream)
        assert stream.outcome.text == "All."
        assert len(server.attempts) == 1

    def test_a_function_decides(self) -> None:
        def partial(error: Exception, outcome: Outcome) -> Any:
            assert isinstance(error, TruncatedStream)
            return "start_over" if outcome.tool_calls else "continue"

        server = Server([say("a")], [chunk(tool_calls=[CALL])], [say("b"), stop()])
        stream = retrying(server, partial=partial)
        assert "".join(stream.text()) == "ab"
        assert [one.partial for one in server.attempts] == [None, "continue", "start_over"]
        assert stream.outcome.text == "b"

    def test_a_function_that_decides_nothing(self) -> None:
        stream = retrying(Server([say("a")]), partial=lambda _error, _outcome: None)
        with pytest.raises(ValueError, match="partial is one of"):
            list(stream)
