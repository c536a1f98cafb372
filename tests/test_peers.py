"""The streams on which Python's other decoders deviate, under the names of that survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from case import Case, event
from replay import every_cut, read

if TYPE_CHECKING:
    from replay import AnyDecoder

A, B, C = event("a"), event("b"), event("c")
A1, B1 = event("a", last_event_id="1"), event("b", last_event_id="1")

CASES = [
    Case("lf", b"data: a\n\n", [A]),
    Case("crlf", b"data: a\r\n\r\n", [A]),
    Case("cr", b"data: a\r\rdata: b\r\r", [A, B]),
    Case("mixed_n_rn", b"data: a\n\r\ndata: b\n\n", [A, B]),
    Case("mixed_r_n_n", b"data: a\r\ndata: b\n\ndata: c\r\r\n", [event("a\nb"), C]),
    Case(
        "crlf_bytewise",
        b"event: e\r\ndata: a\r\n\r\ndata: b\r\n\r\n",
        [event("a", name="e"), B],
    ),
    Case("crlf_split_mid", b"event: x\r\ndata: b\r\n\r\n", [event("b", name="x")]),
    Case("crlf_split_end", b"data: a\r\n\r\ndata: b\r\n\r\n", [A, B]),
    Case("cr_bytewise", b"data: a\r\rdata: b\r\r", [A, B]),
    Case("bom", b"\xef\xbb\xbfdata: a\n\ndata: b\n\n", [A, B]),
    Case("bom_split", b"\xef\xbb\xbfdata: a\n\n", [A]),
    Case("bom_double", b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", [B]),
    Case("bom_midstream", b"data: a\n\n\xef\xbb\xbfdata: b\n\ndata: c\n\n", [A, C]),
    Case("u2028", b"data: a\xe2\x80\xa8b\n\n", [event("a\u2028b")]),
    Case("u2029", b"data: a\xe2\x80\xa9b\n\n", [event("a\u2029b")]),
    Case("u0085", b"data: a\xc2\x85b\n\n", [event("a\x85b")]),
    Case("vt_ff", b"data: a\x0bb\x0cc\n\n", [event("a\x0bb\x0cc")]),
    Case("fs_gs_rs", b"data: a\x1cb\x1dc\x1ed\n\n", [event("a\x1cb\x1dc\x1ed")]),
    Case("id_nul", b"id: 1\ndata: a\n\nid: 2\x003\ndata: b\n\n", [A1, B1], "1"),
    Case("id_persist", b"id: 1\ndata: a\n\ndata: b\n\n", [A1, B1], "1"),
    Case("id_reset", b"id: 1\ndata: a\n\nid\ndata: b\n\n", [A1, B]),
    Case("id_only", b"id: 1\n\ndata: a\n\n", [A1], "1"),
    Case("event_only", b"event: ping\n\ndata: a\n\n", [A]),
    Case("retry_only", b"retry: 3000\n\ndata: a\n\n", [A], retry=3000),
    Case("comment_only", b": ping\n\ndata: a\n\n", [A], comments=1),
    Case(
        "comment_after_id",
        b"id: 1\ndata: a\n\n: ping\n\ndata: b\n\n",
        [A1, B1],
        "1",
        comments=1,
    ),
    Case("empty_data_colon", b"data:\n\n", [event("")]),
    Case("empty_data_nocolon", b"data\n\n", [event("")]),
    Case("empty_data_two", b"data\ndata\n\n", [event("\n")]),
    Case("trailing_nl_data", b"data: a\ndata:\n\n", [event("a\n")]),
    Case("eof_no_blank", b"data: a\n\ndata: b\n", [A], truncated=True),
    Case("eof_no_newline", b"data: a\n\ndata: b", [A], truncated=True),
    Case("eof_cr_cr", b"data: a\r\r", [A]),
    Case("eof_lf_cr", b"data: a\n\r", [A]),
    Case("utf8_split", b"data: \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\n\n", [event("é€😀")]),
    Case("utf8_bad", b"data: x\xffy\n\ndata: b\n\n", [event("x\ufffdy"), B]),
    Case("utf8_trunc_line", b"data: x\xe2\x82\n\ndata: b\n\n", [event("x\ufffd"), B]),
    Case("two_spaces", b"data:  a\n\n", [event(" a")]),
    Case("tab", b"data:\ta\n\n", [event("\ta")]),
    Case("trailing_space", b"data: a \n\n", [event("a ")]),
    Case("colon_value", b"data: a:b\n\n", [event("a:b")]),
    Case("unknown_field", b"foo: bar\ndata: a\n\n", [A]),
    Case("case_sens", b"Data: a\n\ndata: b\n\n", [B]),
    Case("space_before_colon", b"data : a\n\ndata: b\n\n", [B]),
    Case("event_empty", b"event:\ndata: a\n\n", [A]),
    Case("event_last_wins", b"event: x\nevent: y\ndata: a\n\n", [event("a", name="y")]),
    Case("nul_data", b"data: a\x00b\n\n", [event("a\0b")]),
    Case("blank_only", b"\n\n\n\n", []),
    Case("leading_blank", b"\n\ndata: a\n\n", [A]),
    Case("ws_line", b"data: a\n \ndata: b\n\n", [event("a\nb")]),
    Case("multi_data", b"data: a\ndata: b\ndata: c\n\n", [event("a\nb\nc")]),
    Case("empty_chunks", b"data: a\n\n", [A]),
]

RETRY = [
    ("3000", 3000),
    ("007", 7),
    (" 5", 5),
    ("", None),
    ("5s", None),
    ("1e3", None),
    ("+5", None),
    ("1_000", None),
    ("5 ", None),
    ("-5", None),
    ("\u0663", None),
    ("12345678901234567890", 12345678901234567890),
]

# One event in each read, and every event is out with its own.
PROMPT = [
    ("lf", [b"data: a\n\n", b"data: b\n\n"]),
    ("crlf", [b"data: a\r\n\r\n", b"data: b\r\n\r\n"]),
    ("crlf_lf", [b"data: a\r\n\n", b"data: b\r\n\n"]),
    ("cr_cr", [b"data: a\r\r", b"data: b\r\r"]),
    ("lf_crlf", [b"data: a\n\r\n", b"data: b\n\r\n"]),
    ("lf_cr", [b"data: a\n\r", b"data: b\n\r"]),
    ("crlf_cr_then_lf", [b"data: a\r\n\r", b"\ndata: b\r\n\r", b"\n"]),
    ("cr_then_lf_in_the_event", [b"data: a\r", b"\ndata: b\r\n\r"]),
    ("comment_first", [b": ping\ndata: a\n\n", b": ping\n\ndata: b\n\n"]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, decoder_class: type[AnyDecoder]) -> None:
    case.check(decoder_class)


def test_all_cases_are_here() -> None:
    assert len({case.name for case in CASES}) == 52


@pytest.mark.parametrize(("value", "expected"), RETRY)
def test_retry(value: str, expected: int | None, decoder_class: type[AnyDecoder]) -> None:
    body = f"retry:{value}\ndata: a\n\n".encode()
    for chunks in every_cut(body):
        reading = read(decoder_class(), chunks)
        assert reading.retry == expected
        assert reading.events == [event("a", retry=expected)]


@pytest.mark.parametrize(("name", "chunks"), PROMPT, ids=[name for name, _ in PROMPT])
def test_prompt(name: str, chunks: list[bytes], decoder_class: type[AnyDecoder]) -> None:
    decoder = decoder_class()
    out = ["".join(event.data for event in decoder.feed(chunk)) for chunk in chunks]
    expected = {"cr_then_lf_in_the_event": ["", "a\nb"], "crlf_cr_then_lf": ["a", "b", ""]}
    assert out == expected.get(name, ["a", "b"])
