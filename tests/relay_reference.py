"""The oracle of the relay's edits: whole streams in, the pieces of the edited stream out.

Framing is `reference.py`'s; JSON is looked at only to find where members are. An event is edited in
its own bytes, so that white space, the order of members, escapes, line ends and padding stay. A
member goes with one comma: the one before it, or, if it is the first, the one behind it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from reference import ReferenceDecoder
from reference_json import BLANKS, STRING_OR_BLANKS, Object, value_at
from reference_payloads import payloads_of
from reference_shape import event_shape, is_chunk, type_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reference import Event

STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
LINE = re.compile(rb"([^\r\n]*)(\r\n|\r|\n|$)")


class Piece(NamedTuple):
    """Some bytes of what is sent on: of an event, or between events."""

    sent: bytes
    edited: bool
    received: bytes


class Span(NamedTuple):
    """A member of an object: where its name begins, and where its value is."""

    name: str
    start: int
    value: int
    end: int


class Change(NamedTuple):
    start: int
    end: int
    text: str


def edited(
    body: bytes,
    *,
    model: str | None = None,
    id: str | None = None,  # noqa: A002
    usage: str = "pass",
    usage_extra: Mapping[str, Any] | Callable[[dict[str, Any]], Any] | None = None,
    drop: Callable[[str, str], bool] | None = None,
) -> list[Piece]:
    """The stream, edited. `drop` tells by the name and the data of an event whether it goes."""
    pieces = []
    ended = False
    for received, event in _blocks(body):
        sent = received
        if event is not None and not ended:
            ended = event.data.strip(BLANKS).startswith("[DONE]")
            changes = _changes(event, model, id, usage, usage_extra)
            if changes is None or (drop is not None and drop(event.event, event.data)):
                sent = b""
            elif changes:
                sent = _changed(received, changes)
        pieces.append(Piece(sent, sent != received, received))
    return pieces


def joined(pieces: list[Piece]) -> bytes:
    return b"".join(piece.sent for piece in pieces)


def assert_edited(out: bytes, pieces: list[Piece]) -> None:
    """Unedited bytes are the same; edited events, but for blanks between their parts."""
    if out == joined(pieces):
        return
    for found, piece in zip(_pieces(out), [each for each in pieces if each.sent], strict=True):
        if piece.edited:
            assert _without_blanks(found) == _without_blanks(piece.sent)
        else:
            assert found == piece.sent


def blankless(body: bytes) -> list[tuple[str, str, str] | bytes]:
    """A stream, without the blanks between the parts of its payloads."""
    return [_without_blanks(piece) for piece in _pieces(body)]


def _pieces(body: bytes) -> Iterator[bytes]:
    return (received for received, _ in _blocks(body))


def _blocks(body: bytes) -> Iterator[tuple[bytes, Event | None]]:
    """Each event's bytes, and the bytes between events."""
    decoder = ReferenceDecoder()
    told = 0
    for index, byte in enumerate(body):
        lf_follows = body[index + 1 : index + 2] == b"\n"
        event = decoder._read(byte, lf_follows)
        if event is None:
            continue
        end = index + 1 + (byte == b"\r"[0] and lf_follows)
        start = end - len(event.raw)
        if start > told:
            yield body[told:start], None
        yield body[start:end], event
        told = end
    if told < len(body):
        yield body[told:], None


def _without_blanks(block: bytes) -> tuple[str, str, str] | bytes:
    events = ReferenceDecoder().feed(block)
    if not events:
        return block
    data = STRING_OR_BLANKS.sub(r"\1", events[0].data)
    return events[0].event, events[0].id, data


def _changes(
    event: Event, model: str | None, id_: str | None, usage: str, usage_extra: Any
) -> list[Change] | None:
    """What to change in the data of an event; `None`: the event goes."""
    changes: list[Change] = []
    for start, text, value in _payloads(event):
        type_ = type_of(value, event.event)
        if usage == "strip" and event_shape(value, type_) is None and is_chunk(value):
            if isinstance(value.get("usage"), Object) and not value.get("choices"):
                return None
            changes += _removed(text, 0, start)
        elif usage_extra is not None:
            changes += _added(text, value, usage_extra, start)
        for name, new in (("model", model), ("id", id_)):
            if new is not None:
                changes += _set(text, name, new, start)
    return sorted(changes)


