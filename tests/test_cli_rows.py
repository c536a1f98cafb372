"""Rows of a terminal: they fit, and show what is new."""

from __future__ import annotations

import json
import sys

import pytest

import ssewire
from screen import on_a_terminal, without_escapes
from ssewire.cli.event_rows import EventRows
from ssewire.cli.terminal import PipeConsole
from ssewire.replay import Recording


def chat_events() -> list[ssewire.ServerSentEvent]:
    return ssewire.Decoder().feed(Recording.builtin("chat").stream)


class TestRows:
    def rows(self, width: int, *payloads: str) -> list[str]:
        console = PipeConsole(width=width)
        rows = EventRows(console)
        with console.capture() as capture:
            for index, data in enumerate(payloads, 1):
                rows.print(index, ssewire.ServerSentEvent(data=data))
        return capture.get().splitlines()

    @pytest.mark.parametrize("width", [20, 40, 80, 120])
    def test_each_fits_its_terminal(self, width: int) -> None:
        payloads = [event.raw.decode()[6:-2] for event in chat_events()] + ["日本語" * 100]
        rows = self.rows(width, *payloads)
        assert len(rows) == len(payloads)
        assert rows[-1].endswith("…")
        assert len(rows[-1]) < width <= len(rows[-1].encode())
        assert max(map(len, rows)) <= width

    def test_what_is_new_in_long_json(self) -> None:
        same = {"id": "x" * 80, "choices": [1]}
        first, second = self.rows(60, json.dumps(same), json.dumps({**same, "choices": ["ü"]}))
        assert first.endswith("…")
        assert second.endswith('message  … {"choices":["ü"]}')

    def test_nothing_steers_the_terminal(self) -> None:
        (row,) = self.rows(80, "a\x1b[31m\r\n\x9b\u202e\u2028b")
        assert row.endswith(r"a\x1b[31m\r\n\x9b\u202e\u2028b")

    def test_lone_surrogates(self) -> None:
        same = {"id": "x" * 80}
        rows = self.rows(60, json.dumps(same), json.dumps({**same, "a": "\ud83d"}))
        assert rows[1].endswith(r'{"a":"\ud83d"}')


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
def test_on_a_terminal_rows_and_counts() -> None:
    first, second, *_ = Recording.builtin("responses").blocks
    stream = first.raw + second.raw + b"data: half"
    screen = on_a_terminal("events", stdin=stream, columns=60)
    lines = without_escapes(screen).splitlines()
    assert all(len(line) <= 60 for line in lines[:2])
    assert lines[0].startswith("   1  response.created  {")
    assert lines[-2:] == [
        f"2 events, 0 comments, {len(stream):,} bytes",
        "ssewire: standard input: truncated: it ends within an event, after 2 events",
    ]
