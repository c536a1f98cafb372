"""The streams that the benchmarks decode: made here, the same on every machine and every day.

Four shapes of answers as the services send them, two twins of the first one (CRLF, text that is
not ASCII), and events that are large or have many lines. Each stream knows what a right decoder
makes of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from random import Random
from statistics import median
from string import ascii_letters, digits, hexdigits
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

EVENTS = 2_000
"""In one stream: a round of the fastest contender takes well over 50 µs."""

CUTS = {"event": None, "1460 B": 1460, "16 KiB": 16 << 10, "64 KiB": 64 << 10}
"""How the bytes arrive: one event per read (a token at a time), one TCP segment, larger reads."""

DONE = "[DONE]"

ALPHANUMERIC = ascii_letters + digits
WORDS = (
    " the| of| and| to| in| a| is| it| for| as| with| this| that| be| on| are| or| by| we| if| one"
    "| time| event| server| reads| stream| bytes| answer| window| between| language| decoder"
    "|ing|ed|s|er|ly|.|,|:|\n\n|\n- | (|)|`|**| 42|'s"
)
WIDE_WORDS = "море| и|река|です|。|数据|流|你好|한국| naïve| café| über|🌊|🐟| 🚀|שלום|—|…"


class Block(NamedTuple):
    """One event."""

    name: str | None
    data: str

    def encode(self, newline: str = "\n") -> bytes:
        lines = [f"event: {self.name}"] if self.name else []
        lines += [f"data: {line}" for line in self.data.split("\n")]
        return newline.join([*lines, "", ""]).encode()


@dataclass(frozen=True)
class Stream:
    """A whole stream and what is in it."""

    name: str
    blocks: tuple[bytes, ...]
    data: tuple[str, ...]

    @classmethod
    def of(cls, name: str, blocks: Iterable[Block], newline: str = "\n") -> Stream:
        blocks = list(blocks)
        encoded = tuple(block.encode(newline) for block in blocks)
        return cls(name, encoded, tuple(block.data for block in blocks))

    @property
    def payloads(self) -> list[object]:
        """The data, parsed; `[DONE]` is none."""
        return [json.loads(data) for data in self.data if data != DONE]

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


def dump(payload: object) -> str:
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False)


class Writer:
    """The random parts of an answer; the same for the same seed."""

    def __init__(self, seed: int, words: str = WORDS) -> None:
        self.random = Random(seed)
        # Short words come more often, as short tokens do.
        self.words = words.split("|")
        self.weights = [1 / (9 + len(word)) for word in self.words]

    def tokens(self, count: int) -> list[str]:
        return self.random.choices(self.words, self.weights, k=count)

    def name(self, length: int, alphabet: str = ALPHANUMERIC) -> str:
        return "".join(self.random.choices(alphabet, k=length))

    def padding(self, longest: int) -> str:
        """What services add so that lengths do not give the text away."""
        return self.name(1 + int(self.random.random() * longest))


def chat(events: int, *, padded: bool = True, words: str = WORDS) -> Iterator[Block]:
    """Chat completion chunks: with all that OpenAI sends, or lean as open-weight servers do."""
    writer = Writer(1, words)
    head: dict[str, Any] = {
        "id": f"chatcmpl-{writer.name(29)}",
        "object": "chat.completion.chunk",
        "created": 1762790400,
        "model": "gpt-4o-2024-08-06" if padded else "qwen3-32b",
    }
    if padded:
        head |= {"service_tier": "default", "system_fingerprint": None}

    def chunk(delta: dict[str, str | None], finish: str | None = None) -> Block:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        tail = {"usage": None, "obfuscation": writer.padding(12)} if padded else {}
        return Block(None, dump({**head, "choices": [choice], **tail}))

    yield chunk({"role": "assistant", "content": "", "refusal": None})
    for token in writer.tokens(events - 4):
        yield chunk({"content": token})
    yield chunk({}, "stop")
    usage = {"prompt_tokens": 431, "completion_tokens": events, "total_tokens": 431 + events}
    yield Block(None, dump({**head, "choices": [], "usage": usage}))
    yield Block(None, DONE)


def messages(events: int) -> Iterator[Block]:
    """Anthropic's events, padded with spaces before the last brace."""
    writer = Writer(3)

    def event(name: str, **members: object) -> Block:
        spaces = " " * int(writer.random.random() * 14)
        return Block(name, f"{dump({'type': name, **members})[:-1]}{spaces}}}")

    message: dict[str, object] = {
        "model": "claude-sonnet-4-5-20250929",
        "id": f"msg_01{writer.name(22)}",
        "type": "message",
        "role": "assistant",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 431, "output_tokens": 1, "service_tier": "standard"},
    }
    yield event("message_start", message=message)
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    yield event("ping")
    for token in writer.tokens(events - 6):
        delta = {"type": "text_delta", "text": token}
        yield event("content_block_delta", index=0, delta=delta)
    yield event("content_block_stop", index=0)
    stop = {"stop_reason": "end_turn", "stop_sequence": None}
    yield event("message_delta", delta=stop, usage={"output_tokens": events})
    yield event("message_stop")


