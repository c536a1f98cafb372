"""The loops that people write over what a client gives them, by the shape of the answer.

`feed` makes items of a read. For ssewire that is a dispatcher's method; for an SDK, which does the
reading itself, the whole stream is one read. So the loop is the same for both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from outcomes import Shape

    Feed: TypeAlias = "Callable[[Any], Iterable[Any]]"
    Reads: TypeAlias = "Iterable[Any]"


def chat(feed: Feed, reads: Reads) -> None:
    try:
        for read in reads:
            for chunk in feed(read):
                _ = chunk.choices[0].delta.content
    except IndexError:  # the last chunk, with the usage
        pass


def completions(feed: Feed, reads: Reads) -> None:
    try:
        for read in reads:
            for chunk in feed(read):
                _ = chunk.choices[0].text
    except IndexError:
        pass


def messages(feed: Feed, reads: Reads) -> None:
    for read in reads:
        for event in feed(read):
            if event.type == "content_block_delta":
                _ = event.delta.text


def responses(feed: Feed, reads: Reads) -> None:
    for read in reads:
        for event in feed(read):
            if event.type == "response.output_text.delta":
                _ = event.delta


def chat_text(chunk: Any) -> str | None:
    return chunk.choices[0].delta.content if chunk.choices else None


def completions_text(chunk: Any) -> str | None:
    return chunk.choices[0].text if chunk.choices else None


def messages_text(event: Any) -> str | None:
    return event.delta.text if event.type == "content_block_delta" else None


def responses_text(event: Any) -> str | None:
    return event.delta if event.type == "response.output_text.delta" else None


LOOPS: dict[Shape, Callable[[Feed, Reads], None]] = {
    "chat": chat,
    "completions": completions,
    "messages": messages,
    "responses": responses,
}
TEXTS: dict[Shape, Callable[[Any], str | None]] = {
    "chat": chat_text,
    "completions": completions_text,
    "messages": messages_text,
    "responses": responses_text,
}
"""What the loop reads of an item."""
