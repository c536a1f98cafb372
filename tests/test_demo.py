"""`ssewire demo`: two answers, live and whole, however wide the terminal is."""

from __future__ import annotations

import subprocess
import sys

import pytest

from screen import on_a_terminal, without_escapes
from ssewire import Dispatcher
from ssewire.replay import Recording

DEMO = [sys.executable, "-m", "ssewire.cli", "demo"]
CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"


@pytest.fixture(scope="module")
def lines() -> list[str]:
    done = subprocess.run([*DEMO, "--rate", "0"], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    return [line.rstrip() for line in done.stdout.decode().splitlines()]


@pytest.mark.parametrize("shape", ["chat", "messages"])
def test_the_whole_answer(lines: list[str], shape: str) -> None:
    dispatcher = Dispatcher()
    dispatcher.feed(Recording.builtin(shape).stream)  # type: ignore[arg-type]
    assert dispatcher.outcome.text in lines


def test_what_they_were(lines: list[str]) -> None:
    facts = {line[:11].rstrip(): line[11:].split("  ") for line in lines if line[:1] != " "}
    rows = {name: [cell.strip() for cell in cells if cell] for name, cells in facts.items()}
    assert [cell.split()[0] for cell in rows["tool calls"]] == ["get_forecast"] * 2
    assert rows["tokens"] == ["187 in, 112 out, 299 total", "412 in, 161 out, 573 total"]
    assert rows["stream"] == ["111 events, 36,218 bytes", "120 events, 15,756 bytes"]
    assert rows["finish"] == ["tool_calls", "tool_calls (tool_use)"]
    assert rows["end"] == ["complete, [DONE]", "complete, message_stop"]
    assert len(rows["first token"]) == len(rows["tokens/s"]) == 2


def test_a_file_gets_plain_lines(lines: list[str]) -> None:
    assert not any("\x1b" in line for line in lines)
    assert lines[0].startswith("POST http://127.0.0.1:")
    assert "<think>" in lines


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
class TestOnATerminal:
    def screen(self, columns: int, term: str = "xterm") -> str:
        return on_a_terminal("demo", "--rate", "0", columns=columns, term=term)

    def test_wide_enough_for_both(self) -> None:
        shown = without_escapes(self.screen(120)).splitlines()
        assert any(f"POST {CHAT}" in line and f"POST {MESSAGES}" in line for line in shown)
        assert max(map(len, shown)) <= 120

    def test_one_after_the_other(self) -> None:
        shown = without_escapes(self.screen(80))
        assert 0 < shown.index(f"POST {CHAT}") < shown.index(f"POST {MESSAGES}")
        assert not any(
            f"POST {CHAT}" in line and f"POST {MESSAGES}" in line for line in shown.splitlines()
        )

    def test_a_dumb_one(self) -> None:
        shown = self.screen(120, "dumb")
        assert "\x1b" not in shown
        assert "<think>\nThe user wants" in shown


def test_a_rate_that_is_not_allowed() -> None:
    done = subprocess.run([*DEMO, "--rate", "-1"], capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert b"0 or at least 0.01" in done.stderr
