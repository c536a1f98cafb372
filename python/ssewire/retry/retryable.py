"""Which errors may be gone when the same request is made again."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from typing import TYPE_CHECKING, Any

from ssewire.errors import (
    NotAnEventStream,
    SSEError,
    StreamError,
    StreamTimeout,
    TotalTimeout,
    TruncatedStream,
)
from ssewire.retry.response import header_of, status_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# They come with 429, and waiting does not help.
SPENT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
# The exceptions of each library for connections that fail or take too long. By name: none of the
# libraries need be installed.
_LOST: dict[str, frozenset[str]] = {
    "httpx": frozenset({"TimeoutException", "NetworkError", "RemoteProtocolError", "ProxyError"}),
    "requests": frozenset({"ConnectionError", "Timeout", "ChunkedEncodingError"}),
    "urllib3": frozenset({"ProtocolError", "TimeoutError", "MaxRetryError", "IncompleteRead"}),
    "aiohttp": frozenset({"ClientConnectionError", "ClientPayloadError"}),
    "http": frozenset({"IncompleteRead", "BadStatusLine"}),
}
_LOST["httpx2"] = _LOST["httpcore"] = _LOST["httpcore2"] = _LOST["httpx"]
_LOST["niquests"] = _LOST["requests"]
# Of every SDK that Stainless makes, in a module of its own.
_SDK_LOST = "APIConnectionError"
_LOST_ERRNO = frozenset({
    errno.ENETDOWN,
    errno.ENETUNREACH,
    errno.ENETRESET,
    errno.EHOSTUNREACH,
    errno.ETIMEDOUT,
    errno.EADDRNOTAVAIL,
})  # fmt: skip


def is_retryable(error: BaseException) -> bool:
    """Whether the same request may succeed later. The predicate that a `Policy` has of its own.

    It is so for 408, 409, 429 and 5xx, in a status or in an error within the stream; for streams
    that were cut off or fell silent; for connections that could not be made, broke, or took too long.
    It is not for other statuses, a spent quota, a certificate that is not trusted, a `TotalTimeout`
    (the answer would take as long again), and what is wrong on this side. A server that says
    `x-should-retry` is obeyed, as the SDKs do.

    Args:
        error: an error of this package, of an SDK or of an HTTP library.
    """
    if not SPENT.isdisjoint(_words(error)):
        return False
    told = header_of(error, "x-should-retry")
    if told in ("true", "false"):
        return told == "true"
    if isinstance(error, SSEError):
        return _is_own_retryable(error)
    status = status_of(error)
    if status is not None:
        return is_retryable_status(status)
    return _is_lost(error) and not any(
        isinstance(one, ssl.SSLCertVerificationError) for one in chain_of(error)
    )


def is_retryable_status(status: int) -> bool:
    """Whether a request that got this HTTP status may succeed later."""
    return status in (408, 409, 429) or status >= 500


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """An error and what led to it, nearest first."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _is_own_retryable(error: SSEError) -> bool:
    if isinstance(error, StreamError):
        return error.retryable
    if isinstance(error, NotAnEventStream):
        if error.status is not None and error.status >= 400:
            return is_retryable_status(error.status)
        return error.error is not None and error.error.retryable
    if isinstance(error, StreamTimeout):
        return not isinstance(error, TotalTimeout)
    return isinstance(error, TruncatedStream)


def _is_lost(error: BaseException) -> bool:
    """Whether a connection failed."""
    if isinstance(error, (ConnectionError, TimeoutError, asyncio.TimeoutError, socket.gaierror)):
        return True
    for cls in type(error).__mro__:
        library = cls.__module__.partition(".")[0]
        if cls.__name__ == _SDK_LOST or cls.__name__ in _LOST.get(library, ()):
            return True
    if isinstance(error, OSError):
        # `urllib.error.URLError` has the error that counts in `reason`.
        reason = getattr(error, "reason", None)
        return error.errno in _LOST_ERRNO or (
            isinstance(reason, OSError) and reason is not error and _is_lost(reason)
        )
    return False


def _words(error: BaseException) -> set[str]:
    """The codes and types that an error has, in the words of the API."""
    holders: list[Any] = [error, getattr(error, "error", None)]
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        inner = body.get("error")
        holders += [body, inner]
    # What a property would make of them is nothing new, and may be a DeprecationWarning.
    members = (one if isinstance(one, dict) else getattr(one, "__dict__", {}) for one in holders)
    found = [named.get(name) for named in members for name in ("code", "type")]
    return {word for word in found if isinstance(word, str)}
