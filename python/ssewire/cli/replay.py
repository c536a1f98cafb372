"""`ssewire replay`: recorded streams over HTTP on the loopback."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import click

from ssewire.cli.failure import Unusable
from ssewire.cli.rate import rate_option, replay_options
from ssewire.cli.terminal import PipeConsole
from ssewire.replay import Recording, ReplayServer
from ssewire.replay.options import FAULTS

if TYPE_CHECKING:
    from collections.abc import Sequence

PACE = 40  # events per second: a quick model

EPILOG = """\b
With --port 8000, for instance:
  curl -N http://127.0.0.1:8000/streams/chat | ssewire events
  curl -N 'http://127.0.0.1:8000/streams/chat?fault=cut-inside&rate=0'
  OPENAI_BASE_URL=http://127.0.0.1:8000/v1  ANTHROPIC_BASE_URL=http://127.0.0.1:8000

All options but --host and --port can be set by a request for itself, in its query (fault=reset:5)
or its headers (x-replay-fault: reset:5).
"""


@click.command(short_help="Serve recorded streams over HTTP, with faults.", epilog=EPILOG)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port to listen at; any that is free if not given.",
)
@rate_option(PACE)
@click.option(
    "--chunking",
    metavar="HOW",
    default="event",
    show_default=True,
    help="What one write holds: event, event:NUMBER, a number of bytes, random, random:SEED, or whole.",
)
@click.option(
    "--fault",
    metavar="KIND[:EVENTS]",
    default="none",
    show_default=True,
    help=f"What goes wrong, after so many events or half of them: {', '.join(FAULTS)}.",
)
@click.option("--crlf", is_flag=True, help="End lines in CRLF.")
@click.option("--bom", is_flag=True, help="Begin with a byte order mark.")
@click.option(
    "--keep-alive",
    metavar="SECONDS",
    type=float,
    default=0,
    help="Send a comment when nothing was sent for so long.",
)
@click.option(
    "--keep-alive-events",
    metavar="EVENTS",
    type=int,
    default=0,
    help="Send a comment after each so many events.",
)
@click.option("--stay-open", is_flag=True, help="Keep the connection open after the end.")
def replay(files: Sequence[str], *, host: str, port: int, **options: object) -> None:
    """Serve recorded streams as real HTTP, paced like a model, with faults on request.

    FILEs are served at /streams/NAME, where NAME is that of the file without .sse, beside the
    built-in chat, completions, messages and responses. The paths of the APIs, such as
    /v1/chat/completions, answer with the first FILE of that API, or else with the built-in one.
    """
    recordings = [_read(file) for file in files]
    try:
        server = ReplayServer(
            recordings,
            host=host,
            port=port,
            options=replay_options(**options),
            log=lambda line: click.echo(line, err=True),
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    try:
        server.start()
    except OSError as error:
        message = f"cannot listen at {host}, port {port}: {error.strerror}"
        raise Unusable(message) from None
    try:
        _show(server)
        threading.Event().wait()
    finally:
        server.close()


def _read(file: str) -> Recording:
    try:
        return Recording.read(file)
    except OSError as error:
        raise Unusable(f"{file}: {error.strerror}") from None


def _show(server: ReplayServer) -> None:
    console = PipeConsole()
    if not console.is_terminal:
        # For a script: the first line is the address.
        click.echo(server.url)
        return
    console.print(f"Serving at [bold cyan]{server.url}[/]  [dim]Ctrl-C ends[/]\n")
    for path, recording in server.endpoints.items():
        method = "POST" if path.startswith("/v1/") else "GET, POST"
        size = f"{len(recording.blocks):,} events, {len(recording.stream):,} bytes"
        console.print(f"  [dim]{method:<9}[/]  {path:<22}  [dim]{recording.name}, {size}[/]")
    console.print()
