"""The exceptions of ssewire."""


class SSEError(Exception):
    """Base of every error that ssewire raises about a stream."""


class EventTooLarge(SSEError):
    """An event grew beyond `max_event_size`.

    The events before it were delivered first. The decoder keeps raising this until `reset()`.

    Attributes:
        limit: the `max_event_size` of the decoder, in bytes.
        offset: where in the stream the event began, in bytes from the start of the stream; the same
            for every cut of the stream.
    """

    limit: int
    offset: int

    def __init__(self, limit: int, offset: int) -> None:
        super().__init__(limit, offset)
        self.limit = limit
        self.offset = offset

    def __str__(self) -> str:
        return f"the event at byte {self.offset} is larger than max_event_size={self.limit}"
