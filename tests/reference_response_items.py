"""The output items of the oracle's Responses: texts and calls that are told more than once.

"Every done event and the terminal event repeat the text. A decoder must not add done texts to
delta texts"; but what no delta told is taken from the first event that has it whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_delta import delta, piece
from reference_json import Array, Object, object_of, text_of, word
from reference_tool_calls import arguments_text, parsed

if TYPE_CHECKING:
    from reference_delta import Delta

# A part's type: the kind of its deltas, and the member that holds its text.
PARTS = {
    "output_text": ("text", "text"),
    "refusal": ("refusal", "refusal"),
    "summary_text": ("reasoning", "text"),
    "reasoning_text": ("reasoning", "text"),
}
CALLS = ("function_call", "custom_tool_call", "mcp_call")


class Call:
    def __init__(self, position: int, type_: str) -> None:
        self.position = position
        self.type = type_
        self.announced = False
        self.id: str | None = None
        self.name: str | None = None
        self.arguments = ""
        self.opening = ""

    def outcome(self, index: int) -> dict[str, Any]:
        arguments = self.arguments or self.opening
        return {
            "index": index,
            "id": self.id,
            "type": self.type,
            "name": self.name,
            "arguments": arguments,
            "parsed": None if self.type == "custom_tool_call" else parsed(arguments),
        }


class Items:
    def __init__(self) -> None:
        # (output index, summary or content, index of the part, type of the part) -> text
        self.parts: dict[tuple[int, bool, int, str], str] = {}
        self.calls: dict[int, Call] = {}
        self.annotations: dict[tuple[int, int], list[Object]] = {}
        self.added: dict[int, Object] = {}
        self.done: dict[int, Object] = {}

    def add(self, type_: str, index: int, at: int, text: str | None) -> list[Delta]:
        if text is None:
            return []
        part = (index, type_ != "summary_text", at, type_)
        self.parts[part] = self.parts.get(part, "") + text
        return piece(PARTS[type_][0], index, text)

    def add_whole(self, type_: str, index: int, at: int, text: str | None) -> list[Delta]:
        told = self.parts.get((index, type_ != "summary_text", at, type_))
        return [] if told else self.add(type_, index, at, text)

    def add_part(self, index: int, at: int, part: Object) -> list[Delta]:
        type_ = text_of(part.get("type"))
        if type_ not in PARTS:
            return []
        return self.add_whole(type_, index, at, text_of(part.get(PARTS[type_][1])))

    def add_item(self, index: int, item: Object, *, seen: bool = True) -> list[Delta]:
        """A whole item, of its own event (`seen`) or of the final response."""
        if seen:
            self.done[index] = item
        if item.get("type") in CALLS:
            deltas = self._announce(index, item)
            return deltas + self.add_whole_arguments(index, item["type"], _arguments(item))
        deltas = []
        for name in ("summary", "content"):
            parts = item.get(name)
            for at, part in enumerate(parts if isinstance(parts, Array) else []):
                deltas += self.add_part(index, at, object_of(part))
        return deltas

    def announce(self, index: int, item: Object) -> list[Delta]:
        self.added[index] = item
        if item.get("type") not in CALLS:
            return []
        deltas = self._announce(index, item)
        self.calls[index].opening = arguments_text(_arguments(item))
        return deltas

    def _announce(self, index: int, item: Object) -> list[Delta]:
        call = self._call(index, item["type"])
        if call.announced:
            return []
        call.announced = True
        call.type = item["type"]
        # "A function_call has two ids: id (the item) and call_id (to be sent back)."
        call.id = word(item.get("id" if call.type == "mcp_call" else "call_id"))
        call.name = word(item.get("name"))
        told = {"id": call.id, "name": call.name, "type": call.type}
        return [delta("tool_call", index, call=call.position, **told)]

    def add_arguments(self, index: int, type_: str, value: Any) -> list[Delta]:
        call = self._call(index, type_)
        text = arguments_text(value)
        call.arguments += text
        return piece("tool_arguments", index, text, call=call.position)

    def add_whole_arguments(self, index: int, type_: str, value: Any) -> list[Delta]:
        call = self._call(index, type_)
        return [] if call.arguments else self.add_arguments(index, type_, value)

    def _call(self, index: int, type_: str) -> Call:
        return self.calls.setdefault(index, Call(len(self.calls), type_))

    def joined(self, *types: str) -> str | None:
        texts = [text for part, text in sorted(self.parts.items()) if part[3] in types]
        return "".join(texts) if texts else None

    def calls_in_order(self) -> list[dict[str, Any]]:
        return [call.outcome(index) for index, call in sorted(self.calls.items())]

    def final(self) -> list[dict[str, Any]]:
        """The output of a response that has not ended."""
        indices = {part[0] for part in self.parts} | set(self.calls) | set(self.added)
        return [self._item(index) for index in sorted(indices | set(self.done))]

    def _item(self, index: int) -> dict[str, Any]:
        if index in self.done:
            return self.done[index]
        item: dict[str, Any] = dict(self.added.get(index, {}))
        if index in self.calls:
            return self._call_item(self.calls[index], item)
        summary, content = (self._texts(index, inside) for inside in (False, True))
        kinds = {PARTS[part[3]][0] for part in self.parts if part[0] == index}
        if not item and "reasoning" in kinds:
            item = {"type": "reasoning"}
        elif not item:
            item = {"type": "message", "role": "assistant"}
        if summary or item.get("type") == "reasoning":
            item["summary"] = summary or item.get("summary") or []
        if content:
            item["content"] = content
        return item

    def _call_item(self, call: Call, item: dict[str, Any]) -> dict[str, Any]:
        if not item:
            item = {"type": call.type, "call_id": call.id, "name": call.name}
        member = "input" if call.type == "custom_tool_call" else "arguments"
        if call.arguments or member not in item:
            item[member] = call.arguments
        return item

    def _texts(self, index: int, inside: bool) -> list[dict[str, Any]]:
        parts = []
        for (output, content, at, type_), text in sorted(self.parts.items()):
            if (output, content) != (index, inside):
                continue
            part: dict[str, Any] = {"type": type_, PARTS[type_][1]: text}
            if type_ == "output_text":
                part["annotations"] = self.annotations.get((index, at), [])
            parts.append(part)
        return parts


def _arguments(item: Object) -> Any:
    return item.get("input" if item["type"] == "custom_tool_call" else "arguments")
