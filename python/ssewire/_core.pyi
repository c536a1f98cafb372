"""The Rust core of ssewire."""

from builtins import object as _object
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Generic, Literal, Protocol, final, overload, type_check_only

from _typeshed import MaybeNone
from typing_extensions import Buffer, Self, TypeVar, disjoint_base

from ssewire.outcome import ErrorInfo, Outcome, Tokens
from ssewire.types import (
    Choice,
    CompletionUsage,
    ContentBlock,
    ContentPart,
    DeltaKind,
    ErrorObject,
    EventDelta,
    EventType,
    Message,
    MessageDeltaUsage,
    OutputItem,
    Response,
    Shape,
)

__all__ = [
    "Chunk",
    "ChunkDispatcher",
    "ChunkWriter",
    "Decoder",
    "Delta",
    "Dispatcher",
    "EventDispatcher",
    "EventWriter",
    "Pace",
    "PayloadObject",
    "Reads",
    "Relay",
    "ServerSentEvent",
    "StreamEvent",
    "Writer",
    "__version__",
    "encode_comment",
    "encode_event",
]

__version__: str

_R = TypeVar("_R")
_OnDelta = TypeVar("_OnDelta", bound=Callable[[Delta], object])
_OnEvent = TypeVar("_OnEvent", bound=Callable[[StreamEvent], object])
# What a dispatcher reads. `Dispatcher` alone, as it is at run time, reads both.
_Item_co = TypeVar(
    "_Item_co", bound=Chunk | StreamEvent, default=Chunk | StreamEvent, covariant=True
)

@type_check_only
class _Event(Protocol):
    """An event of another decoder."""

    @property
    def event(self) -> str | None: ...
    @property
    def data(self) -> str: ...

@disjoint_base
class Decoder:
    """Decodes a `text/event-stream` from bytes that are cut anywhere.

    The rules are those of the WHATWG HTML standard, section "Server-sent events". No sequence of
    bytes is an error, except for an event that is larger than `max_event_size`. A decoder is for
    one stream at a time and one thread at a time.

    Args:
        last_event_id: the last event id to begin with, as after a reconnection.
        max_event_size: the most bytes that one event may have, from its first field to the end of
            its blank line; 64 MiB if not given, no limit if `None`.
        oversize: what to do with a larger event: `"raise"` an `EventTooLarge`, or `"skip"` it,
            count it in `skipped` and go on after its blank line.
        flush_at_end: whether `finish()` returns the event whose blank line never came. By the
            standard it is dropped.

    Raises:
        ValueError: `max_event_size` below 1, or an `oversize` that does not exist.
    """

    def __new__(
        cls,
        *,
        last_event_id: str = "",
        max_event_size: int | None = 67108864,
        oversize: Literal["raise", "skip"] = "raise",
        flush_at_end: bool = False,
    ) -> Self: ...
    def feed(self, chunk: Buffer, /) -> list[ServerSentEvent]:
        """Read on in the stream.

        Args:
            chunk: bytes as the transport delivered them, cut anywhere, empty too: `bytes`, or any
                other buffer, which is copied.

        Returns:
            The events that end in this chunk, each as soon as its last byte is in.

        Raises:
            EventTooLarge: if an event was larger than `max_event_size`; with the call after the one
                that returned the events before it, if there were any. Raised again until `reset()`.
            TypeError: if `chunk` is no buffer. Text is none.
            ValueError: after `finish()`.
            RuntimeError: if this decoder is feeding already, in another thread or further up.
        """

    def finish(self) -> list[ServerSentEvent]:
        """End the stream.

        Returns:
            Nothing, or with `flush_at_end` the event whose blank line never came, if it has data.
            It may be cut in half, its id too. A second call returns nothing.

        Raises:
            EventTooLarge: if that is how the stream ended.
        """

    def reset(self) -> None:
        """Go back to the state after construction, ready for another stream. Counters too."""

    @property
    def last_event_id(self) -> str:
        """The last event id of the stream so far, or `""`.

        It is taken over at the blank line, of a block without data too, and stays until another
        block sets it.
        """

    @property
    def retry(self) -> int | None:
        """The reconnection time that the stream has set, in milliseconds, or `None`.

        Only ASCII digits count; numbers from 2**128 on are 2**128 - 1.
        """

    @property
    def pending(self) -> int:
        """The number of bytes that are held because their event is not complete."""

    @property
    def truncated(self) -> bool:
        """After `finish()`: whether the stream ended within an event or a line."""

    @property
    def comments(self) -> int:
        """The number of comment lines so far: signs of life that are no events."""

    @property
    def skipped(self) -> int:
        """The number of events that were dropped because of `oversize="skip"`."""

    def _work(self) -> tuple[int, int]:
        """Bytes scanned and bytes copied since construction or `reset()`: for the tests."""

    def __sizeof__(self) -> int: ...

