"""How a stream ended: whether that was well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ssewire import NotAnEventStream as NoStream
from ssewire.cli import wording
from ssewire.cli.failure import Failure, NotAnEventStream, ServerError, TooLarge, Truncated

if TYPE_CHECKING:
    from ssewire import EventTooLarge, Outcome

HEAD_BYTES = 40  # of a body that is no event stream: enough to tell what it is


def check(
    outcome: Outcome, name: str, size: int, shape: str | None, too_large: EventTooLarge | None
) -> None:
    """Say how the answer ended, if that was not well.

    Args:
        outcome: what it was.
        name: what messages call the stream.
        size: how many bytes were read.
        shape: the API that it is from, if that is known.
        too_large: the event that went over the limit.

    Raises:
        Failure: the stream went over the limit, is none, has an error or is truncated.
    """
    failure = _failure(outcome, name, size, shape, too_large)
    if failure is not None:
        raise failure


def _failure(
    outcome: Outcome, name: str, size: int, shape: str | None, too_large: EventTooLarge | None
) -> Failure | None:
    if too_large is not None:
        return TooLarge(f"{name}: {too_large}")
    if outcome.body is not None:
        return NotAnEventStream(f"{name}: {_something_else(outcome)}")
    if outcome.error is not None:
        said = wording.error(outcome.error)
        return ServerError(f"{name}: the server sent an error: {said}")
    if not outcome.complete:
        return Truncated(f"{name}: {_truncation(outcome, size, shape)}")
    return None


def _truncation(outcome: Outcome, size: int, shape: str | None) -> str:
    if size == 0:
        return "truncated: there is nothing in it"
    events = wording.counted(outcome.n_events, "event")
    if outcome.n_events and shape is None:
        return f"there is no answer in it: {events}, of no API that is known"
    return f"truncated: it ends after {events}, before the answer does"


def _something_else(outcome: Outcome) -> str:
    body = outcome.body or b""
    begin = repr(body[:HEAD_BYTES]).removeprefix("b")
    words = f"not an event stream but {NoStream(body).kind}; it begins with {begin}"
    return words if outcome.error is None else f"{words}; it says: {wording.error(outcome.error)}"
