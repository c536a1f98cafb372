"""The ways in which a command fails: one line on standard error, and an exit status of its own."""

from __future__ import annotations

from typing import IO, Any

import click


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
