"""What people write themselves: split at blank lines, orjson, and dicts; well, as such things go.

Fast, and wrong for much of what the standard allows and of what servers send.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from outcomes import Shape

    Payload: TypeAlias = "dict[str, Any]"
    Reads: TypeAlias = "Iterable[list[Payload]]"


def reads(chunks: Iterable[bytes]) -> Iterator[list[Payload]]:
    """The payloads of each read, until `[DONE]`."""
    loads = orjson.loads
    carry = b""
    for chunk in chunks:
        *blocks, carry = (carry + chunk).split(b"\n\n")
        payloads: list[Payload] = []
        for block in blocks:
            for line in block.split(b"\n"):
                if line.startswith(b"data: "):
                    data = line[6:]
                    if data == b"[DONE]":
                        yield payloads
                        return
                    payloads.append(loads(data))
        yield payloads


def chat(found: Reads) -> None:
    for payloads in found:
        for payload in payloads:
            if choices := payload["choices"]:
                _ = choices[0]["delta"].get("content")


def completions(found: Reads) -> None:
    for payloads in found:
        for payload in payloads:
            if choices := payload["choices"]:
                _ = choices[0]["text"]


def messages(found: Reads) -> None:
    for payloads in found:
        for payload in payloads:
            if payload["type"] == "content_block_delta":
                _ = payload["delta"].get("text")


def responses(found: Reads) -> None:
    for payloads in found:
        for payload in payloads:
            if payload["type"] == "response.output_text.delta":
                _ = payload["delta"]


def chat_text(found: Reads) -> str:
    return "".join(
        [
            choices[0]["delta"].get("content") or ""
            for payloads in found
            for payload in payloads
            if (choices := payload["choices"])
        ]
    )


def completions_text(found: Reads) -> str:
    return "".join(
        [
            choices[0]["text"]
            for payloads in found
            for payload in payloads
            if (choices := payload["choices"])
        ]
    )


def messages_text(found: Reads) -> str:
    return "".join(
        [
            payload["delta"].get("text", "")
            for payloads in found
            for payload in payloads
            if payload["type"] == "content_block_delta"
        ]
    )


def responses_text(found: Reads) -> str:
    return "".join(
        [
            payload["delta"]
            for payloads in found
            for payload in payloads
            if payload["type"] == "response.output_text.delta"
        ]
    )


LOOPS: dict[Shape, Callable[[Reads], None]] = {
    "chat": chat,
    "completions": completions,
    "messages": messages,
    "responses": responses,
}
TEXTS: dict[Shape, Callable[[Reads], str]] = {
    "chat": chat_text,
    "completions": completions_text,
    "messages": messages_text,
    "responses": responses_text,
}
"""All that the loop reads."""
