"""The body of a request: JSON of anybody, of a size that is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from .errors import Refusal
from .leaving import ClientGone
from .requests import strict_json

if TYPE_CHECKING:
    from starlette.requests import Request

    from .requests.members import Members


async def read(request: Request, most: int) -> Members:
    """Read it.

    Raises:
        Refusal: if it is too large, or is no JSON object.
        ClientGone: if the client leaves within it.
    """
    data = bytearray()
    try:
        async for chunk in request.stream():
            data += chunk
            if len(data) > most:
                raise Refusal(413, f"a request may have {most:,} bytes")
    except ClientDisconnect:
        raise ClientGone from None
    try:
        body = strict_json.loads(data)
    except ValueError:
        raise Refusal(400, "the request is no JSON") from None
    if not isinstance(body, dict):
        raise Refusal(400, "the request is no JSON object")
    return body
