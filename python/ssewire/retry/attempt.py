"""`Attempt`: one of the requests that are made for an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ssewire.retry.continuation import ASK, continued

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ssewire.outcome import Outcome


@dataclass
class Attempt:
    """One of the requests that are made for an answer.

    Attributes:
        number: which one; the first is 1.
        error: why the one before failed; `None` for the first.
        outcome: what the consumer had been given when it failed; `None` if that was nothing.
        partial: what becomes of that. With `"start_over"` the whole answer comes once more, and the
            consumer has to drop what it has. With `"continue"` the rest of it comes. `None` if nothing
            had come.
        waited: how long is waited before the request is made, in seconds.
    """

    number: int
    error: Exception | None = None
    outcome: Outcome | None = None
    partial: Literal["start_over", "continue"] | None = None
    waited: float = 0.0
    _repeated: str = field(default="", init=False, repr=False)

    def continue_from(
        self, messages: Iterable[Any], *, prefill: bool = False, ask: str = ASK
    ) -> list[Any]:
        """The messages for this attempt: with what had come, if it is to go on from there.

        Args:
            messages: the messages of the first request.
            prefill: see `ssewire.retry.continue_from`; `ask` too.
            ask: what the user's message says.

        Returns:
            A new list; of the same messages if there is nothing to go on from.
        """
        if self.partial != "continue" or self.outcome is None:
            return list(messages)
        result, self._repeated = continued(messages, self.outcome, prefill=prefill, ask=ask)
        return result

    @property
    def repeated(self) -> str:
        """The white space that a prefill had to do without, so that it comes again."""
        return self._repeated
