"""A whole stream through a decoder, cut in every way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from reference import ReferenceDecoder, TooLarge
from ssewire import Decoder, EventTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reference import Event
    from ssewire import ServerSentEvent

AnyDecoder: TypeAlias = "Decoder | ReferenceDecoder"
Fields: TypeAlias = "tuple[str, str, str, int | None]"


class Reading(NamedTuple):
    """What is known of a stream after its end."""

    events: list[Fields]
    last_event_id: str
    retry: int | None
    comments: int
    truncated: bool


class State(NamedTuple):
    """What a decoder answered to one call, and all that it tells afterwards."""

    answer: object
    last_event_id: str
    retry: int | None
    comments: int
    skipped: int
    pending: int
    truncated: bool


def fields(event: Event | ServerSentEvent) -> Fields:
    return event.event, event.data, event.id, event.retry


def bytewise(body: bytes) -> list[bytes]:
    return [body[i : i + 1] for i in range(len(body))]


def in_steps(body: bytes, step: int) -> list[bytes]:
    return [body[i : i + step] for i in range(0, len(body), step)]


def cut_once(body: bytes) -> Iterator[list[bytes]]:
    """In two pieces, in every way."""
    return ([body[:i], body[i:]] for i in range(1, len(body)))


def every_cut(body: bytes) -> Iterator[list[bytes]]:
    yield [body]
    yield bytewise(body)
    yield [piece for byte in bytewise(body) for piece in (b"", byte, b"")]
    for before, after in cut_once(body):
        yield [before, after]
        yield [b"", before, b"", b"", after, b""]


def read(decoder: AnyDecoder, chunks: Iterable[bytes]) -> Reading:
    events = [fields(event) for chunk in chunks for event in decoder.feed(chunk)]
    events += [fields(event) for event in decoder.finish()]
    return Reading(
        events, decoder.last_event_id, decoder.retry, decoder.comments, decoder.truncated
    )


def call(decoder: AnyDecoder, chunk: bytes | None) -> State:
    """Feed the chunk, or finish if there is none."""
    answer: object
    try:
        events: Sequence[Event | ServerSentEvent]
        events = decoder.finish() if chunk is None else decoder.feed(chunk)
        answer = [(*fields(event), event.raw) for event in events]
    except (EventTooLarge, TooLarge) as error:
        answer = "too large", error.limit, error.offset
    except ValueError:
        answer = "misused"
    return State(
        answer,
        decoder.last_event_id,
        decoder.retry,
        decoder.comments,
        decoder.skipped,
        decoder.pending,
        decoder.truncated,
    )
