"""Streams that some decoder in the wild got wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from case import Case, event
from replay import read
from ssewire import Decoder

if TYPE_CHECKING:
    from replay import AnyDecoder

BOM = b"\xef\xbb\xbf"
LARGEST = 2**128 - 1

CASES = [
    Case("bom_alone", BOM, []),
    Case("bom_in_part", BOM[:2], [], truncated=True),
    Case("bom_in_part_then_a_line", BOM[:2] + b"data: a\n\ndata: b\n\n", [event("b")]),
    Case("bom_twice_alone", BOM * 2, [], truncated=True),
    Case("bom_then_blank_line", BOM + b"\n" + BOM + b"data: a\n\n", []),
    Case("bom_then_cr", BOM + b"\r\ndata: a\n\n", [event("a")]),
    Case("bom_then_comment", BOM + b":\ndata: a\n\n", [event("a")], comments=1),
    Case("bom_after_lf", b"\n" + BOM + b"data: a\n\n", []),
    Case("crlf_in_a_dropped_line", b"foo: bar\r\ndata: a\r\n\r\n", [event("a")]),
    Case("crlf_in_a_comment", b": ping\r\n\r\ndata: a\r\n\r\n", [event("a")], comments=1),
    Case("cr_at_the_start", b"\r\n\rdata: a\r\r\n", [event("a")]),
    Case("bad_utf8_in_name", b"event: a\xff\ndata\n\n", [event("", name="a\ufffd")]),
    Case(
        "bad_utf8_in_id",
        b"id: \xc0\x80\ndata\n\n",
        [event("", last_event_id="\ufffd\ufffd")],
        "\ufffd\ufffd",
    ),
    Case("bad_utf8_in_comment", b": \xff\ndata\n\n", [event("")], comments=1),
    Case("bad_utf8_in_unknown_field", b"\xff: a\nfoo\xfe\ndata\n\n", [event("")]),
    Case("bad_utf8_in_retry", b"retry: 1\xff\n\n", []),
    Case("cut_character_before_colon_and_end", b"\xe2:\n\xe2\ndata: \xe2\n\n", [event("\ufffd")]),
    Case("name_unset_by_empty_name", b"event: a\nevent:\ndata: b\n\n", [event("b")]),
    Case("name_unset_by_bare_name", b"event: a\nevent\ndata: b\n\n", [event("b")]),
    Case("bare_data", b"data\n\n", [event("")]),
    Case("bare_id", b"id: 1\n\nid\n\ndata\n\n", [event("")]),
    Case("bare_event", b"event\n\ndata\n\n", [event("")]),
    Case("bare_retry", b"retry\n\ndata\n\n", [event("")]),
    Case(
        "id_with_nul_after_a_good_one",
        b"id: 1\nid: \x002\ndata\n\n",
        [event("", last_event_id="1")],
        "1",
    ),
    Case("id_and_retry_without_data", b"id: 1\nretry: 5\n\n", [], "1", 5),
    Case("id_without_its_blank_line", b"id: 1\n\nid: 2\n", [], "1", truncated=True),
    Case("retry_without_its_blank_line", b"retry: 5\n", [], retry=5, truncated=True),
    Case("retry_without_its_line_end", b"retry: 5", [], truncated=True),
    Case("retry_last_valid_wins", b"retry: 5\nretry: 6\nretry: x\n\n", [], retry=6),
    Case(
        "retry_of_one_block_only",
        b"retry: 5\ndata: a\n\ndata: b\n\n",
        [event("a", retry=5), event("b")],
        retry=5,
    ),
    Case("retry_full_width_digits", "retry: \uff15\n\n".encode(), []),
    Case("retry_superscript", "retry: \u00b2\n\n".encode(), []),
    Case("retry_two_spaces", b"retry:  5\n\n", []),
    Case("retry_zero", b"retry: 0\ndata\n\n", [event("", retry=0)], retry=0),
    Case("retry_zeros", b"retry: " + b"0" * 50 + b"7\n\n", [], retry=7),
    Case("retry_above_64_bits", b"retry: %d\n\n" % 2**64, [], retry=2**64),
    Case("retry_largest", b"retry: %d\n\n" % LARGEST, [], retry=LARGEST),
    Case("retry_saturates", b"retry: %d\n\n" % 2**128, [], retry=LARGEST),
    Case("retry_absurd", b"retry: " + b"9" * 200 + b"\n\n", [], retry=LARGEST),
    Case("field_named_comment", b"comment: a\ndata: b\n\n", [event("b")]),
    Case("field_without_name", b": data\n:data\ndata: b\n\n", [event("b")], comments=2),
    Case("empty_first_data_line", b"data:\ndata: a\n\n", [event("\na")]),
    Case("unknown_fields_only", b"foo: a\nbar\n\ndata: b\n\n", [event("b")]),
    Case("prefixes_of_names", b"d\nda\ndat\nretr\nevents\ni\nids\n\ndata\n\n", [event("")]),
    Case("name_at_the_end", b"data", [], truncated=True),
    Case("comment_at_the_end", b"data\n\n: ping", [event("")], truncated=True),
    Case("comment_line_at_the_end", b"data\n\n: ping\n", [event("")], comments=1),
    Case("cr_at_the_end_of_a_comment", b": ping\r", [], comments=1),
    Case("done_as_prefix", b"data: [DONE] and more\n\n", [event("[DONE] and more")]),
    Case(
        "data_that_looks_like_fields",
        b"data: data: a\ndata:event: b\n\n",
        [event("data: a\nevent: b")],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_trap(case: Case, decoder_class: type[AnyDecoder]) -> None:
    case.check(decoder_class)


@pytest.mark.parametrize(
    "chunks",
    [
        [b"", BOM[:1], b"", BOM[1:2], b"", BOM[2:], b"", b"data: a\n\n"],
        [b"data: a\r", b"", b"\n", b"", b"\r", b"", b"", b"\n"],
        [b"foo\r", b"", b"\n", b"data: a\r", b"\n\r", b"", b"\n"],
    ],
    ids=["bom", "crlf", "crlf of a dropped line"],
)
def test_empty_chunks_change_nothing(chunks: list[bytes], decoder_class: type[AnyDecoder]) -> None:
    reading = read(decoder_class(), chunks)
    assert reading.events == [event("a")]
    assert not reading.truncated


def test_many_data_lines() -> None:
    (only,) = Decoder().feed(b"data: x\n" * 100_000 + b"\n")
    assert only.data == "\n".join("x" * 100_000)


def test_many_chunks_without_an_event() -> None:
    decoder = Decoder()
    for _ in range(100_000):
        assert not decoder.feed(b": ping\n\n")
    assert decoder.comments == 100_000
    assert [only.data for only in decoder.feed(b"data: a\n\n")] == ["a"]
