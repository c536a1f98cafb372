"""An upstream's answer, from its first byte: whether it is one, and then its bytes."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx2

from ssewire import EventTooLarge, IdleTimeout

from .errors import Refusal
from .upstreams import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from ssewire import ErrorInfo, Relay

    from .accounting import Account
    from .requests import Asked
    from .settings import Upstream


class Answer:
    """An answer that has begun.

    Args:
        response: the upstream's.
        relay: what reads it; it holds back what comes before the first content.
        asked: what was asked of it.
        upstream: who answers.
        account: told of the first content.

    Attributes:
        relay: as given.
        dropped: what of the request could not be carried.
    """

    def __init__(
        self,
        response: httpx2.Response,
        relay: Relay,
        asked: Asked,
        upstream: Upstream,
        account: Account,
    ) -> None:
        self.relay = relay
        self.dropped = asked.dropped
        self._response = response
        self._upstream = upstream
        self._account = account
        self._chunks = response.aiter_raw()
        self._seen: list[bytes] = []
        self._next: asyncio.Task[bytes | None] | None = None
        self._over = False

    async def begin(self, seconds: float) -> None:
        """Read until the first content, or for so long, and then be ready for `chunks()`.

        Raises:
            Unavailable: it has failed before that.
            Refusal: the same, and no other upstream would do better.
        """
        relay = self.relay
        deadline = time.monotonic() + seconds
        try:
            while relay.held and relay.outcome.error is None and not self._over:
                left = max(0.0, deadline - time.monotonic())
                if not await self._has_read_one(left):
                    break  # it thinks for long: the client shall hear of it
            if self._over:
                relay.finish()
        except httpx2.TimeoutException as error:
            raise Unavailable(Refusal(504, "the model's server says nothing")) from error
        except httpx2.HTTPError as error:
            raise Unavailable(Refusal(502, "the model's server broke off")) from error
        except EventTooLarge as error:
            raise Unavailable(Refusal(502, "the model's server sends too much at once")) from error
        if relay.begun:
            self._account.first_token()
        else:
            self._check()
        # From the start again: what was read is only a few events, and now there is a client.
        relay.reset()
        relay.release()

    async def _has_read_one(self, seconds: float) -> bool:
        self._next = self._next or asyncio.create_task(_read(self._chunks))
        await asyncio.wait({self._next}, timeout=seconds)
        if not self._next.done():
            return False
        task, self._next = self._next, None
        chunk = task.result()
        if chunk is None:
            self._over = True
        else:
            self._seen.append(chunk)
            self.relay.feed(chunk)
        return True

    def _check(self) -> None:
        """Whether what has come without any content may be shown to a client."""
        outcome = self.relay.outcome
        if outcome.error is not None:
            refusal = self.refusal(outcome.error)
            if outcome.error.retryable or refusal.status >= 500:
                raise Unavailable(refusal)
            raise refusal
        if self._over and not outcome.complete:
            raise Unavailable(Refusal(502, "the model's server broke off before it said anything"))

    def refusal(self, error: ErrorInfo) -> Refusal:
        """What to say instead of an answer that has ended with this error."""
        status = error.status if error.status is not None and 400 <= error.status < 600 else 502
        code = error.code if isinstance(error.code, str) else None
        said = error.message or "the model's server reports an error"
        return Refusal(status, self._upstream.without_key(said), code)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The upstream's bytes, from the first one.

        Raises:
            IdleTimeout: it says nothing any more.
            ConnectionError: it broke off.
        """
        for chunk in self._seen:
            yield chunk
        self._seen.clear()
        try:
            while (read := await self._one_more()) is not None:
                yield read
                # Looked at when the next one is asked for: it was fed by then.
                if self.relay.begun:
                    self._account.first_token()
        except httpx2.TimeoutException as error:
            raise IdleTimeout(_patience(self._response)) from error
        except httpx2.HTTPError as error:
            raise ConnectionError("the upstream broke off") from error

    async def _one_more(self) -> bytes | None:
        if self._over:
            return None
        if self._next is None:
            return await _read(self._chunks)
        task, self._next = self._next, None
        return await task

    async def close(self) -> None:
        """Let go of the upstream."""
        if self._next is not None:
            self._next.cancel()
            with suppress(asyncio.CancelledError, httpx2.HTTPError):
                await self._next
            self._next = None
        try:
            # Left to itself it would be closed by the garbage collector, in any thread.
            await self._chunks.aclose()
        finally:
            await self._response.aclose()


async def _read(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)


def _patience(response: httpx2.Response) -> float:
    seconds: float = response.request.extensions["timeout"]["read"]
    return seconds
