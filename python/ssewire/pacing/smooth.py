"""So many characters a second."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from ssewire.pacing.arguments import check_positive
from ssewire.pacing.pieces import AsyncPieces, Pieces, abatches, batches

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable

# What is written with more code points than this is no character of any script (the longest emoji
# have about fifteen). Without a limit a text of nothing but combining marks would be held whole.
MAX_CHARACTER = 64


def smooth(
    text: Iterable[str],
    rate: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Pieces:
    """Yield the text at a steady rate, character by character.

    A character is what a reader takes for one: letters with their accents and emoji of several code
    points are never cut. So the last one of a piece is held until the next piece shows that it is
    complete.

    The rate is an upper limit. A source that is faster is read only as its text goes out: nothing
    piles up here, and the text ends later than it would have; choose a rate above the model's. Time
    spent waiting for the source is not made up for, so a burst after a pause is smoothed too. Time
    that the consumer or a late timer takes is made up for: then several characters come at once.

    Args:
        text: pieces of text, cut anywhere.
        rate: characters per second.
        clock: what tells the time, in seconds.
        sleep: what waits, for a number of seconds.

    Raises:
        ValueError: the rate is not positive.
        ImportError: the regex library is not installed.
    """
    check_positive("rate", rate)
    return Pieces(text, _paced(batches(text, Characters()), rate, clock, sleep))


def asmooth(text: AsyncIterable[str], rate: float) -> AsyncPieces:
    """Yield the text at a steady rate, asynchronously; see `smooth`. For asyncio."""
    check_positive("rate", rate)
    return AsyncPieces(text, _apaced(abatches(text, Characters()), rate))


class Characters:
    """Cuts text into characters as a reader sees them (extended grapheme clusters).

    Attributes:
        looked_at: how many code points were looked at so far.
    """

    def __init__(self) -> None:
        self.looked_at = 0
        self._held = ""
        self._find: Callable[[str], list[str]] = _pattern().findall

    def feed(self, piece: str) -> list[str]:
        """Take the next piece; return the characters that are complete."""
        if not piece:
            return []
        text = self._held + piece
        self.looked_at += len(text)
        found = self._find(text)
        # Whether a character ends is known when the next one is seen.
        self._held = found.pop() if len(found[-1]) < MAX_CHARACTER else ""
        return found

    def finish(self) -> list[str]:
        """Return the last character, if there is one."""
        held, self._held = self._held, ""
        return [held] if held else []


class _Pace:
    """When the next character is due."""

    def __init__(self, rate: float, now: float) -> None:
        self._rate = rate
        self._due = now

    def waited(self, before: float, now: float) -> None:
        """The source took until now for its next piece."""
        if now > self._due:
            self._due += min(now - before, now - self._due)

    def delay(self, now: float) -> float:
        return self._due - now

    def take(self, waiting: int, now: float) -> int:
        """How many of those waiting are due; at least one."""
        count = min(max(int((now - self._due) * self._rate) + 1, 1), waiting)
        self._due += count / self._rate
        return count


def _paced(
    source: Generator[list[str], None, None],
    rate: float,
    clock: Callable[[], float],
    sleep: Callable[[float], object],
) -> Generator[str, None, None]:
    try:
        before = clock()
        pace = _Pace(rate, before)
        for characters in source:
            pace.waited(before, clock())
            sent = 0
            while sent < len(characters):
                delay = pace.delay(clock())
                if delay > 0:
                    sleep(delay)
                count = pace.take(len(characters) - sent, clock())
                yield "".join(characters[sent : sent + count])
                sent += count
            before = clock()
    finally:
        source.close()


async def _apaced(
    source: AsyncGenerator[list[str], None], rate: float
) -> AsyncGenerator[str, None]:
    try:
        clock = asyncio.get_running_loop().time
        before = clock()
        pace = _Pace(rate, before)
        async for characters in source:
            pace.waited(before, clock())
            sent = 0
            while sent < len(characters):
                delay = pace.delay(clock())
                if delay > 0:
                    await asyncio.sleep(delay)
                count = pace.take(len(characters) - sent, clock())
                yield "".join(characters[sent : sent + count])
                sent += count
            before = clock()
    finally:
        await source.aclose()


def _pattern() -> Any:
    try:
        import regex
    except ImportError as error:
        raise ImportError(
            'smooth needs the regex library: pip install "ssewire[pacing]"'
        ) from error
    return regex.compile(r"\X")
