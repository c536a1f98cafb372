"""Where a command reads its stream from: a file or standard input, without waiting for more."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

import click

from ssewire.cli.failure import Unusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

MOST_BYTES = 65536  # of one read: what a pipe holds


class Source:
    """A stream of bytes.

    Args:
        name: what messages call it.
        file: the open file.
    """

    def __init__(self, name: str, file: BinaryIO) -> None:
        self.name = name
        self._file = cast("BufferedReader", file)

    @property
    def is_live(self) -> bool:
        """Whether its bytes come when somebody sends them: it is no file of a disk."""
        try:
            return not stat.S_ISREG(os.fstat(self._file.fileno()).st_mode)
        except OSError:  # a file in memory
            return False

    def chunks(self) -> Iterator[bytes]:
        """Yield what one read of the system gives, as soon as it is there."""
        try:
            while chunk := self._file.read1(MOST_BYTES):
                yield chunk
        except OSError as error:
            raise _unreadable(self.name, error) from None


@contextmanager
def open_source(path: str) -> Iterator[Source]:
    """Open a file, or standard input for `-`.

    Raises:
        Unusable: it cannot be opened.
    """
    if path == "-":
        if sys.stdin is None:
            raise Unusable("standard input is closed")
        if sys.stdin.isatty():
            click.echo("ssewire: reading from the terminal; Ctrl-D ends", err=True)
        yield Source("standard input", sys.stdin.buffer)
        return
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed below, and only its opening is caught here
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    with file:
        yield Source(path, file)


def _unreadable(name: str, error: OSError | ValueError) -> Unusable:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return Unusable(f"{name}: {reason}")
