"""`AnswerWriter`: writes an answer to standard output as it comes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ssewire import Chunk
from ssewire.cli.escapes import readable
from ssewire.cli.terminal import PipeConsole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ssewire import Delta, StreamEvent

THINK, UNTHINK = "<think>\n", "\n</think>"  # around reasoning where nothing can be dimmed


class AnswerWriter:
    """Writes the text of choice 0, or of the message, flushed with every read.

    A terminal gets what would steer it as escapes; anything else gets the text as it is. Line ends
    are held until something follows, so that the last one is one and no more.

    Args:
        reasoning: whether to write the reasoning too: dimmed on a terminal, else between
            `<think>` and `</think>`, with a blank line before the text.
    """

    def __init__(self, *, reasoning: bool = False) -> None:
        self._kinds = ("text", "reasoning") if reasoning else ("text",)
        console = PipeConsole()
        self._steers = console.is_terminal
        self._dims = console.is_terminal and not console.is_dumb_terminal
        self._section: str | None = None
        self._held = ""
        self._follows = False  # after another section, and nothing written in this one
        self._out: list[str] = []

    def write(self, items: Iterable[Chunk | StreamEvent]) -> None:
        """Write what is new in the items of one read."""
        for item in items:
            for delta in item.deltas:
                if delta.kind in self._kinds and delta.text and is_of_the_answer(delta, item):
                    self._piece(delta.kind, delta.text)
        self._flush()

    def end(self, calls: Iterable[tuple[str, str]] = ()) -> None:
        """End the last line, and write tool calls below it, one a line.

        Args:
            calls: name and arguments of each.
        """
        self._close()
        for name, arguments in calls:
            if self._section is not None:
                self._out.append("\n")
                self._section = None
            self._out.append(f"{self._styled(name, bold=True)} {arguments}".rstrip() + "\n")
        self._flush()

    def _piece(self, kind: str, piece: str) -> None:
        if kind != self._section:
            if self._section is not None:
                self._close()
                self._out.append("\n")
                self._follows = True
            self._section = kind
            if kind == "reasoning" and not self._dims:
                self._out.append(THINK)
        body = piece.rstrip("\n")
        if not body:
            self._held += piece
            return
        shown, self._held = self._held + body, piece[len(body) :]
        if self._follows:
            self._follows = False
            shown = shown.lstrip("\n")  # there is a blank line already
        if self._steers:
            shown = readable(shown)
        self._out.append(self._styled(shown, dim=True) if kind == "reasoning" else shown)

    def _close(self) -> None:
        """End the section with exactly one line end."""
        if self._section is None:
            return
        self._held = ""
        if self._section == "reasoning" and not self._dims:
            self._out.append(UNTHINK)
        self._out.append("\n")

    def _styled(self, text: str, *, dim: bool = False, bold: bool = False) -> str:
        if not self._dims:
            return text
        return click.style(text, dim=dim or None, bold=bold or None)

    def _flush(self) -> None:
        new = "".join(self._out)
        self._out.clear()  # first, so that a Ctrl-C in between cannot write it twice
        # Bytes and not text, so that no locale can spoil them.
        sys.stdout.buffer.write(new.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()


def is_of_the_answer(delta: Delta, item: Chunk | StreamEvent) -> bool:
    """Whether a delta is of choice 0; a message has no choices, but blocks, and all are of it."""
    return delta.index == 0 or not isinstance(item, Chunk)
