"""`continue_from`: a request that goes on where an answer was cut off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ssewire.outcome import Outcome

ASK = (
    "Your answer was cut off. Continue it from exactly where it ends."
    " Do not repeat any of it, and do not comment on this."
)


def continue_from(
    messages: Iterable[Any], outcome: Outcome, *, prefill: bool = False, ask: str = ASK
) -> list[Any]:
    """The messages of a request that goes on from a partial answer.

    They fit chat completions and Anthropic's messages, and `input` of responses. The text so far
    becomes a message of the assistant, and a message of the user asks to go on: every model takes
    that, and most of them go on well.

    With `prefill` the assistant's message is the last one. A model that knows this goes on within it,
    which is exact. Anthropic's models do up to 4.5; those after refuse the request (400). OpenAI's
    begin another message instead. Mistral and DeepSeek want `messages[-1]["prefix"] = True`, vLLM
    `continue_final_message` and no `add_generation_prompt` in the request. White space at the end is
    left out of a prefill, for Anthropic refuses it; the model writes it again. What
    `Attempt.continue_from` leaves out, `text()` of the stream leaves out when it comes again.

    Without any text there is nothing to go on from, and the messages are as they were. Reasoning is not
    given back: no API takes half of it.

    Args:
        messages: the messages of the request; they are not changed.
        outcome: what came of the answer. One that ended for its `length` can be continued too.
        prefill: whether to have the model go on within the assistant's message.
        ask: what the user's message says.

    Returns:
        A new list. A last message of the assistant, if there was one, is replaced by a longer one.

    Raises:
        ValueError: the answer ended on its own, or is a refusal; there is a tool call, of which the
            rest cannot be asked for; or there are several choices.
    """
    return continued(messages, outcome, prefill=prefill, ask=ask)[0]


def continued(
    messages: Iterable[Any], outcome: Outcome, *, prefill: bool, ask: str
) -> tuple[list[Any], str]:
    """What `continue_from` returns, and the white space that was left out."""
    obstacle = obstacle_in(outcome)
    if obstacle is not None:
        raise ValueError(f"there is no going on from this answer: {obstacle}")
    result, text = list(messages), outcome.text
    trimmed = text.rstrip()
    if not trimmed:
        return result, text
    if prefill:
        _add(result, trimmed)
        return result, text[len(trimmed) :]
    _add(result, text)
    result.append({"role": "user", "content": ask})
    return result, ""


def obstacle_in(outcome: Outcome) -> str | None:
    """Why no request can go on from an answer; `None` if one can."""
    if outcome.refusal:
        return "it is a refusal"
    if outcome.tool_calls or outcome.function_call:
        return "it has a tool call"
    if len(outcome.texts) > 1:
        return "it has several choices"
    if outcome.finish == "length":
        return None
    if outcome.complete or outcome.finish not in (None, "error"):
        return "it has ended"
    return None


def joined(before: Outcome | None, outcome: Outcome | None, repeated: str = "") -> Outcome | None:
    """The outcome of an answer and of its continuation: what the consumer has been given.

    Args:
        before: of the answer so far.
        outcome: of the continuation; all but text, reasoning and counts is taken from it.
        repeated: the white space that the continuation began with once more.
    """
    if before is None or outcome is None:
        return before if outcome is None else outcome
    text = before.text + "".join(without((outcome.text,), repeated))
    thoughts = [one.reasoning for one in (before, outcome) if one.reasoning is not None]
    return replace(
        outcome,
        text=text,
        texts={**before.texts, **outcome.texts, 0: text} if text else outcome.texts,
        reasoning="".join(thoughts) if thoughts else None,
        n_events=before.n_events + outcome.n_events,
        n_comments=before.n_comments + outcome.n_comments,
    )


def without(pieces: Iterable[str], repeated: str) -> Iterator[str]:
    """The pieces of a text but for what it begins with that was there before.

    Args:
        pieces: the text, cut anywhere.
        repeated: what may come again; it is left out as far as it does.
    """
    for piece in pieces:
        left, repeated = cut(piece, repeated)
        if left:
            yield left


def cut(piece: str, repeated: str) -> tuple[str, str]:
    """What is left of the piece, and what may still come again after it."""
    if not repeated or not piece:
        return piece, repeated
    same = 0
    while same < min(len(piece), len(repeated)) and piece[same] == repeated[same]:
        same += 1
    return piece[same:], repeated[same:] if same == len(piece) else ""


def _add(messages: list[Any], text: str) -> None:
    """Add text of the assistant, to its last message if that is the last one of all."""
    last = messages[-1] if messages else None
    content = last.get("content") if isinstance(last, dict) else None
    if not isinstance(last, dict) or last.get("role") != "assistant" or content is None:
        messages.append({"role": "assistant", "content": text})
    elif isinstance(content, str):
        messages[-1] = {**last, "content": content + text}
    else:
        messages[-1] = {**last, "content": [*content, {"type": "text", "text": text}]}
