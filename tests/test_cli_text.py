"""`ssewire text`: the text of the answer and nothing else, as it comes."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from command import Running
from screen import on_a_terminal
from ssewire import encode_event
from ssewire.cli.commands import commands
from ssewire.replay import Recording

if TYPE_CHECKING:
    from click.testing import Result

WIRE = Path(__file__).parent / "corpus" / "wire"
DONE = b"data: [DONE]\n\n"


def chat(index: int = 0, **delta: object) -> bytes:
    choice = {"index": index, "delta": delta}
    return encode_event(json.dumps({"object": "chat.completion.chunk", "choices": [choice]}))


def text(stream: bytes, *options: str) -> Result:
    return CliRunner().invoke(commands, ["text", *options], input=stream)


@pytest.mark.parametrize("path", sorted(WIRE.glob("*.sse")), ids=lambda path: path.stem)
def test_of_every_stream_its_text(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    result = CliRunner().invoke(commands, ["text", str(path)])
    if expected["shape"] == "none" and not expected["done_seen"]:
        assert result.exit_code in (4, 5)
    else:
        assert result.exit_code == (0 if expected["complete"] else 6 if expected["error"] else 4)
    possible = expected.get("final_text_any_of") or [expected["final_text"]]
    assert result.stdout in [line + "\n" if line else "" for line in possible]


class TestText:
    @pytest.mark.parametrize("pieces", [("a",), ("a\n",), ("a", "\n", "\n\n"), ("a\n\n\n",)])
    def test_it_ends_with_one_line_end(self, pieces: tuple[str, ...]) -> None:
        stream = b"".join(chat(content=piece) for piece in pieces)
        assert text(stream + DONE).stdout == "a\n"

    def test_line_ends_within_it_are_kept(self) -> None:
        stream = chat(content="\n\na\n") + chat(content="\n") + chat(content=" b\r\n\tc")
        assert text(stream + DONE).stdout_bytes == b"\n\na\n\n b\r\n\tc\n"

    def test_of_the_first_choice(self) -> None:
        stream = chat(1, content="no") + chat(content="yes") + chat(1, content="no")
        assert text(stream + DONE).stdout == "yes\n"

    def test_a_file_gets_it_as_it_is(self) -> None:
        assert text(chat(content="\x1b[31m\u202e\x9b") + DONE).stdout == "\x1b[31m\u202e\x9b\n"

    def test_nothing_but_a_refusal(self) -> None:
        result = text(chat(refusal="I can't\nhelp") + DONE)
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == "ssewire: refused: I can't\\nhelp\n"

    def test_what_is_not_json_is_told(self) -> None:
        result = text(chat(content="a") + b"data: {oops\n\n" + chat(content="b") + DONE)
        assert (result.exit_code, result.stdout) == (0, "ab\n")
        assert result.stderr == "ssewire: standard input: 1 event without valid JSON\n"

    def test_of_another_shape(self) -> None:
        stream = Recording.builtin("messages").stream
        assert text(stream, "--shape", "messages").exit_code == 0
        result = text(stream, "--shape", "chat")
        assert (result.exit_code, result.stdout) == (4, "")
        assert text(stream, "--shape", "mail").exit_code == 2


class TestReasoning:
    stream = (
        chat(reasoning_content="hm\n\n")
        + chat(reasoning_content="so")
        + chat(1, reasoning_content="no")
        + chat(content="\n\nyes")
        + chat(reasoning_content="wait")
        + chat(content="no")
        + DONE
    )

    def test_stands_apart(self) -> None:
        assert text(self.stream, "--reasoning").stdout == (
            "<think>\nhm\n\nso\n</think>\n\nyes\n\n<think>\nwait\n</think>\n\nno\n"
        )

    def test_only_if_asked_for(self) -> None:
        assert text(self.stream).stdout == "\n\nyesno\n"


class TestTools:
    @pytest.mark.parametrize("shape", ["chat", "messages", "responses"])
    def test_one_line_each_below_the_text(self, shape: str) -> None:
        stream = Recording.builtin(shape).stream  # type: ignore[arg-type]
        before, call = text(stream, "--tools").stdout.rstrip("\n").rsplit("\n\n", 1)
        assert before + "\n" == text(stream).stdout
        assert call.startswith('get_forecast {"city":')
        assert json.loads(call.partition(" ")[2])["unit"] == "celsius"

    def test_nothing_but_tools(self) -> None:
        stream = (WIRE / "chat_tools_parallel.sse").read_bytes()
        lines = text(stream, "--tools").stdout.splitlines()
        assert [line.partition(" ")[0] for line in lines] == ["get_weather", "get_time"]

    def test_the_deprecated_kind(self) -> None:
        stream = (WIRE / "chat_function_call_legacy.sse").read_bytes()
        assert text(stream, "--tools").stdout == 'search {"query":"tide table"}\n'

    def test_arguments_of_several_lines(self) -> None:
        call = {"index": 0, "id": "a", "function": {"name": "run\x07", "arguments": "{\n}"}}
        assert text(chat(tool_calls=[call]) + DONE, "--tools").stdout == "run\\x07 {\\n}\n"


class TestUsage:
    def test_on_standard_error(self) -> None:
        result = text((WIRE / "messages_thinking.sse").read_bytes(), "--usage")
        assert result.stdout == "391.\n"
        assert result.stderr == (
            "tokens: 61 in, 58 out (44 reasoning), 119 total\nfinish: stop (end_turn)\n"
        )

    def test_none_sent(self) -> None:
        result = text(chat(content="a"), "--usage")
        assert result.stderr.startswith("tokens: none sent\nfinish: none\nssewire: ")


class TestStreaming:
    def test_each_piece_before_the_next_is_written(self) -> None:
        with Running("text") as running:
            for piece in ("first", " second", " third"):
                running.stdin.write(chat(content=piece))
                assert running.stdout.read(65536) == piece.encode()
            running.stdin.write(DONE)
            # The connection stays open.
            assert running.process.wait(60) == 0
            assert running.stdout.read() == b"\n"

    def test_the_reader_goes_away(self) -> None:
        with Running("text") as running:
            running.stdin.write(chat(content="first"))
            assert running.stdout.read(65536)
            running.stdout.close()
            running.stdin.write(chat(content="second"))
            assert running.process.wait(60) == 141
            assert running.stderr.read() == b""

    def test_interrupted(self) -> None:
        with Running("text") as running:
            running.stdin.write(chat(content="first"))
            assert running.stdout.read(65536) == b"first"
            running.process.send_signal(signal.SIGINT)
            assert running.process.wait(60) == 130
            assert running.stdout.read() == b"\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
class TestOnATerminal:
    def test_nothing_steers_it(self) -> None:
        stream = chat(content="a\x1b[31m\x07\x9b\u202e\u2028\n\tb", reasoning="\x1b[2J") + DONE
        screen = on_a_terminal("text", "--reasoning", stdin=stream, term="dumb")
        assert r"a\x1b[31m\x07\x9b\u202e\u2028" + "\n\tb\n" in screen
        assert "\x1b" not in screen

    def test_reasoning_is_dimmed(self) -> None:
        stream = chat(reasoning="hm") + chat(content="yes") + DONE
        assert on_a_terminal("text", "--reasoning", stdin=stream) == "\x1b[2mhm\x1b[0m\n\nyes\n"

    def test_an_error_does_not_steer_it_either(self) -> None:
        stream = encode_event(json.dumps({"error": {"message": "\x1b[2J", "type": "\x07"}}))
        screen = on_a_terminal("text", stdin=stream)
        assert screen.endswith("error: \\x1b[2J (type \\x07, not retryable)\n")
