"""How an outcome is put into words; the same in every command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ssewire.cli.escapes import one_line

if TYPE_CHECKING:
    from ssewire import ErrorInfo, Outcome, Tokens

MOST_CHARACTERS = 300  # of what a server says, in one line


def counted(number: int, noun: str) -> str:
    """A number and its noun, as in `1 event` and `1,000 events`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def calls(outcome: Outcome) -> list[tuple[str, str]]:
    """Name and arguments of each tool call, each of them in one line."""
    found = [(call.name, call.arguments) for call in outcome.tool_calls]
    if outcome.function_call is not None:
        found.append((outcome.function_call["name"], outcome.function_call["arguments"] or ""))
    return [(one_line(name or "(no name)"), one_line(arguments)) for name, arguments in found]


def ending(outcome: Outcome) -> str:
    """Why the answer stopped: the normalised word, and the server's own if that is another."""
    if outcome.finish is None:
        return "none"
    reason = outcome.finish_reason
    if reason is None or reason == outcome.finish:
        return outcome.finish
    return f"{outcome.finish} ({one_line(reason)})"


def tokens(counts: Tokens) -> str:
    """The counts that are known, in one line."""
    known = []
    for name, number, part, part_name in (
        ("in", counts.input, counts.cached, "cached"),
        ("out", counts.output, counts.reasoning, "reasoning"),
    ):
        if number is not None:
            known.append(f"{number:,} {name}" + (f" ({part:,} {part_name})" if part else ""))
    if counts.total is not None:
        known.append(f"{counts.total:,} total")
    return ", ".join(known) or "none sent"


def error(info: ErrorInfo) -> str:
    """An error of a server: what it says, then what is known of its kind."""
    known = [
        f"{name} {value}"
        for name, value in (("type", info.type), ("code", info.code), ("status", info.status))
        if value is not None
    ]
    known.append("retryable" if info.retryable else "not retryable")
    said = info.message or "an error without a message"
    return f"{short(said)} ({short(', '.join(known))})"


def short(text: str) -> str:
    """The text in one line that is not too long."""
    line = one_line(text[:MOST_CHARACTERS])
    return line + "…" if len(text) > MOST_CHARACTERS else line
