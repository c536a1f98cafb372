"""A whole stream through a relay, and what is known at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from answers import real
from carried import said_in
from replay import bytewise, cut_once, in_steps
from ssewire import Dispatcher, Relay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from carried import Carried


def relay_of(**options: Any) -> Relay:
    """A relay whose options a test has chosen at run time."""
    return Relay(**options)


def relayed(chunks: Iterable[bytes], **options: Any) -> tuple[bytes, Relay]:
    """What was sent on, and the relay that did it."""
    relay = relay_of(**options)
    out = b"".join(relay.feed(chunk) for chunk in chunks)
    return out + relay.finish(), relay


def sent(chunks: Iterable[bytes], **options: Any) -> bytes:
    return relayed(chunks, **options)[0]


def some_cuts(body: bytes, most: int = 60) -> Iterator[list[bytes]]:
    """Whole, byte by byte, in steps, and in two at places that are spread over the body."""
    yield [body]
    yield bytewise(body)
    yield from (in_steps(body, step) for step in (2, 3, 7, 64, 1460))
    yield from list(cut_once(body))[:: 1 + len(body) // most]


def outcome_in(body: bytes, way: str = "any") -> dict[str, Any]:
    """The outcome of a stream, read by a dispatcher."""
    dispatcher = real(way)
    dispatcher.feed(body)
    dispatcher.finish()
    return dispatcher.outcome.to_dict()


def said_by(body: bytes, way: str = "any") -> Carried:
    """The same, as far as it can be translated."""
    dispatcher = real(way)
    dispatcher.feed(body)
    dispatcher.finish()
    call: Any = dispatcher.outcome.function_call
    return said_in(dispatcher.outcome.to_dict(), call)


def in_step(body: bytes, **options: Any) -> Iterator[tuple[Relay, Dispatcher, bytes]]:
    """A relay and a dispatcher that were given the same so far, byte by byte."""
    relay, dispatcher = Relay(**options), Dispatcher()
    for byte in bytewise(body):
        out = relay.feed(byte)
        dispatcher.feed(byte)
        yield relay, dispatcher, out
