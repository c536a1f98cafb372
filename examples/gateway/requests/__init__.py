"""Requests between the three shapes: read from one into a neutral form, written from it as another.

Of one shape in and out nothing is read: the body goes on as it came, but for what the gateway
itself must set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .neutral import Request, RequestError, Shape
from .read import chat as read_chat
from .read import messages as read_messages
from .read import responses as read_responses
from .write import chat as write_chat
from .write import messages as write_messages
from .write import responses as write_responses

if TYPE_CHECKING:
    from .members import Members

__all__ = ["Asked", "Request", "RequestError", "Shape", "translate"]

READERS = {"chat": read_chat.read, "messages": read_messages.read, "responses": read_responses.read}
WRITERS = {
    "chat": write_chat.write,
    "messages": write_messages.write,
    "responses": write_responses.write,
}


@dataclass(frozen=True)
class Asked:
    """A request as an upstream gets it.

    Attributes:
        body: its body.
        stop: the strings that its answer has to be cut off at, for the upstream does not do it.
        dropped: what could not be carried, by name, in order.
    """

    body: Members
    stop: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def translate(
    body: Members, source: Shape, target: Shape, model: str, *, count: bool = True
) -> Asked:
    """Make a request for an upstream, which always streams.

    Args:
        body: what the client sent.
        source: in which shape.
        target: the shape that the upstream speaks.
        model: what the upstream calls the model.
        count: whether a chat upstream shall be asked for the usage.

    Raises:
        RequestError: if it cannot be read, or cannot be asked of that upstream.
    """
    if source == target:
        asked = Asked({**body, "model": model, "stream": True})
    else:
        request = READERS[source](body)
        written = {"model": model, **WRITERS[target](request), "stream": True}
        known = request.stop_of(target)
        stop = tuple(text for text in request.stop if text not in known)
        asked = Asked(written, stop, tuple(sorted(request.dropped)))
    if target == "chat" and count:
        options = asked.body.get("stream_options")
        given = options if isinstance(options, dict) else {}
        asked.body["stream_options"] = {**given, "include_usage": True}
    return asked
