"""`Upstream`: what is relayed, which may have to be awaited first, and how it is given back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Awaitable, Coroutine
from contextlib import suppress
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from ssewire.stream.source import AsyncSource, asource_of

if TYPE_CHECKING:
    from collections.abc import Callable


class Upstream:
    """What is relayed.

    Args:
        given: an asynchronous iterable of bytes, a response of a known library, or an awaitable of
            one of them.
        close: what is to be called as well when it is given back.

    Attributes:
        source: how to read it; `None` while it was not awaited.

    Raises:
        TypeError: it is nothing that can be read so.
    """

    __slots__ = ("_awaited", "_close", "source")

    def __init__(self, given: Any, close: Callable[[], object] | None) -> None:
        readable = isinstance(given, (AsyncSource, AsyncIterable))
        self._awaited: Awaitable[Any] | None = None
        self.source: AsyncSource | None = None
        if isawaitable(given) and not readable:
            self._awaited = given
        else:
            self.source = asource_of(given)
        self._close = close

    async def open(self) -> AsyncSource:
        """Wait for it to answer, if that is still to be waited for."""
        if self.source is None:
            awaited, self._awaited = self._awaited, None
            assert awaited is not None, "opened twice"
            try:
                given = await awaited
            except asyncio.CancelledError:
                await _give_back(awaited)
                raise
            self.source = asource_of(given)
        return self.source

    async def close(self) -> None:
        """Give it back, whether it was opened or not."""
        awaited, self._awaited = self._awaited, None
        try:
            if isinstance(awaited, Coroutine):
                awaited.close()
            elif awaited is not None:
                await _give_back(awaited)
            if self.source is not None:
                # The connection may be broken already, and is gone then too.
                with suppress(*self.source.lost):
                    await self.source.close()
        finally:
            close, self._close = self._close, None
            if close is not None:
                closing = close()
                if isawaitable(closing):
                    await closing


async def _give_back(awaited: Awaitable[Any]) -> None:
    """End a task that was to get the response, and close what it may have got by now."""
    if not isinstance(awaited, asyncio.Future):
        return
    awaited.cancel()
    if awaited.done() and not awaited.cancelled() and awaited.exception() is None:
        await asource_of(awaited.result()).close()
