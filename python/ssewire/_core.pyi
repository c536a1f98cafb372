"""The Rust core of ssewire."""

from typing import Any, ClassVar, Literal, final

from typing_extensions import Buffer, Self, disjoint_base

__all__ = ["Decoder", "ServerSentEvent", "__version__", "encode_comment", "encode_event"]

__version__: str

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
        id: str = "",  # noqa: A002
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

def encode_event(
    data: str | bytes,
    *,
    event: str | None = None,
    id: str | None = None,  # noqa: A002
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
