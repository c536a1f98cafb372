"""The command: `python -m examples.gateway`."""

from __future__ import annotations

import dataclasses
import socket
from contextlib import ExitStack, suppress
from pathlib import Path

import click
import uvicorn

from . import embedded
from .app import create_app
from .settings import Settings, read

BACKLOG = 2048


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8000, show_default=True, help="Where to listen; 0 for any.")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Upstreams, models and keys, as in README.md. Without it, a replay server answers.",
)
@click.option("--usage", type=click.Path(dir_okay=False), help="The SQLite file of what was used.")
@click.option(
    "--rate", default=embedded.PACE, show_default=True, help="Events per second of the recordings."
)
def main(host: str, port: int, config: Path | None, usage: str | None, rate: float) -> None:
    """Serve many models at one address, with a page to talk to them."""
    with ExitStack() as stack:
        if config is not None:
            try:
                settings = read(config)
            except ValueError as error:
                raise click.ClickException(str(error)) from None
        else:
            replay = stack.enter_context(embedded.server(rate))
            settings = Settings(embedded.models(replay.url))
        if usage is not None:
            settings = dataclasses.replace(settings, usage=usage)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        except OSError as error:
            raise click.ClickException(
                f"cannot listen at {host}:{port}: {error.strerror}"
            ) from None
        name = f"[{host}]" if ":" in host else host
        click.echo(f"http://{name}:{listener.getsockname()[1]}/")
        # No log of requests: what is in an address is the client's, and the numbers are in /metrics.
        server = uvicorn.Config(
            create_app(settings),
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        with suppress(KeyboardInterrupt):
            uvicorn.Server(server).run(sockets=[listener])


if __name__ == "__main__":
    main(prog_name="python -m examples.gateway")
