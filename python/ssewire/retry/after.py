"""`Retry-After`: how long the server wants to be left alone."""

from __future__ import annotations

import re
import time
from datetime import timezone
from email.utils import parsedate_to_datetime

from ssewire.retry.response import header_of

_NUMBER = re.compile(r"\d+(\.\d*)?|\.\d+", re.ASCII)


def retry_after(error: BaseException) -> float | None:
    """How long the server asked to wait, in the headers of the response that an error is about.

    They are `retry-after-ms`, as the SDKs know it, else `Retry-After` in seconds or as a date. The
    error is one of this package, of an SDK or of an HTTP library.

    Args:
        error: the error.

    Returns:
        Seconds, more than 0; `None` if nothing was asked, or nothing that makes sense.
    """
    milliseconds = _seconds(header_of(error, "retry-after-ms"), 1000)
    if milliseconds is not None:
        return milliseconds
    asked = header_of(error, "retry-after")
    seconds = _seconds(asked, 1)
    return _until(asked) if seconds is None else seconds


def _seconds(number: str | None, divisor: int) -> float | None:
    # A number of hundreds of digits is infinite: longer than any budget.
    if number is None or not _NUMBER.fullmatch(number.strip()):
        return None
    return float(number) / divisor or None


def _until(date: str | None) -> float | None:
    if date is None:
        return None
    try:
        at = parsedate_to_datetime(date)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if at.tzinfo is None:  # `-0000`: in UTC, from nowhere in particular
        at = at.replace(tzinfo=timezone.utc)
    left = at.timestamp() - time.time()
    return left if left > 0 else None
