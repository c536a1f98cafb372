"""The oracle's text completions: WIRE.md 3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_chunks import Finish, Head, choice_index, extended
from reference_delta import delta, piece
from reference_json import Object, objects_of, plain, text_of, word

if TYPE_CHECKING:
    from reference_delta import Delta

# "Logprobs holds four parallel lists: extend each."
LISTS = ("tokens", "token_logprobs", "top_logprobs", "text_offset")


class Choice:
    def __init__(self, index: int) -> None:
        self.index = index
        self.text = ""
        self.logprobs: dict[str, Any] | None = None
        self.finish = Finish()

    def read(self, choice: Object) -> list[Delta]:
        text = text_of(choice.get("text")) or ""
        self.text += text
        if isinstance(choice.get("logprobs"), Object):
            self.logprobs = extended(self.logprobs or {}, choice["logprobs"], LISTS)
        deltas = piece("text", self.index, text)
        return deltas + self.finish.read(choice.get("finish_reason"), self.index)

    def final(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "index": self.index,
            "logprobs": self.logprobs,
            "finish_reason": self.finish.reason,
        }


class Completions:
    shape = "completions"

    def __init__(self, head: Head) -> None:
        self.head = head
        self.choices: dict[int, Choice] = {}

    def read(self, chunk: Object, _: str | None) -> list[Delta]:
        self.head.read(chunk)
        deltas = []
        for choice in objects_of(chunk.get("choices")):
            index = choice_index(choice)
            if index not in self.choices:
                self.choices[index] = Choice(index)
                id_, model = word(chunk.get("id")), word(chunk.get("model"))
                deltas.append(delta("start", index, id=id_, model=model))
            deltas += self.choices[index].read(choice)
        return deltas + self.head.read_usage(chunk)

    def in_order(self) -> list[Choice]:
        return [choice for _, choice in sorted(self.choices.items())]

    def members(self) -> dict[str, Any]:
        return {
            "texts": {each.index: each.text for each in self.in_order()},
            "reasoning": None,
            "refusal": None,
            "tool_calls": [],
            "function_call": None,
            "finish_reasons": {each.index: each.finish.reason for each in self.in_order()},
            "usage": plain(self.head.usage),
        }

    def final(self) -> dict[str, Any]:
        choices = [choice.final() for choice in self.in_order()]
        return self.head.final("text_completion", choices)
