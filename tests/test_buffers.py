"""What `feed` takes: any buffer of bytes, and nothing else."""

from __future__ import annotations

import mmap
from array import array
from typing import TYPE_CHECKING, Any

import pytest

from ssewire import Decoder

if TYPE_CHECKING:
    from pathlib import Path

WIRE = b"event: e\nid: 1\ndata: abc\n\ndata: d\n"
REST = b"data: e\n\n"


class OwnBytes(bytes):
    __slots__ = ()


def texts(decoder: Decoder, chunk: Any) -> list[str]:
    return [event.data for event in decoder.feed(chunk)]


@pytest.mark.parametrize(
    "kind",
    [
        bytes,
        bytearray,
        memoryview,
        OwnBytes,
        lambda wire: memoryview(bytearray(wire)),
        lambda wire: memoryview(b"\n" + wire + b"\n")[1:-1],
        lambda wire: memoryview(b"".join(bytes([byte, 0]) for byte in wire))[::2],
        lambda wire: memoryview(wire[::-1])[::-1],
        lambda wire: array("B", wire),
        lambda wire: memoryview(wire).cast("c"),
    ],
    ids=[
        *("bytes", "bytearray", "memoryview", "subclass", "writable view", "inner view"),
        *("every other byte", "backwards", "array", "view of characters"),
    ],
)
def test_kinds_of_buffer(kind: Any) -> None:
    decoder = Decoder()
    assert texts(decoder, kind(WIRE)) == ["abc"]
    assert texts(decoder, kind(b"")) == []
    assert texts(decoder, kind(REST)) == ["d\ne"]


def test_mmap(tmp_path: Path) -> None:
    path = tmp_path / "stream"
    path.write_bytes(WIRE + REST)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        events = Decoder().feed(mapped)
    # The map is closed: what the events are made of must be theirs.
    assert [event.data for event in events] == ["abc", "d\ne"]
    assert events[0].raw == b"event: e\nid: 1\ndata: abc\n\n"


@pytest.mark.parametrize("view", [False, True])
def test_a_buffer_that_changes_later(view: bool) -> None:
    decoder = Decoder()
    chunk = bytearray(WIRE)
    (first,) = decoder.feed(memoryview(chunk) if view else chunk)
    chunk[:] = b"?" * len(chunk)
    (second,) = decoder.feed(bytearray(REST))
    assert (first.event, first.data, first.id) == ("e", "abc", "1")
    assert first.raw == b"event: e\nid: 1\ndata: abc\n\n"
    assert second.data == "d\ne"
    assert decoder.last_event_id == "1"


def test_a_buffer_is_let_go() -> None:
    decoder = Decoder()
    chunk = bytearray(WIRE)
    events = decoder.feed(chunk)
    chunk.append(0)  # a BufferError if it were still exported
    assert len(events) == 1


@pytest.mark.parametrize("chunk", ["data: a\n\n", "", None, 1, 1.5, [100], [b"data"], object()])
def test_anything_else_is_a_type_error(chunk: Any) -> None:
    decoder = Decoder()
    assert decoder.feed(b"data: a\n") == []
    with pytest.raises(TypeError, match=type(chunk).__name__):
        decoder.feed(chunk)
    assert texts(decoder, b"\n") == ["a"]
