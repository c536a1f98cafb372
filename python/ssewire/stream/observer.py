"""`Observer`: who wants to know how a stream goes, such as metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssewire.stream.reading import Reading


class Observer:
    """Base of those who are told how a stream goes. All that it does here is nothing.

    What an observer raises comes out of the stream: it is part of the program.
    """

    def started(self, stream: Reading) -> None:
        """The stream was made."""

    def received(self, stream: Reading) -> None:
        """A read was taken in. What it brought has not been delivered yet."""

    def finished(self, stream: Reading, error: BaseException | None) -> None:
        """The stream is over. Called exactly once, also when it is closed early or thrown away.

        Args:
            stream: the stream; its `outcome` is final.
            error: what reading it raised, or `None`.
        """
