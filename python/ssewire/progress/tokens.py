"""How many tokens an answer has: as the server counted them, or estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ssewire.outcome import Outcome

# "On average, in practice, each token corresponds to about 4 bytes": README of OpenAI's tiktoken.
BYTES_PER_TOKEN = 4


class Output(NamedTuple):
    """What a model has put out so far.

    Attributes:
        characters: of text, reasoning, refusals and arguments.
        tokens: the tokens of the answer.
        estimated: whether they are estimated.
        streamed: those of them that came through the stream.
    """

    characters: int
    tokens: int
    estimated: bool
    streamed: int


def output_of(shape: str | None, outcome: Outcome) -> Output:
    """Measure an answer, whole or not. It takes as long as the answer is long."""
    pieces = list(_pieces(outcome))
    characters = sum(map(len, pieces))
    tokens = reported_tokens(shape, outcome)
    if tokens is None:
        tokens = sum(map(_bytes, pieces))
        tokens = -(-tokens // BYTES_PER_TOKEN)
        return Output(characters, tokens, estimated=True, streamed=tokens)
    return Output(characters, tokens, estimated=False, streamed=streamed_tokens(outcome) or 0)


def reported_tokens(shape: str | None, outcome: Outcome) -> int | None:
    """The tokens of the answer as the server counted them; `None` as long as it has not.

    What the first event of messages says is no count of the answer, which has not begun then.
    """
    if shape == "messages" and outcome.finish_reason is None and not outcome.complete:
        return None
    return outcome.tokens.output


def streamed_tokens(outcome: Outcome) -> int | None:
    """The tokens that came as deltas: not those of a reasoning that stayed at the server."""
    output, reasoning = outcome.tokens.output, outcome.tokens.reasoning
    if output is None or reasoning is None or outcome.reasoning is not None:
        return output
    return max(output - reasoning, 0)


def _pieces(outcome: Outcome) -> Iterator[str]:
    yield from outcome.texts.values()
    yield outcome.reasoning or ""
    yield outcome.refusal or ""
    for call in outcome.tool_calls:
        yield call.arguments
    if outcome.function_call is not None:
        yield outcome.function_call["arguments"] or ""


def _bytes(text: str) -> int:
    # JSON can bring lone surrogates.
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
