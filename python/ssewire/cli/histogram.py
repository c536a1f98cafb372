"""A histogram of a few rows, drawn with block characters."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from rich.bar import Bar
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS = 8
BAR = 16  # columns of the longest bar


def histogram(title: str, values: Sequence[float], smallest: float) -> Table:
    """Draw how many values there are of each size.

    The rows grow by the same factor from the smallest value to the largest, so that both many
    values that are alike and a few that are not can be seen.

    Args:
        title: what the values are, and their unit.
        values: at least one.
        smallest: what cannot be told from zero, and the finest that is shown.
    """
    low, high = max(min(values), smallest), max(*values, smallest)
    edges = sorted({_rounded(low * (high / low) ** (row / ROWS), smallest) for row in range(ROWS)})
    counts = Counter(max(bisect_right(edges, value) - 1, 0) for value in values)
    longest = max(counts.values())
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column(title, justify="right")
    table.add_column("", width=BAR)
    table.add_column("", justify="right")
    for row, edge in enumerate(edges):
        bar = Bar(longest, 0, counts[row], width=BAR, color="cyan")
        table.add_row(f"≥ {edge:,.10g}", bar, f"{counts[row]:,}" if counts[row] else "")
    return table


def _rounded(value: float, smallest: float) -> float:
    return round(value / smallest) * smallest
