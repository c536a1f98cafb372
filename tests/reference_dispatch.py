"""The oracle of the dispatchers: bytes to payloads, payloads to deltas and an outcome.

On top of `reference.py` and the json module, from the texts alone: WIRE.md (in double quotes), and
what the project decided where it is silent. Nothing in here is fast, and nothing was taken from the
Rust code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from reference import Event, ReferenceDecoder, TooLarge
from reference_chat import Chat
from reference_chunks import Head
from reference_completions import Completions
from reference_delta import Delta, delta
from reference_error import describe, error_in, error_in_field, is_error
from reference_json import BLANKS, Object, loads, plain
from reference_messages import Messages
from reference_outcome import outcome_of
from reference_payloads import NotJson, payloads_of
from reference_responses import Responses
from reference_shape import FAMILIES, chunk_shape, event_shape, is_chunk, type_of

if TYPE_CHECKING:
    from reference_outcome import Answer
    from reference_shape import Family


class Item(NamedTuple):
    payload: str
    class_name: str
    deltas: list[Delta]


class Invalid(Exception):
    """A payload that is not JSON, in strict mode."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class _Decoder(ReferenceDecoder):
    """Beyond the standard: blocks without data but with a field `error`, and where blocks begin."""

    error: str | None = None
    failure: str | None = None
    seen = False

    def _process(self, line: bytes) -> None:
        name = line.partition(b":")[0]
        self.seen = self.seen or name in (b"", b"data", b"event", b"id", b"retry", b"error")
        super()._process(line)

    def _process_field(self, field: bytes, value: str) -> None:
        super()._process_field(field, value)
        if field == b"error":
            self.error = value  # of several, the last

    def _dispatch(self, swallowed: bytes) -> Event | None:
        self.start = self._block_start
        event = super()._dispatch(swallowed)
        if event is None:
            self.failure = self.error
        self.error = None
        return event

    def finish(self) -> list[Event]:
        events = super().finish()
        if self._flush_at_end and self.error is not None:
            self._dispatch(b"")
        return events

    def take_failure(self) -> str | None:
        failure, self.failure = self.failure, None
        return failure


