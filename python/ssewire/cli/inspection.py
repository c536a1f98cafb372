"""What `ssewire inspect` shows a person: the outcome, then what the stream is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.columns import Columns
from rich.table import Table
from rich.text import Text

from ssewire.cli import wording
from ssewire.cli.histogram import histogram
from ssewire.cli.measures import spread
from ssewire.progress.tokens import streamed_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from ssewire import Outcome
    from ssewire.cli.answer_reading import AnswerReading
    from ssewire.cli.arrivals import Arrivals
    from ssewire.cli.measures import Measures

MILLISECOND = 0.001
FINEST_GAP = 0.1  # milliseconds; what is shorter came together


def show(console: Console, reading: AnswerReading, outcome: Outcome, measures: Measures) -> None:
    """Print all that is known of a stream."""
    rows = Table.grid(padding=(0, 3, 0, 0))
    rows.add_column(style="dim")
    rows.add_column(overflow="fold")
    for label, value in _rows(reading, outcome, measures):
        # In a str, rich would look for its own markup.
        rows.add_row(label, Text(value) if isinstance(value, str) else value)
    console.print(rows)
    tables = list(_tables(measures))
    if tables:
        console.print()
        console.print(Columns(tables, padding=(0, 4)))


def _rows(
    reading: AnswerReading, outcome: Outcome, measures: Measures
) -> Iterator[tuple[str, str | Text]]:
    yield "shape", reading.shape or "not known"
    if measures.model is not None:
        yield "model", wording.short(measures.model)
    yield "answer", _ending(outcome)
    several = len(outcome.texts) > 1
    for index, text in outcome.texts.items():
        yield f"text {index}" if several else "text", _beginning(text)
    for label, said in (("reasoning", outcome.reasoning), ("refusal", outcome.refusal)):
        if said:
            yield label, _beginning(said)
    for name, arguments in wording.calls(outcome):
        call = Text.assemble((wording.short(name), "cyan"), " ", wording.short(arguments))
        yield "tool call", call
    for index, reason in outcome.finish_reasons.items():
        if several and index:
            yield f"finish {index}", wording.short(reason or "none")
        else:
            yield "finish 0" if several else "finish", wording.ending(outcome)
    yield "tokens", wording.tokens(outcome.tokens)
    yield (
        "stream",
        ", ".join(
            (
                wording.counted(outcome.n_events, "event"),
                wording.counted(outcome.n_comments, "comment"),
                wording.counted(reading.bytes, "byte"),
            )
        ),
    )
    if measures.arrivals is not None:
        yield from _times(measures.arrivals, outcome)


def _ending(outcome: Outcome) -> Text:
    if outcome.complete:
        return Text.assemble(("complete", "green"), f", ended by {outcome.terminal}")
    if outcome.error is not None:
        return Text.assemble(("error", "red"), f": {wording.error(outcome.error)}")
    return Text("not complete", style="red")


def _beginning(text: str) -> Text:
    """How long it is, and as much of it as there is room for."""
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(wording.counted(len(text), "character"))
    line.append(f"  {wording.short(text)}" if text else "", style="dim")
    return line


def _times(arrivals: Arrivals, outcome: Outcome) -> Iterator[tuple[str, str]]:
    if arrivals.first is None:
        return
    first = f"{arrivals.first:.3f} s after the reading began"
    if not arrivals.duration:
        yield "first delta", f"{first}, and all others with it"
        return
    yield "first delta", f"{first}, the last {arrivals.duration:.3f} s later"
    gaps = spread(arrivals.gaps)
    words = (
        f"{name} {value / MILLISECOND:,.1f}"
        for name in ("median", "p95", "max")
        if (value := gaps[name]) is not None
    )
    yield "gaps", f"{', '.join(words)} ms between reads with deltas"
    rates = [
        (arrivals.rate(streamed_tokens(outcome)), "tokens"),
        (arrivals.rate(arrivals.deltas), "deltas"),
        (arrivals.rate(arrivals.characters), "characters"),
    ]
    known = (f"{rate:,.1f} {unit}/s" for rate, unit in rates if rate is not None)
    yield "rate", ", ".join(known)


def _tables(measures: Measures) -> Iterator[Table]:
    if measures.deltas:
        kinds = _table("delta", "number", "characters")
        for kind, numbers in measures.kinds().items():
            characters = numbers["characters"]
            style = "red" if kind in ("invalid", "error") else None
            cells = f"{numbers['count']:,}", f"{characters:,}" if characters else ""
            kinds.add_row(kind, *cells, style=style)
        yield kinds
    if measures.sizes:
        yield histogram("payload bytes", measures.sizes, 1)
    if len(measures.types) > 1:
        types = _table("event", "number")
        for name, count in measures.types.most_common():
            types.add_row(Text(wording.short(name)), f"{count:,}")
        yield types
    gaps = measures.arrivals.gaps if measures.arrivals is not None else []
    if gaps:
        yield histogram("gap, ms", [gap / MILLISECOND for gap in gaps], FINEST_GAP)


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left")
    return table
