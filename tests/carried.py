"""What an answer says, shape by shape: the part of its outcome that another shape can carry.

By WIRE.md 7, and the rules of translation that DESIGN.md and the documentation give.
"""

from __future__ import annotations

from typing import Any, NamedTuple

# Tools that the client is to run. Others ran on the server and concern nobody.
CLIENT_TOOLS = {"function", "custom", "tool_use", "function_call", "custom_tool_call"}
FREE_TEXT = {"custom", "custom_tool_call"}
# What WIRE.md 4.5 has a type for; another failure of the server is an `api_error`.
MESSAGES_STATUS = {400, 401, 402, 403, 404, 409, 413, 429, 500, 504, 529}


class Called(NamedTuple):
    id: str | None  # `None`: there is none, so that any will do
    name: str | None
    free_text: bool
    arguments: str | None  # `None`: cannot be carried


class Tokens(NamedTuple):
    input: int
    output: int
    cached: int
    reasoning: int
    total: int | None


class Failed(NamedTuple):
    message: str | None
    status: int | None  # `None`: unknown


class Carried(NamedTuple):
    text: str
    reasoning: str
    refusal: str
    calls: tuple[Called, ...]
    finish: str | None
    tokens: Tokens | None
    error: Failed | None
    complete: bool


def said_in(outcome: dict[str, Any], function_call: dict[str, Any] | None = None) -> Carried:
    """What an outcome says, without that which only its own shape knows."""
    complete, error = outcome["complete"], outcome["error"]
    calls = [_called(call) for call in outcome["tool_calls"] if call["type"] in CLIENT_TOOLS]
    if function_call and not calls:
        legacy = Called(None, function_call["name"], False, function_call["arguments"])
        calls = [legacy]
    finish = outcome["finish"]
    if complete and finish is None:
        finish = "tool_calls" if calls else "stop"
    return Carried(
        outcome["text"],
        outcome["reasoning"] or "",
        outcome["refusal"] or "",
        tuple(calls),
        finish if complete else None,
        _tokens(outcome) if complete else None,
        error and Failed(error["message"], error["status"]),
        complete,
    )


def carried_by(shape: str, said: Carried) -> Carried:
    """What is left of it in another shape."""
    return {"chat": _by_chat, "messages": _by_messages, "responses": _by_responses}[shape](said)


def _called(call: dict[str, Any]) -> Called:
    free = call["type"] in FREE_TEXT
    arguments = call["arguments"]
    # "empty arguments": no piece, "" and {} are the same
    if not free and not arguments.strip():
        arguments = "{}"
    return Called(call["id"], call["name"], free, arguments)


def _tokens(outcome: dict[str, Any]) -> Tokens | None:
    if outcome["usage"] is None:
        return None
    tokens = outcome["tokens"]
    names = ("input", "output", "cached", "reasoning")
    input_, output, cached, reasoning = (tokens[name] or 0 for name in names)
    known = tokens["input"] is not None and tokens["output"] is not None
    total = tokens["total"] if known else None
    return Tokens(input_, output, cached, reasoning, total)


def _by_chat(said: Carried) -> Carried:
    finish = said.finish
    if finish == "pause":
        finish = "stop"
    # A chat that stops with calls has called tools.
    if finish == "stop" and said.calls:
        finish = "tool_calls"
    return said._replace(finish=finish)


def _by_messages(said: Carried) -> Carried:
    # A refusal in words is text there, and the reason says that it is a refusal.
    finish = said.finish
    if said.refusal and finish == "stop":
        finish = "content_filter"
    calls = tuple(
        call._replace(free_text=False, arguments=None) if call.free_text else call
        for call in said.calls
    )
    tokens = said.tokens
    if tokens and tokens.total is not None:
        tokens = tokens._replace(total=tokens.input + tokens.output)
    error = said.error
    if error and error.status is not None and error.status not in MESSAGES_STATUS:
        error = error._replace(status=500 if error.status >= 500 else None)
    return said._replace(
        text=said.text + said.refusal,
        refusal="",
        finish=finish,
        calls=calls,
        tokens=tokens,
        error=error,
    )


def _by_responses(said: Carried) -> Carried:
    finish = said.finish
    if finish in ("stop", "tool_calls", "pause"):
        finish = "tool_calls" if said.calls else "stop"
    return said._replace(finish=finish)


def assert_carried(found: Carried, expected: Carried, *, held: bool = False) -> None:
    """The found says what is expected; of a cut answer, `held` calls may not have been told yet."""
    assert found._replace(calls=(), tokens=None, error=None) == expected._replace(
        calls=(), tokens=None, error=None
    )
    if expected.tokens is not None:
        assert found.tokens is not None
        known = expected.tokens.total is not None
        assert found.tokens._replace(total=None) == expected.tokens._replace(total=None)
        assert not known or found.tokens.total == expected.tokens.total
    if expected.error is None:
        assert found.error is None
    else:
        assert found.error is not None
        assert found.error.message == (expected.error.message or found.error.message)
        assert expected.error.status in (None, found.error.status)
    if not held:
        assert len(found.calls) == len(expected.calls)
    for call, wanted in zip(found.calls, expected.calls, strict=False):
        _assert_called(call, wanted, held=held)


def _assert_called(found: Called, expected: Called, *, held: bool) -> None:
    assert found.id, "a call needs an id to be answered"
    assert expected.id in (None, found.id)
    assert expected.name in (None, found.name)
    if expected.arguments is None:
        return
    assert found.free_text == expected.free_text
    if held and found.arguments == "{}":
        return
    if held:
        assert expected.arguments.startswith(found.arguments or "")
    else:
        assert found.arguments == expected.arguments
