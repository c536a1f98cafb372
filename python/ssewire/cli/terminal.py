"""The console that all commands print to."""

from __future__ import annotations

from rich.console import Console

WIDTH_OF_A_FILE = 100  # columns where there is no terminal


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


def file_or_terminal() -> PipeConsole:
    """A console for tables: as wide as the terminal, or as a file should be."""
    console = PipeConsole()
    return console if console.is_terminal else PipeConsole(width=WIDTH_OF_A_FILE)
