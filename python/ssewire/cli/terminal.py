"""The console that all commands print to."""

from __future__ import annotations

from rich.console import Console


class PipeConsole(Console):
    """A console that leaves it to the caller what happens when the reader goes away.

    Args:
        width: columns; those of the terminal if not given.
        stderr: whether to print to standard error.
    """

    def __init__(self, *, width: int | None = None, stderr: bool = False) -> None:
        super().__init__(width=width, stderr=stderr, highlight=False)

    def on_broken_pipe(self) -> None:
        """Raise, where rich would end the process."""
        raise BrokenPipeError
