"""`Outcome`: what the answer was, how it ended, and the errors for how it should not."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from answer_case import choice, chunk, finishes, says
from answers import NAMES, body_of, expected_of, read, real, stream
from ssewire import (
    EventTooLarge,
    InvalidPayload,
    NotAnEventStream,
    Outcome,
    SSEError,
    StreamError,
    TruncatedStream,
)

MEMBERS = [
    *("text", "texts", "reasoning", "refusal", "tool_calls", "finish_reason", "finish_reasons"),
    *("finish", "usage", "tokens", "error", "done_seen", "terminal", "complete", "n_events"),
    "n_comments",
]
# WIRE.md 7.1, complete.
FINISH = {
    "stop": "stop end_turn stop_sequence eos eos_token STOP COMPLETE STOP_SEQUENCE",
    "length": "length max_tokens model_context_window_exceeded compaction MAX_TOKENS",
    "tool_calls": "tool_calls function_call tool_use TOOL_CALL",
    "content_filter": "content_filter content-filter sensitive refusal SAFETY RECITATION BLOCKLIST"
    " PROHIBITED_CONTENT SPII LANGUAGE IMAGE_SAFETY ERROR_TOXIC guardrail_intervened"
    " content_filtered",
    "pause": "pause_turn",
    "error": "error insufficient_system_resource network_error abort ERROR TIMEOUT"
    " MALFORMED_FUNCTION_CALL",
}
REASONS = [(raw, finish) for finish, raws in FINISH.items() for raw in raws.split()]
# WIRE.md 8 and 4.5, complete.
STATUS = {
    500: "server_error api_error InternalServerError",
    529: "overloaded_error",
    429: "rate_limit_error rate_limit_exceeded insufficient_quota",
    400: "invalid_request_error BadRequestError",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    504: "timeout_error",
    409: "conflict_error memory_precondition_failed_error memory_path_conflict_error",
    413: "request_too_large",
}
STATUSES = [(name, status) for status, names in STATUS.items() for name in names.split()]
CALL = {"index": 0, "id": "x", "function": {"name": "f", "arguments": "{}"}}


def outcome_of(*payloads: Any, way: str = "any", finish: bool = True) -> Outcome:
    dispatcher = real(way)
    dispatcher.feed(stream(*payloads))
    if finish:
        dispatcher.finish()
    return dispatcher.outcome


def message_delta(reason: str) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": reason}}


@pytest.mark.parametrize("name", NAMES)
def test_members_and_to_dict_agree(name: str) -> None:
    dispatcher = real()
    read(dispatcher, [body_of(name)])
    outcome = dispatcher.outcome
    told = outcome.to_dict()
    assert list(told) == MEMBERS
    for member in MEMBERS:
        if member not in ("tool_calls", "tokens", "error"):
            assert getattr(outcome, member) == told[member]
    for call, each in zip(outcome.tool_calls, told["tool_calls"], strict=True):
        for member in ("index", "id", "type", "name", "arguments", "parsed"):
            assert getattr(call, member) == each[member]
    for member in ("input", "output", "cached", "reasoning", "total"):
        assert getattr(outcome.tokens, member) == told["tokens"][member]
    assert all(isinstance(index, int) for index in (*outcome.texts, *outcome.finish_reasons))


@pytest.mark.parametrize("name", NAMES)
def test_raise_for_error(name: str) -> None:
    dispatcher, expected = real(), expected_of(name)
    read(dispatcher, [body_of(name)])
    outcome = dispatcher.outcome
    if "not_sse" in expected:
        with pytest.raises(NotAnEventStream) as not_a_stream:
            outcome.raise_for_error()
        assert not_a_stream.value.kind == expected["not_sse"]
        assert body_of(name).startswith(not_a_stream.value.body)
        assert not_a_stream.value.body
    elif expected["error"]:
        with pytest.raises(StreamError) as failed:
            outcome.raise_for_error()
        assert failed.value.error == outcome.error
        assert str(expected["error"]["message"]) in str(failed.value)
    elif not expected["complete"]:
        with pytest.raises(TruncatedStream):
            outcome.raise_for_error()
    else:
        outcome.raise_for_error()


@pytest.mark.parametrize(("raw", "finish"), REASONS)
def test_finish(raw: str, finish: str) -> None:
    assert outcome_of(finishes(raw)).finish == finish
    assert outcome_of({"choices": [{"text": "", "finish_reason": raw}]}).finish == finish
    assert outcome_of(message_delta(raw)).finish == finish


@pytest.mark.parametrize("raw", ["", "null", None, "whatever", "Stop"])
def test_finish_unknown(raw: str | None) -> None:
    outcome = outcome_of(says("a"), finishes(raw))
    assert outcome.finish is None
    assert outcome.finish_reason == (raw if raw in ("whatever", "Stop") else None)


def test_finish_with_calls() -> None:
    called = chunk(choice(tool_calls=[CALL]))
    assert outcome_of(called, finishes("stop")).finish == "tool_calls"
    assert outcome_of(chunk(choice(function_call={"name": "f"})), finishes("stop")).finish == (
        "tool_calls"
    )
    assert outcome_of(called, finishes("length")).finish == "length"
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use"}}
    assert outcome_of(block, message_delta("end_turn")).finish == "stop"
    assert outcome_of(called, {"error": "x"}).finish == "error"


@pytest.mark.parametrize(("status", "finish"), [("queued", None), ("in_progress", None)])
def test_finish_of_responses_that_go_on(status: str, finish: str | None) -> None:
    event = {"type": "response.created", "response": {"status": status}}
    assert outcome_of(event).finish is finish


@pytest.mark.parametrize(("name", "status"), STATUSES)
@pytest.mark.parametrize("member", ["type", "code"])
def test_status_by_name(name: str, status: int, member: str) -> None:
    error: Any = outcome_of({"error": {member: name, "message": "m"}}).error
    assert error.status == status
    assert error.retryable == (status in (409, 429, 500, 504, 529))


@pytest.mark.parametrize(
    ("members", "status", "retryable"),
    [
        ({"status": 503, "code": 400}, 503, True),
        ({"status": 408}, 408, True),
        ({"status": "503"}, None, False),
        ({"status": 99, "code": 404}, 404, False),
        ({"status": 600}, None, False),
        ({"code": 399}, None, False),
        ({"code": 599}, 599, True),
        ({"code": "429"}, 429, True),
        ({"code": "x", "type": "overloaded_error"}, 529, True),
        ({"code": 400, "type": "overloaded_error"}, 400, False),
        ({"code": "rate_limit_exceeded", "type": "invalid_request_error"}, 429, True),
        ({"code": True, "type": "x"}, None, False),
        ({}, None, False),
    ],
)
def test_status(members: dict[str, Any], status: int | None, retryable: bool) -> None:
    error: Any = outcome_of({"error": {"message": "m", **members}}).error
    assert (error.status, error.retryable) == (status, retryable)


FIVE = ("input", "output", "cached", "reasoning", "total")
DETAILS = {"prompt_tokens_details": {"cached_tokens": 4}}
THOUGHTS = {"completion_tokens_details": {"reasoning_tokens": 2}}


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, (None,) * 5),
        ({}, (None,) * 5),
        ({"prompt_tokens": 9, "completion_tokens": 5}, (9, 5, None, None, 14)),
        ({"prompt_tokens": 9, "total_tokens": 15, **DETAILS}, (9, None, 4, None, 15)),
        ({"completion_tokens": 0, **THOUGHTS}, (None, 0, None, 2, None)),
        ({"prompt_tokens": -1, "completion_tokens": 1.5, "total_tokens": True}, (None,) * 5),
        ({"prompt_tokens": "9", "prompt_tokens_details": 4}, (None,) * 5),
        ({"prompt_tokens": 2**40}, (2**40, None, None, None, None)),
    ],
)
def test_tokens(usage: Any, expected: tuple[Any, ...]) -> None:
    tokens = outcome_of(says("a", usage=usage)).tokens
    assert tuple(getattr(tokens, name) for name in FIVE) == expected


def test_tokens_of_messages() -> None:
    usage = {"input_tokens": 3, "cache_creation_input_tokens": 10, "cache_read_input_tokens": 20}
    start = {"type": "message_start", "message": {"usage": {**usage, "output_tokens": 1}}}
    details = {"output_tokens": 7, "output_tokens_details": {"thinking_tokens": 4}}
    last = {"type": "message_delta", "delta": {}, "usage": details}
    tokens = outcome_of(start, last).tokens
    assert tuple(getattr(tokens, name) for name in FIVE) == (33, 7, 20, 4, 40)


def test_a_value() -> None:
    dispatcher = real()
    dispatcher.feed(stream(says("Hi", usage={"total_tokens": 1})))
    before, same = dispatcher.outcome, dispatcher.outcome
    told = copy.deepcopy(before.to_dict())
    assert before == same
    assert before.to_dict() is not before.to_dict()
    before.to_dict()["usage"]["total_tokens"] = 2
    dispatcher.feed(stream(says(" there"), finishes()))
    assert before.to_dict() == same.to_dict() == told
    assert before != dispatcher.outcome
    assert dispatcher.outcome.text == "Hi there"
    other: object = "Hi"
    assert before != other
    assert "Hi" in repr(before)
    with pytest.raises((AttributeError, TypeError)):
        before.text = "changed"  # type: ignore[misc]


def test_before_the_end() -> None:
    dispatcher = real()
    assert dispatcher.outcome.to_dict()["terminal"] is None
    assert not dispatcher.outcome.complete
    dispatcher.feed(stream(says("Hi")))
    assert dispatcher.outcome.text == "Hi"
    assert not dispatcher.outcome.complete
    dispatcher.feed(stream(finishes()))
    assert dispatcher.outcome.complete
    assert dispatcher.outcome.terminal == "finish_reason"


def test_messages_of_the_errors() -> None:
    error = outcome_of({"error": {"message": "Overloaded", "type": "overloaded_error"}}).error
    assert "Overloaded" in str(StreamError(error))  # type: ignore[arg-type]
    assert str(InvalidPayload(7, "oops"))


def test_errors_are_pickled() -> None:
    outcome = outcome_of({"error": {"message": "m", "code": 500}})
    with pytest.raises(StreamError) as failed:
        outcome.raise_for_error()
    for error in (
        EventTooLarge(5, 3),
        InvalidPayload(7, "oops"),
        NotAnEventStream(b"<html>", None, "html"),
        NotAnEventStream(body=b"{}", json={}, kind="json"),
        failed.value,
    ):
        again: Any = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert isinstance(error, SSEError)
    assert issubclass(TruncatedStream, SSEError)
