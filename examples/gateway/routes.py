"""The three routes that models are asked at: the same, in three shapes."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from ssewire import Dispatcher, SSEError
from ssewire.asgi import ClientDisconnect, EventStreamResponse

from . import body as bodies
from . import errors
from .accounting import Accounts, ending_of
from .errors import Refusal
from .fallback import Asking, first_that_answers
from .keys import Keys
from .leaving import ClientGone, unless_gone
from .metrics import Metrics, error_type

if TYPE_CHECKING:
    import httpx2
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from ssewire import Outcome

    from .accounting import Account
    from .answer import Answer
    from .requests import Shape
    from .requests.members import Members
    from .settings import Key, Settings

MOST_DROPPED = 40  # names in a header: a client that sends anything gets no header without end
log = logging.getLogger("gateway")


class Gateway:
    """What the routes work with.

    Args:
        settings: what the gateway is told.
        client: the HTTP client for the upstreams.
    """

    def __init__(self, settings: Settings, client: httpx2.AsyncClient) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.accounts = Accounts(settings.usage, self.metrics)
        self._client = client
        self._keys = Keys(settings)

    async def answer(self, request: Request, shape: Shape) -> ASGIApp:
        """Answer a request for a model."""
        try:
            return await self._answer(request, shape)
        except Refusal as refusal:
            self.metrics.errors.labels(error_type(refusal.status)).inc()
            return errors.answer(shape, refusal)
        except ClientGone:
            return Response(status_code=499)  # for the server's own log: nobody gets it

    async def _answer(self, request: Request, shape: Shape) -> ASGIApp:
        key = self._keys.find(request.headers)
        body = await self._read(request)
        asking = self._asking(body, shape)
        self._check_quota(key)
        account = self.accounts.open(key, shape, asking.model.id)
        try:
            answer = await unless_gone(
                request,
                first_that_answers(self._client, asking, self.settings, account, self.metrics),
            )
        except BaseException as error:
            account.close("gone" if isinstance(error, ClientGone) else "refused")
            raise
        if body.get("stream") is True:
            return self._stream(answer, account)
        return await self._whole(request, answer, account)

    async def _read(self, request: Request) -> Members:
        reading = bodies.read(request, self.settings.max_request)
        try:
            return await asyncio.wait_for(reading, self.settings.request_seconds)
        except asyncio.TimeoutError:
            raise Refusal(408, "the request takes too long to come") from None

    def _asking(self, body: Members, shape: Shape) -> Asking:
        name = body.get("model")
        model = self.settings.models.get(name) if isinstance(name, str) else None
        if model is None:
            raise Refusal(404, "there is no such model: see /api/models", "model_not_found")
        stream = body.get("stream")
        if stream is not None and not isinstance(stream, bool):
            raise Refusal(400, "stream must be true or false")
        options = body.get("stream_options")
        asks = isinstance(options, dict) and options.get("include_usage") is True
        # A whole answer always has it.
        return Asking(body, shape, model, sees_usage=shape != "chat" or asks or not stream)

    def _check_quota(self, key: Key) -> None:
        # Requests that are under way are not in it, so that a few may go beyond.
        if key.quota is not None and self.accounts.spent_today(key) >= key.quota:
            raise Refusal(429, "this key's tokens for today are spent", "insufficient_quota")

    def _stream(self, answer: Answer, account: Account) -> EventStreamResponse:
        self.metrics.streams.inc()

        def end(outcome: Outcome, error: BaseException | None) -> None:
            self.metrics.streams.dec()
            account.close(_ending(answer, outcome, error), outcome)

        return EventStreamResponse(
            answer.chunks(),
            answer.relay,
            headers=_headers(answer),
            close=answer.close,
            keep_alive=self.settings.keep_alive,
            on_end=end,
        )

    async def _whole(self, request: Request, answer: Answer, account: Account) -> Response:
        """The answer in one piece, for a client that did not ask for a stream."""
        relay = answer.relay
        error: BaseException | None = None
        reader: Dispatcher | None = None
        self.metrics.streams.inc()
        try:
            reader = await unless_gone(request, _read_through(answer))
        except (OSError, SSEError) as caught:
            error = caught
        except BaseException as caught:
            error = caught
            raise
        finally:
            self.metrics.streams.dec()
            outcome = relay.outcome
            try:
                account.close(_ending(answer, outcome, error), outcome)
            finally:
                await answer.close()
        if outcome.error is not None:
            raise answer.refusal(outcome.error)
        if reader is None or not reader.outcome.complete:
            raise Refusal(502, "the model's server broke off within the answer")
        snapshot = reader.snapshot()
        if snapshot is None:
            raise Refusal(502, "the model's server ended without an answer")
        try:
            return JSONResponse(snapshot, headers=_headers(answer) | {"cache-control": "no-store"})
        except ValueError:  # a number that is none, such as 1e999
            raise Refusal(502, "the model's server answers with what is no JSON") from None


async def _read_through(answer: Answer) -> Dispatcher:
    """Read to the end, and read again what a client would have got: its shape and its names."""
    relay = answer.relay
    reader = Dispatcher()
    async with aclosing(answer.chunks()) as chunks:
        async for chunk in chunks:
            reader.feed(relay.feed(chunk))
            if relay.ended:
                break
    reader.feed(relay.finish())
    reader.finish()
    return reader


def _ending(answer: Answer, outcome: Outcome, error: BaseException | None) -> str:
    # This upstream knows nothing of stop strings.
    if answer.relay.stopped is not None:
        return "stopped"
    if isinstance(error, (ClientDisconnect, ClientGone, asyncio.CancelledError)):
        return "complete" if outcome.complete else "gone"
    if error is not None and not outcome.complete:
        log.info("an upstream failed within an answer: %s", type(error).__name__)
    return ending_of(outcome)


def _headers(answer: Answer) -> dict[str, Any]:
    names = answer.dropped[:MOST_DROPPED]
    more = len(answer.dropped) - len(names)
    told = [*names, f"{more} more"] if more else names
    return {"x-gateway-dropped": ", ".join(told)} if told else {}
