"""`ssewire translate`: a stream as another API would have sent it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ssewire import EventTooLarge, Relay
from ssewire.cli.answer_reading import shape_option
from ssewire.cli.ending import check
from ssewire.cli.failure import STATUSES
from ssewire.cli.source import open_source

if TYPE_CHECKING:
    from typing import Literal

    from ssewire.cli.source import Source


@click.command(epilog=STATUSES)
@click.argument("file", default="-")
@click.option(
    "--to",
    required=True,
    type=click.Choice(("chat", "messages", "responses")),
    help="The API whose stream is wanted.",
)
@click.option("--model", help="The model to name.")
@click.option("--created", type=click.IntRange(0), default=0, help="When it began, Unix seconds.")
@shape_option
def translate(
    file: str,
    *,
    to: Literal["chat", "messages", "responses"],
    model: str | None,
    created: int,
    shape: Literal["auto", "chat", "completions", "messages", "responses"],
) -> None:
    """Print the stream in FILE, or in standard input, as the API of --to would send it.

    It comes as it is read. A stream that is of that API already stays as it is, byte for byte. What
    cannot be carried is left out, and counted on standard error.

    \b
      curl -N https://... | ssewire translate --to messages
    """  # noqa: D301 - click takes a backspace for "as it is"
    relay = Relay(shape, to=to, model=model, created=created)
    with open_source(file) as source:
        size, too_large = _pass_on(source, relay)
        outcome = relay.outcome
    if relay.dropped:
        lost = ", ".join(f"{count} {name}" for name, count in relay.dropped.items())
        click.echo(f"ssewire: {source.name}: left out: {lost}", err=True)
    check(outcome, source.name, size, relay.shape, too_large)


def _pass_on(source: Source, relay: Relay) -> tuple[int, EventTooLarge | None]:
    """How many bytes were read, and what went over the limit."""
    output = sys.stdout.buffer
    size = 0
    try:
        for chunk in source.chunks():
            size += len(chunk)
            sent = relay.feed(chunk)
            if sent:
                output.write(sent)
                output.flush()
            if source.is_live and relay.ended:
                break
        output.write(relay.finish())
        output.flush()
    except EventTooLarge as error:
        return size, error
    return size, None
