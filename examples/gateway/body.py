"""The body of a request: JSON of anybody, of a size that is allowed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .errors import Refusal

if TYPE_CHECKING:
    from starlette.requests import Request

    from .requests.members import Members


async def read(request: Request, most: int) -> Members:
    """Read it.

    Raises:
        Refusal: if it is too large, or is no JSON object.
    """
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > most:
            raise Refusal(413, f"a request may have {most:,} bytes")
    try:
        body = json.loads(data, parse_constant=_refuse)
    # Too deep is a RecursionError; a number too long, and no UTF-8, are a ValueError.
    except (ValueError, RecursionError):
        raise Refusal(400, "the request is no JSON") from None
    if not isinstance(body, dict):
        raise Refusal(400, "the request is no JSON object")
    return body


def _refuse(_constant: str) -> None:
    raise ValueError
