"""The streams that the benchmarks read: made here, the same on every machine and every day.

Answers as the services send them, twins of them (CRLF, text that is not ASCII, tool calls), and
events that are large or have many lines. Each stream knows what a right decoder makes of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, partial
from statistics import median
from typing import TYPE_CHECKING, Any

import outcomes
import wire
from model_answers import WIDE_WORDS, WORDS, Answer, Writer, answer
from wire import DONE, Block, dump

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from outcomes import Shape

EVENTS = 2_000
"""In one stream: a round of the fastest contender takes well over 50 µs."""

CUTS = {"event": None, "1460 B": 1460, "16 KiB": 16 << 10, "64 KiB": 64 << 10}
"""How the bytes arrive: one event per read (a token at a time), one TCP segment, larger reads."""


@dataclass(frozen=True)
class Stream:
    """A whole stream and what is in it."""

    name: str
    blocks: tuple[bytes, ...]
    data: tuple[str, ...]
    texts: tuple[str, ...]
    """What each event adds to the answer's text."""
    shape: Shape | None = None
    answer: Answer | None = None

    @classmethod
    def of(
        cls,
        name: str,
        blocks: Iterable[Block],
        newline: str = "\n",
        shape: Shape | None = None,
        answer: Answer | None = None,
    ) -> Stream:
        blocks = list(blocks)
        encoded = tuple(block.encode(newline) for block in blocks)
        data, texts = (tuple(getattr(block, of) for block in blocks) for of in ("data", "text"))
        return cls(name, encoded, data, texts, shape, answer)

    @property
    def payloads(self) -> list[object]:
        """The data, parsed; `[DONE]` is none."""
        return [json.loads(data) for data in self.data if data != DONE]

    @property
    def written(self) -> tuple[Shape, Answer]:
        """The shape of the answer, and the answer; it must be one."""
        assert self.shape
        assert self.answer
        return self.shape, self.answer

    @property
    def outcome(self) -> dict[str, Any]:
        return outcomes.outcome(*self.written)

    @property
    def final(self) -> dict[str, Any]:
        return outcomes.final(*self.written)

    @property
    def size(self) -> int:
        return sum(map(len, self.blocks))

    @property
    def bytes_per_event(self) -> float:
        return median(map(len, self.blocks))

    def cut(self, size: int | None) -> list[bytes]:
        """The bytes in reads of `size`, or in one read per event."""
        if size is None:
            return list(self.blocks)
        raw = b"".join(self.blocks)
        return [raw[at : at + size] for at in range(0, len(raw), size)]


WRITERS: dict[Shape, Callable[[Answer], Iterator[Block]]] = {
    "chat": wire.chat,
    "completions": wire.completions,
    "messages": wire.messages,
    "responses": wire.responses,
}
FRAMES = {"chat": 4, "completions": 3, "messages": 6, "responses": 8}
"""How many events a shape needs around the text."""
LEAN = partial(wire.chat, padded=False)


def written(name: str, shape: Shape, answer: Answer, newline: str = "\n") -> Stream:
    """The answer as that shape writes it."""
    return Stream.of(name, WRITERS[shape](answer), newline, shape, answer)


def text_answer(shape: Shape, words: str = WORDS) -> Answer:
    """So much text that the stream has `EVENTS` events."""
    return answer(EVENTS - FRAMES[shape], words=words)


@cache
def shape(shape: Shape) -> Stream:
    """A stream of text with the sizes that real ones have."""
    size = {"chat": 313, "completions": 255, "messages": 126, "responses": 257}[shape]
    stream = written("chat, padded" if shape == "chat" else shape, shape, text_answer(shape))
    assert len(stream.blocks) == EVENTS, shape
    assert abs(stream.bytes_per_event - size) <= 3, (shape, stream.bytes_per_event)
    return stream


@cache
def lean_chat() -> Stream:
    text = text_answer("chat")
    stream = Stream.of("chat, lean", LEAN(text), shape="chat", answer=text)
    assert abs(stream.bytes_per_event - 217) <= 3, stream.bytes_per_event
    return stream


@cache
def shapes() -> tuple[Stream, ...]:
    """The four streams that the decoder's targets are about."""
    return (shape("chat"), lean_chat(), shape("messages"), shape("responses"))


@cache
def twins() -> tuple[Stream, ...]:
    """The padded chat again: with CRLF, and with text that is not ASCII."""
    text, wide = text_answer("chat"), text_answer("chat", WIDE_WORDS)
    return (
        written("chat, CRLF", "chat", text, newline="\r\n"),
        written("chat, not ASCII", "chat", wide),
    )


def large_events(size: int, count: int) -> Stream:
    """`count` events of exactly `size` bytes, such as a generated image in base64."""
    image = Writer(5).name(4096) * (size // 4096)
    frame = len(Block("image", dump({"b64_json": ""})).encode())
    block = Block("image", dump({"b64_json": image[: size - frame]}))
    assert len(block.encode()) == size
    return Stream.of(f"{size >> 10} KiB event", [block] * count)


def many_lines(lines: int, count: int) -> Stream:
    """`count` events of as many short data lines, such as a document sent as it is."""
    data = "\n".join(str(line % 1000) for line in range(lines))
    return Stream.of(f"{lines} data lines", [Block(None, data)] * count)
