"""`ssewire text` and `ssewire inspect` tell in the same way how an answer ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ssewire.cli.commands import commands
from ssewire.replay import Recording

WIRE = Path(__file__).parent / "corpus" / "wire"
LIMIT = 64 * 1024 * 1024


@pytest.fixture(params=["text", "inspect"])
def command(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


def check(command: str, stream: bytes, status: int, *words: str) -> None:
    result = CliRunner().invoke(commands, [command], input=stream)
    (line,) = result.stderr.splitlines()
    assert line.startswith("ssewire: standard input: ")
    for word in words:
        assert word in line
    assert result.exit_code == status


@pytest.mark.parametrize("shape", ["chat", "completions", "messages", "responses"])
def test_complete(command: str, shape: str) -> None:
    stream = Recording.builtin(shape).stream  # type: ignore[arg-type]
    result = CliRunner().invoke(commands, [command], input=stream)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("shape", ["chat", "completions", "messages", "responses"])
def test_truncated(command: str, shape: str) -> None:
    blocks = Recording.builtin(shape).blocks  # type: ignore[arg-type]
    stream = b"".join(block.lead + block.raw for block in blocks[:9])
    words = "truncated: it ends after 9 events, before the answer does"
    check(command, stream, 4, words)
    check(command, stream + blocks[9].raw[:-1], 4, words)


def test_nothing(command: str) -> None:
    check(command, b"", 4, "truncated: there is nothing in it")


def test_an_event_stream_of_something_else(command: str) -> None:
    stream = b'data: {"temperature": 21}\n\n' * 2
    check(command, stream, 4, "there is no answer in it: 2 events, of no API that is known")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("chat_error_event", ("Rate limit reached for requests", "status 429, retryable")),
        ("chat_error_flat", ("maximum context length", "type BadRequestError, code 400")),
        ("messages_ping_error_overloaded", ("Overloaded", "type overloaded_error, status 529")),
    ],
)
def test_an_error_of_the_server(command: str, name: str, words: tuple[str, ...]) -> None:
    check(command, (WIRE / f"{name}.sse").read_bytes(), 6, "the server sent an error: ", *words)


def test_a_long_error(command: str) -> None:
    error = {"error": {"message": "x\n" * 100_000, "code": 503}}
    check(command, f"data: {json.dumps(error)}\n\n".encode(), 6, r"x\n…", "status 503, retryable")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("body_html", ("but html; it begins with '<!DOCTYPE html>",)),
        ("body_gzip", (r"but gzip; it begins with '\x1f\x8b",)),
        ("body_ndjson", ("but ndjson; it begins with",)),
        (
            "body_json_error",
            ("but json; it begins with", "it says: Incorrect API key provided. (type invalid_"),
        ),
    ],
)
def test_not_an_event_stream(command: str, name: str, words: tuple[str, ...]) -> None:
    check(command, (WIRE / f"{name}.sse").read_bytes(), 5, "not an event stream ", *words)


def test_too_large(command: str) -> None:
    first = Recording.builtin("chat").blocks[0].raw
    stream = first + b"data: " + b"x" * LIMIT
    check(command, stream, 3, f"at byte {len(first)} is larger than max_event_size={LIMIT}")


def test_a_file_that_is_not_there(command: str) -> None:
    result = CliRunner().invoke(commands, [command, "/no/such.sse"])
    assert result.exit_code == 1
    assert result.output == "ssewire: /no/such.sse: No such file or directory\n"
