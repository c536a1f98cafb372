"""`Policy`: what is tried again, how often, and when."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

try:
    import tenacity
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'ssewire.retry needs tenacity: pip install "ssewire[retry]"', name=error.name
    ) from None

from ssewire.retry.after import retry_after
from ssewire.retry.retryable import is_retryable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from ssewire.outcome import Outcome

Partial: TypeAlias = 'Literal["give_up", "start_over", "continue"]'
PARTIAL = ("give_up", "start_over", "continue")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What is tried again, how often, and when.

    The waits grow exponentially and are chosen at random from 0 on ("full jitter"), so that clients
    that failed together do not come back together. A server that asks for a wait, with `Retry-After`,
    gets it: neither less nor more, whatever `maximum` is. If that is beyond the budget, there is no
    other attempt.

    Attributes:
        attempts: how many requests there are at most, the first one included.
        seconds: no attempt begins later than so long after the first one; `None` for no limit. It is
            no time-out of an attempt: that is the `timeout` of its stream.
        initial: the longest that the first wait can be, in seconds. It doubles each time.
        maximum: the longest that any wait can be that the server did not ask for.
        partial: what to do when some output has come: `"give_up"` and raise, `"start_over"` with
            the whole answer, or `"continue"` from there, with what `Attempt.continue_from` makes.
            Where that cannot be done (tool calls, refusals, several choices) the error is raised.
            Or a function of the error and the outcome so far that returns one of these.
        retryable: whether an error may be gone when the request is made again; in place of
            `is_retryable`.

    Raises:
        ValueError: for a value that is not allowed.
    """

    attempts: int = 3
    seconds: float | None = 600.0
    initial: float = 0.5
    maximum: float = 8.0
    partial: Partial | Callable[[Exception, Outcome], Partial] = "give_up"
    retryable: Callable[[BaseException], bool] = is_retryable

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"attempts is at least 1, not {self.attempts!r}")
        if self.seconds is not None and not self.seconds > 0:
            raise ValueError(f"seconds is a positive number or None, not {self.seconds!r}")
        for name in ("initial", "maximum"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise ValueError(f"{name} is a number of seconds from 0 on, not {value!r}")
        if not callable(self.partial):
            _check(self.partial)

    def decide(self, error: Exception, outcome: Outcome) -> Partial:
        """What to do with the part of an answer that came before an error.

        Args:
            error: the error.
            outcome: what had come.

        Raises:
            ValueError: the function that was given as `partial` returned something else.
        """
        return _check(self.partial(error, outcome)) if callable(self.partial) else self.partial

    def wait(self, error: Exception, number: int, elapsed: float) -> float | None:
        """How long to wait before the next attempt.

        Args:
            error: why an attempt failed.
            number: which attempt that was; the first is 1.
            elapsed: seconds since the first one began.

        Returns:
            Seconds; `None` if there is to be no other attempt.
        """
        retrying = self._retrying
        state = tenacity.RetryCallState(retrying, None, (), {})
        state.attempt_number = number
        state.set_exception((type(error), error, None))
        state.start_time, state.outcome_timestamp = 0.0, elapsed
        if not retrying.retry(state):
            return None
        state.upcoming_sleep = retrying.wait(state)
        return None if retrying.stop(state) else state.upcoming_sleep

    @cached_property
    def _retrying(self) -> tenacity.Retrying:
        # Its strategies are used and not its loop, which is not made for a generator that goes from
        # one thread to another, as in the thread pools of web frameworks.
        seconds = threading.TIMEOUT_MAX if self.seconds is None else self.seconds
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(self.retryable),
            wait=_Wait(multiplier=self.initial, max=self.maximum),
            stop=tenacity.stop_any(
                tenacity.stop_after_attempt(self.attempts), tenacity.stop_before_delay(seconds)
            ),
        )


class _Wait(tenacity.wait_random_exponential):
    """What the server asked for, else full jitter."""

    def __call__(self, retry_state: tenacity.RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome is not None else None
        asked = None if error is None else retry_after(error)
        return super().__call__(retry_state) if asked is None else asked


def _check(partial: Partial) -> Partial:
    if partial not in PARTIAL:
        raise ValueError(f"partial is one of {', '.join(PARTIAL)}, or a function; not {partial!r}")
    return partial
