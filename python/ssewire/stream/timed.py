"""A body that is read with `for`, waited for no longer than is allowed."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from ssewire.stream.limits import SETTLING
from ssewire.stream.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Generator

    from typing_extensions import Buffer

    from ssewire.stream.limits import Limits
    from ssewire.stream.source import Source


def timed(source: Source, limits: Limits) -> Generator[Buffer, None, None]:
    """The pieces of the body, until a limit passes.

    A source that cannot be woken up is seen to be late when it gives its next piece; which is
    delivered, as it has come.
    """
    watch = None if source.interrupt is None else Watch(source.interrupt)
    try:
        while True:
            deadline, error = limits.next()
            if deadline <= monotonic():
                raise error
            if watch is not None:
                watch.until(deadline)
            try:
                chunk = next(source.chunks)
            except StopIteration:
                if watch is not None and watch.fired:
                    raise error from None
                return
            except Exception as caught:
                if watch is not None and watch.fired:
                    raise error from caught
                raise
            finally:
                if watch is not None:
                    watch.rest()
            late = limits.came() > deadline
            yield chunk
            if late:
                raise error
    finally:
        if watch is not None:
            watch.stop()


def settle(source: Source) -> None:
    """Let the body end after the answer has, so that the connection can be used again."""
    if source.interrupt is None:
        return
    # The answer is whole, whatever becomes of the connection.
    with suppress(Exception):
        watch = Watch(source.interrupt)
        try:
            watch.until(monotonic() + SETTLING)
            for _ in source.chunks:
                if watch.fired:
                    break
        finally:
            watch.stop()
