"""`ssewire demo`: the main job. A decoder in an HTTP client, two answers, events as they arrive."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
import httpx
from rich.markup import escape
from rich.table import Table

from ssewire import Decoder, ServerSentEvent
from ssewire.cli.event_rows import EventRows
from ssewire.cli.failure import Truncated, Unusable
from ssewire.cli.terminal import PipeConsole
from ssewire.replay import ReplayOptions, ReplayServer

if TYPE_CHECKING:
    from rich.console import Console

PACE = 48  # events per second: both answers take five seconds together
WIDTH_OF_A_FILE = 100  # columns where there is no terminal

QUESTION = {"role": "user", "content": "Where do I find a quiet café?"}
REQUESTS: dict[str, dict[str, object]] = {
    "/v1/chat/completions": {"model": "gpt-5-mini", "messages": [QUESTION], "stream": True},
    "/v1/messages": {
        "model": "claude-sonnet-4-5",
        "max_tokens": 1024,
        "messages": [QUESTION],
        "stream": True,
    },
}


@dataclass
class Answer:
    """What is told about a stream at the end.

    Attributes:
        path: where it came from.
        events: how many.
        size: bytes of the body.
        seconds: from the request to the last byte.
        last: the last event.
        truncated: whether the stream ended within an event.
    """

    path: str
    events: int = 0
    size: int = 0
    seconds: float = 0.0
    last: ServerSentEvent | None = None
    truncated: bool = False

    @property
    def ended_by(self) -> str:
        """What the last event says, if it is the one that ends such an answer."""
        if self.last is None or self.truncated:
            return ""
        if self.last.data == "[DONE]":
            return "[DONE]"
        return self.last.event if self.last.event == "message_stop" else ""


@click.command(short_help="Two answers over HTTP, their events as they arrive.")
@click.option(
    "--rate",
    metavar="TOKENS",
    type=float,
    default=PACE,
    show_default=True,
    help="Tokens, that is events, per second; 0 for as fast as it goes.",
)
def demo(rate: float) -> None:
    """Stream a chat and a messages answer over real HTTP and print their events as they arrive.

    Nothing leaves this machine: `ssewire replay` runs inside of the process. Its answers are recorded,
    the HTTP is real.
    """
    console = PipeConsole()
    if not console.is_terminal:
        console = PipeConsole(width=WIDTH_OF_A_FILE)
    try:
        options = ReplayOptions(rate=rate)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    try:
        with ReplayServer(options=options) as server, httpx.Client(trust_env=False) as client:
            answers = [
                _stream(client, server.url, path, body, console) for path, body in REQUESTS.items()
            ]
    except BrokenPipeError:
        raise
    except (OSError, httpx.HTTPError) as error:
        raise Unusable(f"the demo cannot run: {error}") from None
    console.print(_table(answers))
    if not all(answer.ended_by for answer in answers):
        raise Truncated("an answer is not complete")


def _stream(
    client: httpx.Client, url: str, path: str, body: dict[str, object], console: Console
) -> Answer:
    answer = Answer(path)
    rows = EventRows(console)
    decoder = Decoder()
    start = time.perf_counter()
    console.print(f"[bold]POST {url}{path}[/]")
    with client.stream("POST", url + path, json=body) as response:
        response.raise_for_status()
        for chunk in response.iter_bytes():
            answer.size += len(chunk)
            for event in decoder.feed(chunk):
                answer.events += 1
                answer.last = event
                rows.print(answer.events, event, excerpt(event))
    decoder.finish()
    answer.truncated = decoder.truncated
    answer.seconds = time.perf_counter() - start
    console.print()
    return answer


def excerpt(event: ServerSentEvent) -> str:
    """The part of a payload that is new in this event."""
    if event.data == "[DONE]":
        return event.data
    payload: dict[str, Any] = event.json()
    for choice in payload.get("choices", ()):
        return _compact(choice["delta"] or {"finish_reason": choice["finish_reason"]})
    for member in ("delta", "content_block", "usage", "message"):
        if payload.get(member):
            return _compact(payload[member])
    return _compact(payload)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _table(answers: list[Answer]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    table.add_column("stream")
    for heading in ("events", "bytes", "events/s"):
        table.add_column(heading, justify="right")
    table.add_column("end")
    for answer in answers:
        ended_by = answer.ended_by
        end = f"[green]complete[/], {escape(ended_by)}" if ended_by else "[red]not complete[/]"
        rate = answer.events / answer.seconds
        table.add_row(answer.path, f"{answer.events:,}", f"{answer.size:,}", f"{rate:,.0f}", end)
    return table
