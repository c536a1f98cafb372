"""Strategies that make whole streams of answers: runs of pieces, framing, and damage."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from answers_grammar import (
    anything,
    arguments,
    chat_chunks,
    completion_chunks,
    error_payloads,
    message_events,
    mostly,
    pieces,
    response_events,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from answers_grammar import Payload, Payloads

ENDINGS = [b"\n\n", b"\n\n", b"\r\n\r\n", b"\r\r", b"\n"]
# Blocks that are no payloads, and some that should be.
JUNK = [
    *(b": ping\n\n", b":\n", b"retry: 5\n\n", b"id: 1\n\n", b"event: ping\n\n", b"data\n\n"),
    *(b"data: null\n\n", b"data: {}\n\n", b"data: {\n\n", b"data: [1]\n\n", b'data: "a"\n\n'),
    *(b"data: <html>\n\n", b"data: {}{}\n\n", b"data: 1\ndata: 2\ndata: {\n\n", b"data: NaN\n\n"),
    *(b'error: {"code":400}\n\n', b"error: gone\n\n", b"event: error\ndata: gone\n\n", b"junk\n"),
    *(b"data: {}\nerror: no\n\n", b'data: {}\ndata: [DONE]\ndata: {"choices":[]}\n\n'),
]


def chat_piece(text: str) -> Payload:
    choice = {"index": 0, "delta": {"content": text}, "logprobs": None, "finish_reason": None}
    return {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}


def reasoning_piece(text: str) -> Payload:
    return {"id": "c", "choices": [{"delta": {"content": None, "reasoning_content": text}}]}


def argument_piece(text: str) -> Payload:
    entry = {"index": 0, "function": {"arguments": text}}
    return {"id": "c", "choices": [{"index": 0, "delta": {"tool_calls": [entry]}}]}


def completion_piece(text: str) -> Payload:
    choice = {"text": text, "index": 0, "logprobs": None, "finish_reason": None}
    return {"id": "c", "object": "text_completion", "choices": [choice]}


def message_piece(type_: str, member: str) -> Callable[[str], Payload]:
    def piece(text: str) -> Payload:
        delta = {"type": type_, member: text}
        return {"type": "content_block_delta", "index": 0, "delta": delta}

    return piece


def response_piece(type_: str) -> Callable[[str], Payload]:
    def piece(text: str) -> Payload:
        where = {"item_id": "i", "output_index": 0, "content_index": 0}
        return {"type": f"response.{type_}.delta", **where, "delta": text, "obfuscation": "q"}

    return piece


RUNS: dict[str, list[Callable[[str], Payload]]] = {
    "chat": [chat_piece, reasoning_piece, argument_piece],
    "completions": [completion_piece],
    "messages": [
        message_piece("text_delta", "text"),
        message_piece("thinking_delta", "thinking"),
        message_piece("input_json_delta", "partial_json"),
    ],
    "responses": [
        response_piece("output_text"),
        response_piece("reasoning_summary_text"),
        response_piece("function_call_arguments"),
    ],
}
PAYLOADS: dict[str, Payloads] = {
    "chat": chat_chunks,
    "completions": completion_chunks,
    "messages": message_events,
    "responses": response_events,
}
any_payloads = st.one_of(*PAYLOADS.values(), error_payloads)


def all_places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each member and element inside of a payload."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for name, member in inner:
        found.append((*at, name))
        if isinstance(member, (dict, list)):
            found += all_places(member, (*at, name))
    return found


@st.composite
def changed(draw: st.DrawFn, payload: Payload) -> Payload:
    """The payload with something else in one place, or with a member more or less."""
    payload = copy.deepcopy(payload)
    *way, last = draw(st.sampled_from(all_places(payload)))
    holder: Any = payload
    for name in way:
        holder = holder[name]
    change = draw(st.sampled_from(["set", "more", "less"]))
    if change == "set" or isinstance(holder, list):
        holder[last] = draw(anything)
    elif change == "more":
        holder[draw(st.sampled_from(["usage", "error", "finish_reason", "x", "index"]))] = draw(
            anything
        )
    else:
        del holder[last]
    return payload


@st.composite
def runs(draw: st.DrawFn, shape: str) -> list[Payload]:
    """Like pieces, so many that a reader may learn them; in the middle perhaps something else."""
    make = draw(st.sampled_from(RUNS[shape]))
    texts = draw(st.lists(pieces | arguments, min_size=10, max_size=20))
    run = [make(text) for text in texts]
    numbered = draw(st.booleans())
    if numbered and shape == "responses":
        for number, payload in enumerate(run, draw(st.sampled_from([0, 8, 95]))):
            payload["sequence_number"] = number
    if draw(st.booleans()):
        place = draw(st.integers(0, len(run) - 1))
        run[place] = draw(changed(run[place]))
    return run


STYLES: list[dict[str, Any]] = [
    {"separators": (",", ":")},
    {"separators": (",", ":"), "ensure_ascii": False},
    {},
    {"indent": 1},
]


def framed(payload: Payload, style: dict[str, Any], ending: bytes, name: str | None) -> bytes:
    lines = json.dumps(payload, **style).encode("utf-8", "surrogatepass").split(b"\n")
    end = b"\n" if ending == b"\n" else ending[: len(ending) // 2]
    head = b"" if name is None else b"event: " + name.encode() + end
    return head + b"".join(b"data: " + line + end for line in lines) + end


@st.composite
def blocks_of(draw: st.DrawFn, shape: str) -> list[bytes]:
    """The blocks of a stream of this shape, with the end that belongs to it."""
    payloads = draw(st.lists(PAYLOADS[shape], max_size=5))
    if draw(st.booleans()):
        payloads += draw(runs(shape))
        payloads += draw(st.lists(PAYLOADS[shape], max_size=3))
    payloads += draw(st.lists(mostly(PAYLOADS[shape], any_payloads), max_size=2))
    style = draw(st.sampled_from(STYLES))
    ending = draw(st.sampled_from(ENDINGS[:4]))
    naming = draw(st.sampled_from(["never", "by type", "wrongly"]))
    blocks = []
    for payload in payloads:
        type_ = payload.get("type")
        name = type_ if naming == "by type" and isinstance(type_, str) and type_.isascii() else None
        name = "message_stop" if naming == "wrongly" else name
        blocks.append(framed(payload, style, ending, name))
    if draw(st.booleans()):
        blocks.append(b"data: [DONE]" + ending)
    return blocks


@st.composite
def damaged_blocks(draw: st.DrawFn, blocks: list[bytes]) -> list[bytes]:
    """Some blocks twice, lost, in another order, or with junk between them."""
    blocks = list(blocks)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(len(blocks) - 1, 0)))
        kind = draw(st.sampled_from(["junk", "junk", "twice", "lost", "swap", "other"]))
        if kind == "junk" or not blocks:
            blocks.insert(place, draw(st.sampled_from(JUNK)))
        elif kind == "twice":
            blocks.insert(place, blocks[place])
        elif kind == "lost":
            del blocks[place]
        elif kind == "other":
            blocks.insert(place, framed(draw(any_payloads), {}, b"\n\n", None))
        else:
            blocks.insert(place, blocks.pop())
    return blocks


@st.composite
def damaged_bytes(draw: st.DrawFn, body: bytes) -> bytes:
    """A byte less, more, or another one; a cut at the end."""
    if not body:
        return body
    damaged = bytearray(body)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(len(damaged) - 1, 0)))
        piece = draw(st.sampled_from([b"", b'"', b"\\", b"{", b"}", b",", b"0", b"\n", b"\xff"]))
        damaged[place : place + draw(st.integers(0, 2))] = piece
    return bytes(damaged[: draw(st.integers(0, len(damaged)))] if draw(st.booleans()) else damaged)


shapes = st.sampled_from(sorted(PAYLOADS))


@st.composite
def answer_streams(draw: st.DrawFn, shape: str | None = None) -> bytes:
    blocks = draw(blocks_of(shape or draw(shapes)))
    damage = draw(st.sampled_from(["none", "none", "blocks", "bytes", "both"]))
    if damage in ("blocks", "both"):
        blocks = draw(damaged_blocks(blocks))
    body = b"".join(blocks)
    return draw(damaged_bytes(body)) if damage in ("bytes", "both") else body
