"""`RetryingStream`: one answer, of as many attempts as it takes."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable
from contextlib import AbstractContextManager, ExitStack, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from ssewire.retry.continuation import without
from ssewire.retry.course import Course
from ssewire.retry.policy import Policy
from ssewire.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from typing_extensions import Self, Unpack

    from ssewire._core import Delta, ServerSentEvent
    from ssewire.outcome import Outcome
    from ssewire.retry.attempt import Attempt
    from ssewire.stream.reading import Options

T = TypeVar("T")


class RetryingStream:
    """One answer that is asked for again when it fails, read with `for`.

    Nothing is requested before it is read. What an attempt brings is delivered as it comes. So after a
    failure items, deltas and events begin anew, with another `message_start` or role; and after a
    `"start_over"` so does the text. `on_attempt` and `attempts` tell where.

    When there is no other attempt, the last error is raised as it is, with those before it in its
    traceback. `outcome` then has what came, as has the error's own `outcome` if it is of this
    package. The attempt's source is closed before the next one begins, and on every way out.

    Args:
        request: makes the request for an `Attempt` and returns a `Stream`, or what one can be made of,
            or a context manager of that, as `httpx.Client.stream` is. A `Stream` has to raise its
            errors. What it raises itself counts as an attempt that failed.
        policy: what is tried again, how often, and when.
        on_attempt: called with each `Attempt` before its wait. What it raises ends the stream.
        sleep: waits some seconds; without it, `close()` in another thread ends the wait.
        clock: what tells the time, in seconds.
        shape: of the streams that are made here; see `Stream`.
        **options: the same; see `Stream`.
    """

    def __init__(
        self,
        request: Callable[[Attempt], Any],
        policy: Policy | None = None,
        *,
        on_attempt: Callable[[Attempt], object] | None = None,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] = monotonic,
        shape: str = "auto",
        **options: Unpack[Options],
    ) -> None:
        self._request = request
        self._course = Course(policy or Policy(), clock)
        self._on_attempt = on_attempt
        self._closed = False
        self._woken = threading.Event()
        self._sleep = sleep or self._woken.wait
        self._clock = clock
        self._options: dict[str, Any] = {"shape": shape, **options}
        # What has to be closed of the last attempt: its stream and its context manager.
        self._opened = ExitStack()
        self._generator: Callable[[], Any] = _none
        self._items: Iterator[Any] | None = None

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """The attempts so far, the one that is being made included."""
        return tuple(self._course.attempts)

    @property
    def outcome(self) -> Outcome:
        """What the answer is so far: what was given to the consumer, and how it ended.

        After a `"continue"` texts and reasoning are joined and events added up; all else, such as
        usage, is of the last attempt. After a `"start_over"` it is of the last attempt alone.
        """
        return self._course.outcome

    @property
    def stream(self) -> Stream[Any] | None:
        """The stream of the last attempt, for its `response`, `progress` and `snapshot()`."""
        stream: Stream[Any] | None = self._course.stream
        return stream

    @property
    def closed(self) -> bool:
        """Whether the answer has ended, or `close()` was called."""
        return self._closed

    def __iter__(self) -> Iterator[Any]:
        """Iterate over items: a `Chunk` or `StreamEvent` for each payload."""
        return self._items or self._reads(lambda stream, _: iter(stream))

    def __next__(self) -> Any:
        if self._items is None:
            self._items = iter(self)
        return next(self._items)

    def text(self) -> Iterator[str]:
        """Iterate over the text of choice 0, or of the message: what is new in each read."""
        return self._reads(_text)

    @property
    def text_stream(self) -> Iterator[str]:
        """`text()`, by the name that anthropic's SDK has for it."""
        return self.text()

    def deltas(self) -> Iterator[Delta]:
        """Iterate over what each item adds to the answer."""
        return self._reads(lambda stream, _: stream.deltas())

    def events(self) -> Iterator[ServerSentEvent]:
        """Iterate over the events themselves, those included that say nothing of an answer."""
        return self._reads(lambda stream, _: stream.events())

    def until_done(self) -> Outcome:
        """Read to the end.

        Returns:
            The outcome.
        """
        for _ in self._items or self.text():
            pass
        return self.outcome

    def close(self) -> None:
        """Give up the answer: its connection, and all further attempts. A second call does nothing.

        It may be called from another thread, which ends a wait and, where the library can be woken
        up, a read; not a request that has no response yet.
        """
        self._closed = True
        self._woken.set()
        stream = self.stream
        if stream is not None:
            stream.close()
        generator = self._generator()
        # If it runs, it closes what is left itself.
        if generator is None or not generator.gi_running:
            self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open"
        return f"<{type(self).__name__}, {len(self._course.attempts)} attempts, {state}>"

    def _reads(self, of: Callable[[Stream[Any], Attempt], Iterator[T]]) -> Generator[T, None, None]:
        generator = self._read(of)
        if not self._course.attempts:
            self._generator = weakref.ref(generator)
        return generator

    def _read(self, of: Callable[[Stream[Any], Attempt], Iterator[T]]) -> Generator[T, None, None]:
        """The one loop: what `of` makes of the stream of each attempt."""
        if self._closed:
            return
        if self._course.attempts:
            raise RuntimeError("this stream is being read already")
        attempt: Attempt | None = self._course.begin()
        error: Any = None
        try:
            while attempt is not None:
                if self._on_attempt is not None:
                    self._on_attempt(attempt)
                if attempt.waited and not self._closed:
                    self._sleep(attempt.waited)
                if self._closed:
                    return
                try:
                    yield from of(self._open(attempt), attempt)
                    return
                except Exception as caught:  # noqa: BLE001 (the policy decides)
                    error = caught
                    # What closing finds wrong with a connection that failed is no news.
                    with suppress(Exception):
                        self._opened.close()
                if self._closed:
                    return
                attempt = self._course.after(error)
                if attempt is None:
                    raise error
        finally:
            error = None  # it keeps this frame
            self._closed = True
            self._opened.close()

    def _open(self, attempt: Attempt) -> Stream[Any]:
        before = self._clock()
        given = self._request(attempt)
        if isinstance(given, AbstractContextManager) and not isinstance(given, Iterable):
            given = self._opened.enter_context(given)
        stream: Stream[Any] = (
            given if isinstance(given, Stream) else self._made_of(given, self._clock() - before)
        )
        self._opened.callback(stream.close)
        self._course.take(stream)
        if self._closed:  # by another thread, meanwhile
            stream.close()
        return stream

    def _made_of(self, source: Any, waited: float) -> Stream[Any]:
        try:
            return Stream(source, **{"waited": waited, **self._options})
        except BaseException:
            close = getattr(source, "close", None)
            if close is not None:
                close()
            raise


def _text(stream: Stream[Any], attempt: Attempt) -> Iterator[str]:
    text = stream.text()
    return without(text, attempt.repeated) if attempt.repeated else text


def _none() -> None:
    return None
