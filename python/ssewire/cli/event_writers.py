"""The forms in which `ssewire events` writes to standard output, each a function of a batch."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from itertools import count

from ssewire import ServerSentEvent
from ssewire.cli.escapes import one_line
from ssewire.cli.event_rows import EventRows
from ssewire.cli.terminal import PipeConsole

Writer = Callable[[Sequence[ServerSentEvent]], None]


def raw_writer() -> Writer:
    """The bytes of each event, as received."""
    return lambda batch: _write(b"".join(event.raw for event in batch))


def json_writer() -> Writer:
    """One JSON object for each event."""
    return lambda batch: _write("".join(_json_line(event) for event in batch).encode())


def plain_writer() -> Writer:
    """One line for each event: index, name, id and data, with tabs between them, nothing cut."""
    indexes = count(1)
    return lambda batch: _write(
        "".join(_plain_line(next(indexes), event) for event in batch).encode()
    )


def row_writer() -> Writer:
    """One row of the terminal for each event."""
    indexes = count(1)
    rows = EventRows(PipeConsole())

    def write(batch: Sequence[ServerSentEvent]) -> None:
        for event in batch:
            rows.print(next(indexes), event)

    return write


def _write(data: bytes) -> None:
    # Bytes and not text, so that no locale can spoil them; flushed, because a reader waits.
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _json_line(event: ServerSentEvent) -> str:
    members = {"event": event.event, "data": event.data, "id": event.id, "retry": event.retry}
    return json.dumps(members, ensure_ascii=False) + "\n"


def _plain_line(index: int, event: ServerSentEvent) -> str:
    return "\t".join((str(index), *map(one_line, (event.event, event.id, event.data)))) + "\n"
