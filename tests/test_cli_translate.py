"""`ssewire translate`: a stream as another API would have sent it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from command import Running
from ssewire import Dispatcher, Outcome
from ssewire.cli.commands import commands

WIRE = Path(__file__).parent / "corpus" / "wire"


def translate(stream: bytes, *options: str) -> Result:
    return CliRunner().invoke(commands, ["translate", *options], input=stream)


def outcome(stream: bytes) -> tuple[str | None, Outcome]:
    dispatcher = Dispatcher()
    dispatcher.feed(stream)
    dispatcher.finish()
    return dispatcher.shape, dispatcher.outcome


@pytest.mark.parametrize("to", ["chat", "messages", "responses"])
@pytest.mark.parametrize("name", ["chat_usage", "messages_tools", "responses_tool"])
def test_the_answer_stays(name: str, to: str) -> None:
    stream = (WIRE / f"{name}.sse").read_bytes()
    result = translate(stream, "--to", to)
    assert result.exit_code == 0
    shape, said = outcome(result.stdout_bytes)
    _, expected = outcome(stream)
    assert (shape, said.text, said.finish) == (to, expected.text, expected.finish)
    assert [call.parsed for call in said.tool_calls] == [
        call.parsed for call in expected.tool_calls
    ]


def test_its_own_shape_stays_as_it_is() -> None:
    stream = (WIRE / "chat_crlf.sse").read_bytes()
    assert translate(stream, "--to", "chat").stdout_bytes == stream


def test_the_model_can_be_named() -> None:
    stream = (WIRE / "chat_simple.sse").read_bytes()
    assert (
        b'"model":"other"' in translate(stream, "--to", "messages", "--model", "other").stdout_bytes
    )


def test_what_is_left_out_is_counted() -> None:
    stream = (WIRE / "messages_thinking.sse").read_bytes()
    result = translate(stream, "--to", "chat")
    assert result.exit_code == 0
    assert "left out: 1 signature" in result.stderr


@pytest.mark.parametrize(
    ("name", "status"),
    [("chat_truncated_between", 4), ("body_html", 5), ("chat_error_midstream", 6)],
)
def test_how_it_ended(name: str, status: int) -> None:
    stream = (WIRE / f"{name}.sse").read_bytes()
    assert translate(stream, "--to", "messages").exit_code == status


def test_it_needs_to_know_where_to() -> None:
    assert translate(b"").exit_code == 2


def test_it_comes_as_it_is_read() -> None:
    stream = (WIRE / "chat_simple.sse").read_bytes()
    first, second, rest = stream.split(b"\n\n", 2)
    with Running("translate", "--to", "messages") as running:
        running.stdin.write(first + b"\n\n" + second + b"\n\n")
        begun = b""
        while b"content_block_delta" not in begun:
            begun += running.stdout.read(65536)
        running.stdin.write(rest)
        running.stdin.close()
        whole = begun
        while more := running.stdout.read(65536):
            whole += more
    assert begun.startswith(b"event: message_start")
    assert whole.endswith(b'data: {"type":"message_stop"}\n\n')
