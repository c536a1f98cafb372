"""`Progress` as people see it: one line, or the table of rich."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from ssewire import Stream
from test_progress import FakePace, at, chat

if TYPE_CHECKING:
    from ssewire import Progress

PACE = FakePace(events=1234, elapsed=72.4, first=0.523, last=41.523, gaps=1200, longest=0.8)
BODY = chat(content="x" * 6560)
WHOLE = (
    "1 min 12 s, ~1,640 tokens, 40.0 tokens/s, first after 0.52 s,"
    " gaps p50 400 ms, p99 792 ms, max 800 ms, 6,560 characters, 1,234 chunks"
)


def shown(progress: Progress, width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(progress)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_line() -> None:
    assert at(PACE, BODY).line(None) == WHOLE
    assert repr(at(PACE, BODY)) == f"<Progress: {WHOLE}>"


@pytest.mark.parametrize("width", range(150))
def test_a_line_fits(width: int) -> None:
    line = at(PACE, BODY).line(width)
    assert len(line) <= width
    assert WHOLE.startswith(line)
    # No part is cut in half, and none is left out that would fit.
    rest = WHOLE[len(line) :]
    assert not rest or rest.startswith(", ") or not line
    if width >= len(WHOLE):
        assert line == WHOLE


def test_a_line_is_80_columns_if_not_said_otherwise() -> None:
    assert at(PACE, BODY).line() == at(PACE, BODY).line(80) != WHOLE


def test_what_the_server_counted_has_no_mark() -> None:
    usage = {"object": "chat.completion.chunk", "choices": [], "usage": {"completion_tokens": 1}}
    body = BODY + b"data: %s\n\n" % json.dumps(usage).encode()
    assert ", 1 token, " in at(PACE, body).line()
    assert "estimated" not in shown(at(PACE, body))[0]


def test_before_and_without_output() -> None:
    waiting = at(FakePace(elapsed=1.5))
    assert waiting.line() == "1.50 s, waiting for the first token"
    error = at(FakePace(elapsed=1.5), b'data: {"error": {"message": "no"}}\n\n')
    assert error.line() == "1.50 s, no output"


@pytest.mark.parametrize(
    ("elapsed", "text"),
    [
        (0.004, "0.00 s"),
        (9.994, "9.99 s"),
        (9.996, "10.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (3599.6, "60 min 0 s"),
    ],
)
def test_times_are_rounded_to_what_they_are_called(elapsed: float, text: str) -> None:
    assert at(FakePace(elapsed=elapsed)).line(len(text)) == text


@pytest.mark.parametrize(
    ("longest", "text"),
    [
        (0.00004, "0.0 ms"),
        (0.00994, "9.9 ms"),
        (0.00996, "10 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.00 s"),
        (75.0, "1 min 15 s"),
    ],
)
def test_gaps_too(longest: float, text: str) -> None:
    pace = FakePace(first=0.1, last=0.1, gaps=1, longest=longest)
    assert f"max {text}, " in at(pace, BODY).line(None)


@pytest.mark.parametrize("width", [80, 120])
def test_table(width: int) -> None:
    assert shown(at(PACE, BODY), width) == [
        "output        ~1,640 tokens, 40.0 tokens/s  estimated",
        "stream        6,560 characters in 1,234 chunks",
        "first token   after 0.52 s",
        "gaps          p50 400 ms, p99 792 ms, max 800 ms",
        "time          1 min 12 s",
    ]


def test_labels_are_whole_in_a_narrow_table() -> None:
    assert [line[:14].rstrip() for line in shown(at(PACE, BODY), 30)] == [
        *("output", "stream", "first token", "gaps", "time")
    ]


@pytest.mark.parametrize("width", [20, 40, 80])
@pytest.mark.parametrize("body", [b"", BODY, b'data: {"error": {"message": "no"}}\n\n'])
def test_a_table_has_one_height(width: int, body: bytes) -> None:
    pace = PACE if body is BODY else FakePace()
    assert len(shown(at(pace, body), width)) == 5


def test_a_table_goes_on_with_the_stream() -> None:
    with Stream([chat(content="abcd"), chat(content="efgh"), b"data: [DONE]\n\n"]) as stream:
        progress = stream.progress
        seen = [shown(progress)[1].split(None, 1)[1] for _ in stream]
    assert seen == [
        "4 characters in 1 chunk",
        "8 characters in 2 chunks",
        "8 characters in 3 chunks",
    ]
