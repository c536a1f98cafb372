"""From a request to an answer that has begun: the first upstream whose stream brings content.

Until then its events are held back, so that the client never sees the beginnings of one that fails.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

from ssewire import EventTooLarge, Relay

from .errors import Refusal
from .requests import RequestError, translate
from .upstreams import Unavailable, ask

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from typing import Any

    from .accounting import Account
    from .metrics import Metrics
    from .requests import Asked, Shape
    from .requests.members import Members
    from .settings import Model, Settings, Target


@dataclass(frozen=True)
class Asking:
    """What a client asks.

    Attributes:
        body: the body of its request.
        shape: the shape that it speaks.
        model: the model that it named.
        sees_usage: whether the usage of a chat is to be sent to it.
    """

    body: Members
    shape: Shape
    model: Model
    sees_usage: bool

    def of(self, target: Target) -> Asked:
        """The request as this upstream gets it.

        Raises:
            Refusal: if it cannot be asked there.
        """
        upstream = target.upstream
        try:
            return translate(
                self.body, self.shape, upstream.shape, target.model, count=upstream.counts
            )
        except RequestError as error:
            raise Refusal(400, str(error)) from error

    def relay(self, target: Target, asked: Asked, settings: Settings) -> Relay:
        """What makes this client's stream of the upstream's."""
        return Relay(
            target.upstream.shape,
            to=self.shape,
            model=self.model.id if self.model.id != target.model else None,
            usage="pass" if self.sees_usage else "strip",
            created=int(time.time()),
            stop=asked.stop,
            hold=settings.hold,
            max_event_size=settings.max_event,
        )


class Answer:
    """An answer that has begun, or is over already.

    Attributes:
        relay: what reads it.
        first: what to send before all that is still to be read.
        dropped: what of the request could not be carried.
    """

    def __init__(self, response: httpx2.Response, relay: Relay, asked: Asked) -> None:
        self.relay = relay
        self.first = b""
        self.dropped = asked.dropped
        self._response = response
        self._chunks = response.aiter_raw()
        self._next: asyncio.Task[bytes | None] | None = None
        self._over = False

    async def begin(self, seconds: float, account: Account) -> None:
        """Read until the first content, or for so long.

        Raises:
            Unavailable: if it fails before that.
            Refusal: if no other upstream would do better.
        """
        deadline = time.monotonic() + seconds
        try:
            while self.relay.held and not self._over:
                self._next = self._next or asyncio.create_task(_read(self._chunks))
                await asyncio.wait({self._next}, timeout=max(0, deadline - time.monotonic()))
                if not self._next.done():
                    break  # it thinks for long: the client shall hear of it
                task, self._next = self._next, None
                chunk = task.result()
                self._over = chunk is None
                if chunk is not None:
                    self.first += self.relay.feed(chunk)
                if self.relay.outcome.error is not None:
                    break
        except httpx2.HTTPError as error:
            raise Unavailable(Refusal(502, "the model's server broke off")) from error
        except EventTooLarge as error:
            raise Unavailable(Refusal(502, "the model's server sends too much at once")) from error
        if self.relay.held:
            self._give_up_or_release()
        if self.relay.begun:
            account.first_token()

    def _give_up_or_release(self) -> None:
        if self._over:
            self.relay.finish()
        outcome = self.relay.outcome
        if outcome.error is not None:
            status = outcome.error.status or 502
            message = outcome.error.message or "the model's server reports an error"
            code = outcome.error.code if isinstance(outcome.error.code, str) else None
            refusal = Refusal(status if 400 <= status < 600 else 502, message, code)
            raise Unavailable(refusal) if outcome.error.retryable or status >= 500 else refusal
        if self._over and not outcome.complete:
            raise Unavailable(Refusal(502, "the model's server broke off before it said anything"))
        self.first += self.relay.release()

    async def chunks(self, account: Account) -> AsyncIterator[bytes]:
        """What is still to be read, as it comes from the upstream."""
        relay = self.relay
        if self._next is not None:
            task, self._next = self._next, None
            chunk = await task
            if chunk is None:
                return
            yield chunk
        if self._over:
            return
        while (chunk := await _read(self._chunks)) is not None:
            if relay.begun:
                account.first_token()
            yield chunk
        if relay.begun:
            account.first_token()

    async def close(self) -> None:
        """Let go of the upstream."""
        if self._next is not None:
            self._next.cancel()
            with suppress(asyncio.CancelledError, httpx2.HTTPError):
                await self._next
            self._next = None
        await self._response.aclose()


async def _read(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)


async def first_that_answers(
    client: httpx2.AsyncClient,
    asking: Asking,
    settings: Settings,
    account: Account,
    metrics: Metrics,
) -> Answer:
    """Ask one upstream after the other.

    Raises:
        Refusal: if none of them answers, in the words of the last.
    """
    last = Refusal(502, "nobody answers for this model")
    for target in asking.model.targets:
        account.target = target
        asked = asking.of(target)
        try:
            response = await ask(client, target.upstream, asked.body)
        except Unavailable as error:
            last = error.refusal
            metrics.fallbacks.labels(target.upstream.name).inc()
            continue
        answer = Answer(response, asking.relay(target, asked, settings), asked)
        try:
            await answer.begin(settings.hold_seconds, account)
        except Unavailable as error:
            last = error.refusal
            metrics.fallbacks.labels(target.upstream.name).inc()
            await answer.close()
            continue
        except BaseException:
            await answer.close()
            raise
        return answer
    raise last


async def unless_gone(work: Coroutine[Any, Any, Answer], gone: Coroutine[Any, Any, Any]) -> Answer:
    """Do it, unless the client leaves before it is done.

    Raises:
        ClientGone: if it does. What was opened is closed by then.
    """
    working = asyncio.create_task(work)
    watching = asyncio.create_task(gone)
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientGone
    finally:
        for task in (working, watching):
            task.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


class ClientGone(Exception):
    """The client has left: there is nobody to answer."""
