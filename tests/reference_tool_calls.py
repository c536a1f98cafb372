"""The oracle's tool calls: the routing rules of WIRE.md 6.2, for one choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_delta import delta, piece
from reference_json import compact, index_of, loads, object_of, text_of, word

if TYPE_CHECKING:
    from reference_delta import Delta
    from reference_json import Object


def arguments_text(value: Any) -> str:
    """A piece of arguments: "`arguments` is an object: serialise compactly and append"."""
    if value is None:
        return ""
    text = text_of(value)
    return compact(value) if text is None else text


def parsed(arguments: str) -> Any:
    """`{}` for blank arguments, `None` for what is not JSON."""
    if not arguments.strip(" \t\n\r"):
        return {}
    try:
        return loads(arguments)
    except ValueError:
        return None


class Name:
    """A name that comes whole, again and again, or in pieces."""

    def __init__(self) -> None:
        self.text = ""

    def add(self, piece: str | None) -> bool:
        """Whether the name has begun with this piece."""
        before = self.text
        # "append if different from what is there"
        if piece and piece != before:
            self.text += piece
        return not before and bool(self.text)


class Call:
    def __init__(self, position: int, index: int | None) -> None:
        self.position = position
        self.index = index
        self.id: str | None = None
        self.name = Name()
        self.arguments = ""
        self.explicit_type: str | None = None
        self.custom = False
        self.extra_content: Object | None = None

    @property
    def type(self) -> str:
        return self.explicit_type or ("custom" if self.custom else "function")

    def outcome(self, index: int) -> dict[str, Any]:
        return {
            "index": index,
            "id": self.id,
            "type": self.type,
            "name": self.name.text or None,
            "arguments": self.arguments,
            "parsed": None if self.type == "custom" else parsed(self.arguments),
        }

    def final(self) -> dict[str, Any]:
        """As in a ChatCompletion."""
        name = self.name.text or None
        if self.type == "custom":
            member = {"custom": {"name": name, "input": self.arguments}}
        else:
            member = {"function": {"name": name, "arguments": self.arguments}}
        extra = {"extra_content": self.extra_content} if self.extra_content else {}
        return {"id": self.id, "type": self.type, **member, **extra}


class ToolCalls:
    """The calls of one choice in the order in which they came."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.by_id: dict[str, Call] = {}
        self.by_index: dict[int, Call] = {}
        self.in_hand: Call | None = None

    def read(self, entry: Object, choice: int) -> list[Delta]:
        function, custom = object_of(entry.get("function")), object_of(entry.get("custom"))
        name = word(function.get("name")) or word(custom.get("name"))
        call = self._route(word(entry.get("id")), index_of(entry.get("index")), name)
        self.in_hand = call
        call.explicit_type = call.explicit_type or text_of(entry.get("type")) or None
        # "a custom call needs a non-empty custom"
        call.custom = call.custom or bool(custom)
        # "extra_content.google.thought_signature on a call: keep per call"
        call.extra_content = object_of(entry.get("extra_content")) or call.extra_content
        deltas = []
        # "wait for a non-empty name before announcing the call"
        if call.name.add(name):
            told = {"id": call.id, "name": call.name.text, "type": call.type}
            deltas.append(delta("tool_call", choice, call=call.position, **told))
        text = arguments_text(function.get("arguments")) or arguments_text(custom.get("input"))
        call.arguments += text
        return deltas + piece("tool_arguments", choice, text, call=call.position)

    def _route(self, id_: str | None, index: int | None, name: str | None) -> Call:
        pointed_at = self.by_index.get(index) if index is not None else None
        if id_ is not None:
            # "1. an id seen before: that call, whatever the index says;"
            if id_ in self.by_id:
                return self.by_id[id_]
            # "2. a new id: if the index holds a call that has no id yet, that call gets the id;
            # else a new call, and the index (if any) now points to it;"
            call = pointed_at if pointed_at and pointed_at.id is None else self._open(index)
            call.id = id_
            self.by_id[id_] = call
            return call
        # "3. no id, an index that is known: the call the index points to;"
        if pointed_at:
            return pointed_at
        # "4. no id, an unknown index: with a name a new call; without a name the call in hand if
        # there is one;"
        if index is not None:
            return self._open(index) if name or not self.in_hand else self.in_hand
        # "5. no id, no index: the call in hand; but with a name, and the call in hand has a name
        # and arguments already, a new call."
        hand = self.in_hand
        if not hand or (name and hand.name.text and hand.arguments):
            return self._open(None)
        return hand

    def _open(self, index: int | None) -> Call:
        call = Call(len(self.calls), index)
        self.calls.append(call)
        if index is not None:
            self.by_index[index] = call
        return call

    def in_order(self) -> list[tuple[int, Call]]:
        # "order by wire index if every call has a distinct one, else by arrival"
        by_index = {call.index: call for call in self.calls if call.index is not None}
        if len(by_index) == len(self.calls):
            return sorted(by_index.items())
        return list(enumerate(self.calls))
