"""`ssewire inspect`: what an answer was, how it ended, and what its stream is made of."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from ssewire.cli.answer_reading import AnswerReading, shape_option
from ssewire.cli.arrivals import Arrivals
from ssewire.cli.escapes import harmless_json
from ssewire.cli.failure import STATUSES
from ssewire.cli.inspection import show
from ssewire.cli.measures import Measures, spread
from ssewire.cli.source import open_source
from ssewire.cli.terminal import file_or_terminal

if TYPE_CHECKING:
    from ssewire import Outcome


@click.command(epilog=STATUSES)
@click.argument("file", default="-")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; times in seconds.")
@shape_option
def inspect(file: str, *, as_json: bool, shape: str) -> None:
    """Tell what the answer in FILE, or in standard input, was and how it ended.

    Also how many deltas of each kind it has, and how large its payloads are. Of a live stream, that
    is one that comes through a pipe, also when they came: the first one counted from where this
    command began to read, and the gaps between reads that brought any. Tokens per second are of the
    usage that the server sent; there are none if it sent none, but deltas and characters.
    """
    with open_source(file) as source:
        measures = Measures(Arrivals() if source.is_live else None)
        reading = AnswerReading(source, shape)
        try:
            for items in reading:
                measures.add(items)
        except KeyboardInterrupt:
            _print(reading, reading.end(), measures, as_json=as_json)
            raise
        outcome = reading.end()
    _print(reading, outcome, measures, as_json=as_json)
    reading.check(outcome)


def _print(reading: AnswerReading, outcome: Outcome, measures: Measures, *, as_json: bool) -> None:
    if not as_json:
        if outcome.body is None:
            show(file_or_terminal(), reading, outcome, measures)
        return
    told = {
        "shape": reading.shape,
        "model": measures.model,
        **outcome.to_dict(),
        "kinds": measures.kinds(),
        "types": dict(measures.types.most_common()),
        "sizes": {"stream": reading.bytes, "payloads": spread(measures.sizes)},
        "timings": measures.timings(outcome),
    }
    indent = 2 if sys.stdout.isatty() else None
    line = harmless_json(json.dumps(told, ensure_ascii=False, indent=indent)) + "\n"
    sys.stdout.buffer.write(line.encode())
    sys.stdout.buffer.flush()
