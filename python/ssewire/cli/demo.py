"""`ssewire demo`: the main job. A dispatcher in an HTTP client, two answers, tokens as they come."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click
import httpx

from ssewire.cli.answer_writer import AnswerWriter
from ssewire.cli.demo_answer import DemoAnswer
from ssewire.cli.demo_view import panels, table
from ssewire.cli.failure import Truncated, Unusable
from ssewire.cli.rate import rate_option, replay_options
from ssewire.cli.terminal import file_or_terminal
from ssewire.replay import ReplayServer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

PACE = 48  # events per second: an answer takes two and a half seconds
SIDE_BY_SIDE = 100  # columns from which on two answers stand beside each other


@click.command(short_help="Two answers over HTTP, live, then what they were.")
@rate_option(PACE)
def demo(rate: float) -> None:
    """Stream a chat and a messages answer over real HTTP and print them as they come.

    Nothing leaves this machine: `ssewire replay` runs inside of the process. Its answers are recorded,
    the HTTP is real.
    """
    console = file_or_terminal()
    options = replay_options(rate=rate)
    try:
        with ReplayServer(options=options) as server:
            answers = [
                DemoAnswer(server.url, "/v1/chat/completions"),
                DemoAnswer(server.url, "/v1/messages"),
            ]
            asyncio.run(_show(answers, console))
    except BrokenPipeError:
        raise
    except (OSError, httpx.HTTPError) as error:
        raise Unusable(f"the demo cannot run: {error}") from None
    console.print()
    console.print(table(answers))
    if not all(answer.outcome.complete for answer in answers):
        raise Truncated("an answer is not complete")


async def _show(answers: Sequence[DemoAnswer], console: Console) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        if not console.is_terminal or console.is_dumb_terminal:
            for place, answer in enumerate(answers):
                if place:
                    console.print()
                await _print(client, answer, console)
        elif console.width >= SIDE_BY_SIDE:
            with panels(answers, console):
                await asyncio.gather(*(answer.stream(client) for answer in answers))
        else:
            for answer in answers:
                with panels([answer], console):
                    await answer.stream(client)


async def _print(client: httpx.AsyncClient, answer: DemoAnswer, console: Console) -> None:
    """One that is only written on, where nothing can be drawn."""
    console.print(f"POST {answer.url}{answer.path}\n", style="bold")
    writer = AnswerWriter(reasoning=True)
    await answer.stream(client, writer.write)
    writer.end()
