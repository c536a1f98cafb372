"""The headers of an event stream, as ASGI wants them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

Headers: TypeAlias = "Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]]"

OURS = {
    # The standard needs no charset. But the APIs send it, and there are clients that take text
    # without one for Latin-1.
    b"content-type": b"text/event-stream; charset=utf-8",
    b"cache-control": b"no-cache",
    # Or nginx would collect the events and send them by the buffer.
    b"x-accel-buffering": b"no",
}
# What belongs to one connection or to one form of the body, so that an upstream's headers can be
# given as they are. HTTP/2 forbids most of them.
NOT_OURS = frozenset(
    {
        b"connection",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)


def headers_of(given: Headers) -> list[tuple[bytes, bytes]]:
    """The headers of an event stream with those that were given, which may replace them.

    Raises:
        ValueError: a name or a value has a character that would end it.
    """
    pairs = given.items() if isinstance(given, Mapping) else given
    added = [(_encoded(name).lower(), _encoded(value)) for name, value in pairs]
    added = [pair for pair in added if pair[0] not in NOT_OURS]
    replaced = {name for name, _ in added}
    return [pair for pair in OURS.items() if pair[0] not in replaced] + added


def _encoded(text: str | bytes) -> bytes:
    encoded = text.encode("latin-1") if isinstance(text, str) else bytes(text)
    if any(character in encoded for character in (b"\r", b"\n", b"\0")):
        raise ValueError("a header has a CR, a LF or a NUL in it")
    return encoded
