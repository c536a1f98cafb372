"""The official SDKs read what a relay has translated, and reach the outcome of its source."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anthropic
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answers import NAMES, body_of, expected_of
from carried import carried_by
from made_streams import made_streams
from relay_case import said_by, sent
from sdk_reading import arguments_of, read_helped, read_raw

if TYPE_CHECKING:
    from carried import Carried
    from sdk_reading import Reading

SHAPES = ("chat", "messages", "responses")
NODE = Path(__file__).parent / "node"
PATIENCE = 300  # seconds: whoever waits so long waits for what never comes
ANSWERS = [name for name in NAMES if expected_of(name)["shape"] != "none"]
ALL = [(name, to) for name in ANSWERS for to in SHAPES if expected_of(name)["shape"] != to]
# Where nothing is said at all; and where half characters come, which each SDK treats in its way.
UNLIKE = ("chat_done_only", "chat_lone_surrogates")
COMPLETE = [each for each in ALL if expected_of(each[0])["complete"] and each[0] not in UNLIKE]
FAILED = [each for each in ALL if expected_of(each[0])["error"]]
complete = pytest.mark.parametrize(("name", "to"), COMPLETE, ids=["-".join(e) for e in COMPLETE])
failed = pytest.mark.parametrize(("name", "to"), FAILED, ids=["-".join(e) for e in FAILED])

REASONS = {
    "chat": {"stop": "stop", "length": "length", "tool_calls": "tool_calls"},
    "messages": {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"},
    "responses": {"stop": "completed", "length": "incomplete", "tool_calls": "completed"},
}
FILTERED = {"chat": "content_filter", "messages": "refusal", "responses": "incomplete"}
# The shape whose helpers know no free-form tools.
FREE_TEXT = "chat"


def check_reading(reading: Reading, to: str, source: Carried) -> None:
    """The reading says what the source said, as far as this shape carries it."""
    said = carried_by(to, source)
    assert reading["text"] == said.text
    if "reasoning" in reading:  # the helpers of chat know none
        assert reading["reasoning"] == said.reasoning
    assert reading.get("refusal", "") == said.refusal
    reasons = REASONS[to] | {"content_filter": FILTERED[to], "pause": "pause_turn"}
    found = reading["finish"]
    assert found in (reasons[said.finish or ""], "stop_sequence" if said.finish == "stop" else None)
    assert len(reading["calls"]) == len(said.calls)
    for call, wanted in zip(reading["calls"], said.calls, strict=True):
        assert call["id"]
        assert wanted.id in (None, call["id"])
        assert call["name"] == wanted.name
        if wanted.free_text and wanted.arguments is not None:
            assert call["arguments"] == wanted.arguments
        elif wanted.arguments is not None and _is_json(wanted.arguments):
            assert arguments_of(call) == json.loads(wanted.arguments)
    if said.tokens and reading["usage"]:
        names = ("prompt_tokens", "completion_tokens")
        names = names if to == "chat" else ("input_tokens", "output_tokens")
        counts = [reading["usage"].get(name) for name in names]
        if to == "messages":
            for name in ("cache_read_input_tokens", "cache_creation_input_tokens"):
                counts[0] += reading["usage"].get(name) or 0
        assert counts == [said.tokens.input, said.tokens.output]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def helper_reads(to: str, source: Carried) -> bool:
    return to != FREE_TEXT or not any(call.free_text for call in source.calls)


@complete
def test_python(name: str, to: str) -> None:
    source, out = said_by(body_of(name)), sent([body_of(name)], to=to)
    check_reading(read_raw(to, out), to, source)
    if helper_reads(to, source):
        reading = read_helped(to, out)
        assert reading is None or reading["finish"]
        if reading is not None:
            check_reading(reading, to, source)


@pytest.mark.parametrize("to", SHAPES)
@pytest.mark.parametrize("source", SHAPES)
@settings(max_examples=settings().max_examples // 8)
@given(st.data())
def test_made_streams(source: str, to: str, data: st.DataObject) -> None:
    made = data.draw(made_streams(source, whole=True))
    out = sent([made.body], to=to)
    check_reading(read_raw(to, out), to, made.said)
    if helper_reads(to, made.said):
        reading = read_helped(to, out)
        if reading is not None:
            check_reading(reading, to, made.said)


@failed
def test_errors(name: str, to: str) -> None:
    error = expected_of(name)["error"]
    out = sent([body_of(name)], to=to)
    kind: Any = anthropic.APIStatusError if to == "messages" else openai.APIError
    with pytest.raises(kind) as caught:
        read_raw(to, out)
    if to == "messages":
        assert caught.value.type.endswith("_error")
        assert (
            error["message"] in json.dumps(caught.value.body, ensure_ascii=False)
            or not error["message"].isascii()
        )
    else:
        assert caught.value.message == error["message"]


def node_readings(streams: list[tuple[str, bytes]]) -> list[dict[str, Reading]]:
    """What Node's SDKs make of streams of these shapes."""
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules").is_dir():
        words = "node, or its packages in tests/node, are not installed: make machine"
        if any(os.environ.get(name, "0") not in ("", "0") for name in ("CI", "SSEWIRE_REQUIRE")):
            pytest.fail(words)
        pytest.skip(words)
    lines = [
        json.dumps({"shape": shape, "body": base64.b64encode(body).decode()})
        for shape, body in streams
    ]
    done = subprocess.run(
        [node, NODE / "read.mjs"],
        input="\n".join(lines),
        capture_output=True,
        check=False,
        timeout=PATIENCE,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    # Not splitlines: U+2028 in a text is no line end here either.
    found = [json.loads(line) for line in done.stdout.split("\n") if line]
    assert len(found) == len(streams)
    return found


@pytest.fixture(scope="module")
def read_by_node() -> dict[tuple[str, str], dict[str, Reading]]:
    readings = node_readings([(to, sent([body_of(name)], to=to)) for name, to in ALL])
    return dict(zip(ALL, readings, strict=True))


@complete
def test_node(name: str, to: str, read_by_node: dict[tuple[str, str], dict[str, Reading]]) -> None:
    source, readings = said_by(body_of(name)), read_by_node[name, to]
    assert "error" not in readings["raw"], readings["raw"]
    check_reading(readings["raw"], to, source)
    if helper_reads(to, source):
        assert "error" not in readings["helper"], readings["helper"]
        check_reading(readings["helper"], to, source)


@failed
def test_node_errors(
    name: str, to: str, read_by_node: dict[tuple[str, str], dict[str, Reading]]
) -> None:
    for way in ("raw", "helper"):
        reading = read_by_node[name, to][way]
        assert reading["error"] in ("APIError", "OpenAIError", "AnthropicError"), reading
        assert expected_of(name)["error"]["message"] in reading["message"].replace('\\"', '"')


def test_node_reads_the_streams_that_were_recorded() -> None:
    """So a fault of the reader is not taken for one of the relay."""
    names = ["chat_simple", "chat_tools_parallel", "messages_tools", "messages_thinking"]
    names += ["responses_tool", "responses_reasoning", "responses_refusal"]
    shapes = [expected_of(name)["shape"] for name in names]
    streams = [(shape, body_of(name)) for shape, name in zip(shapes, names, strict=True)]
    for name, shape, readings in zip(names, shapes, node_readings(streams), strict=True):
        for way in ("raw", "helper"):
            check_reading(readings[way], shape, said_by(body_of(name)))
