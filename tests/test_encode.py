"""`encode_event` and `encode_comment`, byte for byte where it matters, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay import bytewise, fields, read
from ssewire import Decoder, encode_comment, encode_event

encodable = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n:"))


def decoded(encoded: bytes, last_event_id: str = "") -> tuple[str, str, str, int | None]:
    decoder = Decoder(last_event_id=last_event_id)
    (event,) = decoder.feed(encoded)
    assert decoder.pending == 0
    return fields(event)


@pytest.mark.parametrize(
    ("data", "received"),
    [
        ("", ""),
        ("a", "a"),
        (" a", " a"),
        ("\n", "\n"),
        ("a\nb\n", "a\nb\n"),
        ("a\rb\r\nc\n\rd", "a\nb\nc\n\nd"),
        (":a\ndata: b\n\nevent: c", ":a\ndata: b\n\nevent: c"),
        ("\0\ufeff\u2028\u2029\x85\v\f\x1c", "\0\ufeff\u2028\u2029\x85\v\f\x1c"),
    ],
)
def test_data(data: str, received: str) -> None:
    assert decoded(encode_event(data)) == ("message", received, "", None)


@pytest.mark.parametrize("name", ["e", " e", "e ", ":", "\0", "é\u2028", "message", "data: a"])
def test_name(name: str) -> None:
    assert decoded(encode_event("a", event=name)) == (name, "a", "", None)


def test_empty_name_is_none() -> None:
    assert decoded(encode_event("a", event="")) == ("message", "a", "", None)


@pytest.mark.parametrize("id_", ["1", " 1", "1 ", ":", "é\u2028", "0" * 100])
def test_id(id_: str) -> None:
    assert decoded(encode_event("a", id=id_)) == ("message", "a", id_, None)


def test_empty_id_resets_and_none_does_not() -> None:
    assert decoded(encode_event("a", id=""), last_event_id="7") == ("message", "a", "", None)
    assert decoded(encode_event("a"), last_event_id="7") == ("message", "a", "7", None)


@pytest.mark.parametrize("retry", [0, 5, 2**64, 2**128 - 1])
def test_retry(retry: int) -> None:
    assert decoded(encode_event("a", retry=retry)) == ("message", "a", "", retry)


@pytest.mark.parametrize(
    "arguments",
    [
        *({"event": "a\nb"}, {"event": "a\rb"}, {"event": "\n"}, {"event": "\ud800"}),
        *({"id": "a\nb"}, {"id": "\r"}, {"id": "\0"}, {"id": "a\0b"}, {"id": "\udfff"}),
        *({"retry": -1}, {"retry": -(2**70)}, {"data": "\ud800"}, {"data": "a\udc80\nb"}),
    ],
    ids=ascii,
)
def test_what_no_stream_can_carry(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        encode_event(**{"data": "a", **arguments})


@pytest.mark.parametrize(
    "arguments", [{"data": 1}, {"data": None}, {"event": b"e"}, {"id": 1}, {"retry": "5"}], ids=str
)
def test_arguments_of_other_types(arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        encode_event(**{"data": "a", **arguments})


def test_bytes() -> None:
    assert encode_event("a") == b"data: a\n\n"
    assert encode_event("a\r\nb", event="e", id="1", retry=5).endswith(b"\n\n")
    assert sorted(encode_event("a\nb", event="e", id="1", retry=5).splitlines()) == [
        *(b"", b"data: a", b"data: b", b"event: e", b"id: 1", b"retry: 5")
    ]
    assert b"\r" not in encode_event("a\r\nb\r")


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", 1), ("ping", 1), ("a\nb", 2), ("a\r\nb\rc", 3), ("data: a\n\ndata: b", 3), (":", 1)],
)
def test_comment(text: str, lines: int) -> None:
    encoded = encode_comment(text)
    assert all(line.startswith(b":") for line in encoded.splitlines() if line)
    reading = read(Decoder(), [encoded])
    assert (reading.events, reading.comments, reading.truncated) == ([], lines, False)


def test_comment_carries_its_text() -> None:
    assert [line[1:].strip() for line in encode_comment("a\r\nb").splitlines() if line] == [
        *(b"a", b"b")
    ]


def test_comment_with_a_lone_surrogate() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        encode_comment("\ud800")


@given(encodable, encodable)
def test_a_comment_between_events_changes_nothing(text: str, data: str) -> None:
    event = encode_event(data)
    body = event + encode_comment(text) + event
    reading = read(Decoder(), bytewise(body))
    assert reading.events == 2 * [decoded(event)]
    assert reading.comments >= 1
    assert not reading.truncated
