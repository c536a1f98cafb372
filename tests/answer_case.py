"""A small stream of payloads and what is to be read from it, for the dispatcher and its oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from answers import body_of, read, real, reference, stream
from replay import bytewise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from answers import AnyDispatcher

both = pytest.mark.parametrize("make", [real, reference], ids=["ssewire", "reference"])


class AnswerCase(NamedTuple):
    """Members of the outcome, deltas or their kinds, and places in the snapshot."""

    name: str
    payloads: Sequence[Any]
    outcome: dict[str, Any]
    kinds: str | None = None
    deltas: list[dict[str, Any]] | None = None
    final: dict[str, Any] | None = None
    way: str = "any"
    options: dict[str, Any] | None = None
    names: bool = False

    def check(self, make: Callable[..., AnyDispatcher]) -> None:
        body = stream(*self.payloads, names=self.names)
        for chunks in ([body], bytewise(body)):
            dispatcher = make(self.way, **(self.options or {}))
            items, state = read(dispatcher, chunks)
            self._check(items, state)

    def _check(self, items: Any, state: Any) -> None:
        told = [delta for item in items for delta in item.deltas]
        if self.kinds is not None:
            assert " ".join(delta["kind"] for delta in told) == self.kinds
        if self.deltas is not None:
            told = [{k: v for k, v in delta.items() if v is not None} for delta in told]
            assert told == self.deltas
        members = {**state.outcome, "shape": state.shape, "function_call": state.function_call}
        assert {name: members[name] for name in self.outcome} == self.outcome
        for place, expected in (self.final or {}).items():
            assert at(state.snapshot, place) == expected, place


def at(value: Any, place: str) -> Any:
    """What is in a snapshot at a place like `choices.0.message`; `...` if nothing is."""
    for name in place.split("."):
        value = value[int(name)] if isinstance(value, list) else value.get(name, ...)
    return value


def recorded(name: str, outcome: dict[str, Any], **others: Any) -> AnswerCase:
    """A case whose stream is in the corpus."""
    return AnswerCase(name, [body_of(name)], outcome, **others)


def cases(*table: AnswerCase) -> pytest.MarkDecorator:
    assert len({case.name for case in table}) == len(table)
    return pytest.mark.parametrize("case", table, ids=[case.name for case in table])


def chunk(*choices: Any, **members: Any) -> dict[str, Any]:
    return {"object": "chat.completion.chunk", "choices": list(choices), **members}


def choice(index: int = 0, finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"index": index, "delta": delta, "finish_reason": finish}


def says(text: str, **members: Any) -> dict[str, Any]:
    """A chunk with a piece of text."""
    return chunk(choice(content=text), **members)


def finishes(reason: str | None = "stop", **members: Any) -> dict[str, Any]:
    return chunk(choice(finish=reason), **members)


DONE = "[DONE]"
