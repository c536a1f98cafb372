"""The oracle itself, against a second transcription that reads a whole body as text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given

from grammar import any_streams
from reference import ReferenceDecoder
from replay import Fields, bytewise, read

BODIES = sorted((Path(__file__).parent / "corpus").glob("*/*.sse"))


def decode_text(body: bytes) -> list[Fields]:
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    *lines, _ = re.split("\r\n|\n|\r", text)
    events: list[Fields] = []
    data: list[str] = []
    name, last_event_id, retry = "", "", None
    for line in lines:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                events.append((name or "message", "\n".join(data), last_event_id, retry))
            data, name, retry = [], "", None
        elif field == "data":
            data.append(value)
        elif field == "event":
            name = value
        elif field == "id" and "\0" not in value:
            last_event_id = value
        elif field == "retry" and re.fullmatch("[0-9]+", value):
            retry = min(int(value), 2**128 - 1)
    return events


@given(any_streams())
def test_any_stream(body: bytes) -> None:
    expected = decode_text(body)
    assert read(ReferenceDecoder(), [body]).events == expected
    assert read(ReferenceDecoder(), bytewise(body)).events == expected


@pytest.mark.parametrize("path", BODIES, ids=lambda path: path.stem)
def test_corpus(path: Path) -> None:
    body = path.read_bytes()
    assert read(ReferenceDecoder(), [body]).events == decode_text(body)
