"""The oracle's messages: Anthropic's events by WIRE.md 4 and the deviations of 6.6."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_chunks import Finish
from reference_delta import delta, piece
from reference_json import Array, Object, index_of, object_of, objects_of, plain, text_of, word
from reference_tool_calls import arguments_text, parsed

if TYPE_CHECKING:
    from reference_delta import Delta

# The block that a delta implies if its own never started.
IMPLIED = {
    "text_delta": Object(type="text", text=""),
    "citations_delta": Object(type="text", text=""),
    "thinking_delta": Object(type="thinking", thinking=""),
    "signature_delta": Object(type="thinking", thinking=""),
    "input_json_delta": Object(type="tool_use", id=None, name=None, input={}),
    "compaction_delta": Object(type="compaction"),
}


class Block:
    def __init__(self, index: int, start: Object) -> None:
        self.index = index
        self.start = start
        self.type = text_of(start.get("type")) or ""
        self.call: int | None = None
        self.text = text_of(start.get("text")) if self.type == "text" else None
        self.thinking = text_of(start.get("thinking")) if self.type == "thinking" else None
        self.arguments = ""
        self.set: dict[str, Any] = {}
        self.citations: list[Any] = []
        if isinstance(start.get("citations"), Array):
            self.citations += start["citations"]

    @property
    def is_call(self) -> bool:
        return self.type.endswith("tool_use")

    def whole_arguments(self) -> str:
        # "If the buffer is not empty it replaces input of the start event"
        given = self.start.get("input")
        return self.arguments or (arguments_text(given) if given and _is_object(given) else "")

    def opened(self) -> list[Delta]:
        """What the start of a block tells."""
        deltas = piece("text", self.index, self.text)
        deltas += piece("reasoning", self.index, self.thinking)
        if self.type == "thinking":
            deltas += piece("signature", self.index, text_of(self.start.get("signature")))
        if self.is_call:
            told = {"id": word(self.start.get("id")), "name": word(self.start.get("name"))}
            deltas.append(delta("tool_call", self.index, call=self.call, type=self.type, **told))
        for citation in objects_of(self.start.get("citations")):
            deltas.append(delta("citation", self.index, value=plain(citation)))
        return deltas

    def read(self, change: Object, type_: str) -> list[Delta]:
        if type_ == "text_delta" and (text := text_of(change.get("text"))) is not None:
            self.text = (self.text or "") + text
            return piece("text", self.index, text)
        if type_ == "thinking_delta" and (text := text_of(change.get("thinking"))) is not None:
            self.thinking = (self.thinking or "") + text
            return piece("reasoning", self.index, text)
        if type_ == "signature_delta" and (text := text_of(change.get("signature"))):
            self.set["signature"] = text
            return piece("signature", self.index, text)
        if type_ == "input_json_delta":
            text = arguments_text(change.get("partial_json"))
            self.arguments += text
            return piece("tool_arguments", self.index, text, call=self.call)
        if type_ == "citations_delta" and isinstance(change.get("citation"), Object):
            self.citations.append(change["citation"])
            return [delta("citation", self.index, value=plain(change["citation"]))]
        if type_ == "compaction_delta":
            self.set |= {name: value for name, value in change.items() if name != "type"}
        return []

    def outcome(self) -> dict[str, Any]:
        return {
            "index": self.index,
            "id": word(self.start.get("id")),
            "type": self.type,
            "name": word(self.start.get("name")),
            "arguments": self.whole_arguments(),
            "parsed": parsed(self.whole_arguments()),
        }

    def final(self) -> dict[str, Any]:
        block = dict(self.start)
        if self.text is not None:
            block["text"] = self.text
        if self.thinking is not None:
            block["thinking"] = self.thinking
        if self.is_call:
            arguments = self.whole_arguments()
            value = parsed(arguments)
            # What does not parse stays as it came.
            block["input"] = arguments if value is None and arguments.strip() != "null" else value
        if self.citations:
            block["citations"] = self.citations
        return block | self.set


def _is_object(value: Any) -> bool:
    return isinstance(value, Object)


class Messages:
    shape = "messages"

    def __init__(self) -> None:
        self.message: dict[str, Any] = {}
        self.blocks: list[Block] = []
        self.open: dict[int, Block] = {}
        self.calls = 0
        self.usage: dict[str, Any] | None = None
        self.finish = Finish()
        self.stopped = False

    def read(self, event: Object, type_: str | None) -> list[Delta]:
        if type_ == "message_start":
            return self._start(event.get("message"))
        if type_ == "content_block_start":
            return self._open_block(event)
        if type_ == "content_block_delta":
            return self._change_block(event)
        if type_ == "message_delta":
            return self._change_message(event)
        if type_ == "message_stop":
            self.stopped = True
            return [delta("done")]
        return []

    def _start(self, message: Any) -> list[Delta]:
        if isinstance(message, Object):
            self.message |= message
        message = object_of(message)
        id_, model = word(message.get("id")), word(message.get("model"))
        deltas = [delta("start", id=id_, model=model, role=word(message.get("role")))]
        return deltas + self._read_usage(message.get("usage"))

    def _open_block(self, event: Object) -> list[Delta]:
        start = event.get("content_block")
        return self._open(_index(event), start).opened() if isinstance(start, Object) else []

    def _open(self, index: int, start: Object) -> Block:
        block = Block(index, start)
        if block.is_call:
            block.call = self.calls
            self.calls += 1
        # An index that is used again: a block of its own, for nothing that was told is taken back.
        self.blocks.append(block)
        self.open[index] = block
        target = object_of(start.get("to")).get("model") if block.type == "fallback" else None
        if word(target):
            self.message["model"] = target  # "the rest comes from to.model"
        return block

    def _change_block(self, event: Object) -> list[Delta]:
        change, index = object_of(event.get("delta")), _index(event)
        type_ = text_of(change.get("type")) or ""
        if index not in self.open:
            if type_ not in IMPLIED:
                return []
            self._open(index, IMPLIED[type_])
        return self.open[index].read(change, type_)

    def _change_message(self, event: Object) -> list[Delta]:
        change = object_of(event.get("delta"))
        others = {name: event[name] for name in event if name not in ("type", "delta", "usage")}
        self.message |= change
        self.message |= others
        deltas = self.finish.read(change.get("stop_reason"), None)
        return deltas + self._read_usage(event.get("usage"))

    def _read_usage(self, usage: Any) -> list[Delta]:
        if not isinstance(usage, Object):
            return []
        # "message_start's usage overwritten by each message_delta's non-null members"
        if self.usage is None:
            self.usage = dict(usage)
        self.usage |= {name: value for name, value in usage.items() if value is not None}
        return [delta("usage", value=plain(usage))]

    def in_order(self) -> list[Block]:
        return sorted(self.blocks, key=lambda block: block.index)

    def members(self) -> dict[str, Any]:
        thoughts = [each.thinking for each in self.in_order() if each.thinking is not None]
        return {
            "texts": {0: "".join(each.text or "" for each in self.in_order())},
            "reasoning": "".join(thoughts) if thoughts else None,
            "refusal": None,
            "tool_calls": [each.outcome() for each in self.in_order() if each.is_call],
            "function_call": None,
            "finish_reasons": {0: self.finish.reason},
            "usage": plain(self.usage),
        }

    def final(self) -> dict[str, Any]:
        message = self.message | {"type": "message", "role": "assistant"}
        message["content"] = [each.final() for each in self.in_order()]
        if self.usage is not None:
            message["usage"] = self.usage
        result: dict[str, Any] = plain(message)
        return result


def _index(event: Object) -> int:
    return index_of(event.get("index")) or 0
