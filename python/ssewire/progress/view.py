"""The numbers of a stream as rich shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from ssewire.progress.line import counted, gaps, seconds, state, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def table(numbers: Mapping[str, Any], *, ended: bool) -> Table:
    """Five rows, whatever is known: what is shown live should not jump.

    Args:
        numbers: what `Progress.to_dict()` has.
        ended: whether the answer is over.
    """
    rows = Table.grid(padding=(0, 3, 0, 0))
    rows.add_column(style="dim", no_wrap=True)
    # The only one that gives way; its texts do not wrap all the same.
    rows.add_column()
    for label, value in _rows(numbers, ended=ended):
        value.no_wrap, value.overflow = True, "ellipsis"
        rows.add_row(label, value)
    return rows


def _rows(numbers: Mapping[str, Any], *, ended: bool) -> Iterator[tuple[str, Text]]:
    first = numbers["time_to_first_token"]
    none = Text("none yet" if not ended else "none", style="dim")
    said = Text().append(tokens(numbers), style="cyan")
    rate = numbers["tokens_per_second"]
    if rate is not None:
        said.append(f", {rate:,.1f} tokens/s")
    if numbers["tokens_estimated"]:
        said.append("  estimated", style="dim")
    yield "output", Text(state(ended=ended), style="dim") if first is None else said
    size = counted(numbers["characters"], "character")
    yield "stream", Text(f"{size} in {counted(numbers['chunks'], 'chunk')}")
    yield "first token", none if first is None else Text(f"after {seconds(first)}")
    yield "gaps", Text(gaps(numbers["gaps"])) if numbers["gaps"]["count"] else none
    yield "time", Text(seconds(numbers["elapsed"]))
