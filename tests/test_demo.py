"""`ssewire demo`: the counts at its end are those of the recordings."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from ssewire.replay import Recording

DEMO = [sys.executable, "-m", "ssewire.cli", "demo"]


@pytest.fixture(scope="module")
def lines() -> list[str]:
    done = subprocess.run([*DEMO, "--rate", "0"], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    return [line.rstrip() for line in done.stdout.decode().splitlines()]


@pytest.mark.parametrize(
    ("path", "shape", "end"),
    [("/v1/chat/completions", "chat", "[DONE]"), ("/v1/messages", "messages", "message_stop")],
)
def test_both_answers_are_complete(lines: list[str], path: str, shape: str, end: str) -> None:
    recording = Recording.builtin(shape)  # type: ignore[arg-type]
    (row,) = [line.split() for line in lines if line.startswith(path)]
    assert row[1] == str(len(recording.blocks))
    assert row[2] == f"{len(recording.stream):,}"
    assert row[4:] == ["complete,", end]


def test_a_row_for_each_event_with_what_is_new_in_it(lines: list[str]) -> None:
    rows = [line for line in lines if re.match(r" *\d+  \w", line)]
    expected = [len(Recording.builtin(shape).blocks) for shape in ("chat", "messages")]
    assert len(rows) == sum(expected)
    assert '   3  message  {"content":" café"}' in rows
    assert f" {expected[0]}  message  [DONE]" in rows
    assert any("thinking_delta" in row for row in rows)


def test_fits_where_there_is_no_terminal(lines: list[str]) -> None:
    assert max(map(len, lines)) <= 100
    assert not any("\x1b" in line for line in lines)


def test_a_rate_that_is_not_allowed() -> None:
    done = subprocess.run([*DEMO, "--rate", "-1"], capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert b"0 or at least 0.01" in done.stderr
