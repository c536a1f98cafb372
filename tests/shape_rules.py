"""What a stream must be for the strictest client of its shape: by WIRE.md 2, 4 and 5.

Each validator takes a whole stream and how it ends: "whole", "cut" (nothing more came, and no end
was made up) or "failed" (an error in the shape's own form comes last).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from reference import ReferenceDecoder
from rules_responses import check_responses

if TYPE_CHECKING:
    from reference import Event

Payload: TypeAlias = "dict[str, Any]"
DONE = "[DONE]"


def events_of(body: bytes) -> list[Event]:
    """The events of a stream that ends behind a blank line."""
    decoder = ReferenceDecoder()
    events = decoder.feed(body)
    decoder.finish()
    assert not decoder.truncated, "half a frame"
    return events


def payloads_of(body: bytes, *, named: bool) -> list[Any]:
    found: list[Any] = []
    for event in events_of(body):
        payload: Any = event.data if event.data == DONE else json.loads(event.data)
        assert event.event == (payload["type"] if named else "message")
        found.append(payload)
    return found


def ending_of(*, complete: bool, error: object) -> str:
    if error:
        return "failed"
    return "whole" if complete else "cut"


def check(body: bytes, shape: str, ending: str) -> None:
    if shape == "chat":
        check_chat(payloads_of(body, named=False), ending)
    elif shape == "messages":
        check_messages(payloads_of(body, named=True), ending)
    else:
        check_responses(payloads_of(body, named=True), ending)


def check_chat(payloads: list[Any], ending: str) -> None:
    chunks = payloads
    if ending != "cut":
        assert payloads[-1] == DONE
        chunks = payloads[:-1]
    assert DONE not in chunks, "one ending, and nothing behind it"
    if ending == "failed":
        error = chunks[-1]["error"]
        assert isinstance(error["message"], str)
        assert isinstance(error["type"], str)
        chunks = chunks[:-1]
    state = _Chat()
    for chunk in chunks:
        state.read(chunk)
    assert len({(c["id"], c["created"], c["model"]) for c in chunks}) <= 1, "constant"
    assert (state.reason is not None) == (ending == "whole")


class _Chat:
    """One choice, step by step."""

    def __init__(self) -> None:
        self.started = self.counted = False
        self.reason: str | None = None
        self.calls: list[str] = []

    def read(self, chunk: Payload) -> None:
        assert chunk["object"] == "chat.completion.chunk"
        assert "error" not in chunk
        assert isinstance(chunk["id"], str)
        assert chunk["id"]
        assert isinstance(chunk["created"], int)
        assert isinstance(chunk["model"], str)
        if not chunk["choices"]:
            assert chunk["usage"], "a chunk of nothing"
            assert self.reason is not None, "usage comes behind the finish"
            assert not self.counted
            self.counted = True
            self._check_usage(chunk["usage"])
            return
        assert chunk.get("usage") is None
        (choice,) = chunk["choices"]
        assert choice["index"] == 0
        assert self.reason is None, "nothing comes behind the finish"
        self._read_delta(choice["delta"])
        self.reason = choice.get("finish_reason")
        assert self.reason in (None, "stop", "length", "tool_calls", "content_filter")

    def _read_delta(self, delta: Payload) -> None:
        assert ("role" in delta) != self.started, "a role once, and first"
        assert delta.get("role", "assistant") == "assistant"
        first, self.started = not self.started, True
        for name in ("content", "reasoning_content", "refusal"):
            piece = delta.get(name)
            assert piece is None or piece or first, "an empty piece"
        for entry in delta.get("tool_calls", []):
            self._read_call(entry)

    def _read_call(self, entry: Payload) -> None:
        index = entry["index"]
        assert 0 <= index <= len(self.calls), "calls are counted from 0"
        custom = "custom" in entry
        told = entry["custom" if custom else "function"]
        if index == len(self.calls):
            assert entry["id"]
            assert entry["id"] not in self.calls
            assert entry["type"] == ("custom" if custom else "function")
            assert told["name"]
            self.calls.append(entry["id"])
        else:
            assert not {"id", "type"} & set(entry), "told once"
            assert "name" not in told, "told once"
        assert isinstance(told["input" if custom else "arguments"], str)

    def _check_usage(self, usage: Payload) -> None:
        for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
            assert isinstance(usage[name], int)


BLOCK_DELTAS = {
    "text": {"text_delta": "text", "citations_delta": "citation"},
    "thinking": {"thinking_delta": "thinking", "signature_delta": "signature"},
    "tool_use": {"input_json_delta": "partial_json"},
    "redacted_thinking": {},
}
STOP_REASONS = ("end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal")


def check_messages(payloads: list[Any], ending: str) -> None:
    told = [each for each in payloads if each["type"] != "ping"]
    if ending == "failed":
        failure = told.pop()
        assert failure["type"] == "error"
        assert failure["error"]["type"].endswith("_error")
        assert isinstance(failure["error"]["message"], str)
    if not told:
        assert ending != "whole"
        return
    assert told[0]["type"] == "message_start"
    message = told[0]["message"]
    assert (message["type"], message["role"], message["content"]) == ("message", "assistant", [])
    assert isinstance(message["id"], str)
    assert message["id"]
    assert isinstance(message["model"], str)
    assert message["stop_reason"] is message["stop_sequence"] is None
    assert isinstance(message["usage"]["input_tokens"], int)
    assert isinstance(message["usage"]["output_tokens"], int)
    state = _Blocks()
    for event in told[1:]:
        state.read(event)
    assert state.stopped == (ending == "whole")
    assert (state.reason is not None) == (ending == "whole"), "an end that is made up"


class _Blocks:
    """The blocks of a message: one at a time, counted from 0."""

    def __init__(self) -> None:
        self.count = 0
        self.open: Payload | None = None
        self.arguments = ""
        self.signed = self.stopped = False
        self.reason: str | None = None

    def read(self, event: Payload) -> None:
        assert not self.stopped, "nothing comes behind message_stop"
        read = {
            "content_block_start": self._start,
            "content_block_delta": self._change,
            "content_block_stop": self._stop,
            "message_delta": self._finish,
        }
        if event["type"] == "message_stop":
            assert self.reason is not None
            self.stopped = True
        else:
            read[event["type"]](event)

    def _start(self, event: Payload) -> None:
        assert self.open is None, "one block at a time"
        assert self.reason is None
        assert event["index"] == self.count
        self.count += 1
        self.open = block = event["content_block"]
        self.arguments, self.signed = "", False
        if block["type"] == "text":
            assert block["text"] == ""
        elif block["type"] == "thinking":
            assert block["thinking"] == ""
            assert block["signature"] == ""
        elif block["type"] == "tool_use":
            assert block["id"]
            assert block["name"]
            assert block["input"] == {}

    def _change(self, event: Payload) -> None:
        assert self.open is not None
        assert event["index"] == self.count - 1
        delta = event["delta"]
        piece = delta[BLOCK_DELTAS[self.open["type"]][delta["type"]]]
        if delta["type"] == "input_json_delta":
            self.arguments += piece
        else:
            assert piece, "an empty piece"
        assert not self.signed, "the signature comes last"
        self.signed = delta["type"] == "signature_delta"

    def _stop(self, event: Payload) -> None:
        assert self.open is not None
        assert event["index"] == self.count - 1
        self.open = None

    def _finish(self, event: Payload) -> None:
        assert self.open is None
        assert self.reason is None, "one message_delta"
        self.reason = event["delta"]["stop_reason"]
        assert self.reason in STOP_REASONS
        assert (event["delta"]["stop_sequence"] is None) == (self.reason != "stop_sequence")
        assert isinstance(event["usage"]["output_tokens"], int)
