"""What a client reads in a stream that was translated, and what it has to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import outcomes
import ssewire
import wire

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model_answers import Answer
    from outcomes import Shape


def wanted(target: Shape, answer: Answer) -> list[object]:
    """Text, how many events it comes in, why it ends, and the tokens of both sides."""
    finish, _ = outcomes.FINISH[target]
    return [answer.text, answer.deltas, finish, wire.INPUT_TOKENS, answer.deltas]


def found(sent: Iterable[bytes]) -> list[object]:
    """The same, read from the bytes."""
    dispatcher = ssewire.Dispatcher()
    items = [item for piece in sent for item in dispatcher.feed(piece)]
    dispatcher.finish()
    outcome = dispatcher.outcome
    assert outcome.complete
    deltas = sum(delta.kind == "text" for item in items for delta in item.deltas)
    usage = outcome.usage or {}
    tokens = (
        usage.get(names[0], usage.get(names[1]))
        for names in (("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens"))
    )
    return [outcome.text, deltas, outcome.finish_reason, *tokens]
