"""`AnswerReading`: the items of a source as they come, and how the answer in it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ssewire import ChunkDispatcher, Dispatcher, EventDispatcher, EventTooLarge
from ssewire.cli.ending import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ssewire import Chunk, Outcome, StreamEvent
    from ssewire.cli.source import Source

DISPATCHERS: dict[str, Callable[[], Dispatcher]] = {
    "auto": Dispatcher,
    "chat": lambda: ChunkDispatcher("chat"),
    "completions": lambda: ChunkDispatcher("completions"),
    "messages": lambda: EventDispatcher("messages"),
    "responses": lambda: EventDispatcher("responses"),
}

shape_option = click.option(
    "--shape",
    type=click.Choice(tuple(DISPATCHERS)),
    default="auto",
    show_default=True,
    help="The API that the stream is from.",
)


class AnswerReading:
    """Iterates over the items of a source, in batches of one read.

    A source that is live is read until its answer is over: the connection may stay open. Of a file
    all is read.

    Args:
        source: where the bytes come from.
        shape: one of `DISPATCHERS`.

    Attributes:
        bytes: how many were read.
        invalid: how many payloads were not JSON.
    """

    def __init__(self, source: Source, shape: str) -> None:
        self.bytes = 0
        self.invalid = 0
        self._source = source
        self._dispatcher = DISPATCHERS[shape]()
        self._too_large: EventTooLarge | None = None

    def __iter__(self) -> Iterator[list[Chunk | StreamEvent]]:
        try:
            for chunk in self._source.chunks():
                self.bytes += len(chunk)
                items = self._dispatcher.feed(chunk)
                kinds = [delta.kind for item in items for delta in item.deltas]
                self.invalid += kinds.count("invalid")
                yield items
                if self._source.is_live and ("done" in kinds or "error" in kinds):
                    break
        except EventTooLarge as error:
            self._too_large = error

    def end(self) -> Outcome:
        """End the stream.

        Returns:
            What the answer was, as far as it was read.
        """
        try:
            self._dispatcher.finish()
        except EventTooLarge as error:
            self._too_large = error
        return self._dispatcher.outcome

    @property
    def shape(self) -> str | None:
        """The shape, as far as it is known."""
        return self._dispatcher.shape

    def check(self, outcome: Outcome) -> None:
        """Say how the answer ended, if that was not well.

        Raises:
            Failure: the stream went over the limit, is none, has an error or is truncated.
        """
        check(outcome, self._source.name, self.bytes, self.shape, self._too_large)
