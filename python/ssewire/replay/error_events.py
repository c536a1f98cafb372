"""The error that each API sends inside of a stream that fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ssewire import encode_event

if TYPE_CHECKING:
    from ssewire.replay.recording import Shape

MESSAGE = "The server had an error while processing your request. Sorry about that!"


def error_event(shape: Shape | None, sequence_number: int) -> bytes:
    """The event with which a server of this shape gives up.

    Args:
        shape: the API; for `None` the form of the chunk family, which most servers speak.
        sequence_number: how many events came before; the responses API counts.
    """
    if shape == "messages":
        error: dict[str, object] = {"type": "overloaded_error", "message": "Overloaded"}
        payload: dict[str, object] = {"type": "error", "error": error}
        return encode_event(_compact(payload), event="error")
    error = {"message": MESSAGE, "type": "server_error", "param": None, "code": None}
    if shape == "responses":
        # The nested form: what the service sends, and not what its reference says.
        error["code"] = "server_error"
        payload = {"type": "error", "sequence_number": sequence_number, "error": error}
        return encode_event(_compact(payload), event="error")
    return encode_event(_compact({"error": error}))


def _compact(payload: dict[str, object]) -> str:
    return json.dumps(payload, separators=(",", ":"))
