"""The ways in which a command fails: one line on standard error, and an exit status of its own."""

from __future__ import annotations

from typing import IO, Any

import click

# The one list of them: the help of each command that reads a stream ends with it.
STATUSES = """\b
Exit status:
  0    the stream is whole
  1    no such file, a directory, an output that cannot be written, ...
  2    wrong usage
  3    an event is larger than the limit; what came before it was printed
  4    truncated: it ends within an event, or before the answer does, or there is nothing in it
  5    not an event stream: HTML, JSON, compressed bytes, ...
  6    the server sent an error within the stream
  130  Ctrl-C
  141  the reader of the output went away, as in `ssewire events | head -1`
"""


class Failure(click.ClickException):
    """Ends a command. The message is one line."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line."""
        click.echo(f"ssewire: {self.message}", file=file, err=True)


class Unusable(Failure):
    """A file, an output or an address cannot be used."""

    exit_code = 1


class TooLarge(Failure):
    """An event is larger than the limit."""

    exit_code = 3


class Truncated(Failure):
    """The stream ends where it should not."""

    exit_code = 4


class NotAnEventStream(Failure):
    """The body is something else."""

    exit_code = 5


class ServerError(Failure):
    """The server sent an error within the stream."""

    exit_code = 6
