"""What an error knows of the HTTP response, whatever library has raised it."""

from __future__ import annotations

from typing import Any

_STATUS = ("status_code", "status", "code")


def status_of(error: BaseException) -> int | None:
    """The HTTP status that an error is about; `None` if there is none."""
    # `is None`, for a response of requests is false when its status is an error.
    holders = (error, getattr(error, "response", None))
    for holder in holders:
        for name in _STATUS:
            status = getattr(holder, name, None)
            if isinstance(status, int) and 100 <= status <= 599:
                return int(status)
    return None


def header_of(error: BaseException, name: str) -> str | None:
    """A header of the response that an error is about.

    Args:
        error: the error.
        name: the header, in lower case.
    """
    response = getattr(error, "response", None)
    # An SDK's stream holds the response of its HTTP library.
    for holder in (error, response, getattr(response, "response", None)):
        get: Any = getattr(getattr(holder, "headers", None), "get", None)
        if get is not None:
            # A plain dict knows one way to write it.
            value = get(name) or get(name.title())
            return value if isinstance(value, str) else None
    return None
