"""The group of all commands; each is imported when it is asked for."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any, NoReturn, cast

import click

import ssewire
from ssewire.cli.failure import Unusable

EXTRAS = {  # what each command needs
    "text": "cli",
    "events": "cli",
    "inspect": "cli",
    "translate": "cli",
    "replay": "serve",
    "demo": "demo",
}
PACKAGES = ("aiohttp", "httpx")  # what the extras bring beyond this file's own
READER_LEFT = 141  # what a shell reports for a process that SIGPIPE ended


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(EXTRAS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in EXTRAS:
            return None
        try:
            module = import_module(f"ssewire.cli.{cmd_name}")
        except ModuleNotFoundError as error:
            if error.name not in PACKAGES:
                raise
            return _NeedsExtra(cmd_name, error.name)
        return cast("click.Command", getattr(module, cmd_name))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _silence_output()
            ctx.exit(READER_LEFT)
        except OSError as error:
            # Of the output: commands tell about the rest themselves.
            _silence_output()
            raise Unusable(f"standard output: {error.strerror}") from None


class _NeedsExtra(click.Command):
    """Stands in for a command whose packages are not installed."""

    def __init__(self, name: str, package: str) -> None:
        self.need = f'needs {package}: pip install "ssewire[{EXTRAS[name]}]"'
        super().__init__(name, short_help=f"({self.need})")

    def parse_args(self, ctx: click.Context, args: list[str]) -> NoReturn:  # noqa: ARG002
        click.echo(f"ssewire: {self.name} {self.need}", err=True)
        ctx.exit(2)


def _silence_output() -> None:
    # Python would flush standard output once more at its exit, and complain.
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(ssewire.__version__, prog_name="ssewire")
def commands() -> None:
    """Decode LLM event streams (text/event-stream), and serve recorded ones."""
