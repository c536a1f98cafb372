"""`data:` URLs: how the OpenAI shapes hold what the messages shape has as base64."""

from __future__ import annotations

import base64
import mimetypes
import re

PDF = "application/pdf"
_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w.+-]+=[^;,]*)*);base64,", re.IGNORECASE)


def split(url: str) -> tuple[str, str] | None:
    """The media type and the base64 text of a `data:` URL; `None` for any other URL."""
    found = _DATA_URL.match(url)
    if not found:
        return None
    return (found[1] or "text/plain").lower(), url[found.end() :]


def join(media_type: str, base64_text: str) -> str:
    """The `data:` URL of a base64 text."""
    return f"data:{media_type};base64,{base64_text}"


def of_file(data: str, name: str | None) -> str:
    """The `data:` URL of a file that came as one, or as base64 alone; its name may tell its type."""
    if data[:5].lower() == "data:":
        return data
    return join(mimetypes.guess_type(name or "")[0] or PDF, data)


def file_name(url: str, name: str | None) -> str:
    """What to call the file in a `data:` URL: servers look at how a name ends."""
    if name and mimetypes.guess_type(name)[0]:
        return name
    held = split(url)
    return (name or "document") + (mimetypes.guess_extension(held[0]) or "" if held else "")


def text_of(base64_text: str) -> str | None:
    """The text that is held as base64; `None` if it is none."""
    try:
        return base64.b64decode(base64_text).decode()
    except ValueError:
        return None
