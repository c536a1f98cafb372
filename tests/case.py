"""A small stream and all that is to be read from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from replay import Reading, every_cut, read

if TYPE_CHECKING:
    from replay import AnyDecoder, Fields


class Case(NamedTuple):
    name: str
    body: bytes
    events: list[Fields]
    last_event_id: str = ""
    retry: int | None = None
    comments: int = 0
    truncated: bool = False

    def check(self, decoder_class: type[AnyDecoder]) -> None:
        expected = Reading(*self[2:])
        for chunks in every_cut(self.body):
            assert read(decoder_class(), chunks) == expected, chunks


def event(
    data: str, *, name: str = "message", last_event_id: str = "", retry: int | None = None
) -> Fields:
    return name, data, last_event_id, retry
