"""The streams that the dispatchers read: the four shapes, twins of them, and hard ones."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import streams
import wire
from model_answers import WIDE_WORDS, Answer, answer
from streams import Stream

if TYPE_CHECKING:
    from outcomes import Shape

SHAPES: tuple[Shape, ...] = ("chat", "completions", "messages", "responses")
WITH_CALLS: tuple[Shape, ...] = ("chat", "messages", "responses")
CALL_PIECES = 120
"""In each of ten calls; together with the text about as many events as the other streams have."""
PIECE_TOKENS = 40
"""In each delta of a long text: some 150 bytes."""


@cache
def shapes() -> tuple[Stream, ...]:
    """The four streams that the targets are about."""
    return tuple(map(streams.shape, SHAPES))


@cache
def with_calls(shape: Shape) -> Stream:
    """Two fifths of the events are text, the others pieces of arguments."""
    calls = [CALL_PIECES] * 10
    return streams.written(f"{shape}, tool calls", shape, answer(800, *calls))


@cache
def twins() -> tuple[Stream, ...]:
    """With less around the text, with text that is not ASCII, and with tool calls."""
    wide = (
        streams.written(f"{shape}, not ASCII", shape, streams.text_answer(shape, WIDE_WORDS))
        for shape in SHAPES
        if shape in ("chat", "messages")
    )
    return (streams.lean_chat(), *wide, *map(with_calls, WITH_CALLS))


@cache
def ever_new() -> Stream:
    """The worst case for what is learnt from earlier events: a member that is new every time."""
    text = streams.text_answer("chat")
    blocks = wire.chat(text, counted=True)
    return Stream.of("chat, ever new", blocks, shape="chat", answer=text)


def one_call(shape: Shape, pieces: int) -> Stream:
    """No text, and one tool call in so many pieces."""
    return streams.written(f"{shape}, {pieces:,} pieces", shape, answer(0, pieces))


def long_text(shape: Shape, size: int) -> Stream:
    """An answer of about so many bytes, in pieces as of a server that does not send each token."""
    tokens = answer(1 << 16).tokens
    pieces = ["".join(tokens[at : at + PIECE_TOKENS]) for at in range(0, len(tokens), PIECE_TOKENS)]
    times = size // sum(map(len, pieces)) + 1
    name = f"{shape}, {size >> 20} MiB"
    return streams.written(name, shape, Answer(tuple(pieces * times)))