@final
class ServerSentEvent:
    """One event of a stream. Immutable; two are equal if `event`, `data`, `id` and `retry` are.

    An event costs little until it is read: its text is made from the bytes that were received when
    it is first asked for. For that it keeps the chunk alive that it came in. Whoever keeps few
    events of large chunks for long lets go of the chunks with `copy.copy(event)`.

    Args:
        event: the event's name.
        data: the event's data.
        id: the last event id.
        retry: the reconnection time in milliseconds.
        raw: the bytes that it was received as; without them `raw` is what `encode_event` makes.
    """

    __match_args__: ClassVar[tuple[str, str, str, str]] = ("event", "data", "id", "retry")

    def __new__(
        cls,
        event: str = "message",
        data: str = "",
        id: str = "",
        retry: int | None = None,
        raw: bytes | None = None,
    ) -> Self: ...
    @property
    def event(self) -> str:
        """The event's name; `"message"` if it has none."""

    @property
    def data(self) -> str:
        """The data, its lines joined by LF."""

    @property
    def id(self) -> str:
        """The last event id when the event came, or `""`."""

    @property
    def retry(self) -> int | None:
        """The reconnection time that this event's block set, in milliseconds, or `None`."""

    @property
    def raw(self) -> bytes:
        """The bytes of the block as received, from its first field to the end of its blank line."""

    def json(self) -> Any:
        """Parse the data as JSON, from its bytes.

        Returns:
            What `json.loads(event.data)` returns.

        Raises:
            json.JSONDecodeError: if the data is not JSON.
        """

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[Self], tuple[str, str, str, int | None, bytes | None]]: ...
    def __sizeof__(self) -> int: ...

