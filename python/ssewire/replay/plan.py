"""What is sent, when, and how it ends: all that the options mean, without any I/O."""

from __future__ import annotations

import enum
import random
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat
from typing import TYPE_CHECKING, NamedTuple

from ssewire import encode_comment
from ssewire.replay.error_events import error_event
from ssewire.replay.options import Chunking, Fault
from ssewire.replay.recording import Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ssewire.replay.options import ReplayOptions
    from ssewire.replay.recording import Recording

BOM = b"\xef\xbb\xbf"
MOST_RANDOM_BYTES = 1460  # what one Ethernet packet carries


class End(enum.Enum):
    """What happens after the last piece."""

    CLOSE = "close"  # the body ends as it should
    RESET = "reset"  # the connection is reset
    HOLD = "hold"  # the connection stays open


class Piece(NamedTuple):
    """One write.

    Attributes:
        due: seconds after the start of the answer.
        data: the bytes.
    """

    due: float
    data: bytes


@dataclass(frozen=True)
class Plan:
    """A whole answer.

    Attributes:
        pieces: the writes, in order.
        end: what happens after them.
        keep_alive: the comment that is sent again and again while the connection is held open.
        keep_alive_every: seconds between two of them; 0 for silence.
    """

    pieces: tuple[Piece, ...]
    end: End
    keep_alive: bytes
    keep_alive_every: float


class _Script(NamedTuple):
    """The blocks that are sent whole, what is sent of the one after them, and the end."""

    blocks: list[Block]
    tail: bytes
    end: End


@lru_cache(maxsize=8)  # the same is asked for again and again
def plan(recording: Recording, options: ReplayOptions) -> Plan:
    """Lay down how a recording is served.

    Raises:
        ValueError: for a fault that this recording cannot have; it says why.
    """
    script = _with_fault(_with_line_ends(recording, options), recording, options)
    comment = _line_ends(encode_comment("keep-alive"), options)
    pieces = list(_timed(script, comment, options))
    # A comment would become a part of the event that was cut.
    every = 0.0 if script.tail else options.keep_alive
    end = End.HOLD if options.stay_open and script.end is End.CLOSE else script.end
    return Plan(tuple(_recut(pieces, Chunking.parse(options.chunking))), end, comment, every)


def _line_ends(data: bytes, options: ReplayOptions) -> bytes:
    if not options.crlf:
        return data
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def _with_line_ends(recording: Recording, options: ReplayOptions) -> _Script:
    blocks = [
        Block(_line_ends(lead, options), _line_ends(raw, options)) for lead, raw in recording.blocks
    ]
    tail = _line_ends(recording.tail, options)
    if options.bom and not recording.stream.startswith(BOM):
        if blocks:
            blocks[0] = Block(BOM + blocks[0].lead, blocks[0].raw)
        else:
            tail = BOM + tail
    return _Script(blocks, tail, End.CLOSE)


def _with_fault(script: _Script, recording: Recording, options: ReplayOptions) -> _Script:
    fault = Fault.parse(options.fault)
    if fault is None:
        return script
    blocks = script.blocks
    after = len(blocks) // 2 if fault.after is None else fault.after
    # A cut inside needs an event to cut.
    most = len(blocks) - fault.kind.startswith(("cut-inside", "cut-character"))
    if after > most:
        raise ValueError(
            f"fault {fault.kind}:{after} is beyond the end: {recording.name} has"
            f" {len(blocks)} events"
        )
    if fault.kind == "cut-inside":
        return _Script(blocks[:after], _first_half(blocks[after]), End.CLOSE)
    if fault.kind == "cut-character":
        # Where no place was asked for, any character will do.
        before = range(after) if fault.after is None else range(0)
        return _cut_character(blocks, chain(range(after, len(blocks)), before), recording.name)
    if fault.kind == "error-event":
        error = _line_ends(error_event(recording.shape, after), options)
        return _Script([*blocks[:after], Block(b"", error)], b"", End.CLOSE)
    ends = {"cut-between": End.CLOSE, "reset": End.RESET, "stall": End.HOLD}
    return _Script(blocks[:after], b"", ends[fault.kind])


def _first_half(block: Block) -> bytes:
    lead, raw = block
    middle = len(raw) // 2
    while _continues_character(raw[middle]):
        middle -= 1
    return lead + raw[:middle]


def _cut_character(blocks: list[Block], places: Iterable[int], name: str) -> _Script:
    for place in places:
        lead, raw = blocks[place]
        for at, byte in enumerate(raw):
            if _continues_character(byte):
                return _Script(blocks[:place], lead + raw[:at], End.CLOSE)
    raise ValueError(f"fault cut-character: no character of several bytes follows there in {name}")


def _continues_character(byte: int) -> bool:
    return byte & 0b1100_0000 == 0b1000_0000


def _timed(script: _Script, comment: bytes, options: ReplayOptions) -> Iterator[Piece]:
    gap = 1 / options.rate if options.rate else 0.0
    last_due = 0.0
    for number, block in enumerate([*script.blocks, Block(script.tail, b"")]):
        data = block.lead + block.raw
        if not data:
            continue
        due = number * gap
        if options.keep_alive:
            silent = last_due + options.keep_alive
            while silent < due:
                yield Piece(silent, comment)
                silent += options.keep_alive
        if options.keep_alive_events and number and number % options.keep_alive_events == 0:
            yield Piece(due, comment)
        yield Piece(due, data)
        last_due = due


def _recut(pieces: list[Piece], chunking: Chunking) -> Iterable[Piece]:
    if chunking.kind == "event":
        return _joined(pieces, chunking.number or 1)
    if chunking.kind == "random":
        return _of_sizes(pieces, _random_sizes(chunking.number))
    whole = sum(len(piece.data) for piece in pieces)
    return _of_sizes(pieces, repeat(chunking.number if chunking.kind == "bytes" else whole))


def _joined(pieces: list[Piece], number: int) -> Iterator[Piece]:
    for at in range(0, len(pieces), number):
        together = pieces[at : at + number]
        yield Piece(together[-1].due, b"".join(piece.data for piece in together))


def _random_sizes(seed: int) -> Iterator[int]:
    generator = random.Random(seed)
    while True:
        yield generator.randint(1, MOST_RANDOM_BYTES)


def _of_sizes(pieces: list[Piece], sizes: Iterator[int]) -> Iterator[Piece]:
    held = bytearray()
    size = next(sizes)
    for piece in pieces:
        held += piece.data
        while len(held) >= size:
            yield Piece(piece.due, bytes(held[:size]))
            del held[:size]
            size = next(sizes)
    if held:
        yield Piece(pieces[-1].due, bytes(held))
