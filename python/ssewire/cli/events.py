"""`ssewire events`: the events of a stream, each as soon as its last byte is there."""

from __future__ import annotations

import sys

import click

from ssewire import Decoder
from ssewire.cli.event_writers import Writer, json_writer, plain_writer, raw_writer, row_writer
from ssewire.cli.failure import STATUSES
from ssewire.cli.reading import Reading
from ssewire.cli.source import open_source


@click.command(epilog=STATUSES)
@click.argument("file", default="-")
@click.option(
    "--json", "as_json", is_flag=True, help="A JSON object a line: event, data, id, retry."
)
@click.option("--raw", "as_raw", is_flag=True, help="The bytes of each event, as received.")
@click.option(
    "--max-event-size",
    metavar="BYTES",
    type=click.IntRange(min=1),
    default=64 * 1024 * 1024,
    help="The most bytes that one event may have; 64 MiB if not given.",
)
@click.option("--skip-oversize", is_flag=True, help="Skip larger events and go on.")
@click.option("--flush-at-end", is_flag=True, help="Print an event that the end cuts off as well.")
@click.option("-v", "--verbose", is_flag=True, help="Counts on standard error, terminal or not.")
def events(
    file: str,
    *,
    as_json: bool,
    as_raw: bool,
    max_event_size: int,
    skip_oversize: bool,
    flush_at_end: bool,
    verbose: bool,
) -> None:
    """Print the events of FILE, or of standard input.

    Each is printed as soon as its last byte was read, so this works on a live stream, as in
    `curl -N https://... | ssewire events`.

    On a terminal: a row for each event, cut to its width; of long JSON what is new since the event
    before, after a "…". Into a pipe: a line for each event, whole, with index, name, id and data
    between tabs; what would break the line is escaped.
    """
    if as_json and as_raw:
        raise click.UsageError("--json and --raw exclude each other")
    decoder = Decoder(
        max_event_size=max_event_size,
        oversize="skip" if skip_oversize else "raise",
        flush_at_end=flush_at_end,
    )
    with open_source(file) as source:
        reading = Reading(source, decoder)
        write = _writer(as_json=as_json, as_raw=as_raw)
        try:
            for batch in reading:
                write(batch)
        except KeyboardInterrupt:
            _show_summary(reading, verbose=verbose)
            raise
    _show_summary(reading, verbose=verbose)
    reading.check()


def _writer(*, as_json: bool, as_raw: bool) -> Writer:
    if as_json:
        return json_writer()
    if as_raw:
        return raw_writer()
    return row_writer() if sys.stdout.isatty() else plain_writer()


def _show_summary(reading: Reading, *, verbose: bool) -> None:
    if verbose or sys.stderr.isatty():
        click.echo(reading.summary(), err=True)
