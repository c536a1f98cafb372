"""The JSON texts in the data of one event: one, as a rule."""

from __future__ import annotations

import re
from typing import Any

from reference_json import BLANKS, loads, value_at

REST_OF_LINE = re.compile(r"[ \t\r]*(\n|$)")


class NotJson:
    """What stands where JSON should."""


def payloads_of(name: str, data: str, *, split: bool) -> list[tuple[str, Any]]:
    """Each payload's text and value; the value of [DONE] is an ellipsis."""
    text = data.strip(BLANKS)
    # "dispatchers skip events whose data is blank"
    if not text:
        return []
    # "compare by prefix, after trimming white space"
    if text.startswith("[DONE]"):
        return [(data, ...)]
    try:
        return [(data, loads(data))]
    except ValueError:
        # An error event need not be JSON: then its data is the message.
        if name == "error" or not split or "\n" not in data:
            return [(data, NotJson())]
    return _split(data)


def _split(data: str) -> list[tuple[str, Any]]:
    # "split it at line boundaries where the part so far is a complete JSON value or [DONE]"
    payloads: list[tuple[str, Any]] = []
    place = 0
    while rest := data[place:].lstrip(BLANKS):
        start = len(data) - len(rest)
        if rest.startswith("[DONE]") and data[place:start].count("\n") + (place == start):
            payloads.append((rest.partition("\n")[0], ...))
            break
        try:
            value, end = value_at(data, start)
        except ValueError:
            end = len(data) + 1
        line_end = REST_OF_LINE.match(data, end) if end <= len(data) else None
        if not line_end:
            payloads.append((rest, NotJson()))
            break
        payloads.append((data[start:end], value))
        place = line_end.end()
    return payloads
