"""`Outcome`: what an answer was and how it ended, in the same words for every shape."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from ssewire import errors


@dataclass(frozen=True)
class ToolCall:
    """A tool call of an answer.

    Attributes:
        index: the index on the wire, or the order of arrival where that is missing or not unique.
        id: the id to send back with the tool's result.
        type: the kind of call, in the shape's own word, such as `"function"` or `"tool_use"`.
        name: the tool's name.
        arguments: the arguments as they came, all pieces joined.
        parsed: the arguments as Python objects; `{}` if there are none, `None` if they are not JSON.
    """

    index: int
    id: str | None
    type: str
    name: str | None
    arguments: str
    parsed: Any


@dataclass(frozen=True)
class Tokens:
    """Counts of tokens, with the same meaning for every shape; `None` where not known.

    Attributes:
        input: of the request, cached ones included.
        output: of the answer, reasoning included.
        cached: of the request, read from a cache.
        reasoning: of the answer, spent on reasoning.
        total: input and output.
    """

    input: int | None = None
    output: int | None = None
    cached: int | None = None
    reasoning: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class ErrorInfo:
    """An error that the server sent within the stream.

    Attributes:
        type: its type.
        code: its code, of any JSON type.
        message: what it says.
        param: the parameter that it is about, of any JSON type.
        status: the HTTP status that it would have had.
        retryable: whether the same request may succeed later (408, 409, 429, 5xx). A spent quota is
            429 too; waiting does not help then.
        raw: the error as it was sent.
    """

    type: str | None
    code: Any
    message: str | None
    param: Any
    status: int | None
    retryable: bool
    raw: Any = None


@dataclass(frozen=True)
class Outcome:
    """What an answer was and how it ended. A value: it does not change when more is fed.

    Attributes:
        text: the text of choice 0, or of the message.
        texts: the text of each choice, by index.
        reasoning: the reasoning; `None` if the stream has none.
        refusal: the refusal in words; `None` if the stream has none.
        tool_calls: the tool calls, in order of their indices.
        finish_reason: why it stopped, in the shape's own word.
        finish_reasons: the same of each choice, by index.
        finish: why it stopped, in words that are the same for every shape: `"stop"`, `"length"`,
            `"tool_calls"`, `"content_filter"`, `"pause"`, `"error"`, or `None`.
        usage: the usage object as it was sent; of messages, all of them merged.
        tokens: the counts in it.
        error: the error that the server sent, or `None`.
        done_seen: whether `[DONE]` was seen.
        terminal: what ended the answer, such as `"[DONE]"`, `"finish_reason"`, `"message_stop"`,
            `"response.completed"` or `"error"`; `None` if nothing did.
        complete: whether the answer is whole.
        n_events: how many events there were.
        n_comments: how many comments there were: signs of life.
        function_call: the call of the deprecated kind (`name` and `arguments`), or `None`.
        body: the bytes of a body that was no event stream, or `None`.
    """

    text: str = ""
    texts: dict[int, str] = field(default_factory=dict)
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[ToolCall] = field(default_factory=list)
    finish_reason: str | None = None
    finish_reasons: dict[int, str | None] = field(default_factory=dict)
    finish: str | None = None
    usage: dict[str, Any] | None = None
    tokens: Tokens = field(default_factory=Tokens)
    error: ErrorInfo | None = None
    done_seen: bool = False
    terminal: str | None = None
    complete: bool = False
    n_events: int = 0
    n_comments: int = 0
    function_call: dict[str, str | None] | None = None
    body: bytes | None = None

    def to_dict(self) -> dict[str, Any]:
        """The outcome as Python objects that JSON has, but for the keys of `texts`.

        Returns:
            A dict with the attributes above, without `function_call` and `body`.
        """
        members = {name: getattr(self, name) for name in _OUTCOME}
        members["texts"] = self.texts.copy()
        members["finish_reasons"] = self.finish_reasons.copy()
        members["usage"] = self.usage and self.usage.copy()
        members["tool_calls"] = [vars(call).copy() for call in self.tool_calls]
        members["tokens"] = vars(self.tokens).copy()
        members["error"] = self.error and vars(self.error).copy()
        return members

    def raise_for_error(self) -> None:
        """Raise if the answer is not whole.

        Raises:
            NotAnEventStream: if the body was something else.
            StreamError: if the server sent an error.
            TruncatedStream: if the stream just ended, as far as it was fed.
        """
        if self.body is not None:
            raise errors.NotAnEventStream(self.body, error=self.error)
        if self.error is not None:
            raise errors.StreamError(self.error)
        if not self.complete:
            raise errors.TruncatedStream(self.n_events)


_OUTCOME = tuple(
    member.name for member in fields(Outcome) if member.name not in ("function_call", "body")
)
