"""The command line, `ssewire`. Needs click and rich: `pip install "ssewire[cli]"`."""

from __future__ import annotations

import io
import os
import sys

MISSING_EXTRA = 2
INTERRUPTED = 130


def main() -> None:
    """Run the command that `sys.argv` names and exit with its status."""
    # A process started with closed outputs has none; what is printed then goes nowhere.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - open until the end
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, io.TextIOWrapper):
            output.reconfigure(errors="backslashreplace")  # where the locale lacks a character
    try:
        import click
        import rich  # noqa: F401

        from ssewire.cli.commands import commands
    except ModuleNotFoundError as error:
        if error.name not in ("click", "rich"):
            raise
        message = f'ssewire: the command line needs {error.name}: pip install "ssewire[cli]"'
        print(message, file=sys.stderr)
        sys.exit(MISSING_EXTRA)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    try:
        status = commands.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        status = INTERRUPTED
    sys.exit(status)
