"""`EventStreamResponse`: an upstream's event stream as the response of an ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ssewire.asgi.delivery import Delivery
from ssewire.asgi.headers import headers_of
from ssewire.asgi.relaying import Relaying
from ssewire.asgi.silence import check_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from ssewire import Outcome, Relay
    from ssewire.asgi.delivery import Receive, Scope, Send
    from ssewire.asgi.headers import Headers


class EventStreamResponse:
    """Sends an upstream's event stream through a relay to the client.

    Each read of the upstream is one call of the relay and one `send`, which is waited for: a slow
    client slows down the upstream, and nothing is queued. The upstream is given back on every way
    out: the end, an error on either side, the client's leaving, cancellation. What the client gets
    is whole in its shape, or ends with an error in its shape. That one says in plain words that the
    upstream broke off, was silent or could not be read; what it said itself goes to `on_end` only.
    An error that the upstream has sent as an event is passed on.

    The upstream may be an awaitable, such as `client.send(request, stream=True)`. Then status and
    headers are sent when it answers, or with the first keep-alive. Until then an exception of it is
    raised, and the framework answers with a status; so is `NotAnEventStream` for an upstream with
    another status or content type. Later they are an error within the stream.

    An exception that is neither about the stream nor about a connection is a bug. It is raised when
    all is sent and closed, for the server to log.

    Args:
        upstream: an asynchronous iterable of bytes, or a response of httpx, httpx2, aiohttp or an
            SDK, not read yet, or an awaitable of one. Give the response rather than its iterator:
            it tells which exceptions are a lost connection.
        relay: what the upstream is fed to; `Relay(keep_text=False, whole_events=True)` if not
            given. One that knows its shape has the right form also for an error before the first
            event; without `whole_events` an event that is torn is closed before the error.
        close: what else is to be closed in the end, such as a client: a function, with or without
            `await`.
        keep_alive: seconds, and up to a quarter more, after which a comment or ping is sent if
            nothing else was; `None` for never.
        idle_timeout: seconds that may pass without a byte of the upstream, before its answer too.
        check_content_type: whether another content type than `text/event-stream` is an error.
        status: the HTTP status.
        headers: more headers, or others in the place of ours. Those of one connection or of one
            form of the body are left out, so that an upstream's can be given.
        on_end: called once with the outcome and the error when all is over, and awaited if that can
            be done. The error is `None` after a whole answer, `ClientDisconnect`, `CancelledError`,
            or what an `AsyncStream` would raise.
        background: what Starlette and FastAPI run after the response.

    Attributes:
        relay: the relay; its outcome can be looked at while the stream goes on.
        status_code: the HTTP status.
        raw_headers: the headers as ASGI has them. They can be changed until the response begins.
        background: as given.

    Raises:
        TypeError: `upstream` is nothing that can be read so.
        ValueError: a number of seconds is not positive, or a header has a line end in it.
        RuntimeError: it is sent a second time.
    """

    background: Any

    def __init__(
        self,
        upstream: Any,
        relay: Relay | None = None,
        *,
        close: Callable[[], object] | None = None,
        keep_alive: float | None = 15.0,
        idle_timeout: float | None = None,
        check_content_type: bool = True,
        status: int = 200,
        headers: Headers = (),
        on_end: Callable[[Outcome, BaseException | None], object] | None = None,
        background: Callable[[], Any] | None = None,
    ) -> None:
        if relay is None:
            from ssewire import Relay

            relay = Relay(keep_text=False, whole_events=True)
        for name, seconds in (("keep_alive", keep_alive), ("idle_timeout", idle_timeout)):
            check_seconds(name, seconds)
        self.relay = relay
        self.status_code = status
        self.raw_headers = headers_of(headers)
        self.background = background
        self._keep_alive = keep_alive
        self._relaying: Relaying | None = Relaying(
            upstream,
            relay,
            close=close,
            idle_timeout=idle_timeout,
            check_content_type=check_content_type,
            on_end=on_end,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response, as any ASGI application does."""
        relaying, self._relaying = self._relaying, None
        if relaying is None:
            raise RuntimeError("this response was sent already")
        start = {
            "type": "http.response.start",
            "status": self.status_code,
            "headers": self.raw_headers,
        }
        delivery = Delivery(relaying, start, send, self._keep_alive)
        if scope["method"] == "HEAD":
            await delivery.send_head()
        else:
            await delivery.run(receive)
        if self.background is not None:
            await self.background()
