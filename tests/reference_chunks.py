"""What the oracle reads from every chunk, chat or completion, beside its choices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_delta import delta
from reference_json import (
    Array,
    Integer,
    Number,
    Object,
    index_of,
    object_of,
    objects_of,
    plain,
    word,
)

if TYPE_CHECKING:
    from reference_delta import Delta

LAST_ONES = ("service_tier", "system_fingerprint", "moderation")


class Head:
    """The members of a chunk that belong to the whole answer."""

    def __init__(self) -> None:
        # "take id, model and created from the first chunk where they are not empty"
        self.first: dict[str, Any] = {"id": None, "created": None, "model": None}
        self.last: dict[str, Any] = {}
        self.usage: Object | None = None

    def read(self, chunk: Object) -> None:
        self.first["id"] = self.first["id"] or word(chunk.get("id"))
        self.first["model"] = self.first["model"] or word(chunk.get("model"))
        if isinstance(chunk.get("created"), (Integer, Number, str)):
            self.first["created"] = self.first["created"] or chunk["created"] or None
        for name in LAST_ONES:
            if chunk.get(name) is not None:
                self.last[name] = chunk[name]

    def read_usage(self, chunk: Object) -> list[Delta]:
        # "last non-null usage wins, wherever it is"
        choices = objects_of(chunk.get("choices"))
        places = [
            chunk.get("usage"),
            choices[0].get("usage") if choices else None,
            object_of(chunk.get("x_groq")).get("usage"),
        ]
        for usage in places:
            if isinstance(usage, Object):
                self.usage = usage
                return [delta("usage", value=plain(usage))]
        return []

    def final(self, type_: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        members = {
            "id": self.first["id"],
            "object": type_,
            "created": self.first["created"],
            "model": self.first["model"],
            "choices": choices,
            **self.last,
        }
        if self.usage is not None:
            members["usage"] = self.usage
        result: dict[str, Any] = plain(members)
        return result


def choice_index(choice: Object) -> int:
    # "index defaults to 0"
    return index_of(choice.get("index")) or 0


class Finish:
    """The finish reason of one choice."""

    def __init__(self) -> None:
        self.reason: str | None = None

    def read(self, value: Any, index: int | None) -> list[Delta]:
        # "empty is null", and so is the string "null".
        reason = word(value)
        if reason in (None, "null", self.reason):
            return []
        self.reason = reason
        return [delta("finish", index, reason=reason)]


def extended(lists: dict[str, Any], piece: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Log probabilities so far, with those of one more chunk."""
    return {
        name: (lists.get(name) or []) + piece[name]
        if isinstance(piece.get(name), Array)
        else lists.get(name)
        for name in names
    }
