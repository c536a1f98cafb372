"""`ssewire text`: the answer in a stream, as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ssewire.cli import wording
from ssewire.cli.answer_reading import AnswerReading, shape_option
from ssewire.cli.answer_writer import AnswerWriter
from ssewire.cli.failure import STATUSES
from ssewire.cli.source import open_source

if TYPE_CHECKING:
    from ssewire import Outcome


@click.command(epilog=STATUSES)
@click.argument("file", default="-")
@click.option("--reasoning", is_flag=True, help="Print the reasoning too.")
@click.option("--tools", is_flag=True, help="Print tool calls at the end: name and arguments.")
@click.option("--usage", is_flag=True, help="Tokens, and why it ended, on standard error.")
@shape_option
def text(file: str, *, reasoning: bool, tools: bool, usage: bool, shape: str) -> None:
    """Print the text of the answer in FILE, or in standard input, as it comes.

    Of several choices it is that of the first. It ends with one line end. With --reasoning, the
    reasoning is dimmed on a terminal; anywhere else it stands between <think> and </think>. What
    would steer a terminal is escaped there, and left as it is in a file or a pipe.

    \b
      curl -N https://... | ssewire text
    """  # noqa: D301 - click takes a backspace for "as it is"
    with open_source(file) as source:
        reading = AnswerReading(source, shape)
        writer = AnswerWriter(reasoning=reasoning)
        try:
            for items in reading:
                writer.write(items)
        except BaseException:
            writer.end()
            raise
        outcome = reading.end()
    writer.end(wording.calls(outcome) if tools else ())
    if reading.invalid:
        events = wording.counted(reading.invalid, "event")
        click.echo(f"ssewire: {source.name}: {events} without valid JSON", err=True)
    _say(outcome, usage=usage)
    reading.check(outcome)


def _say(outcome: Outcome, *, usage: bool) -> None:
    """On standard error: what is asked for, and what would explain an empty answer."""
    if outcome.refusal:
        click.echo(f"ssewire: refused: {wording.short(outcome.refusal)}", err=True)
    if usage and outcome.body is None:
        click.echo(f"tokens: {wording.tokens(outcome.tokens)}", err=True)
        click.echo(f"finish: {wording.ending(outcome)}", err=True)
