"""`ssewire inspect`: the outcome, what the stream is made of, and when it came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from command import Running
from ssewire import Dispatcher, encode_event
from ssewire.cli.commands import commands
from ssewire.cli.source import Source
from ssewire.replay import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

WIRE = Path(__file__).parent / "corpus" / "wire"


def inspected(stream: bytes, *options: str) -> Any:
    return json.loads(
        CliRunner().invoke(commands, ["inspect", "--json", *options], input=stream).stdout
    )


def lines(stream: bytes) -> list[str]:
    output = CliRunner().invoke(commands, ["inspect"], input=stream).stdout
    return [line.rstrip() for line in output.splitlines()]


class TestJSON:
    @pytest.mark.parametrize("path", sorted(WIRE.glob("*.sse")), ids=lambda path: path.stem)
    def test_of_every_stream_its_outcome(self, path: Path) -> None:
        stream = path.read_bytes()
        dispatcher = Dispatcher()
        items = dispatcher.feed(stream) + dispatcher.finish()
        told = inspected(stream)
        outcome = json.loads(json.dumps(dispatcher.outcome.to_dict()))
        assert {name: told[name] for name in outcome} == outcome
        assert told["shape"] == dispatcher.shape
        assert told["sizes"]["stream"] == len(stream)
        assert told["timings"] is None
        kinds = [delta.kind for item in items for delta in item.deltas]
        assert {kind: told["kinds"][kind]["count"] for kind in kinds} == {
            kind: kinds.count(kind) for kind in kinds
        }
        assert sum(told["types"].values()) == len(items)

    def test_sizes(self) -> None:
        told = inspected((WIRE / "chat_simple.sse").read_bytes())
        assert told["kinds"]["text"] == {"count": 22, "characters": 88}
        # [DONE] is no payload.
        assert told["sizes"]["payloads"]["count"] == told["n_events"] - 1
        assert told["model"] == "gpt-4o-2024-08-06"

    def test_nothing_of_a_body_steers_a_terminal(self) -> None:
        stream = encode_event(json.dumps({"error": {"message": "\x9b\u202e\x1b\ud800"}}))
        output = CliRunner().invoke(commands, ["inspect", "--json"], input=stream).stdout
        assert not set(output) & set("\x9b\u202e\x1b")
        assert json.loads(output)["error"]["message"].startswith("\x9b\u202e\x1b")

    def test_of_a_shape(self) -> None:
        stream = Recording.builtin("chat").stream
        assert inspected(stream, "--shape", "messages")["shape"] == "messages"


class TestLive:
    def test_times(self) -> None:
        stream = Recording.builtin("messages")
        with Running("inspect", "--json") as running:
            for block in stream.blocks:
                running.stdin.write(block.raw)
            # The connection stays open.
            assert running.process.wait(60) == 0
            told = json.loads(running.stdout.read())
        assert told["complete"]
        times = told["timings"]
        assert times["first_delta"] >= 0
        assert times["duration"] >= 0
        assert set(times["gaps"]) == {"count", "median", "p95", "max"}
        assert set(times) > {"tokens_per_second", "characters_per_second", "deltas_per_second"}

    def test_interrupted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def chunks(_: Source) -> Iterator[bytes]:
            yield from (block.raw for block in Recording.builtin("messages").blocks[:50])
            raise KeyboardInterrupt

        monkeypatch.setattr(Source, "chunks", chunks)
        result = CliRunner().invoke(commands, ["inspect"])
        assert result.exit_code != 0
        assert "answer      not complete" in result.stdout
        assert "stream      50 events" in result.stdout


class TestTable:
    def test_what_there_is_to_know(self) -> None:
        shown = lines(Recording.builtin("messages").stream)
        assert "shape       messages" in shown
        assert "answer      complete, ended by message_stop" in shown
        assert 'tool call   get_forecast {"city": "Zürich", "days": 1, "unit": "celsius"}' in shown
        assert "tokens      412 in, 161 out, 573 total" in shown
        assert "finish      tool_calls (tool_use)" in shown
        assert "stream      120 events, 0 comments, 15,756 bytes" in shown
        assert any(line.startswith("text        307 characters  For a slow") for line in shown)
        assert any(line.startswith("reasoning   119 characters  The user") for line in shown)
        assert any("content_block_delta" in line for line in shown)
        assert any("█" in line for line in shown)

    def test_no_times_of_a_file(self) -> None:
        assert not any("gap" in line for line in lines(Recording.builtin("chat").stream))

    def test_it_fits(self) -> None:
        for path in WIRE.glob("*.sse"):
            assert max(map(len, lines(path.read_bytes())), default=0) <= 100

    def test_several_choices(self) -> None:
        shown = lines((WIRE / "chat_n2.sse").read_bytes())
        assert "text 0     23 characters  First answer: lanterns." in shown
        assert "finish 0   stop" in shown
        assert "finish 1   length" in shown

    def test_an_error(self) -> None:
        shown = lines((WIRE / "messages_ping_error_overloaded.sse").read_bytes())
        assert "answer   error: Overloaded (type overloaded_error, status 529, retryable)" in shown

    def test_nothing_of_what_is_no_stream(self) -> None:
        assert lines((WIRE / "body_html.sse").read_bytes()) == []

    def test_nothing_steers_the_terminal(self) -> None:
        choice = {"delta": {"content": "\x1b[31m\n\x07", "role": "[red]", "refusal": "[/x]\x9b"}}
        payload = {"id": "a", "model": "\x1b[1m[bold]", "choices": [choice]}
        shown = lines(encode_event(json.dumps(payload), event="\x1b[5m"))
        assert not set("".join(shown)) & {"\x1b", "\x07", "\x9b"}
        assert r"model     \x1b[1m[bold]" in shown
        assert r"text      7 characters  \x1b[31m\n\x07" in shown
