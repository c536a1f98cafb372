"""The WHATWG HTML standard, section "Server-sent events", sentence by sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from case import Case, event

if TYPE_CHECKING:
    from replay import AnyDecoder

ENCODING = [
    Case("Streams must be decoded using UTF-8", "data: é€😀\n\n".encode(), [event("é€😀")]),
    Case(
        "UTF-8 decode replaces what is not UTF-8",
        b"data: a\xffb\xe2\x82c\xf0\x9f\x98d\xc0\x80e\xed\xa0\x80f\n\n",
        [event("a\ufffdb\ufffdc\ufffdd\ufffd\ufffde\ufffd\ufffd\ufffdf")],
    ),
    Case(
        "UTF-8 decode strips one leading Byte Order Mark",
        b"\xef\xbb\xbfdata: a\n\n",
        [event("a")],
    ),
    Case(
        "one leading Byte Order Mark, not two",
        b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n",
        [event("b")],
    ),
    Case(
        "one leading Byte Order Mark, not one later",
        b"\n\xef\xbb\xbfdata: a\n\ndata: \xef\xbb\xbfb\n\n",
        [event("\ufeffb")],
    ),
]

LINES = [
    Case("lines end in CRLF", b"data: a\r\ndata: b\r\n\r\n", [event("a\nb")]),
    Case("lines end in LF", b"data: a\ndata: b\n\n", [event("a\nb")]),
    Case("lines end in CR", b"data: a\rdata: b\r\r", [event("a\nb")]),
    Case("LF CR is two line ends", b"data: a\n\rdata: b\n\r", [event("a"), event("b")]),
    Case("CR CRLF is two line ends", b"data: a\r\r\ndata: b\n\n", [event("a"), event("b")]),
    Case("CRLF CRLF is two line ends", b"data: a\r\n\r\ndata: b\r\r", [event("a"), event("b")]),
    Case(
        "any-char is any scalar value other than LF and CR",
        "data: a\0b\tc\vd\fe\x1cf\x1dg\x1eh\x85i\u2028j\u2029k\x7fl\n\n".encode(),
        [event("a\0b\tc\vd\fe\x1cf\x1dg\x1eh\x85i\u2028j\u2029k\x7fl")],
    ),
    Case(
        "buffers are initialized to the empty string",
        b"data: a\n\n",
        [("message", "a", "", None)],
    ),
]

PROCESSING = [
    Case("an empty line dispatches the event", b"data: a\n\nx", [event("a")], truncated=True),
    Case("a line of white space is not empty", b"data: a\n \ndata: b\n\n", [event("a\nb")]),
    Case(
        "a line that starts with a colon is ignored",
        b":data: a\n: b\n::\n:\ndata: c\n:d\n\n",
        [event("c")],
        comments=5,
    ),
    Case("the field is before the first colon", b"data:a:b: c\n\n", [event("a:b: c")]),
    Case("one space is removed from the value", b"data:  a\n\n", [event(" a")]),
    Case("only a space is removed from the value", b"data:\ta\n\n", [event("\ta")]),
    Case("only from its start", b"data:a \n\n", [event("a ")]),
    Case("a value that is one space is empty", b"data: \n\n", [event("")]),
    Case("no colon: the value is empty", b"data\n\n", [event("")]),
    Case(
        "at the end of the file pending data is discarded",
        b"data: a\n\ndata: b\n",
        [event("a")],
        truncated=True,
    ),
    Case("also where a line is not complete", b"data: a\n\ndata: b", [event("a")], truncated=True),
    Case(
        "field names are compared literally",
        b"Data: a\nDATA: b\ndata : c\n data: d\ndat: e\ndataa: f\ndata\0: g\ndata: h\n\n",
        [event("h")],
    ),
]

FIELDS = [
    Case("event sets the event type", b"event: e\ndata: a\n\n", [event("a", name="e")]),
    Case("the last event field wins", b"event: e\nevent: f\ndata\n\n", [event("", name="f")]),
    Case(
        "data appends the value and a line feed", b"data: a\ndata\ndata: b\n\n", [event("a\n\nb")]
    ),
    Case(
        "id sets the last event id",
        b"id: 1\ndata: a\n\n",
        [event("a", last_event_id="1")],
        last_event_id="1",
    ),
    Case(
        "an id that contains NULL is ignored",
        b"id: 1\nid: 2\0\ndata: a\n\nid: \0\ndata: b\n\n",
        [event("a", last_event_id="1"), event("b", last_event_id="1")],
        last_event_id="1",
    ),
    Case("retry sets the reconnection time", b"retry: 3000\n\n", [], retry=3000),
    Case("retry must be only ASCII digits", "retry: 5s\nretry: ٣\n\n".encode(), []),
    Case("retry must be a digit at least", b"retry: 1\nretry:\nretry\n\n", [], retry=1),
    Case("retry is in base ten", b"retry: 0010\n\n", [], retry=10),
    Case("other fields are ignored", b"foo: a\nbar\ndata: b\nbaz: c\n\n", [event("b")]),
]

DISPATCH = [
    Case(
        "the last event id buffer does not get reset",
        b"id: 1\ndata: a\n\ndata: b\n\n",
        [event("a", last_event_id="1"), event("b", last_event_id="1")],
        last_event_id="1",
    ),
    Case(
        "an id field with an empty value resets it",
        b"id: 1\ndata: a\n\nid\ndata: b\n\n",
        [event("a", last_event_id="1"), event("b")],
    ),
    Case("the last event id is set before data is looked at", b"id: 1\n\n", [], last_event_id="1"),
    Case(
        "without its empty line an id is not set",
        b"id: 1\n\nid: 2\n",
        [],
        last_event_id="1",
        truncated=True,
    ),
    Case("no data buffer: no event, and no event type", b"event: e\n\ndata: a\n\n", [event("a")]),
    Case("one line feed is removed from the data buffer", b"data: a\ndata\n\n", [event("a\n")]),
    Case("an empty event type means message", b"event: e\nevent:\ndata: a\n\n", [event("a")]),
    Case(
        "data buffer and event type buffer are reset",
        b"event: e\ndata: a\n\ndata: b\n\n",
        [event("a", name="e"), event("b")],
    ),
]

EXAMPLES = [
    Case("stocks", b"data: YHOO\ndata: +2\ndata: 10\n\n", [event("YHOO\n+2\n10")]),
    Case(
        "four blocks",
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
        b"data:  third event\n\n",
        [event("first event", last_event_id="1"), event("second event"), event(" third event")],
        comments=1,
    ),
    Case(
        "four blocks, the last without its blank line",
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
        b"data:  third event\n",
        [event("first event", last_event_id="1"), event("second event")],
        comments=1,
        truncated=True,
    ),
    Case("empty data", b"data\n\ndata\ndata\n\ndata:", [event(""), event("\n")], truncated=True),
    Case("with and without a space", b"data:test\n\ndata: test\n\n", [event("test")] * 2),
    Case(
        "event types",
        b"event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n",
        [event("73857293", name="add"), event("2153", name="remove"), event("113411", name="add")],
    ),
]


@pytest.mark.parametrize(
    "case", ENCODING + LINES + PROCESSING + FIELDS + DISPATCH + EXAMPLES, ids=lambda case: case.name
)
def test_sentence(case: Case, decoder_class: type[AnyDecoder]) -> None:
    case.check(decoder_class)