def _payloads(event: Event) -> Iterator[tuple[int, str, Object]]:
    place = 0
    for text, value in payloads_of(event.event, event.data, split=True):
        place = event.data.index(text, place)
        if isinstance(value, Object):
            yield place, text, value
        place += len(text)


def _members(text: str, start: int) -> list[Span]:
    """The members of the object that begins here, duplicates too."""
    spans = []
    place = _skip(text, start) + 1
    while text[place := _skip(text, place)] != "}":
        if text[place] == ",":
            place += 1
            continue
        name = STRING.match(text, place)
        assert name
        value = _skip(text, _skip(text, name.end()) + 1)
        _, end = value_at(text, value)
        spans.append(Span(json.loads(name[0]), place, value, end))
        place = end
    return spans


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in BLANKS:
        place += 1
    return place


def _set(text: str, name: str, new: str, offset: int) -> Iterator[Change]:
    """Top level, and inside of `message` and `response`."""
    for span in _members(text, 0):
        if span.name == name:
            yield Change(offset + span.value, offset + span.end, json.dumps(new))
        elif span.name in ("message", "response") and text[span.value] == "{":
            for inner in _members(text, span.value):
                if inner.name == name:
                    yield Change(offset + inner.value, offset + inner.end, json.dumps(new))


def _removed(text: str, start: int, offset: int) -> Iterator[Change]:
    """`usage`, and where vendors have it instead: in the first choice, and in `x_groq`."""
    spans = _members(text, start)
    for number, span in enumerate(spans):
        if span.name == "usage" and text[span.value] == "{":
            begin, end = span.start, span.end
            if number:
                begin = spans[number - 1].end
            elif len(spans) > 1:
                end = spans[1].start
            yield Change(offset + begin, offset + end, "")
        elif span.name == "x_groq" and text[span.value] == "{":
            yield from _removed(text, span.value, offset)
        elif span.name == "choices" and text[span.value] == "[":
            first = _skip(text, span.value + 1)
            if text[first] == "{":
                yield from _removed(text, first, offset)


def _added(text: str, value: Object, extra: Any, offset: int) -> Iterator[Change]:
    for place in _usages(text, value):
        usage = json.loads(text[place.value : place.end])
        more = extra(usage) if callable(extra) else extra
        members = json.dumps(dict(more or {}), separators=(",", ":"))[1:-1]
        if members:
            last = _members(text, place.value)
            at = last[-1].end if last else place.value + 1
            yield Change(offset + at, offset + at, ("," if last else "") + members)


def _usages(text: str, value: Object) -> Iterator[Span]:
    for span in _members(text, 0):
        if span.name == "usage" and isinstance(value["usage"], Object):
            yield span
        if span.name in ("message", "response") and isinstance(value[span.name], Object):
            for inner in _members(text, span.value):
                if inner.name == "usage" and text[inner.value] == "{":
                    yield inner


def _changed(block: bytes, changes: list[Change]) -> bytes:
    """Put changes of the data where its characters are in the bytes of the block."""
    places, ends = _places(block)
    out, told = b"", 0
    for start, end, text in changes:
        out += block[told : places[start]] + text.encode()
        told = ends[end - 1] if end > start else places[start]
    return out + block[told:]


def _places(block: bytes) -> tuple[list[int], list[int]]:
    """Where each character of the data begins and ends; what joins two lines of it, too."""
    starts: list[int] = []
    ends: list[int] = []
    last: int | None = None
    for line in LINE.finditer(block):
        name, _, rest = line[1].partition(b":")
        if name.removeprefix(b"\xef\xbb\xbf") != b"data":
            continue
        place = line.end(1) - len(rest.removeprefix(b" "))
        if last is not None:
            starts.append(last)
            ends.append(place)
        for character in block[place : line.end(1)].decode("utf-8", "replace"):
            starts.append(place)
            place += len(character.encode())
            ends.append(place)
        last = line.end(1)
    return starts, ends
