"""The command line: what it prints, when, and how it tells what went wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from click.testing import CliRunner

import ssewire
from command import CLI, Running, run
from ssewire import encode_comment, encode_event
from ssewire.cli.commands import commands
from ssewire.replay import Recording

if TYPE_CHECKING:
    from pathlib import Path

STREAM = b": hi\n\ndata: a\n\nid: 7\nevent: e\nretry: 5\ndata: b\ndata: \xc3\xa9\t\n\n"


class TestForms:
    def test_plain(self) -> None:
        expected = "1\tmessage\t\ta\n2\te\t7\tb\\né\\t\n".encode()
        assert run("events", stdin=STREAM) == (0, expected, "")

    def test_json(self) -> None:
        status, output, _ = run("events", "-", "--json", stdin=STREAM)
        assert status == 0
        assert [json.loads(line) for line in output.splitlines()] == [
            {"event": "message", "data": "a", "id": "", "retry": None},
            {"event": "e", "data": "b\né\t", "id": "7", "retry": 5},
        ]

    def test_raw(self) -> None:
        assert run("events", "--raw", stdin=STREAM)[1] == STREAM.removeprefix(b": hi\n\n")

    def test_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "chat.sse"
        path.write_bytes(Recording.builtin("chat").stream)
        status, output, errors = run("events", "--raw", path)
        assert (status, output, errors) == (0, path.read_bytes(), "")

    def test_counts_on_request(self) -> None:
        assert run("events", "-v", stdin=STREAM)[2] == f"2 events, 1 comment, {len(STREAM)} bytes\n"

    def test_no_locale_spoils_the_output(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHONIOENCODING", "ascii")
        assert "é".encode() in run("events", "--json", stdin=STREAM)[1]

    def test_two_forms_at_once(self) -> None:
        result = CliRunner().invoke(commands, ["events", "--json", "--raw"])
        assert result.exit_code == 2
        assert "exclude each other" in result.output


class TestStreaming:
    @pytest.mark.parametrize("form", ["--json", "--raw", "-v"])
    def test_each_event_before_the_next_is_written(self, form: str) -> None:
        with Running("events", form) as running:
            for data in ("first", "second", "third"):
                running.stdin.write(encode_event(data))
                assert data.encode() in running.stdout.read(65536)
            running.stdin.close()
            assert running.process.wait(60) == 0

    def test_the_reader_goes_away(self) -> None:
        with Running("events") as running:
            running.stdin.write(encode_event("first"))
            assert running.stdout.read(65536)
            running.stdout.close()
            running.stdin.write(encode_event("second"))
            assert running.process.wait(60) == 141
            assert running.stderr.read() == b""

    def test_interrupted(self) -> None:
        with Running("events", "-v") as running:
            running.stdin.write(encode_event("first"))
            assert running.stdout.read(65536)
            running.process.send_signal(signal.SIGINT)
            assert running.process.wait(60) == 130
            assert running.stderr.read() == b"1 event, 0 comments, 13 bytes\n\n"


class TestStatus:
    """One line and a status of its own for each way to fail."""

    def check(self, status: int, words: str, *arguments: str | Path, stdin: bytes = b"") -> bytes:
        returned, output, errors = run("events", *arguments, stdin=stdin)
        assert errors.startswith("ssewire: ")
        assert errors.count("\n") == 1
        assert words in errors
        assert returned == status
        return output

    def test_missing_file(self, tmp_path: Path) -> None:
        path = tmp_path / "no"
        self.check(1, f"{path}: No such file or directory", path)

    def test_directory(self, tmp_path: Path) -> None:
        self.check(1, f"{tmp_path}: Is a directory", tmp_path)

    def test_name_that_cannot_be_one(self) -> None:
        result = CliRunner().invoke(commands, ["events", "a\0b"])
        assert (result.exit_code, result.output) == (1, "ssewire: a\0b: embedded null byte\n")

    @pytest.mark.skipif(
        not os.path.exists("/dev/full"), reason="only Linux has a full disk at hand"
    )
    def test_full_disk(self) -> None:
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [*CLI, "events"],
                input=STREAM,
                stdout=full,
                stderr=subprocess.PIPE,
                timeout=60,
                check=False,
            )
        assert done.returncode == 1
        assert done.stderr == b"ssewire: standard output: No space left on device\n"

    @pytest.mark.parametrize(
        ("options", "printed"), [((), b"1\tmessage\t\ta\n"), (("--raw",), b"data: a\n\n")]
    )
    def test_limit(self, options: tuple[str, ...], printed: bytes) -> None:
        stream = encode_event("a") + encode_event("b" * 100) + encode_event("c")
        words = "the event at byte 9 is larger than max_event_size=50"
        output = self.check(3, words, "--max-event-size", "50", *options, stdin=stream)
        assert output == printed

    def test_skipped(self) -> None:
        stream = encode_event("a") + encode_event("b" * 100) + encode_event("c")
        options = ("events", "-v", "--max-event-size", "50", "--skip-oversize")
        status, output, errors = run(*options, stdin=stream)
        assert (status, output) == (0, b"1\tmessage\t\ta\n2\tmessage\t\tc\n")
        assert "1 larger event skipped" in errors

    @pytest.mark.parametrize("rest", [b"data: b", b"data: b\n", b"event: x\n", b"data: \xc3"])
    def test_truncated(self, rest: bytes) -> None:
        words = "truncated: it ends within an event, after 1 event\n"
        assert self.check(4, words, stdin=b"data: a\n\n" + rest) == b"1\tmessage\t\ta\n"

    def test_truncated_within_the_first(self) -> None:
        self.check(4, "within an event, after 0 events", stdin=b'data: {"id"')

    def test_truncated_but_printed(self) -> None:
        output = self.check(4, "truncated", "--flush-at-end", stdin=b"data: a\n\ndata: [DONE]")
        assert output.splitlines()[-1] == b"2\tmessage\t\t[DONE]"

    def test_nothing(self) -> None:
        self.check(4, "there is nothing in it")

    @pytest.mark.parametrize(
        ("body", "begin"),
        [
            (b"<!DOCTYPE html>\n<html>\n", r"'<!DOCTYPE html>\n<html>\n'"),
            (b'{"error":{"message":"no"}}', """'{"error":{"message":"no"}}'"""),
            (b"\x1f\x8b\x08\x00\n:\x00\n", r"'\x1f\x8b\x08\x00\n:\x00\n'"),
            (bytes(range(256)) * 1000, r"'\x00\x01\x02"),
        ],
    )
    def test_not_an_event_stream(self, body: bytes, begin: str) -> None:
        assert self.check(5, f"not an event stream; it begins with {begin}", stdin=body) == b""

    @pytest.mark.parametrize(
        "stream", [encode_comment("hi"), b"retry: 5\n\n", b"id: 5\n\n", b"\n\n"]
    )
    def test_without_events_but_an_event_stream(self, stream: bytes) -> None:
        assert run("events", stdin=stream) == (0, b"", "")

    @pytest.mark.parametrize("command", ["text", "events", "inspect", "translate"])
    def test_all_are_in_the_help(self, command: str) -> None:
        output = CliRunner().invoke(commands, [command, "--help"]).output
        for status in (0, 1, 2, 3, 4, 5, 6, 130, 141):
            assert f"\n    {status:<3}  " in output


class TestReplay:
    def test_serves_files_and_recordings(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.sse"
        path.write_bytes(STREAM)
        with Running("replay", str(path), "--rate", "0", "--crlf") as running:
            url = running.stdout.read(65536).decode().strip()
            with httpx.Client(base_url=url, trust_env=False) as client:
                assert client.get("/streams/mine").content == STREAM.replace(b"\n", b"\r\n")
                chat = client.post("/v1/chat/completions?crlf=0", json={})
                assert chat.content == Recording.builtin("chat").stream
            running.process.send_signal(signal.SIGINT)
            assert running.process.wait(60) == 130
            assert b"GET /streams/mine: " in running.stderr.read()

    @pytest.mark.parametrize(
        ("arguments", "status", "words"),
        [
            (["--fault", "boom"], 2, "cut-between"),
            (["--chunking", "0"], 2, "a number of bytes"),
            (["--rate", "-5"], 2, "0 or at least 0.01"),
            (["/no/such.sse"], 1, "ssewire: /no/such.sse: No such file or directory\n"),
            (["--host", "192.0.2.1"], 1, "ssewire: cannot listen at 192.0.2.1, port 0: "),
        ],
    )
    def test_what_cannot_be(self, arguments: list[str], status: int, words: str) -> None:
        result = CliRunner().invoke(commands, ["replay", *arguments])
        assert result.exit_code == status
        assert words in result.output


class TestExtras:
    """What is not installed is asked for in one line."""

    @pytest.mark.parametrize(
        ("missing", "arguments", "extra"),
        [
            ("click", ("events",), "cli"),
            ("rich", ("events",), "cli"),
            ("aiohttp", ("replay", "--rate", "0"), "serve"),
            ("httpx", ("demo",), "demo"),
        ],
    )
    def test_missing(
        self,
        missing: str,
        arguments: tuple[str, ...],
        extra: str,
        tmp_path: Path,
    ) -> None:
        code = f"""
import sys
sys.modules[{missing!r}] = None
sys.argv = ["ssewire", *{arguments!r}]
from ssewire.cli import main
main()
"""
        script = tmp_path / "script.py"
        script.write_text(code)
        done = subprocess.run(
            [sys.executable, script], capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 2
        assert done.stdout == b""
        errors = done.stderr.decode()
        assert errors.count("\n") == 1
        assert f'needs {missing}: pip install "ssewire[{extra}]"' in errors


def test_version() -> None:
    result = CliRunner().invoke(commands, ["--version"])
    assert result.output == f"ssewire, version {ssewire.__version__}\n"


def test_commands() -> None:
    output = CliRunner().invoke(commands, ["--help"]).output
    assert [line.split()[0] for line in output.partition("Commands:\n")[2].splitlines()] == [
        "text",
        "events",
        "inspect",
        "translate",
        "replay",
        "demo",
    ]


@pytest.mark.parametrize("command", ["text", "events", "inspect", "translate", "replay", "demo"])
def test_help_is_for_people(command: str) -> None:
    output = CliRunner().invoke(commands, [command, "--help"]).output
    assert "\\b" not in output
    assert "\b" not in output
