"""`Reading`: the events of a source as they come, what was counted, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ssewire import Decoder, EventTooLarge
from ssewire.cli.failure import NotAnEventStream, TooLarge, Truncated
from ssewire.cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ssewire import ServerSentEvent
    from ssewire.cli.source import Source

HEAD_BYTES = 40  # of a body that is no event stream: enough to tell what it is
BOM = b"\xef\xbb\xbf"


class Reading:
    """Iterates over the events of a source, in batches of one read.

    Args:
        source: where the bytes come from.
        decoder: what decodes them.
    """

    def __init__(self, source: Source, decoder: Decoder) -> None:
        self._source = source
        self._decoder = decoder
        self._head = b""
        self._bytes = 0
        self._events = 0
        self._within_event = False
        self._too_large: EventTooLarge | None = None

    def __iter__(self) -> Iterator[list[ServerSentEvent]]:
        try:
            for chunk in self._source.chunks():
                self._bytes += len(chunk)
                self._head += chunk[: HEAD_BYTES - len(self._head)]
                yield self._counted(self._decoder.feed(chunk))
            self._within_event = self._decoder.pending > 0
            yield self._counted(self._decoder.finish())
        except EventTooLarge as error:
            self._too_large = error

    def _counted(self, batch: list[ServerSentEvent]) -> list[ServerSentEvent]:
        self._events += len(batch)
        return batch

    def summary(self) -> str:
        """What was counted, in one line."""
        counts = [
            counted(self._events, "event"),
            counted(self._decoder.comments, "comment"),
            counted(self._bytes, "byte"),
        ]
        if self._decoder.skipped:
            counts.append(f"{counted(self._decoder.skipped, 'larger event')} skipped")
        return ", ".join(counts)

    def check(self) -> None:
        """Say how the stream ended, if that was not well.

        Raises:
            Failure: the stream went over the limit, is truncated, or is none.
        """
        name = self._source.name
        if self._too_large is not None:
            message = f"{name}: {self._too_large}; --skip-oversize goes on"
            raise TooLarge(message)
        if self._bytes == 0:
            raise Truncated(f"{name}: truncated: there is nothing in it")
        if self._is_something_else():
            begin = repr(self._head).removeprefix("b")
            message = f"{name}: not an event stream; it begins with {begin}"
            raise NotAnEventStream(message)
        if self._decoder.truncated:
            where = "an event" if self._within_event else "a line"
            message = f"{name}: truncated: it ends within {where}, after "
            raise Truncated(message + counted(self._events, "event"))

    def _is_something_else(self) -> bool:
        decoder = self._decoder
        has_fields = (
            self._events > 0
            or decoder.skipped > 0
            or self._within_event
            or decoder.last_event_id != ""
            or decoder.retry is not None
        )
        # Any binary file has lines that begin with a colon; a stream of only comments begins so.
        first = self._head.removeprefix(BOM).lstrip(b"\r\n")[:1]
        return not has_fields and first not in (b":", b"")
