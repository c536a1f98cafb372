"""`data:` URLs: how the OpenAI shapes hold what the messages shape has as base64."""

from __future__ import annotations

import re

_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w.+-]+=[^;,]*)*);base64,", re.IGNORECASE)


def split(url: str) -> tuple[str, str] | None:
    """The media type and the base64 text of a `data:` URL; `None` for any other URL."""
    found = _DATA_URL.match(url)
    if not found:
        return None
    return found[1] or "text/plain", url[found.end() :]


def join(media_type: str, base64: str) -> str:
    """The `data:` URL of a base64 text."""
    return f"data:{media_type};base64,{base64}"
