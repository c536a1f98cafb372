"""What a proxy's author writes: split at blank lines, orjson, dicts; well, as such things go.

The baselines for `Relay`. Each takes the reads of a stream and returns what is sent on, one piece for
each read, and the usage. Fast, and wrong for much of what the standard allows and servers send.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes import Shape
    from peers import Chunks

    Payload: TypeAlias = "dict[str, Any]"

DONE = b"[DONE]"


def usage_of_chunk(payload: Payload, usage: Payload) -> None:
    if found := payload.get("usage"):
        usage.update(found)


def usage_of_message(payload: Payload, usage: Payload) -> None:
    kind = payload["type"]
    if kind == "message_start":
        usage.update(payload["message"]["usage"])
    elif kind == "message_delta":
        usage.update(payload["usage"])


def usage_of_response(payload: Payload, usage: Payload) -> None:
    if payload["type"] in ("response.completed", "response.incomplete", "response.failed"):
        usage.update(payload["response"]["usage"])


USAGE: dict[Shape, Callable[[Payload, Payload], None]] = {
    "chat": usage_of_chunk,
    "completions": usage_of_chunk,
    "messages": usage_of_message,
    "responses": usage_of_response,
}
"""Notes the usage of a payload, if it has any."""


def observe(shape: Shape, chunks: Chunks) -> tuple[Chunks, Payload]:
    """Sends each read on as it is."""
    look, loads = USAGE[shape], orjson.loads
    usage: Payload = {}
    sent = []
    carry = b""
    for chunk in chunks:
        sent.append(chunk)
        *blocks, carry = (carry + chunk).split(b"\n\n")
        for block in blocks:
            for line in block.split(b"\n"):
                if line.startswith(b"data: "):
                    data = line[6:]
                    if data != DONE:
                        look(loads(data), usage)
    return sent, usage


def name_chunk(payload: Payload, model: str) -> bool:
    """Sets the model. Returns whether the payload is sent on, which a chunk of usage is not."""
    payload["model"] = model
    if payload["choices"]:
        return True
    return not payload.get("usage")


def name_message(payload: Payload, model: str) -> bool:
    if payload["type"] == "message_start":
        payload["message"]["model"] = model
    return True


def name_response(payload: Payload, model: str) -> bool:
    if response := payload.get("response"):
        response["model"] = model
    return True


NAME: dict[Shape, Callable[[Payload, str], bool]] = {
    "chat": name_chunk,
    "completions": name_chunk,
    "messages": name_message,
    "responses": name_response,
}


def edit(shape: Shape, model: str, chunks: Chunks) -> tuple[Chunks, Payload]:
    """Sends all events with another model, and chunks without the one of usage."""
    look, name = USAGE[shape], NAME[shape]
    loads, dumps = orjson.loads, orjson.dumps
    usage: Payload = {}
    sent = []
    carry = b""
    for chunk in chunks:
        *blocks, carry = (carry + chunk).split(b"\n\n")
        out = []
        for block in blocks:
            before, mark, data = block.partition(b"data: ")
            if data == DONE:
                out.append(block)
                continue
            payload = loads(data)
            look(payload, usage)
            if name(payload, model):
                out.append(before + mark + dumps(payload))
        out.append(b"")
        sent.append(b"\n\n".join(out))
    return sent, usage
