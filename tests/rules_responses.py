"""What a stream of Responses must be: numbered, and each item told as it comes and once whole."""

from __future__ import annotations

from typing import Any, TypeAlias

Payload: TypeAlias = "dict[str, Any]"

TERMINAL = ("response.completed", "response.incomplete", "response.failed", "error")
# The events of a part's text: what comes before `.delta` and `.done`, and the member of the whole.
TEXTS = {
    "response.output_text": ("text", "output_text"),
    "response.refusal": ("refusal", "refusal"),
    "response.reasoning_text": ("text", "reasoning_text"),
    "response.reasoning_summary_text": ("text", "summary_text"),
}
PARTS = ("response.content_part", "response.reasoning_summary_part")
CALLS = {
    "response.function_call_arguments": ("arguments", "function_call"),
    "response.custom_tool_call_input": ("input", "custom_tool_call"),
}


def check_responses(events: list[Payload], ending: str) -> None:
    first = events[0]["sequence_number"] if events else 0
    numbers = [event["sequence_number"] for event in events]
    assert numbers == list(range(first, first + len(events))), "numbers grow by one"
    types = [event["type"] for event in events]
    ends = [type_ for type_ in types if type_ in TERMINAL]
    assert len(ends) == (ending != "cut"), "one ending"
    if ending != "cut":
        assert types[-1] == ends[0], "nothing comes behind the ending"
        assert (ends[0] in ("error", "response.failed")) == (ending == "failed")
    if types[:1] not in ([], ["error"]):
        assert types[:2] == ["response.created", "response.in_progress"][: len(types)]
    state = _Output()
    for event in events:
        state.read(event)
    if ending == "whole":
        _check_whole(events[-1], state)
    heads = {
        (each["response"]["id"], each["response"]["model"], each["response"]["created_at"])
        for each in events
        if "response" in each
    }
    assert len(heads) <= 1, "constant"


def _check_whole(event: Payload, state: _Output) -> None:
    response = event["response"]
    assert response["status"] == event["type"].removeprefix("response.")
    assert not state.open, "an item that is not done"
    assert response["output"] == [state.done[index] for index in sorted(state.done)]
    usage = response["usage"]
    if usage is not None:
        assert isinstance(usage["input_tokens_details"]["cached_tokens"], int)
        assert isinstance(usage["output_tokens_details"]["reasoning_tokens"], int)
        for name in ("input_tokens", "output_tokens", "total_tokens"):
            assert isinstance(usage[name], int)
    if event["type"] == "response.incomplete":
        reason = response["incomplete_details"]["reason"]
        assert reason in ("max_output_tokens", "content_filter")


class _Output:
    """The items, each from `added` to `done`."""

    def __init__(self) -> None:
        self.open: dict[int, Payload] = {}
        self.done: dict[int, Payload] = {}
        self.parts: dict[tuple[int, int], Payload] = {}  # those that are open
        self.closed: dict[int, list[Payload]] = {}
        self.texts: dict[tuple[int, int], str] = {}
        self.finished: set[tuple[int, int]] = set()
        self.arguments: dict[int, str] = {}

    def read(self, event: Payload) -> None:
        type_ = event["type"]
        name, _, last = type_.rpartition(".")
        if type_ in TERMINAL:
            return
        if name == "response.output_item":
            self._read_item(event, last)
        elif name in PARTS:
            self._read_part(event, last)
        elif name in TEXTS:
            self._read_text(event, last, *TEXTS[name])
        elif name in CALLS:
            self._read_arguments(event, last, *CALLS[name])
        elif type_ == "response.output_text.annotation.added":
            assert self._place(event) in self.parts
        else:
            assert type_ in ("response.created", "response.in_progress"), type_
            assert event["response"]["status"] == "in_progress"
            assert event["response"]["output"] == []
            assert not self.open

    def _read_item(self, event: Payload, last: str) -> None:
        index, item = event["output_index"], event["item"]
        if last == "added":
            assert index == len(self.open) + len(self.done), "counted from 0"
            ids = [each["id"] for each in (*self.open.values(), *self.done.values())]
            assert item["id"] not in ids
            assert item["id"]
            self.open[index] = item
            self.closed[index] = []
            return
        opened = self.open.pop(index)
        self.done[index] = item
        assert (item["type"], item["id"]) == (opened["type"], opened["id"])
        assert not [place for place in self.parts if place[0] == index], "a part that is not done"
        if item["type"] in ("function_call", "custom_tool_call"):
            assert index in self.arguments, "no arguments were told to be done"
            member = "input" if item["type"] == "custom_tool_call" else "arguments"
            assert item[member] == self.arguments[index]
            assert (item["call_id"], item["name"]) == (opened["call_id"], opened["name"])
            assert item["call_id"]
            assert item["name"]
        else:
            parts = [*item.get("summary", []), *item.get("content", [])]
            assert parts == self.closed[index]

    def _read_part(self, event: Payload, last: str) -> None:
        place, part = self._place(event), event["part"]
        if last == "added":
            assert place not in self.parts
            assert place[1] == len(self.closed[place[0]]), "one part after the other"
            self.parts[place] = part
            self.texts[place] = ""
            return
        opened = self.parts.pop(place)
        assert part["type"] == opened["type"]
        assert place in self.finished, "a text that is not done"
        member = "refusal" if part["type"] == "refusal" else "text"
        assert _joined(part[member]) == _joined(self.texts[place])
        self.closed[place[0]].append(part)

    def _read_text(self, event: Payload, last: str, member: str, part: str) -> None:
        place = self._place(event)
        assert self.parts[place]["type"] == part
        assert place not in self.finished
        if last == "delta":
            assert event["delta"], "an empty piece"
            self.texts[place] += event["delta"]
            assert part != "output_text" or isinstance(event["logprobs"], list)
        else:
            # Halves of a pair that came one by one are one character of the whole.
            assert _joined(event[member]) == _joined(self.texts[place])
            self.finished.add(place)

    def _read_arguments(self, event: Payload, last: str, member: str, type_: str) -> None:
        index = event["output_index"]
        item = self.open[index]
        assert (item["type"], item["id"]) == (type_, event["item_id"])
        assert index not in self.arguments
        place = (index, -1)
        if last == "delta":
            self.texts[place] = self.texts.get(place, "") + event["delta"]
        else:
            assert event[member] == self.texts.get(place, event[member])
            self.arguments[index] = event[member]

    def _place(self, event: Payload) -> tuple[int, int]:
        index = event["output_index"]
        assert self.open[index]["id"] == event["item_id"]
        at = event["summary_index" if "summary_index" in event else "content_index"]
        return index, at


def _joined(text: str) -> bytes:
    return text.encode("utf-16", "surrogatepass")
