"""WIRE.md 6.3, row by row: the ways in which a stream tells of a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from answer_case import DONE, AnswerCase, both, cases, choice, chunk, says

if TYPE_CHECKING:
    from collections.abc import Callable


def error(
    message: str | None,
    raw: Any,
    *,
    status: int | None = None,
    retryable: bool = False,
    **members: Any,
) -> dict[str, Any]:
    rest = {"type": None, "code": None, "param": None} | members
    told = {"message": message, "raw": raw, "status": status, "retryable": retryable}
    return {
        "error": rest | told,
        "terminal": "error",
        "finish": "error",
        "complete": False,
    }


OFFICIAL = {"message": "Busy", "type": "server_error", "param": None, "code": None}
BUSY = error("Busy", OFFICIAL, type="server_error", status=500, retryable=True)
NESTED = {"type": "overloaded_error", "message": "Overloaded"}
OVERLOADED = error("Overloaded", NESTED, type="overloaded_error", status=529, retryable=True)
VLLM = {"message": "Bad", "type": "BadRequestError", "code": 400}
LLAMA = {"code": 500, "message": "slot", "type": "server_error"}
OPENROUTER = {"code": 502, "message": "Gone", "metadata": {"error_type": "x"}}
GATEWAY = {"code": "WORD", "status": 500, "message": "No"}
COHERE = {"type": "message-end", "delta": {"error": "x", "finish_reason": "ERROR"}}


def field(value: str) -> bytes:
    return f"error: {value}\n\n".encode()


def named(data: str) -> bytes:
    return f"event: error\ndata: {data}\n\n".encode()


TABLE = [
    AnswerCase(
        "error_in_data",
        [says("Hi"), {"error": OFFICIAL}],
        {"text": "Hi", **BUSY},
        kinds="start text error",
    ),
    AnswerCase(
        "error_named",
        [says("Hi"), named('{"error":{"message":"Busy","type":"server_error"}}')],
        {"text": "Hi", "terminal": "error", "n_events": 2},
        kinds="start text error",
    ),
    AnswerCase(
        "error_named_that_is_not_json",
        [says("Hi"), named("upstream went away")],
        {"text": "Hi", **error("upstream went away", "upstream went away")},
        kinds="start text error",
    ),
    AnswerCase(
        "error_named_that_is_a_string",
        [says("Hi"), named('"upstream"')],
        {"text": "Hi", **error("upstream", "upstream")},
    ),
    AnswerCase(
        "error_then_done",
        [says("Hi"), {"error": {"message": "Bad", "code": 429}}, DONE],
        {
            **error("Bad", {"message": "Bad", "code": 429}, code=429, status=429, retryable=True),
            "text": "Hi",
            "done_seen": True,
            "n_events": 3,
        },
        kinds="start text error done",
    ),
    AnswerCase(
        "error_and_choices_in_one_chunk",
        [says("Hi"), chunk(choice(finish="error", content="!"), error=OPENROUTER), DONE],
        {
            **error("Gone", OPENROUTER, code=502, status=502, retryable=True),
            "text": "Hi!",
            "finish_reason": "error",
        },
        kinds="start text text finish error done",
    ),
    AnswerCase(
        "error_in_a_field",
        [says("Hi"), field('{"code":500,"message":"slot","type":"server_error"}'), DONE],
        {
            **error("slot", LLAMA, type="server_error", code=500, status=500, retryable=True),
            "n_events": 2,
            "done_seen": True,
        },
        kinds="start text error done",
    ),
    AnswerCase(
        "error_in_a_field_nested",
        [field('{"error":{"message":"slot"}}')],
        {**error("slot", {"message": "slot"}), "n_events": 0, "shape": None},
        kinds="error",
    ),
    AnswerCase(
        "error_in_a_field_is_text",
        [field("out of memory")],
        {**error("out of memory", "out of memory"), "n_events": 0},
    ),
    AnswerCase(
        "error_field_beside_data_is_ignored",
        [b"error: no\n" + b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'],
        {"text": "Hi", "error": None},
        kinds="start text",
    ),
    AnswerCase("error_is_a_string", [{"error": "no model"}], error("no model", "no model")),
    AnswerCase(
        "flat_error",
        [{"object": "error", **VLLM}],
        {
            **error(
                message="Bad",
                raw={"object": "error", **VLLM},
                status=400,
                type="BadRequestError",
                code=400,
            ),
            "shape": "chat",
        },
    ),
    AnswerCase(
        "status_inside",
        [{"success": False, "error": GATEWAY}],
        error("No", GATEWAY, code="WORD", status=500, retryable=True),
    ),
    AnswerCase(
        "message_twice",
        [{"error": {"message": "a"}, "message": "b"}],
        error("a", {"message": "a"}),
    ),
    AnswerCase(
        "message_beside_the_error",
        [{"error": {"code": "x"}, "message": "b"}],
        error("b", {"code": "x"}, code="x"),
    ),
    AnswerCase(
        "error_of_groq",
        [says("Hi"), chunk(choice(), x_groq={"id": "r", "error": "over capacity"}), DONE],
        {"text": "Hi", **error("over capacity", "over capacity")},
        kinds="start text error done",
    ),
    AnswerCase(
        "anthropic_error_without_a_name",
        [{"type": "message_start", "message": {}}, {"type": "error", "error": NESTED}],
        {**OVERLOADED, "shape": "messages"},
        kinds="start error",
    ),
    AnswerCase(
        "anthropic_error_first",
        [{"type": "error", "error": NESTED, "request_id": "r"}],
        {**OVERLOADED, "shape": None},
        kinds="error",
        names=True,
    ),
    AnswerCase(
        "cohere_is_not_one_of_the_four",
        [{"type": "message-start"}, COHERE],
        {"error": None, "shape": None, "complete": False},
        kinds="other other",
    ),
    AnswerCase(
        "the_stream_just_ends",
        [says("Hi")],
        {"error": None, "terminal": None, "complete": False, "finish": None},
    ),
    AnswerCase(
        "nothing_at_all",
        [],
        {"error": None, "terminal": None, "complete": False, "shape": None, "text": ""},
    ),
    AnswerCase(
        "error_null_is_none",
        [says("Hi", error=None), chunk(choice(), error=False), chunk(choice(), error={})],
        {"error": None, "text": "Hi"},
    ),
    AnswerCase(
        "error_of_another_type",
        [{"error": ["a", {"b": 1}]}],
        error('["a",{"b":1}]', ["a", {"b": 1}]),
    ),
    AnswerCase(
        "message_of_another_type",
        [{"error": {"message": {"a": [1, 2]}, "type": 5, "code": True, "param": 7}}],
        error(
            '{"a":[1,2]}',
            {"message": {"a": [1, 2]}, "type": 5, "code": True, "param": 7},
            code=True,
            param=7,
        ),
    ),
    AnswerCase(
        "nothing_counts_after_an_error",
        [says("Hi"), {"error": "x"}, says(" there"), {"error": "y"}, {"type": "message_start"}],
        {"text": "Hi", **error("x", "x"), "n_events": 5, "shape": "chat"},
        kinds="start text error other other other",
    ),
    AnswerCase(
        "responses_nested_error",
        [{"type": "error", "sequence_number": 3, "error": {"code": "x", "message": "m"}}],
        {**error("m", {"code": "x", "message": "m"}, code="x"), "shape": "responses"},
    ),
    AnswerCase(
        "responses_flat_error",
        [{"type": "error", "sequence_number": 3, "code": "rate_limit_exceeded", "message": "m"}],
        {
            **error(
                "m",
                {"type": "error", "sequence_number": 3}
                | {"code": "rate_limit_exceeded", "message": "m"},
                code="rate_limit_exceeded",
                status=429,
                retryable=True,
            ),
            "shape": "responses",
        },
    ),
    AnswerCase(
        "response_failed",
        [
            {
                "type": "response.failed",
                "response": {
                    "status": "failed",
                    "error": {"code": "server_error", "message": "m"},
                    "usage": {"input_tokens": 1},
                },
            }
        ],
        {
            **error(
                "m",
                {"code": "server_error", "message": "m"},
                code="server_error",
                status=500,
                retryable=True,
            ),
            "terminal": "response.failed",
            "finish_reason": "failed",
            "usage": {"input_tokens": 1},
        },
        kinds="start finish usage error",
    ),
    AnswerCase(
        "errors_are_known_to_every_dispatcher",
        [{"type": "error", "error": NESTED}],
        OVERLOADED,
        way="chat",
    ),
]


@both
@cases(*TABLE)
def test_deviation(case: AnswerCase, make: Callable[..., Any]) -> None:
    case.check(make)