@disjoint_base
class Dispatcher(Generic[_Item_co]):
    """Reads a stream of either API family, cut anywhere, to items, deltas and an outcome.

    The shape (chat, completions, messages, responses) is found out from the first payload that
    tells it. Nothing that a server sends makes it raise, except for an event that is larger than
    `max_event_size`, and with `strict` a payload that is no JSON. What went wrong is in `outcome`.
    A dispatcher is for one stream at a time and one thread at a time.

    Args:
        strict: whether a payload that is not JSON raises `InvalidPayload`.
        last_event_id: see `Decoder`.
        max_event_size: see `Decoder`.
        oversize: see `Decoder`.
        flush_at_end: see `Decoder`.
    """

    def __new__(
        cls,
        *,
        strict: bool = False,
        last_event_id: str = "",
        max_event_size: int | None = 67108864,
        oversize: Literal["raise", "skip"] = "raise",
        flush_at_end: bool = False,
        _templates: bool = True,
    ) -> Self: ...
    def feed(self, chunk: Buffer, /) -> list[_Item_co]:
        """Read on in the stream, and call the handlers.

        Args:
            chunk: bytes as the transport delivered them, cut anywhere, empty too: `bytes`, or any
                other buffer, which is copied.

        Returns:
            One item for each payload that ends in this chunk, as soon as its last byte is in: a
            `Chunk` or a `StreamEvent`.

        Raises:
            EventTooLarge: if an event was larger than `max_event_size`; with the call after the one
                that returned the items before it, if there were any. Raised again until `reset()`.
            InvalidPayload: with `strict`, if a payload was not JSON; in the same way.
            TypeError: if `chunk` is no buffer. Text is none.
            ValueError: after `finish()`.
            RuntimeError: within a handler of this dispatcher, or while another thread feeds it.
        """

    def finish(self) -> list[_Item_co]:
        """End the stream.

        Returns:
            Nothing, or with `flush_at_end` the items of the event whose blank line never came; and
            those that a handler's exception kept back. A second call returns nothing.

        Raises:
            EventTooLarge: if that is how the stream ended; with the call after the one that
                returned items, if there were any.
            InvalidPayload: the same.
        """

    def reset(self) -> None:
        """Go back to the state after construction, ready for another stream. Handlers stay."""

    def feed_event(self, event: ServerSentEvent | _Event) -> list[_Item_co]:
        """Read an event that came from elsewhere.

        Args:
            event: a `ServerSentEvent`, or any object with `event` (`str` or `None`) and `data`
                (`str`), such as those of other decoders.

        Returns:
            The items of the event; nearly always one.

        Raises:
            InvalidPayload: if `strict` and the data is not JSON.
            TypeError: if it is no event.
        """

    def feed_payload(self, data: str | Buffer) -> list[_Item_co]:
        """Read a payload that came without an event around it.

        Such as a recorded line, or the inner JSON of a Bedrock event.

        Args:
            data: the JSON, as `str`, `bytes` or another buffer.

        Returns:
            The items of the payload; nearly always one.

        Raises:
            InvalidPayload: if `strict` and the data is not JSON.
        """

    def feed_text(self, chunk: Buffer, /) -> str:
        """Read on in the stream, as `feed` does, for whoever wants nothing but the text.

        Args:
            chunk: see `feed`.

        Returns:
            The new text of the message, or of choice 0; `""` if this chunk brought none.

        Raises:
            EventTooLarge: see `feed`.
            InvalidPayload: see `feed`.
        """

    # A word that is known is a `str` too, hence the overlaps.
    @overload
    def on(self, kind: DeltaKind, handler: Callable[[Delta], _R]) -> Callable[[Delta], _R]:
        """Have a function called for every delta of a kind, or every item of a native type.

        The handlers of an item's native type are called with the item, then for each of its deltas
        those of the delta's kind with the `Delta`; in order, after the read was taken in. If one
        raises, that comes out of `feed`; the items that it kept back come with the next call, and
        with them the calls that are left.

        Args:
            kind: a kind of delta (see `Delta.kind`), or the type of a native event, such as
                `"content_block_start"` or `"response.completed"`.
            handler: the function; without it, this is a decorator.

        Returns:
            The handler, or the decorator.
        """

    @overload
    def on(  # type: ignore[overload-overlap]
        self, kind: DeltaKind, handler: None = None
    ) -> Callable[[_OnDelta], _OnDelta]: ...
    @overload
    def on(  # type: ignore[overload-overlap]
        self, kind: EventType, handler: Callable[[StreamEvent], _R]
    ) -> Callable[[StreamEvent], _R]: ...
    @overload
    def on(self, kind: EventType, handler: None = None) -> Callable[[_OnEvent], _OnEvent]: ...
    @overload
    def on(self, kind: str, handler: Callable[[_Item_co], _R]) -> Callable[[_Item_co], _R]: ...
    @overload
    def on(
        self, kind: str, handler: None = None
    ) -> Callable[[Callable[[_Item_co], _R]], Callable[[_Item_co], _R]]: ...
    @property
    def shape(self) -> Shape | None:
        """`"chat"`, `"completions"`, `"messages"`, `"responses"`, or `None` while unknown."""

    @property
    def begun(self) -> bool:
        """Whether any output has come: text, reasoning, a refusal, a call, audio."""

    @property
    def ended(self) -> bool:
        """Whether the answer is over, so that reading on is of no use.

        Its last event was seen, or an error. A `finish_reason` is no such event: usage may follow.
        """

    @property
    def outcome(self) -> Outcome:
        """The `Outcome` so far, at any moment, also after an error.

        It costs as much as the answer is long.
        """

    def snapshot(self) -> dict[str, Any] | None:
        """The message so far in the official final form of its API.

        That is a ChatCompletion, Completion, Message or Response. It costs as much as the answer is
        long.

        Returns:
            A dict; `None` as long as the shape is not known.
        """

    def _work(self) -> tuple[int, int]:
        """Bytes scanned and bytes copied by the decoder: for the tests."""

    def __sizeof__(self) -> int: ...

class ChunkDispatcher(Dispatcher[Chunk]):
    """Reads streams of the chunk family: chat completions and text completions.

    See `Dispatcher`, which finds out the family too.

    Args:
        shape: `"chat"`, `"completions"`, or `"auto"` to find out.
        strict: see `Dispatcher`; the others too.
        last_event_id: see `Decoder`.
        max_event_size: see `Decoder`.
        oversize: see `Decoder`.
        flush_at_end: see `Decoder`.
    """

    def __new__(
        cls,
        shape: Literal["auto", "chat", "completions"] = "auto",
        *,
        strict: bool = False,
        last_event_id: str = "",
        max_event_size: int | None = 67108864,
        oversize: Literal["raise", "skip"] = "raise",
        flush_at_end: bool = False,
        _templates: bool = True,
    ) -> Self: ...

class EventDispatcher(Dispatcher[StreamEvent]):
    """Reads streams of typed events: Anthropic messages and OpenAI Responses.

    See `Dispatcher`, which finds out the family too.

    Args:
        shape: `"messages"`, `"responses"`, or `"auto"` to find out.
        strict: see `Dispatcher`; the others too.
        last_event_id: see `Decoder`.
        max_event_size: see `Decoder`.
        oversize: see `Decoder`.
        flush_at_end: see `Decoder`.
    """

    def __new__(
        cls,
        shape: Literal["auto", "messages", "responses"] = "auto",
        *,
        strict: bool = False,
        last_event_id: str = "",
        max_event_size: int | None = 67108864,
        oversize: Literal["raise", "skip"] = "raise",
        flush_at_end: bool = False,
        _templates: bool = True,
    ) -> Self: ...

