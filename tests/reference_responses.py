"""The oracle's Responses: OpenAI's events by WIRE.md 5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_chunks import Finish
from reference_delta import delta, piece
from reference_error import describe
from reference_json import Array, Object, index_of, object_of, plain, text_of, word
from reference_response_items import Items

if TYPE_CHECKING:
    from reference_delta import Delta

TERMINAL = ("response.completed", "response.incomplete", "response.failed")
DELTAS = {
    "response.output_text.delta": "output_text",
    "response.refusal.delta": "refusal",
    "response.reasoning_summary_text.delta": "summary_text",
    "response.reasoning_text.delta": "reasoning_text",
}
# Where the whole text of a part is said once more: the event, the member, the part.
WHOLE = {
    "response.output_text.done": ("text", "output_text"),
    "response.refusal.done": ("refusal", "refusal"),
    "response.reasoning_summary_text.done": ("text", "summary_text"),
    "response.reasoning_text.done": ("text", "reasoning_text"),
}
ARGUMENTS = {
    "response.function_call_arguments": ("function_call", "arguments"),
    "response.custom_tool_call_input": ("custom_tool_call", "input"),
    "response.mcp_call_arguments": ("mcp_call", "arguments"),
}


class Responses:
    shape = "responses"

    def __init__(self) -> None:
        self.started = False
        self.response: Object | None = None
        self.terminal: str | None = None
        self.ended: Object | None = None
        self.items = Items()
        self.finish = Finish()
        self.incomplete_reason: str | None = None
        self.usage: Object | None = None
        self.failure: dict[str, Any] | None = None

    def read(self, event: Object, type_: str | None) -> list[Delta]:
        deltas = self._start(event)
        type_ = type_ or ""
        index = index_of(event.get("output_index")) or 0
        name = "summary_index" if "reasoning_summary" in type_ else "content_index"
        at = index_of(event.get(name)) or 0
        if type_ in DELTAS:
            deltas += self.items.add(DELTAS[type_], index, at, text_of(event.get("delta")))
        elif type_ in WHOLE:
            member, kind = WHOLE[type_]
            deltas += self.items.add_whole(kind, index, at, text_of(event.get(member)))
        elif type_ in ("response.content_part.done", "response.reasoning_summary_part.done"):
            deltas += self.items.add_part(index, at, object_of(event.get("part")))
        elif type_ == "response.output_item.added":
            deltas += self.items.announce(index, object_of(event.get("item")))
        elif type_ == "response.output_item.done":
            deltas += self.items.add_item(index, object_of(event.get("item")))
        elif type_.rpartition(".")[0] in ARGUMENTS:
            kind, member = ARGUMENTS[type_.rpartition(".")[0]]
            if type_.endswith(".delta"):
                deltas += self.items.add_arguments(index, kind, event.get("delta"))
            elif type_.endswith(".done"):
                deltas += self.items.add_whole_arguments(index, kind, event.get(member))
        elif type_ == "response.output_text.annotation.added":
            annotation = event.get("annotation")
            if isinstance(annotation, Object):
                self.items.annotations.setdefault((index, at), []).append(annotation)
                deltas.append(delta("citation", index, value=plain(annotation)))
        elif type_ == "response.audio.delta":
            deltas += piece("audio", index, text_of(event.get("delta")))
        elif type_ in TERMINAL:
            deltas += self._end(type_, event.get("response"))
        return deltas

    def _start(self, event: Object) -> list[Delta]:
        response = event.get("response")
        if not isinstance(response, Object):
            return []
        self.response = response
        if self.started:
            return []
        self.started = True
        return [delta("start", id=word(response.get("id")), model=word(response.get("model")))]

    def _end(self, type_: str, response: Any) -> list[Delta]:
        self.terminal = type_
        if isinstance(response, Object) and self.ended is None:
            self.ended = response
        response = object_of(response)
        deltas = []
        output = response.get("output")
        for index, item in enumerate(output if isinstance(output, Array) else []):
            deltas += self.items.add_item(index, object_of(item), seen=False)
        reason = word(response.get("status")) or type_.removeprefix("response.")
        self.finish.reason = reason
        deltas.append(delta("finish", reason=reason))
        details = object_of(response.get("incomplete_details"))
        self.incomplete_reason = text_of(details.get("reason"))
        if isinstance(response.get("usage"), Object):
            self.usage = response["usage"]
            deltas.append(delta("usage", value=plain(self.usage)))
        if type_ == "response.failed":
            self.failure = describe(response.get("error"))
            return [*deltas, delta("error", error=self.failure)]
        return [*deltas, delta("done")]

    def members(self) -> dict[str, Any]:
        return {
            "texts": {0: self.items.joined("output_text") or ""},
            "reasoning": self.items.joined("summary_text", "reasoning_text"),
            "refusal": self.items.joined("refusal"),
            "tool_calls": self.items.calls_in_order(),
            "function_call": None,
            "finish_reasons": {0: self.finish.reason},
            "usage": plain(self.usage),
        }

    def final(self) -> dict[str, Any]:
        if self.ended is not None:
            ended: dict[str, Any] = plain(self.ended)
            return ended
        response: dict[str, Any] = {"object": "response"} | (self.response or {})
        response["output"] = self.items.final()
        rebuilt: dict[str, Any] = plain(response)
        return rebuilt
