"""What the demo shows: a panel for each answer while it comes, and a table of them at the end."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ssewire.cli import wording
from ssewire.cli.arrivals import streamed_tokens
from ssewire.cli.escapes import readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from ssewire.cli.demo_answer import DemoAnswer

REFRESHES = 24  # a second: what looks fluent


def panels(answers: Sequence[DemoAnswer], console: Console) -> Live:
    """Show answers beside each other while they come."""

    def view() -> Table:
        grid = Table.grid(expand=True)
        for _ in answers:
            grid.add_column(ratio=1, overflow="fold")  # or a full line could get a "…"
        grid.add_row(*map(_panel, answers))
        return grid

    return Live(get_renderable=view, console=console, refresh_per_second=REFRESHES)


def table(answers: Sequence[DemoAnswer]) -> Table:
    """What the answers were, one in a column."""
    shown = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    shown.add_column("", style="dim", no_wrap=True)
    for answer in answers:
        shown.add_column(answer.path, overflow="fold")
    for row in zip(*map(_facts, answers), strict=True):
        # In a str, rich would look for its own markup.
        values = (Text(value) if isinstance(value, str) else value for _, value in row)
        shown.add_row(row[0][0], *values)
    return shown


def _panel(answer: DemoAnswer) -> Panel:
    text = Text()
    for kind, pieces in groupby(list(answer.pieces), key=lambda piece: piece[0]):
        said = readable("".join(piece for _, piece in pieces))
        text.append("\n\n" if text else "")
        text.append(said, style="dim" if kind == "reasoning" else "")
    return Panel(text, title=f"POST {answer.path}", title_align="left", subtitle=Text(answer.model))


def _facts(answer: DemoAnswer) -> Iterator[tuple[str, str | Text]]:
    outcome, arrivals = answer.outcome, answer.arrivals
    calls = [Text.assemble((name, "cyan"), " ", said) for name, said in wording.calls(outcome)]
    yield "tool calls", Text("\n").join(calls) if calls else "none"
    yield "tokens", wording.tokens(outcome.tokens)
    yield "first token", "" if arrivals.first is None else f"after {arrivals.first:.3f} s"
    rate = arrivals.rate(streamed_tokens(outcome))
    yield "tokens/s", "" if rate is None else f"{rate:,.0f}"
    events = wording.counted(outcome.n_events, "event")
    yield "stream", f"{events}, {wording.counted(answer.bytes, 'byte')}"
    yield "finish", wording.ending(outcome)
    if outcome.complete:
        end = Text.assemble(("complete", "green"), f", {outcome.terminal}")
    else:
        end = Text("not complete", style="red")
    yield "end", end