@final
class Chunk:
    """A payload of the chunk family: a chat completion chunk or a text completion chunk.

    It reads like the openai SDK's objects: `chunk.choices[0].delta.content`, `chunk.usage`.
    Optional members that are absent are `None`, members that no SDK knows are attributes too.
    Nothing of it is built before somebody looks; each look builds anew, and changes nothing.
    """

    __match_args__ = ()

    id: str
    object: str
    created: int
    model: str
    choices: list[Choice]
    usage: CompletionUsage | None
    service_tier: str | None
    system_fingerprint: str | None
    moderation: Any
    @property
    def deltas(self) -> tuple[Delta, ...]:
        """What this payload adds to the answer: a tuple of `Delta`, at least one."""

    @property
    def text(self) -> str:
        """The text that this payload adds to the message, or to choice 0; `""` if none."""

    @property
    def event(self) -> ServerSentEvent:
        """The `ServerSentEvent` that this payload came with."""

    def json(self) -> Any:
        """Parse the payload.

        Returns:
            What the payload is as Python objects.

        Raises:
            json.JSONDecodeError: if the payload is not JSON, `[DONE]` included.
        """

    def __copy__(self) -> Self: ...
    def __deepcopy__(self, *args: Any, **kwargs: Any) -> Self: ...
    def to_dict(self, **options: Any) -> dict[str, Any]:
        """The payload unchanged, as Python objects.

        Args:
            options: those of the SDKs' method. `exclude_none=True` leaves out members that are
                `None`; the others change nothing here.

        Raises:
            json.JSONDecodeError: if the payload is not JSON, `[DONE]` included.
        """

    def to_json(self, **options: Any) -> str:
        """The payload as JSON, character by character as it came.

        Args:
            options: those of the SDKs' method. With `indent` or `exclude_none=True` it is written
                anew.
        """

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """The same as `to_dict`, under the name that pydantic has for it."""

    def model_dump_json(self, **options: Any) -> str:
        """The same as `to_json`, under the name that pydantic has for it."""

    def __getattribute__(self, name: str, /) -> Any: ...
    def __eq__(self, other: _object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class StreamEvent:
    """A payload of the event family: an Anthropic message event or an OpenAI Responses event.

    It reads like the SDKs' objects: `event.type`, `event.delta.text`, `event.message.id`. Optional
    members that are absent are `None`, members that no SDK knows are attributes too. Nothing of it
    is built before somebody looks; each look builds anew, and changes nothing.
    """

    __match_args__ = ()

    type: EventType | str
    # Messages.
    index: int
    message: Message
    content_block: ContentBlock
    delta: EventDelta | Any
    usage: MessageDeltaUsage
    error: ErrorObject
    # Responses.
    sequence_number: int
    response: Response
    output_index: int
    item: OutputItem
    item_id: str
    content_index: int
    summary_index: int
    part: ContentPart
    logprobs: list[Any]
    refusal: str
    annotation: Any
    annotation_index: int
    arguments: str
    input: str
    code: str | Any
    param: str | None
    partial_image_b64: str
    partial_image_index: int
    @property
    def deltas(self) -> tuple[Delta, ...]:
        """What this payload adds to the answer: a tuple of `Delta`, at least one."""

    @property
    def text(self) -> str:
        """The text that this payload adds to the message, or to choice 0; `""` if none."""

    @property
    def event(self) -> ServerSentEvent:
        """The `ServerSentEvent` that this payload came with."""

    def json(self) -> Any:
        """Parse the payload.

        Returns:
            What the payload is as Python objects.

        Raises:
            json.JSONDecodeError: if the payload is not JSON, `[DONE]` included.
        """

    def __copy__(self) -> Self: ...
    def __deepcopy__(self, *args: Any, **kwargs: Any) -> Self: ...
    def to_dict(self, **options: Any) -> dict[str, Any]:
        """The payload unchanged, as Python objects.

        Args:
            options: those of the SDKs' method. `exclude_none=True` leaves out members that are
                `None`; the others change nothing here.

        Raises:
            json.JSONDecodeError: if the payload is not JSON, `[DONE]` included.
        """

    def to_json(self, **options: Any) -> str:
        """The payload as JSON, character by character as it came.

        Args:
            options: those of the SDKs' method. With `indent` or `exclude_none=True` it is written
                anew.
        """

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """The same as `to_dict`, under the name that pydantic has for it."""

    def model_dump_json(self, **options: Any) -> str:
        """The same as `to_json`, under the name that pydantic has for it."""

    def __getattribute__(self, name: str, /) -> Any: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class PayloadObject:
    """An object within a payload; its members are attributes, as they are in the SDKs."""

    __match_args__ = ()
    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __copy__(self) -> Self: ...
    def __deepcopy__(self, *args: Any, **kwargs: Any) -> Self: ...
    def to_dict(self, **options: Any) -> dict[str, Any]:
        """The payload unchanged, as Python objects.

        Args:
            options: those of the SDKs' method. `exclude_none=True` leaves out members that are
                `None`; the others change nothing here.

        Raises:
            json.JSONDecodeError: if the payload is not JSON, `[DONE]` included.
        """

    def to_json(self, **options: Any) -> str:
        """The payload as JSON, character by character as it came.

        Args:
            options: those of the SDKs' method. With `indent` or `exclude_none=True` it is written
                anew.
        """

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """The same as `to_dict`, under the name that pydantic has for it."""

    def model_dump_json(self, **options: Any) -> str:
        """The same as `to_json`, under the name that pydantic has for it."""

    def __getattribute__(self, name: str, /) -> Any: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Delta:
    """What one payload adds to the answer, or a part of that; in the same words for every shape.

    Members that a kind does not have are `None`.
    """

    @property
    def kind(self) -> DeltaKind:
        """What it is about, in a word.

        `"start"`, `"text"`, `"reasoning"`, `"signature"`, `"refusal"`, `"tool_call"`,
        `"tool_arguments"`, `"audio"`, `"citation"`, `"finish"`, `"usage"`, `"error"`, `"done"`,
        `"invalid"` (a payload that is no JSON) or `"other"` (anything else).
        """

    @property
    def index(self) -> int | MaybeNone:
        """The index of the choice (chat, completions), block (messages) or output (responses)."""

    @property
    def text(self) -> str | MaybeNone:
        """The piece, for the textual kinds.

        These are text, reasoning, signature, refusal, tool_arguments and audio (base64).
        """

    @property
    def call(self) -> int | MaybeNone:
        """Of tool_call and tool_arguments: which call, in order of arrival within its choice."""

    @property
    def id(self) -> str | None:
        """Of start: the answer's id. Of tool_call: the id to send back."""

    @property
    def name(self) -> str | MaybeNone:
        """Of tool_call: the tool's name."""

    @property
    def type(self) -> str | MaybeNone:
        """Of tool_call: the kind of call, in the shape's own word."""

    @property
    def role(self) -> str | None:
        """Of start: whose message this is."""

    @property
    def model(self) -> str | None:
        """Of start: the model that answers."""

    @property
    def reason(self) -> str | MaybeNone:
        """Of finish: the reason, in the shape's own word."""

    @property
    def value(self) -> Any:
        """Of usage, citation and audio: the value as it was sent."""

    @property
    def error(self) -> ErrorInfo | MaybeNone:
        """Of error: the error, an `ErrorInfo`."""

    @property
    def item(self) -> Chunk | StreamEvent:
        """The item whose payload said it."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def encode_event(
    data: str | bytes,
    *,
    event: str | None = None,
    id: str | None = None,
    retry: int | None = None,
) -> bytes:
    """Encode one event, so that a decoder reads back the same.

    Args:
        data: the event's data. Each of its lines becomes a `data` line; CR and CRLF come back as
            LF. `bytes` are taken as the UTF-8 of the text.
        event: the event's name; without one a reader sees `"message"`.
        id: the last event id from this event on; `""` resets it.
        retry: the reconnection time in milliseconds.

    Returns:
        The bytes of the event, its blank line included.

    Raises:
        ValueError: CR or LF in `event`, CR, LF or NUL in `id`, a negative or absurd `retry`, or a
            lone surrogate anywhere: no event stream can carry them.
    """

def encode_comment(text: str) -> bytes:
    """Encode a comment, which readers ignore: a keep-alive.

    Args:
        text: what it says. Each of its lines becomes a comment line.

    Returns:
        The comment lines and a blank line. The blank line ends an event that is open, so this
        belongs between events.
    """

@final
class Pace:
    """The pace of a stream, measured from the making of this object.

    Args:
        dispatcher: what the stream is fed to.
    """

    def __new__(cls, dispatcher: Dispatcher[Any]) -> Self: ...
    def mark(self) -> bool:
        """Note a read.

        One that brought no event but pings, or that came before the first output, does not count.

        Returns:
            Whether the answer is over.
        """

    def reads(
        self,
        chunks: Iterator[Buffer],
        take: Callable[[Buffer], _R] | None = None,
        told: Callable[[], object] | None = None,
        ending: Generator[Any, BaseException | None] | None = None,
    ) -> Reads[_R]:
        """Read a body until the answer is over, and note each read.

        Args:
            chunks: an iterator over the pieces of the body.
            take: called with each piece; feeds the dispatcher. `None` for its `feed`.
            told: called after each, without arguments.
            ending: a generator, begun with the first read: it is sent what one of the three raised,
                or `None`, and gives what comes after the reads. Without it, that is raised.

        Returns:
            An iterator over what `take` returned.
        """

    def stop(self) -> None:
        """Have `reads` end before the next piece, and `elapsed` stand still."""

    @property
    def over(self) -> bool:
        """Whether the answer is over, or `stop()` was called."""

    @property
    def events(self) -> int:
        """The events that said something, by the last read; pings do not."""

    @property
    def elapsed(self) -> float:
        """Seconds since the making of this object, until `over`."""

    @property
    def first(self) -> float | None:
        """Seconds until the first read that brought output, or `None`."""

    @property
    def last(self) -> float | None:
        """Seconds until the last one."""

    @property
    def gaps(self) -> int:
        """How many gaps there were between reads that brought something."""

    @property
    def longest(self) -> float | None:
        """The longest gap in seconds."""

    def percentile(self, percent: int) -> float | None:
        """The gap in seconds that so many of a hundred gaps do not exceed, to within 6.3 %."""

@final
class Reads(Iterator[_R]):
    """What each read of a body brought."""

    def __iter__(self) -> Self: ...
    def __next__(self) -> _R: ...
    @property
    def running(self) -> bool:
        """Whether a piece is being waited for, or taken."""

    def close(self) -> None:
        """Close the generator that comes after."""

# Relays and writers.

@final
class Relay:
    """Passes a stream on: bytes in, bytes out, one call per read, and everything known of it.

    With nothing to change, `feed(chunk) is chunk`. What is sent on never depends on how the stream
    was cut. A relay has no I/O and no clock; it is for one stream at a time and one thread at a
    time.

    Args:
        shape: the source's: `"chat"`, `"completions"`, `"messages"`, `"responses"`, or `"auto"`
            to find out.
        to: the shape to translate to: `"chat"`, `"messages"` or `"responses"`. The source's own is
            no translation. What cannot be carried is dropped and counted in `dropped`. Unless
            `shape` is given too, nothing is sent on before the source's shape is known.
        model: what to write in place of `model`, `message.model` and `response.model`, where they
            are present.
        id: the same for `id` of chunks, `message.id` and `response.id`.
        usage: `"pass"`, or `"strip"` for clients that did not ask for it: the chunk that is empty
            but for usage is left out, and so is the member where it rides on choices. Messages and
            responses always have usage.
        usage_extra: members to add to the usage object that is sent, such as a cost; or a function
            that is called with the usage (a dict) and returns them. What that raises goes to
            `sys.unraisablehook`, and the usage goes on as it is. `KeyboardInterrupt` and whatever
            else is no `Exception` is raised; then the call's bytes come with the next call.
        created: when the answer began, in Unix seconds, for a translation; without it, what the
            source says, or 0.
        drop: native types of events, and kinds of deltas, whose events are left out.
        replace: strings and what comes in their place, in the pieces of texts, wherever the pieces
            are cut. The leftmost is found, and of those that begin at one place the longest. What
            may be the beginning of one is held back. Texts that are repeated as a whole are
            changed as their pieces were; `logprobs` of what was changed are left out. `outcome` is
            the source's, unchanged. A signature of reasoning that was changed is no longer right.
        replace_in: in which kinds of text: `"text"`, which it is if not given, `"reasoning"`,
            `"refusal"`, `"tool_arguments"`. Of arguments, which are JSON, only the strings are changed, names
            too, and their characters are found however they are escaped: what comes out is JSON.
        stop: strings that end the text: it goes on up to the first of them, then the answer ends
            as if the model had stopped there. See `stopped`.
        keep_text: whether `outcome` has the texts and arguments. Without them, and without
            `snapshot()`, memory does not grow with the answer.
        hold: hold back so many events at most until the first content: see `held`.
        whole_events: whether an event goes on only when it is whole: then the client never gets
            half of one, though the upstream breaks off.
        max_event_size: see `Decoder`.

    Raises:
        ValueError: an option that is not allowed.
    """

    def __new__(
        cls,
        shape: Shape | Literal["auto"] = "auto",
        *,
        to: Literal["chat", "messages", "responses"] | None = None,
        model: str | None = None,
        id: str | None = None,
        usage: Literal["pass", "strip"] = "pass",
        usage_extra: Mapping[str, Any]
        | Callable[[dict[str, Any]], Mapping[str, Any] | None]
        | None = None,
        created: int = 0,
        drop: Sequence[str] = (),
        replace: Mapping[str, str] | None = None,
        replace_in: Collection[Literal["text", "reasoning", "refusal", "tool_arguments"]]
        | None = None,
        stop: Sequence[str] = (),
        keep_text: bool = True,
        hold: int = 0,
        whole_events: bool = False,
        max_event_size: int | None = 67108864,
    ) -> Self: ...
    def feed(self, chunk: Buffer, /) -> bytes:
        """Read on in the stream.

        Args:
            chunk: bytes as the upstream sent them, cut anywhere, empty too: `bytes`, or any other buffer,
                which is copied.

        Returns:
            What to send on, perhaps nothing; the same object where nothing changes.

        Raises:
            EventTooLarge: if an event was larger than `max_event_size`; with the call after the one that
                returned what came before it, if there was anything. Raised again until `reset()`.
            TypeError: if `chunk` is no buffer. Text is none.
            ValueError: after `finish()` or `fail()`.
            RuntimeError: while another thread feeds it.
        """

    def finish(self) -> bytes:
        """End the stream.

        Returns:
            What is left to be sent on. A translation of a stream that just ended has no ending
            either: see `fail()`. A second call returns nothing.

        Raises:
            EventTooLarge: if that is how the stream ended.
        """

    def reset(self) -> None:
        """Go back to the state after construction, ready for another stream."""

    @property
    def shape(self) -> Shape | None:
        """The shape of the source, or `None` while unknown."""

    @property
    def begun(self) -> bool:
        """Whether any output has come: text, reasoning, a refusal, a call, audio."""

    @property
    def ended(self) -> bool:
        """Whether the answer is over, so that reading on is of no use."""

    @property
    def outcome(self) -> Outcome:
        """The `Outcome` of the source so far, at any moment, also after an error."""

    def snapshot(self) -> dict[str, Any] | None:
        """The source's message so far in the official final form of its API.

        Returns:
            A dict; `None` as long as the shape is not known, and without `keep_text`.
        """

    @property
    def dropped(self) -> dict[str, int]:
        """What translation could not carry, by name, and how often: events, blocks or pieces."""

    @property
    def held(self) -> bool:
        """Whether output is held back.

        With `hold`, nothing is sent on before the first content, the end of a whole answer, or so
        many events; then all of it comes with `feed`. As long as this is true the client has seen
        nothing, and another upstream may be asked.
        """

    @property
    def stopped(self) -> str | None:
        """The stop string that ended the text, or `None`.

        Then the ending was sent, nothing more is sent on, and `ended` is true: whoever relays may
        close the source. With several choices, it ends its own, and the last of them ends the
        answer. `outcome` goes on with what is still fed.
        """

    def release(self) -> bytes:
        """Let through what is held back, and from now on everything."""

    @property
    def at_boundary(self) -> bool:
        """Whether what was sent on ends between two events."""

    def keep_alive(self) -> bytes:
        """A sign of life for the client: a comment, or a ping in messages.

        Returns:
            `b""` away from a boundary, and after the end.
        """

    def insert(self, data: str, *, event: str | None = None) -> bytes:
        """An event of your own, in the client's shape.

        Args:
            data: what it says.
            event: its name.

        Returns:
            Its bytes; or `b""` within another event, and then they come with `feed` at the next
            boundary.

        Raises:
            ValueError: the name has a line end.
        """

    def fail(self, message: str, *, type: str = "api_error", status: int | None = None) -> bytes:
        """End with an error in the client's shape, for it to be the last that the client reads.

        An event that was sent on in part is closed first; what is held back is not sent. In the
        chunk family `[DONE]` follows. Afterwards nothing more is sent on.

        Args:
            message: what the client may know.
            type: the error's type.
            status: the HTTP status that it would have had, in messages the type follows from it.

        Returns:
            What to send; `b""` if there was an ending already.
        """

    def _work(self) -> tuple[int, int]:
        """Bytes scanned and bytes copied by the decoder: for the tests."""

    def __sizeof__(self) -> int: ...

@disjoint_base
class Writer:
    """What `ChunkWriter` and `EventWriter` have in common.

    Every method returns the bytes to send. What a shape needs around what is said comes with it: a
    start if there was none, the end of a block before another begins, everything that repeats the
    whole. After `done()` and `fail()` each raises `ValueError`.
    """

    def start(self) -> bytes:
        """Begin the answer, so that the client sees that there will be one."""

    def text(self, piece: str, index: int = 0) -> bytes:
        """A piece of the text.

        Args:
            piece: some characters; empty says nothing.
            index: text under another index is another block, or another item; chunks have none.
        """

    def reasoning(self, piece: str, index: int = 0) -> bytes:
        """A piece of the reasoning.

        Args:
            piece: some characters.
            index: reasoning under another index is another block.
        """

    def signature(self, signature: str, index: int = 0) -> bytes:
        """The signature of the reasoning, for shapes that have one.

        Args:
            signature: all of it.
            index: of the reasoning.
        """

    def refusal(self, piece: str, index: int = 0) -> bytes:
        """A piece of a refusal in words. Messages have it as text.

        Args:
            piece: some characters.
            index: a refusal under another index is another item.
        """

    def citation(
        self,
        url: str,
        *,
        title: str | None = None,
        cited_text: str | None = None,
        span: tuple[int, int] | None = None,
        index: int = 0,
    ) -> bytes:
        """A page that the text cites.

        Args:
            url: its address.
            title: its title.
            cited_text: what is cited.
            span: where in the text, in characters, the part begins that cites it, and where it ends.
            index: of the text.
        """

    def tool_call(self, id: str, name: str, *, custom: bool = False) -> bytes:
        """A tool call opens; its arguments come with `tool_arguments()`.

        Args:
            id: what the client sends back with the result.
            name: the tool's.
            custom: whether the arguments are free text instead of JSON.
        """

    def tool_arguments(self, piece: str, call: int | None = None) -> bytes:
        """A piece of a call's arguments.

        Args:
            piece: some characters of the JSON.
            call: which call, counted from 0 in the order of `tool_call()`; the last one if not
                given.

        Raises:
            ValueError: there is no such call.
        """

    def finish(
        self,
        reason: Literal["stop", "length", "tool_calls", "content_filter", "pause"] = "stop",
        *,
        sequence: str | None = None,
    ) -> bytes:
        """Say why the answer stopped.

        Args:
            reason: `"stop"`, `"length"`, `"tool_calls"`, `"content_filter"` or `"pause"`; what a
                shape does not know becomes the nearest that it does.
            sequence: the stop sequence that did it.

        Raises:
            ValueError: there is no such reason.
        """

    def done(self, usage: Tokens | None = None) -> bytes:
        """End the answer, which is whole.

        Args:
            usage: the counts, a `Tokens` or any object with its members. Without it chunks say
                nothing of usage, messages zeros, and responses `null`.
        """

    def fail(self, message: str, *, type: str = "api_error", status: int | None = None) -> bytes:
        """End the answer with an error.

        Args:
            message: what the client may know.
            type: the error's type.
            status: the HTTP status that it would have had; in messages the type follows from it.
        """

    def ping(self) -> bytes:
        """A sign of life: a comment, or a ping in messages."""

    @property
    def ended(self) -> bool:
        """Whether the answer has ended."""

    @property
    def dropped(self) -> dict[str, int]:
        """What the shape could not carry, by name, and how often."""

@final
class ChunkWriter(Writer):
    r"""Writes an answer as a stream of chunks: chat completions or text completions.

    For whoever serves a model and is to speak that API. Every method returns the bytes to send.

    Args:
        shape: `"chat"` or `"completions"`.
        id: the answer's id, as it is to be sent; the ids of its parts follow from it.
        model: the model that answers.
        created: when the answer began, in Unix seconds.

    Example:
        >>> from ssewire import ChunkWriter
        >>> writer = ChunkWriter(id="1", model="m")
        >>> body = writer.text("Hello") + writer.finish() + writer.done()
        >>> body.endswith(b"data: [DONE]\n\n")
        True
    """

    def __new__(
        cls,
        shape: Literal["chat", "completions"] = "chat",
        *,
        id: str,
        model: str,
        created: int = 0,
    ) -> Self: ...

@final
class EventWriter(Writer):
    r"""Writes an answer as a stream of typed events: Anthropic messages or OpenAI Responses.

    For whoever serves a model and is to speak that API. Every method returns the bytes to send.

    Args:
        shape: `"messages"` or `"responses"`.
        id: the answer's id, as it is to be sent; the ids of its parts follow from it.
        model: the model that answers.
        created: when the answer began, in Unix seconds, for responses.

    Example:
        >>> from ssewire import EventWriter
        >>> writer = EventWriter("messages", id="1", model="m")
        >>> body = writer.text("Hello") + writer.finish() + writer.done()
        >>> body.endswith(b'event: message_stop\ndata: {"type":"message_stop"}\n\n')
        True
    """

    def __new__(
        cls,
        shape: Literal["messages", "responses"],
        *,
        id: str,
        model: str,
        created: int = 0,
    ) -> Self: ...