class ReferenceDispatcher:
    def __init__(
        self,
        shape: str = "auto",
        *,
        family: Family | None = None,
        strict: bool = False,
        **options: Any,
    ) -> None:
        self._first_shape = None if shape == "auto" else shape
        self._family = family
        self._strict = strict
        self._limit = options.get("max_event_size", 64 * 1024 * 1024)
        self._decoder = _Decoder(**options)
        self.reset()

    def reset(self) -> None:
        self._decoder.reset()
        self._decoder.error = self._decoder.failure = None
        self._decoder.seen = False
        self.shape = self._first_shape
        self._head = Head()
        self._answer: Answer | None = None
        self._open_answer()
        self._error: dict[str, Any] | None = None
        self._done_seen = False
        self._ended = False  # by [DONE]: nothing after it is read
        self._finished = False
        self._raised: TooLarge | Invalid | None = None
        self._not_a_stream = False
        self._received = b""
        self._n_events = 0
        self._n_comments = 0
        self._payload_bytes = 0

    def feed(self, chunk: bytes) -> list[Item]:
        self._must_be_open()
        items: list[Item] = []
        self._received += b"" if self._decoder.seen else chunk
        try:
            for index in range(len(chunk)):
                # The decoder looks at the byte behind a CR only for the event's raw bytes.
                events = [] if self._ended else self._decoder.feed(chunk[index : index + 1])
                items += self._read_failure()
                for event in events:
                    items += self._read_event(event.event, event.data, self._decoder.start)
                if not self._ended:
                    self._n_comments = self._decoder.comments
        except (TooLarge, Invalid) as error:
            self._raised = error
        return self._answered(items)

    def finish(self) -> list[Item]:
        if self._finished:
            return []
        self._finished = True
        if self._raised:
            raise self._raised
        items: list[Item] = []
        if not self._ended:
            try:
                for event in self._decoder.finish():
                    items += self._read_event(event.event, event.data, 0, cut=True)
            except TooLarge as error:
                self._raised = error
            items += self._read_failure()
            self._n_comments = self._decoder.comments
        self._read_body()
        return self._answered(items)

    def feed_event(self, name: str, data: str) -> list[Item]:
        return self._feed_one(name, data, len(data.encode()))

    def feed_payload(self, data: bytes) -> list[Item]:
        return self._feed_one("message", data.decode("utf-8", "replace"), len(data))

    def _feed_one(self, name: str, data: str, size: int) -> list[Item]:
        self._must_be_open()
        self._decoder.seen = True
        items: list[Item] = []
        try:
            items += self._read_event(name, data, self._payload_bytes)
        except Invalid as error:
            self._raised = error
        self._payload_bytes += size
        return self._answered(items)

    def _must_be_open(self) -> None:
        if self._raised:
            raise self._raised
        if self._finished:
            raise ValueError("feed after finish")

    def _answered(self, items: list[Item]) -> list[Item]:
        """The good ones are returned, the error comes next."""
        if self._raised and not items:
            raise self._raised
        return items

    def _read_failure(self) -> list[Item]:
        # "SSE field error: {...} instead of data"
        value = self._decoder.take_failure()
        if value is None or self._ended:
            return []
        try:
            parsed = loads(value)
        except ValueError:
            parsed = None
        deltas = self._fail(error_in_field(value, parsed))
        return [Item(value, self._class_of(parsed), deltas)]

    def _read_event(self, name: str, data: str, start: int, *, cut: bool = False) -> list[Item]:
        if self._ended:
            return []
        self._n_events += 1
        items = []
        for text, payload in payloads_of(name, data, split=not self._strict):
            if isinstance(payload, NotJson) and self._strict and name != "error" and not cut:
                raise Invalid(start)
            deltas = self._read(name, text, payload)
            items.append(Item(text, self._class_of(payload), deltas))
            if self._ended:
                break
        return items

    def _read(self, name: str, text: str, payload: Any) -> list[Delta]:
        if isinstance(payload, NotJson):
            if name == "error":
                return self._fail(describe(text))
            return [delta("invalid")]
        if payload is Ellipsis:  # [DONE]
            self._done_seen = True
            self._ended = FAMILIES.get(self.shape or "", "chunks") == "chunks"
            return [delta("done")]
        if isinstance(payload, str) and name == "error":
            return self._fail(describe(payload))
        if not isinstance(payload, Object) or self._error:
            return [delta("other")]
        type_ = type_of(payload, name)
        deltas = self._read_object(payload, type_)
        if is_error(payload, type_):
            deltas += self._fail(error_in(payload))
        return deltas or [delta("other")]

    def _read_object(self, payload: Object, type_: str | None) -> list[Delta]:
        by_type = event_shape(payload, type_)
        if self.shape is None:
            self._detect(by_type, None if by_type else chunk_shape(payload))
        deltas: list[Delta] = []
        if isinstance(self._answer, (Messages, Responses)):
            if by_type == self.shape and not is_error(payload, type_):
                deltas = self._answer.read(payload, type_)
                for each in deltas:
                    self._error = self._error or each["error"]
        elif by_type is None and self._answer:
            deltas = self._answer.read(payload, type_)
        elif by_type is None and is_chunk(payload) and self._family != "events":
            self._head.read(payload)
            deltas = self._head.read_usage(payload)
        return deltas

    def _detect(self, by_type: str | None, by_choices: str | None) -> None:
        shape = by_type or by_choices
        if shape and self._family in (None, FAMILIES[shape]):
            self.shape = shape
            self._open_answer()

    def _open_answer(self) -> None:
        if self.shape == "chat":
            self._answer = Chat(self._head)
        elif self.shape == "completions":
            self._answer = Completions(self._head)
        elif self.shape == "messages":
            self._answer = Messages()
        elif self.shape == "responses":
            self._answer = Responses()

    def _fail(self, error: dict[str, Any]) -> list[Delta]:
        # "An error ends the stream for the dispatcher even if more follow."
        if self._error:
            return [delta("other")]
        self._error = error
        return [delta("error", error=error)]

    def _class_of(self, payload: Any) -> str:
        family = self._family or FAMILIES.get(self.shape or "")
        if family is None and isinstance(payload, Object):
            typed = isinstance(payload.get("type"), str) and "choices" not in payload
            family = "events" if typed else "chunks"
        return "StreamEvent" if family == "events" else "Chunk"

    def _read_body(self) -> None:
        # "JSON body instead of a stream": what it says of an error is told.
        text = self._received.decode("utf-8", "replace").removeprefix("\ufeff")
        whole = self._limit is None or len(self._received) <= self._limit
        if self._decoder.seen or not text.strip(BLANKS) or not whole:
            return
        self._not_a_stream = True
        try:
            body = loads(text)
        except ValueError:
            return
        if isinstance(body, Object) and is_error(body, type_of(body, "")):
            self._error = error_in(body)

    @property
    def outcome(self) -> dict[str, Any]:
        return outcome_of(
            self._answer,
            usage=plain(self._head.usage),
            error=self._error,
            done_seen=self._done_seen,
            not_a_stream=self._not_a_stream,
            n_events=self._n_events,
            n_comments=self._n_comments,
        )

    @property
    def function_call(self) -> dict[str, Any] | None:
        """Beside the outcome, for it is not one of `tool_calls`."""
        return None if self._answer is None else self._answer.members()["function_call"]

    def snapshot(self) -> dict[str, Any] | None:
        return None if self._answer is None else self._answer.final()
