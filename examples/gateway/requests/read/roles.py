"""Who says what in a conversation: the rules are the same in all three shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..members import harmless
from ..neutral import Call, Document, Image, Reasoning, Request, RequestError, Result, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..neutral import Content, Part


@dataclass(frozen=True)
class Foreign:
    """A part that no other shape has, such as a sound, or a file by its id.

    Attributes:
        kind: what its own shape calls it.
    """

    kind: str


def instruct(request: Request, parts: Iterable[Content | Foreign]) -> None:
    """Add what stands before the conversation or within it, which is text."""
    for part in parts:
        if isinstance(part, Text):
            request.instruct(part.text)
        else:
            request.dropped.add(_kind(part))


def ask(request: Request, parts: Iterable[Part | Foreign]) -> None:
    """Add what the user says.

    Raises:
        RequestError: if something would be missing from it: the answer would be to another question.
    """
    for part in parts:
        if isinstance(part, Foreign):
            kind = harmless(part.kind)
            raise RequestError(f"{kind} needs a model whose server speaks this API itself")
        if isinstance(part, (Call, Reasoning)):
            raise RequestError("calls and thoughts are the assistant's, not the user's")
        request.turn("user").parts.append(part)


def reply(request: Request, parts: Iterable[Part | Foreign]) -> None:
    """Add what the model has said; pictures and tools of its server are left out.

    Raises:
        RequestError: if a tool's result is in it.
    """
    for part in parts:
        if isinstance(part, Result):
            raise RequestError("the results of tools are the user's, not the assistant's")
        if isinstance(part, (Foreign, Image, Document)):
            request.dropped.add(_kind(part))
        else:
            request.turn("assistant").parts.append(part)


def known(request: Request, parts: Iterable[Content | Foreign]) -> Iterator[Content]:
    """What a tool has answered, without what no other shape has."""
    for part in parts:
        if isinstance(part, Foreign):
            request.dropped.add(_kind(part))
        else:
            yield part


def _kind(part: Content | Foreign) -> str:
    return harmless(part.kind) if isinstance(part, Foreign) else type(part).__name__.lower()