def responses(events: int) -> Iterator[Block]:
    """OpenAI's Responses events; the last ones repeat the whole text, as they do."""
    writer = Writer(4)
    sequence = iter(range(events))

    def event(name: str, **members: object) -> Block:
        number = next(sequence)
        return Block(name, dump({"type": name, "sequence_number": number, **members}))

    def response(status: str, *output: object) -> dict[str, object]:
        return {
            "id": response_id,
            "object": "response",
            "created_at": 1762790400,
            "status": status,
            "model": "gpt-5-2025-08-07",
            "output": output,
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
        }

    def item(status: str, *content: object) -> dict[str, object]:
        return {
            "id": item_id,
            "type": "message",
            "status": status,
            "content": content,
            "role": "assistant",
        }

    hexadecimal = hexdigits[:16]
    response_id, item_id = (f"{kind}_{writer.name(48, hexadecimal)}" for kind in ("resp", "msg"))
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
    where = {"item_id": item_id, "output_index": 0, "content_index": 0}
    yield event("response.created", response=response("in_progress"))
    yield event("response.in_progress", response=response("in_progress"))
    yield event("response.output_item.added", output_index=0, item=item("in_progress"))
    yield event("response.content_part.added", **where, part=part)
    tokens = writer.tokens(events - 8)
    for token in tokens:
        rest = {"delta": token, "logprobs": [], "obfuscation": writer.padding(16)}
        yield event("response.output_text.delta", **where, **rest)
    text = "".join(tokens)
    part = {**part, "text": text}
    whole = item("completed", part)
    yield event("response.output_text.done", **where, text=text, logprobs=[])
    yield event("response.content_part.done", **where, part=part)
    yield event("response.output_item.done", output_index=0, item=whole)
    yield event("response.completed", response=response("completed", whole))


@cache
def shapes() -> tuple[Stream, ...]:
    """The four streams that the targets are about, with the sizes that real ones have."""
    made: dict[str, tuple[int, Callable[[int], Iterator[Block]]]] = {
        "chat, padded": (313, chat),
        "chat, lean": (217, lambda events: chat(events, padded=False)),
        "messages": (126, messages),
        "responses": (257, responses),
    }
    streams = []
    for name, (size, make) in made.items():
        stream = Stream.of(name, make(EVENTS))
        assert len(stream.blocks) == EVENTS, name
        assert abs(stream.bytes_per_event - size) <= 3, (name, stream.bytes_per_event)
        streams.append(stream)
    return tuple(streams)


@cache
def twins() -> tuple[Stream, ...]:
    """The padded chat again: with CRLF, and with text that is not ASCII."""
    return (
        Stream.of("chat, CRLF", chat(EVENTS), newline="\r\n"),
        Stream.of("chat, not ASCII", chat(EVENTS, words=WIDE_WORDS)),
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
