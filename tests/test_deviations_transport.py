"""WIRE.md 6.5, row by row: what happens to a stream on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from answer_case import DONE, AnswerCase, both, cases, finishes, recorded, says
from answers import stream

if TYPE_CHECKING:
    from collections.abc import Callable

HI = b'{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}'
WHOLE = {"text": "Hi", "complete": True, "n_events": 2, "n_comments": 0}
MERGED = b'data: {"choices":[{"delta":{"content":"%s"}}]}\n'
START = {"type": "message_start", "message": {"id": "m"}}
TEXT = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}
STOP = {"type": "message_stop"}
SEPARATORS = "a\u2028b\u2029c\u0085d"


def wrongly_named(payload: dict[str, Any]) -> bytes:
    return b"event: ping\n" + stream(payload)


TABLE = [
    AnswerCase("no_space", [b"data:" + HI + b"\n\ndata:[DONE]\n\n"], WHOLE),
    AnswerCase("crlf", [b"data: " + HI + b"\r\n\r\ndata: [DONE]\r\n\r\n"], WHOLE),
    AnswerCase("cr", [b"data: " + HI + b"\r\rdata: [DONE]\r\r"], WHOLE),
    AnswerCase(
        "comments",
        [b": OPENROUTER PROCESSING\n\n", b":\n\n", says("a"), b": keep-alive\n", says("b")],
        {"text": "ab", "n_comments": 3, "n_events": 2},
        kinds="start text text",
    ),
    AnswerCase(
        "ids_and_retries",
        [b"retry: 10\n\n", b"id: 1\n" + stream(says("a")), b"id: 2\n\n", b": x\n\n", says("b")],
        {"text": "ab", "n_events": 2},
    ),
    AnswerCase(
        "json_over_several_lines",
        [b'data: {"choices":\ndata: [{"delta":\ndata:  {"content":\ndata: "Hi"}}]}\n\n'],
        {"text": "Hi", "n_events": 1},
    ),
    AnswerCase(
        "no_blank_lines",
        [MERGED % b"a", MERGED % b"b", b"data: [DONE]\n", b"data: {}\n", b"\n"],
        {"text": "ab", "n_events": 1, "done_seen": True, "complete": True},
        kinds="start text text done",
    ),
    AnswerCase(
        "no_blank_lines_and_then_rubbish",
        [MERGED % b"a", b"data: {oops\n", MERGED % b"b", b"\n"],
        {"text": "a", "n_events": 1},
        kinds="start text invalid",
    ),
    AnswerCase(
        "two_values_on_one_line",
        [b"data: {}{}\n\n", b"data: {} {}\ndata: {}\n\n"],
        {"n_events": 2},
        kinds="invalid invalid",
    ),
    AnswerCase("byte_order_mark", [b"\xef\xbb\xbfdata: " + HI + b"\n\n", DONE], WHOLE),
    AnswerCase(
        "separators_in_strings",
        [f'data: {{"choices":[{{"delta":{{"content":"{SEPARATORS}"}}}}]}}\n\n'.encode()],
        {"text": SEPARATORS},
    ),
    AnswerCase(
        "one_event_that_is_not_json",
        [says("a"), "<html>", says("b"), finishes(), DONE],
        {"text": "ab", "complete": True, "n_events": 5},
        kinds="start text invalid text finish done",
    ),
    AnswerCase(
        "event_names_on_chat",
        [wrongly_named(says("a")), b"event: message_stop\n" + stream(finishes())],
        {"text": "a", "shape": "chat", "complete": True},
    ),
    AnswerCase(
        "no_event_names_on_messages",
        [START, TEXT, STOP],
        {"text": "Hi", "shape": "messages", "complete": True},
        kinds="start text done",
    ),
    AnswerCase(
        "only_event_names_on_messages",
        [
            b"event: message_start\n" + stream({"message": {"id": "m"}}),
            b"event: content_block_delta\n" + stream({k: TEXT[k] for k in ("index", "delta")}),
            b"event: message_stop\n" + stream({}),
        ],
        {"text": "Hi", "shape": "messages", "complete": True},
        kinds="start text done",
    ),
    recorded(
        "body_html",
        {"shape": None, "n_events": 0, "error": None, "terminal": None, "complete": False},
    ),
    recorded(
        "body_ndjson",
        {"shape": None, "n_events": 0, "error": None, "terminal": None, "complete": False},
    ),
    recorded("body_gzip", {"shape": None, "n_events": 0, "error": None, "complete": False}),
    recorded("body_json_error", {"shape": None, "terminal": None, "complete": False}),
    AnswerCase(
        "json_body_that_is_the_whole_answer",
        [b'{"id":"c","object":"chat.completion","choices":[]}'],
        {"shape": None, "text": "", "error": None, "terminal": None, "complete": False},
        kinds="",
    ),
    AnswerCase(
        "broken_utf8",
        [b'data: {"choices":[{"delta":{"content":"a\xffb\xe2\x82"}}]}\n\n'],
        {"text": "a\ufffdb\ufffd"},
    ),
]


@both
@cases(*TABLE)
def test_deviation(case: AnswerCase, make: Callable[..., Any]) -> None:
    case.check(make)


@both
@pytest.mark.parametrize("way", ["any", "events", "messages"])
def test_payloads_without_framing(make: Callable[..., Any], way: str) -> None:
    """Bedrock's binary frames: their inner payloads are the messages of one stream."""
    dispatcher = make(way)
    kinds: list[str] = []
    for payload in (START, TEXT, {**STOP, "amazon-bedrock-invocationMetrics": {}}):
        (item,) = dispatcher.feed_payload(stream(payload)[6:-2])
        kinds += [d["kind"] if isinstance(d, dict) else d.kind for d in item.deltas]
    assert kinds == ["start", "text", "done"]
    assert dispatcher.finish() == []
    assert dispatcher.shape == "messages"
