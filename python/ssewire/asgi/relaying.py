"""`Relaying`: an upstream that is read through a relay, to the end of the answer on either side."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from inspect import isawaitable
from time import monotonic
from typing import TYPE_CHECKING, Any

from ssewire._core import Dispatcher
from ssewire.asgi.patience import Patience, Patient
from ssewire.asgi.upstream import Upstream
from ssewire.errors import NotAnEventStream, SSEError, StreamTimeout
from ssewire.stream.limits import SETTLING
from ssewire.stream.reading import MOST_BODY, is_fit

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator

    from typing_extensions import Buffer

    from ssewire import Outcome, Relay
    from ssewire.stream.source import AsyncSource

# What a client is told. What the upstream or its library said may hold addresses and keys.
BROKEN = "The upstream ended before its answer did."
SILENT = "The upstream took too long."
UNREADABLE = "The upstream's answer cannot be read."


class Relaying:
    """An upstream that is read through a relay.

    Args:
        given: see `Upstream`.
        relay: what it is fed to.
        close: see `Upstream`.
        idle_timeout: for how many seconds it may be silent.
        check_content_type: whether another content type than that of an event stream is an error.
        on_end: called at the end with the outcome and the error.

    Attributes:
        relay: as given.
        all_sent: whether the end of the answer was taken, so that only the body may go on.
        failure: what reading the upstream has raised.
        unexpected: what was raised that is neither about the stream nor about a connection: a bug.
    """

    __slots__ = (
        "_asked",
        "_check_content_type",
        "_is_over",
        "_on_end",
        "_patience",
        "_upstream",
        "all_sent",
        "failure",
        "relay",
        "unexpected",
    )

    def __init__(
        self,
        given: Any,
        relay: Relay,
        *,
        close: Callable[[], object] | None,
        idle_timeout: float | None,
        check_content_type: bool,
        on_end: Callable[[Outcome, BaseException | None], object] | None,
    ) -> None:
        self.relay = relay
        self.unexpected: BaseException | None = None
        self.failure: BaseException | None = None
        self._check_content_type = check_content_type
        self.all_sent = self._asked = self._is_over = False
        self._on_end = on_end
        self._patience = None if idle_timeout is None else Patience(idle_timeout)
        self._upstream = Upstream(given, close)

    async def opened(self) -> bool:
        """Whether the upstream has answered with a stream. If not, `failure` is why."""
        self._asked = True
        try:
            if self._patience is not None:
                self._patience.begin()
            source = await self._upstream.open()
            if not is_fit(source, check_content_type=self._check_content_type):
                self.failure = await _not_an_event_stream(source)
            self.failure = self._verdict(self.failure)
        except (Exception, asyncio.CancelledError) as caught:
            self.failure = self._verdict(caught)
            if isinstance(self.failure, asyncio.CancelledError):
                raise
        return self.failure is None

    def reads(self) -> AsyncIterator[Buffer]:
        """The reads of the upstream, each waited for no longer than is allowed.

        Whoever reads feeds them to the relay until it is `ended`, and then calls `stopped`. That is
        not done here: a generator in between costs as much as all the rest.
        """
        source = self._upstream.source
        assert source is not None, "not opened"
        return source.chunks if self._patience is None else Patient(source.chunks, self._patience)

    def stopped(self, caught: BaseException | None) -> bool:
        """Note how reading has ended.

        Args:
            caught: what reading or the relay has raised; `None` if the answer is over.

        Returns:
            Whether that is to be raised again: a cancellation that does not come from here.
        """
        self.all_sent = caught is None
        at_end = isinstance(caught, StopAsyncIteration)
        self.failure = self._verdict(None if at_end else caught)
        return isinstance(self.failure, asyncio.CancelledError)

    def read_on(self) -> None:
        """Say that the next piece is waited for by this task, if that may be another one."""
        if self._patience is not None and not self.all_sent:
            self._patience.begin()

    async def rest(self) -> AsyncGenerator[bytes, None]:
        """What comes after the answer: a comment, `[DONE]` after an error, the end of the body.

        The connection can be used again if that comes soon.
        """
        source = self._upstream.source
        if source is None or not self.all_sent:
            return
        held = b""
        patience = Patience(SETTLING)
        patience.begin()
        start = patience.since
        try:
            async for chunk in source.chunks:
                held += self.relay.feed(chunk)
                if held and self.relay.at_boundary:
                    patience.since = math.inf  # whoever sends it is not to be woken up
                    yield held
                    held = b""
                    patience.begin()
                    patience.since = start
                if monotonic() > start + SETTLING:
                    break
            patience.verdict(None)
        except (Exception, asyncio.CancelledError) as caught:
            # The answer is whole, whatever becomes of the connection.
            if isinstance(patience.verdict(caught), asyncio.CancelledError):
                raise
        finally:
            patience.stop()

    def ending(self) -> Iterator[bytes]:
        """What is left to be sent: what the relay held, and an error if the answer is not whole."""
        relay, caught = self.relay, self.failure
        try:
            rest = relay.finish()
        except SSEError as error:  # such as an event that was too large
            caught = self.failure = caught or error
        else:
            if rest:
                yield rest
        unreadable = isinstance(caught, SSEError) and not isinstance(caught, StreamTimeout)
        if not self._is_told() or (unreadable and not self.all_sent):
            message, kind, status = _in_plain_words(caught, self._upstream.source)
            failure = relay.fail(message, type=kind, status=status)
            if failure:  # or the relay has written an ending of its own
                yield failure

    def _is_told(self) -> bool:
        """Whether what the client got has an ending."""
        outcome = self.relay.outcome
        # An error that the upstream has sent as an event was passed on.
        failed = outcome.error is not None and outcome.body is None
        return outcome.complete or failed or self.relay.stopped is not None

    async def end(self, error: BaseException | None = None) -> None:
        """Give back the upstream and tell `on_end`. A second call does nothing.

        Args:
            error: why the client did not get all, if that was not the upstream's doing.
        """
        if self._is_over:
            return
        self._is_over = True
        if self._patience is not None:
            self._patience.stop()
        try:
            await self._upstream.close()
        finally:
            outcome = self.relay.outcome
            if error is None and self._asked:
                error = self._error(outcome)
            self.failure = None
            on_end, self._on_end = self._on_end, None
            if on_end is not None:
                ending = on_end(outcome, error)
                if isawaitable(ending):
                    await ending

    def _verdict(self, caught: BaseException | None) -> BaseException | None:
        """What waiting for the upstream has ended with."""
        if self._patience is None:
            return caught
        return self._patience.verdict(caught)

    def _error(self, outcome: Outcome) -> BaseException | None:
        """What went wrong with the upstream, in the words that a `Stream` has for it."""
        if self.relay.stopped is not None:
            return None  # whatever becomes of an upstream that nobody reads any more
        caught = self.failure
        if isinstance(caught, SSEError):
            return caught
        source = self._upstream.source
        if caught is not None and source is not None and isinstance(caught, source.late):
            error: BaseException | None = StreamTimeout(None)
        elif caught is not None and not (source and isinstance(caught, source.lost)):
            if not isinstance(caught, OSError):
                self.unexpected = caught
            return caught
        else:
            error = _told_by(outcome)
        if error is not None:
            error.__cause__ = caught
        return error


async def _not_an_event_stream(source: AsyncSource) -> NotAnEventStream:
    """The error that shows the beginning of such a body, and what it says if it is an API's own."""
    body = bytearray()
    with suppress(*source.lost, *source.late):
        async for chunk in source.chunks:
            body += chunk
            if len(body) >= MOST_BODY:
                break
    del body[MOST_BODY:]
    dispatcher = Dispatcher()
    with suppress(SSEError):
        dispatcher.feed(body)
        dispatcher.finish()
    error = NotAnEventStream(bytes(body), error=dispatcher.outcome.error)
    error.status, error.response = source.status, source.response
    return error


def _in_plain_words(
    caught: BaseException | None, source: AsyncSource | None
) -> tuple[str, str, int]:
    """For the client: message, type and status."""
    late = source is not None and isinstance(caught, source.late)
    if late or isinstance(caught, StreamTimeout):
        return SILENT, "timeout_error", 504
    return (UNREADABLE if isinstance(caught, SSEError) else BROKEN), "api_error", 502


def _told_by(outcome: Outcome) -> SSEError | None:
    try:
        outcome.raise_for_error()
    except SSEError as error:
        return error.with_traceback(None)
    return None
