"""`Course`: how the attempts follow one another: all but requesting, reading and waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ssewire.errors import SSEError
from ssewire.outcome import Outcome
from ssewire.retry.attempt import Attempt
from ssewire.retry.continuation import joined, obstacle_in
from ssewire.retry.retryable import chain_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ssewire.retry.policy import Policy
    from ssewire.stream.reading import Reading


class Course:
    """The attempts so far, and what they have brought.

    Args:
        policy: whether and when there is another one.
        clock: what tells the time, in seconds.

    Attributes:
        attempts: the attempts, the last one included.
        stream: the `Stream` or `AsyncStream` of the last one, if it has come so far.
    """

    def __init__(self, policy: Policy, clock: Callable[[], float]) -> None:
        self.attempts: list[Attempt] = []
        self.stream: Any = None
        self._policy = policy
        self._clock = clock
        self._start = 0.0
        # What the consumer has from the attempts before, if the last one goes on from there.
        self._before: Outcome | None = None

    @property
    def outcome(self) -> Outcome:
        """What the consumer has been given."""
        own = None if self.stream is None else self.stream.outcome
        repeated = self.attempts[-1].repeated if self.attempts else ""
        return joined(self._before, own, repeated) or Outcome()

    def begin(self) -> Attempt:
        """The first attempt."""
        self._start = self._clock()
        return self._next(Attempt(1))

    def take(self, stream: Reading) -> None:
        """Take what the last attempt reads.

        Raises:
            ValueError: it would not tell that it fails.
        """
        self.stream = stream
        if not stream._raise_errors:
            raise ValueError("a stream that is to be tried again must have raise_errors=True")

    def after(self, error: Exception) -> Attempt | None:
        """The attempt after one that failed.

        Args:
            error: why it failed. It gets to know of the outcome, and of the error before it.

        Returns:
            The next attempt; `None` if the error is to be raised.
        """
        last, outcome = self.attempts[-1], self.outcome
        begun = self._before is not None or _has_begun(self.stream)
        waited = self._policy.wait(error, last.number, self._clock() - self._start)
        if isinstance(error, SSEError):
            error.outcome = outcome
        if last.error is not None:
            _chain(error, last.error)
        if waited is None:
            return None
        if not begun:
            return self._next(Attempt(last.number + 1, error, waited=waited))
        partial = self._policy.decide(error, outcome)
        if partial == "give_up" or (partial == "continue" and not self._can_go_on(outcome)):
            return None
        self._before = outcome if partial == "continue" else None
        return self._next(Attempt(last.number + 1, error, outcome, partial, waited))

    def _can_go_on(self, outcome: Outcome) -> bool:
        # What is in no outcome, such as audio, would come once more.
        is_known = bool(outcome.text or outcome.reasoning) or not _has_begun(self.stream)
        return is_known and obstacle_in(outcome) is None

    def _next(self, attempt: Attempt) -> Attempt:
        self.attempts.append(attempt)
        self.stream = None
        return attempt


def _has_begun(stream: Reading | None) -> bool:
    """Whether any output has come, which may be audio and so not be in the outcome."""
    return stream is not None and stream.progress.time_to_first_token is not None


def _chain(error: BaseException, before: BaseException) -> None:
    """Have a traceback show both, as if the one had been raised while the other was handled."""
    chain = list(chain_of(error))
    if {id(one) for one in chain}.isdisjoint(id(one) for one in chain_of(before)):
        chain[-1].__context__ = before
        chain[-1].__suppress_context__ = False
