"""`Recording`: a recorded stream, divided at its events."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from ssewire import Decoder

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from ssewire import ServerSentEvent

Shape = Literal["chat", "completions", "messages", "responses"]
SHAPES: tuple[Shape, ...] = get_args(Shape)


class Block(NamedTuple):
    """The bytes of one event.

    Attributes:
        lead: what stands between the event before and this one: comments, blocks without data.
        raw: the event itself, its blank line included.
    """

    lead: bytes
    raw: bytes


class _Division(NamedTuple):
    blocks: tuple[Block, ...]
    tail: bytes
    shape: Shape | None


@dataclass(frozen=True)
class Recording:
    """A recorded stream and the name that it is served under.

    Attributes:
        name: the last part of its path, `/streams/NAME`.
        stream: its bytes, as they were received.
    """

    name: str
    stream: bytes

    @classmethod
    def builtin(cls, shape: Shape) -> Recording:
        """The recording of this shape that comes with the package."""
        file = resources.files("ssewire.replay") / "recordings" / f"{shape}.sse"
        return cls(shape, file.read_bytes())

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Recording:
        """Read a file, and name it after the file, without `.sse`."""
        path = Path(path)
        return cls(path.name.removesuffix(".sse"), path.read_bytes())

    @property
    def blocks(self) -> tuple[Block, ...]:
        """One block for each event."""
        return self._division.blocks

    @property
    def tail(self) -> bytes:
        """What follows the last event: nothing, comments, or an event that was cut off."""
        return self._division.tail

    @property
    def shape(self) -> Shape | None:
        """Which API the stream is from, or `None` for a stream of anything else."""
        return self._division.shape

    @cached_property
    def _division(self) -> _Division:
        events = Decoder(max_event_size=None).feed(self.stream)
        blocks = []
        end = 0
        for event in events:
            begin = self.stream.index(event.raw, end)
            blocks.append(Block(self.stream[end:begin], event.raw))
            end = begin + len(event.raw)
        return _Division(tuple(blocks), self.stream[end:], _shape_of(events))


def _shape_of(events: Sequence[ServerSentEvent]) -> Shape | None:
    for event in events:
        try:
            payload = event.json()
        except ValueError:
            continue
        if not isinstance(payload, dict):
            continue
        kind = payload.get("type", event.event)
        if str(kind).startswith("response."):
            return "responses"
        if kind == "message_start":
            return "messages"
        if payload.get("object") == "text_completion":
            return "completions"
        if "choices" in payload:
            return "chat"
    return None


def builtin_recordings() -> dict[Shape, Recording]:
    """The recordings that come with the package."""
    return {shape: Recording.builtin(shape) for shape in SHAPES}
