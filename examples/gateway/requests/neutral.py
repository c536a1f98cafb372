"""A request in words that all three shapes share: what is read from one and written as another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Shape = Literal["chat", "messages", "responses"]
Role = Literal["system", "user", "assistant"]
MOST_STOP_OF_CHAT = 4  # stop strings: more are refused


class RequestError(Exception):
    """The client asks for what it may not, or cannot have; the words are for it to read."""


@dataclass(frozen=True)
class Text:
    """A piece of text."""

    text: str


@dataclass(frozen=True)
class Image:
    """A picture.

    Attributes:
        url: where it is; a `data:` URL for one that is part of the request.
        detail: how closely to look, in OpenAI's words.
    """

    url: str
    detail: str | None = None


@dataclass(frozen=True)
class Document:
    """A file to be read, such as a PDF.

    Attributes:
        url: where it is; a `data:` URL for one that is part of the request.
        name: what it is called.
    """

    url: str
    name: str | None = None


@dataclass(frozen=True)
class Reasoning:
    """What a model thought in an earlier turn.

    Attributes:
        text: what it let be seen of it.
        signature: what only its maker can read, and wants back.
        redacted: whether all of it is in the signature.
    """

    text: str
    signature: str | None = None
    redacted: bool = False


@dataclass(frozen=True)
class Call:
    """A tool call of an earlier turn.

    Attributes:
        id: what its result names.
        name: the tool.
        arguments: JSON; of a custom tool, text.
        custom: whether it is a tool that takes text.
    """

    id: str
    name: str
    arguments: str
    custom: bool = False


@dataclass(frozen=True)
class Result:
    """What a tool answered.

    Attributes:
        call_id: the call that it is for.
        parts: the answer.
        failed: whether the tool failed.
        custom: whether it is a tool that takes text.
    """

    call_id: str
    parts: tuple[Content, ...]
    failed: bool = False
    custom: bool = False


Content = Text | Image | Document
Part = Content | Reasoning | Call | Result


@dataclass
class Turn:
    """One turn of the conversation, with its parts in order."""

    role: Role
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Tool:
    """A function that the model may call.

    Attributes:
        name: its name.
        description: what it is for.
        parameters: the JSON schema of its arguments.
        strict: whether the arguments must follow it; `None` leaves that to the server.
        custom: whether it takes text instead.
        grammar: of a custom tool, `{"syntax", "definition"}` of the text.
    """

    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None
    custom: bool = False
    grammar: dict[str, Any] | None = None


@dataclass(frozen=True)
class ToolChoice:
    """Whether tools may or must be called; with a name, which one must be."""

    mode: Literal["auto", "none", "required", "named"]
    name: str | None = None


@dataclass(frozen=True)
class Thinking:
    """How much the model shall think.

    Attributes:
        effort: in OpenAI's words; `"none"` for not at all, `None` for as much as it sees fit.
        budget: in tokens.
        summary: how the reasoning shall be told, in OpenAI's words.
    """

    effort: str | None = None
    budget: int | None = None
    summary: str | None = None


@dataclass(frozen=True)
class Format:
    """The form that the answer must have: any JSON object, or one that follows a schema."""

    schema: dict[str, Any] | None = None
    name: str | None = None
    description: str | None = None
    strict: bool | None = None


@dataclass
class Request:
    """What is asked of a model.

    Attributes:
        system: the instructions that stand before the conversation.
        turns: the conversation.
        tools: the functions that may be called.
        tool_choice: whether they may or must be.
        parallel_calls: whether several may be called in one turn.
        thinking: how much to think.
        format: the form of the answer.
        max_tokens: how long the answer may be.
        temperature: as in every shape.
        top_p: as in every shape.
        stop: the strings that end the answer.
        user: who asks, in words of the client's own.
        common: members that chat and responses have under one name, as they came.
        dropped: what could not be carried, by name.
    """

    system: list[str] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)
    tool_choice: ToolChoice | None = None
    parallel_calls: bool | None = None
    thinking: Thinking | None = None
    format: Format | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    stop: tuple[str, ...] = ()
    user: str | None = None
    common: dict[str, Any] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)

    def stop_of(self, shape: Shape) -> tuple[str, ...]:
        """The stop strings that a server of this shape looks for itself."""
        if shape == "messages":
            return tuple(text for text in self.stop if text.strip())
        return self.stop[:MOST_STOP_OF_CHAT] if shape == "chat" else ()

    def turn(self, role: Role) -> Turn:
        """The turn that is going on, or a new one if another speaks now."""
        if not self.turns or self.turns[-1].role != role:
            self.turns.append(Turn(role))
        return self.turns[-1]

    def instruct(self, text: str) -> None:
        """Add instructions: to those before the conversation, or where they stand within it."""
        if self.turns:
            self.turn("system").parts.append(Text(text))
        elif text:
            self.system.append(text)
