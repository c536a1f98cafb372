"""`AsyncRetryingStream`: one answer, of as many attempts as it takes."""

from __future__ import annotations

import asyncio
import inspect
import weakref
from collections.abc import AsyncIterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from ssewire.retry.continuation import cut
from ssewire.retry.course import Course
from ssewire.retry.policy import Policy
from ssewire.stream import AsyncStream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

    from typing_extensions import Self, Unpack

    from ssewire._core import Delta, ServerSentEvent
    from ssewire.outcome import Outcome
    from ssewire.retry.attempt import Attempt
    from ssewire.stream.reading import Options

T = TypeVar("T")


class AsyncRetryingStream:
    """One answer that is asked for again when it fails, read with `async for`.

    See `RetryingStream`. Cancelling is no failure: it ends a request, a read or a wait, and leaves
    nothing behind.

    Args:
        request: makes the request for an `Attempt` and returns an `AsyncStream`, or what one can be
            made of, or an asynchronous context manager of that, as `httpx.AsyncClient.stream` is; or
            something to await that gives one of these. An `AsyncStream` has to raise its errors. What
            it raises itself counts as an attempt that failed.
        policy: what is tried again, how often, and when.
        on_attempt: called with each `Attempt` before its wait; it may be a coroutine function. What
            it raises ends the stream.
        sleep: waits some seconds; without it asyncio's loop does, and `aclose()` ends the wait.
        clock: what tells the time, in seconds.
        shape: of the streams that are made here; see `AsyncStream`.
        **options: the same; see `AsyncStream`.
    """

    def __init__(
        self,
        request: Callable[[Attempt], Any],
        policy: Policy | None = None,
        *,
        on_attempt: Callable[[Attempt], object] | None = None,
        sleep: Callable[[float], Awaitable[object]] | None = None,
        clock: Callable[[], float] = monotonic,
        shape: str = "auto",
        **options: Unpack[Options],
    ) -> None:
        self._request = request
        self._course = Course(policy or Policy(), clock)
        self._on_attempt = on_attempt
        self._closed = False
        self._woken: asyncio.Future[None] | None = None
        self._sleep = sleep or self._wait
        self._clock = clock
        self._options: dict[str, Any] = {"shape": shape, **options}
        # What has to be closed of the last attempt: its stream and its context manager.
        self._opened = AsyncExitStack()
        self._generator: Callable[[], Any] = _none
        self._items: AsyncIterator[Any] | None = None

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """The attempts so far, the one that is being made included."""
        return tuple(self._course.attempts)

    @property
    def outcome(self) -> Outcome:
        """What the answer is so far; see `RetryingStream.outcome`."""
        return self._course.outcome

    @property
    def stream(self) -> AsyncStream[Any] | None:
        """The stream of the last attempt, for its `response`, `progress` and `snapshot()`."""
        stream: AsyncStream[Any] | None = self._course.stream
        return stream

    @property
    def closed(self) -> bool:
        """Whether the answer has ended, or `aclose()` was called."""
        return self._closed

    def __aiter__(self) -> AsyncIterator[Any]:
        """Iterate over items: a `Chunk` or `StreamEvent` for each payload."""
        return self._items or self._reads(lambda stream, _: aiter(stream))

    async def __anext__(self) -> Any:
        if self._items is None:
            self._items = aiter(self)
        return await anext(self._items)

    def text(self) -> AsyncIterator[str]:
        """Iterate over the text of choice 0, or of the message: what is new in each read."""
        return self._reads(_text)

    @property
    def text_stream(self) -> AsyncIterator[str]:
        """`text()`, by the name that anthropic's SDK has for it."""
        return self.text()

    def deltas(self) -> AsyncIterator[Delta]:
        """Iterate over what each item adds to the answer."""
        return self._reads(lambda stream, _: stream.deltas())

    def events(self) -> AsyncIterator[ServerSentEvent]:
        """Iterate over the events themselves, those included that say nothing of an answer."""
        return self._reads(lambda stream, _: stream.events())

    async def until_done(self) -> Outcome:
        """Read to the end.

        Returns:
            The outcome.
        """
        async for _ in self._items or self.text():
            pass
        return self.outcome

    async def aclose(self) -> None:
        """Give up the answer: its connection, and all further attempts. A second call does nothing.

        It may be called from another task, which ends a read or a wait; not a request that has no
        response yet.
        """
        self._closed = True
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)
        stream = self.stream
        if stream is not None:
            await stream.aclose()
        generator = self._generator()
        # If it runs, it closes what is left itself.
        if generator is None or not generator.ag_running:
            await self._opened.aclose()

    close = aclose

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open"
        return f"<{type(self).__name__}, {len(self._course.attempts)} attempts, {state}>"

    def _reads(self, of: Callable[[AsyncStream[Any], Attempt], Any]) -> AsyncGenerator[Any, None]:
        generator = self._read(of)
        if not self._course.attempts:
            self._generator = weakref.ref(generator)
        return generator

    async def _read(
        self, of: Callable[[AsyncStream[Any], Attempt], Any]
    ) -> AsyncGenerator[Any, None]:
        """The one loop: what `of` makes of the stream of each attempt."""
        if self._closed:
            return
        if self._course.attempts:
            raise RuntimeError("this stream is being read already")
        attempt: Attempt | None = self._course.begin()
        error: Any = None
        try:
            while attempt is not None:
                await self._tell(attempt)
                if attempt.waited and not self._closed:
                    await self._sleep(attempt.waited)
                if self._closed:
                    return
                try:
                    async with aclosing(of(await self._open(attempt), attempt)) as reads:
                        async for one in reads:
                            yield one
                    return
                except Exception as caught:  # noqa: BLE001 (the policy decides)
                    error = caught
                    # What closing finds wrong with a connection that failed is no news.
                    with suppress(Exception):
                        await self._opened.aclose()
                if self._closed:
                    return
                attempt = self._course.after(error)
                if attempt is None:
                    raise error
        finally:
            error = None  # it keeps this frame
            self._closed = True
            await self._opened.aclose()

    async def _tell(self, attempt: Attempt) -> None:
        if self._on_attempt is not None:
            told = self._on_attempt(attempt)
            if inspect.isawaitable(told):
                await told

    async def _open(self, attempt: Attempt) -> AsyncStream[Any]:
        before = self._clock()
        given = self._request(attempt)
        if inspect.isawaitable(given):
            given = await given
        if isinstance(given, AbstractAsyncContextManager) and not isinstance(given, AsyncIterable):
            given = await self._opened.enter_async_context(given)
        stream: AsyncStream[Any] = (
            given
            if isinstance(given, AsyncStream)
            else await self._made_of(given, self._clock() - before)
        )
        self._opened.push_async_callback(stream.aclose)
        self._course.take(stream)
        if self._closed:  # by another task, meanwhile
            await stream.aclose()
        return stream

    async def _made_of(self, source: Any, waited: float) -> AsyncStream[Any]:
        try:
            return AsyncStream(source, **{"waited": waited, **self._options})
        except BaseException:
            close = getattr(source, "aclose", None) or getattr(source, "close", None)
            closing = None if close is None else close()
            if inspect.isawaitable(closing):
                await closing
            raise

    async def _wait(self, seconds: float) -> None:
        """Sleep until then, or until `aclose()`."""
        loop = asyncio.get_running_loop()
        self._woken = woken = loop.create_future()
        timer = loop.call_later(seconds, _wake, woken)
        try:
            await woken
        finally:
            timer.cancel()


async def _text(stream: AsyncStream[Any], attempt: Attempt) -> AsyncGenerator[str, None]:
    repeated = attempt.repeated
    async with aclosing(stream.text()) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            left, repeated = cut(piece, repeated)
            if left:
                yield left


def _wake(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)


def _none() -> None:
    return None
