"""One row of a terminal for one event."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.highlighter import JSONHighlighter
from rich.text import Text

from ssewire.cli.escapes import one_line

if TYPE_CHECKING:
    from rich.console import Console

    from ssewire import ServerSentEvent


class EventRows:
    """Prints events to a console, one row each, cut to its width.

    Payloads of one stream begin alike and differ where the row has ended. So of a JSON object that
    is too long for its row only the members are shown that are not as in the event before.

    Args:
        console: where to print.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._highlighter = JSONHighlighter()
        self._name_width = len("message")
        self._payload: object = None

    def print(self, index: int, event: ServerSentEvent) -> None:
        """Print one event.

        Args:
            index: its number.
            event: the event.
        """
        width = self._console.width
        row = Text(no_wrap=True)
        row.append(f"{index:>4}  ", style="dim")
        row.append_text(self._name(one_line(event.event), width // 3))
        row.append("  ")
        if event.id:
            row.append(f"id={one_line(event.id[:width])}  ", style="magenta")
        excerpt = self._excerpt(event, width - row.cell_len)
        # More characters than columns are not needed, and data can have megabytes of them.
        row.append_text(self._highlighter(one_line(excerpt[: width + 1])))
        row.truncate(width, overflow="ellipsis")
        self._console.print(row)

    def _name(self, name: str, most: int) -> Text:
        # The column grows with the names that come, so that short ones leave room for the data.
        text = Text(name, style="cyan")
        self._name_width = max(self._name_width, min(text.cell_len, most))
        text.truncate(self._name_width, overflow="ellipsis", pad=True)
        return text

    def _excerpt(self, event: ServerSentEvent, room: int) -> str:
        before, self._payload = self._payload, _json_of(event)
        if len(event.data) <= room:
            return event.data
        if not (isinstance(before, dict) and isinstance(self._payload, dict)):
            return event.data
        nothing = object()
        news = {
            name: value
            for name, value in self._payload.items()
            if before.get(name, nothing) != value
        }
        if not news or len(news) == len(self._payload):
            return event.data
        return "… " + json.dumps(news, ensure_ascii=False, separators=(",", ":"))


def _json_of(event: ServerSentEvent) -> object:
    try:
        return event.json()
    except (ValueError, RecursionError):
        return None
