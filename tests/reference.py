"""The oracle: the event stream interpretation of the WHATWG HTML standard, one byte at a time.

Sentences in double quotes are the standard's, sections 9.2.5 and 9.2.6. What this project adds is
marked "Beyond the standard". Nothing in here is fast, and nothing was taken from the Rust code.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

LF, CR, COLON = b"\n"[0], b"\r"[0], b":"[0]
BOM = b"\xef\xbb\xbf"
FIELD_NAMES = (b"data", b"event", b"id", b"retry")
LARGEST_RETRY = 2**128 - 1


class Event(NamedTuple):
    event: str
    data: str
    id: str
    retry: int | None
    raw: bytes


class TooLarge(Exception):
    def __init__(self, limit: int, offset: int) -> None:
        super().__init__(limit, offset)
        self.limit = limit
        self.offset = offset


class ReferenceDecoder:
    _block: bytearray
    _block_start: int
    _event: str
    _data: str
    _id: str
    _retry: int | None

    def __init__(
        self,
        *,
        last_event_id: str = "",
        max_event_size: int | None = 64 * 1024 * 1024,
        oversize: Literal["raise", "skip"] = "raise",
        flush_at_end: bool = False,
    ) -> None:
        self._first_id = last_event_id
        self._limit = max_event_size
        self._oversize = oversize
        self._flush_at_end = flush_at_end
        self.reset()

    def reset(self) -> None:
        self.last_event_id = self._first_id
        self.retry: int | None = None
        self.comments = 0
        self.skipped = 0
        self.truncated = False
        self._position = 0
        self._line = bytearray()
        self._after_cr = False
        self._skipping = False
        self._finished = False
        self._error: TooLarge | None = None
        self._forget_block()

    @property
    def pending(self) -> int:
        if self._finished or self._error:
            return 0
        if self._block:
            return len(self._block)
        held = not self._skipping and any(name.startswith(self._line) for name in FIELD_NAMES)
        return len(self._line) if held else 0

    def feed(self, chunk: bytes) -> list[Event]:
        if self._finished and not self._error:
            raise ValueError("feed after finish")
        events: list[Event] = []
        for index, byte in enumerate(chunk):
            if self._error:
                break
            event = self._read(byte, chunk[index + 1 : index + 2] == b"\n")
            if event:
                events.append(event)
        # Beyond the standard: the events before the error are returned, the error comes next.
        if self._error and not events:
            raise self._error
        return events

    def finish(self) -> list[Event]:
        if self._finished:
            return []
        self._finished = True
        self.truncated = bool(self._block or self._line or self._skipping or self._error)
        if self._error:
            raise self._error
        # "Once the end of the file is reached, any pending data must be discarded. (If the file
        # ends in the middle of an event, before the final empty line, the incomplete event is not
        # dispatched.)" Beyond the standard: `flush_at_end`.
        if not self._flush_at_end:
            return []
        self._grow(b"", self._line in FIELD_NAMES)
        if self._error:
            raise self._error
        if self._line:
            self._process(bytes(self._line))
        event = self._dispatch(b"") if self._data else None
        return [event] if event else []

    def _read(self, byte: int, lf_follows: bool) -> Event | None:
        """Take one byte; return the event that it completes."""
        self._position += 1
        # "The stream must then be parsed by reading everything line by line, with a U+000D CARRIAGE
        # RETURN U+000A LINE FEED (CRLF) character pair, a single U+000A LINE FEED (LF) character
        # not preceded by a U+000D CARRIAGE RETURN (CR) character, and a single U+000D CARRIAGE
        # RETURN (CR) character not followed by a U+000A LINE FEED (LF) character being the ways in
        # which a line can end."
        if byte == LF and self._after_cr:
            self._after_cr = False
            self._grow(b"\n", False)
            return None
        self._after_cr = byte == CR
        ends = byte in (CR, LF)
        self._grow(bytes([byte]), (ends or byte == COLON) and self._line in FIELD_NAMES)
        if self._error:
            return None
        if not ends:
            self._line.append(byte)
            # "The UTF-8 decode algorithm strips one leading UTF-8 Byte Order Mark (BOM), if any."
            if self._position == len(BOM) and self._line == BOM:
                self._line.clear()
            return None
        line = bytes(self._line)
        self._line.clear()
        # "If the line is empty (a blank line): Dispatch the event, as defined below."
        if not line:
            return self._dispatch(b"\n" if byte == CR and lf_follows else b"")
        self._process(line)
        return None

    def _grow(self, piece: bytes, opens: bool) -> None:
        """Beyond the standard: a block has bytes, from its first field line on, and a limit."""
        if self._skipping:
            return
        if self._block:
            self._block += piece
        elif opens:
            self._block = self._line + piece
            self._block_start = self._position - len(self._block)
        if self._limit is None or len(self._block) <= self._limit:
            return
        if self._oversize == "raise":
            self._error = TooLarge(self._limit, self._block_start)
        else:
            self.skipped += 1
            self._skipping = True
        self._forget_block()

    def _process(self, line: bytes) -> None:
        # "If the line starts with a U+003A COLON character (:): Ignore the line."
        if line.startswith(b":"):
            self.comments += 1
            return
        # "If the line contains a U+003A COLON character (:): Collect the characters on the line
        # before the first U+003A COLON character (:), and let field be that string. Collect the
        # characters on the line after the first U+003A COLON character (:), and let value be that
        # string. If value starts with a U+0020 SPACE character, remove it from value. [...]
        # Otherwise, the string is not empty but does not contain a U+003A COLON character (:):
        # Process the field using the steps described below, using the whole line as the field name,
        # and the empty string as the field value."
        field, _, rest = line.partition(b":")
        # "Streams must be decoded using the UTF-8 decode algorithm." No sequence of it, good or
        # bad, goes over the end of a line, so decoding line by line is the same.
        value = rest.removeprefix(b" ").decode("utf-8", "replace")
        if not self._skipping:
            self._process_field(field, value)

    def _process_field(self, field: bytes, value: str) -> None:
        # "Field names must be compared literally, with no case folding performed."
        if field == b"event":
            # "Set the event type buffer to the field value."
            self._event = value
        elif field == b"data":
            # "Append the field value to the data buffer, then append a single U+000A LINE FEED (LF)
            # character to the data buffer."
            self._data += value + "\n"
        elif field == b"id":
            # "If the field value does not contain U+0000 NULL, then set the last event ID buffer to
            # the field value. Otherwise, ignore the field."
            if "\0" not in value:
                self._id = value
        # "If the field value consists of only ASCII digits, then interpret the field value as an
        # integer in base ten, and set the event stream's reconnection time to that integer.
        # Otherwise, ignore the field."
        elif field == b"retry" and value and all(digit in "0123456789" for digit in value):
            # Beyond the standard: an end of the integers, past which only their size is known.
            significant = value.lstrip("0") or "0"
            self.retry = min(int(significant[:40]), LARGEST_RETRY)
            self._retry = self.retry
        # "Otherwise: The field is ignored."

    def _dispatch(self, swallowed: bytes) -> Event | None:
        event = None
        if not self._skipping:
            # "Set the last event ID string of the event source to the value of the last event ID
            # buffer. The buffer does not get reset, so the last event ID string of the event source
            # remains set to this value until the next time it is set by the server."
            self.last_event_id = self._id
            # "If the data buffer is an empty string, set the data buffer and the event type buffer
            # to the empty string and return. If the data buffer's last character is a U+000A LINE
            # FEED (LF) character, remove the last character from the data buffer. [...] Initialize
            # event's type attribute to "message" [...] If the event type buffer has a value other
            # than the empty string, change the type of the newly created event to equal the value
            # of the event type buffer."
            if self._data:
                event = Event(
                    self._event or "message",
                    self._data.removesuffix("\n"),
                    self.last_event_id,
                    self._retry,
                    bytes(self._block) + swallowed,
                )
        # "Set the data buffer and the event type buffer to the empty string."
        self._skipping = False
        self._forget_block()
        return event

    def _forget_block(self) -> None:
        self._block = bytearray()
        self._block_start = 0
        self._data = ""
        self._event = ""
        self._id = self.last_event_id
        self._retry = None
