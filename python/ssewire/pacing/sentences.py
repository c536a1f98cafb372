"""By sentence."""

# ruff: noqa: RUF001
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ssewire.pacing.fence import LONGEST_FENCE, Fence
from ssewire.pacing.pieces import aregrouped, regrouped
from ssewire.pacing.stops import LOOK_AHEAD, Gap, begins_block, ends, ends_wide, goes_on_inside

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable

    from ssewire.pacing.pieces import AsyncPieces, Pieces

_WIDE = "。！？｡"
_STOP = ".!?…؟۔।॥։።"
_CLOSE = "\"'”’»›)\\]}*_」』）】》〉"
# Emoji, and what makes one of several characters.
_EMOJIS = "\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\u200d\ufe0f\u20e3"
_RUNS = re.compile(
    rf"(?P<wide>[{_WIDE}]+)|(?P<stop>[{_STOP}]+)|(?P<close>[{_CLOSE}]+)|(?P<emoji>[{_EMOJIS}]+)"
    r"|(?P<ticks>`+)|(?P<tildes>~+)|(?P<space>\s+)"
    rf"|(?P<word>[^\s{_WIDE}{_STOP}{_CLOSE}{_EMOJIS}`~]+)"
)
_EMOJI = re.compile(f"[{_EMOJIS}]")
_HEADING = re.compile(r"#{1,6}[ \t]")
_WIDE_LETTER = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
# Of a word, of a run of stops, so much is kept to judge it.
_KEPT = 40


def sentences(text: Iterable[str]) -> Pieces:
    """Yield the text sentence by sentence, each with the whitespace after it.

    Sentences end at stops (of Latin, CJK, Arabic, Devanagari and some other scripts), not at
    abbreviations, initials, decimals, numberings, inside of URLs or inline code. Closing quotes and
    brackets and emoji after the stop belong to the sentence. Paragraphs, headings and list items end
    with their line. A fenced block of Markdown code is one piece, fences included. Where it can't be
    told, nothing is cut: "p. 5", "J. R. R. Tolkien", "yes. no" stay together.
    How the text was cut makes no difference.

    Args:
        text: pieces of text, cut anywhere.

    Returns:
        An iterator of sentences. A sentence comes when the next one begins, for only then is its
        end certain; the last one at the end or when the source raises.
    """
    return regrouped(text, Sentences())


def asentences(text: AsyncIterable[str]) -> AsyncPieces:
    """Yield the text sentence by sentence, asynchronously; see `sentences`."""
    return aregrouped(text, Sentences())


class Sentences:
    """Finds where sentences end.

    The text is read as runs of characters of one kind. Every rule holds for a run that comes in
    parts. At a gap after a stop, and at each line's beginning, the next few characters (the head)
    are waited for, at most `LOOK_AHEAD`; once the gap is decided they are read like any others.

    Attributes:
        looked_at: how many characters were looked at so far, those of heads each time.
    """

    def __init__(self) -> None:
        self.looked_at = 0
        self._found: list[str] = []
        self._held: list[str] = []
        self._begin()

    def _begin(self) -> None:
        # The word before the stops, and whether it is the first of its line.
        self._word = ""
        self._first = True
        self._stops = ""
        # Whether the last stop is a CJK one, and whether something was closed after the stops.
        self._wide = False
        self._closed = False
        # The whitespace after that: its line breaks; and what comes next, while undecided.
        self._in_gap = True
        self._newlines = 1
        self._head = ""
        # How many backticks or tildes were just read, of which, and whether they begin the line.
        self._ticks = 0
        self._tick = ""
        self._ticks_first = False
        # How many backticks opened inline code; the fenced block; whether the line is a heading.
        self._code = 0
        self._fence: Fence | None = None
        self._heading = False
        self._block_ended = False
        self._blank = True

    def feed(self, piece: str) -> list[str]:
        """Take the next piece; return the sentences that are complete."""
        self._read(piece)
        found, self._found = self._found, []
        return found

    def finish(self) -> list[str]:
        """Return what was held; more than one sentence if only the end of the text tells."""
        while self._head:
            self._judge(whole=True)
        self._cut()
        found, self._found = self._found, []
        self._begin()
        return found

    def _read(self, text: str) -> None:
        self.looked_at += len(text)
        position = 0
        while position < len(text):
            if self._fence is not None:
                position = self._read_fence(self._fence, text, position)
                continue
            if self._in_gap and not text[position].isspace():
                if self._undecided(text[position]):
                    self._head += text[position]
                    position += 1
                    self._judge(whole=self._head[-1].isspace() or len(self._head) == LOOK_AHEAD)
                    continue
                self._leave_gap(ends=False)
            elif self._head:
                # Whitespace after part of a head.
                self._head += text[position]
                position += 1
                self._judge(whole=True)
                continue
            match = _RUNS.match(text, position)
            assert match is not None
            kind, run = match.lastgroup, match.group()
            if self._ticks and (kind not in ("ticks", "tildes") or run[0] != self._tick):
                self._close_ticks()
                if self._fence is not None:
                    continue
            position = match.end()
            self._run(kind or "word", run)

    def _undecided(self, following: str) -> bool:
        if self._head:
            return True
        if self._stops and not self._newlines and _EMOJI.match(following):
            # It belongs to the sentence, whose stops still count.
            self._in_gap = False
            return False
        return bool(self._stops or self._newlines or self._block_ended)

    def _judge(self, *, whole: bool) -> None:
        """Decide the gap if the head tells; then read the head."""
        verdict = self._verdict(whole)
        if verdict is None and not whole:
            return
        head, self._head = self._head, ""
        self._heading = bool(self._newlines and _HEADING.match(head))
        self._leave_gap(ends=bool(verdict))
        self._read(head)

    def _verdict(self, whole: bool) -> bool | None:
        head = self._head
        begins = begins_block(head, whole) if self._newlines else False
        if begins is None:
            return None
        if self._blank or goes_on_inside(head[0]):
            return False
        if begins or self._wide or self._newlines > 1 or self._block_ended:
            return True
        if self._heading and self._newlines:
            return True
        if not self._stops:
            return False
        return ends(Gap(self._word, self._stops, self._newlines, self._first), head, whole)

    def _leave_gap(self, *, ends: bool) -> None:
        if not self._in_gap:
            return
        if ends:
            self._cut()
            self._code = 0
        self._in_gap = self._block_ended = False
        self._first = self._newlines > 0
        self._forget_word()

    def _forget_word(self) -> None:
        self._word = self._stops = ""
        self._wide = self._closed = False

    def _cut(self) -> None:
        if self._held:
            self._found.append("".join(self._held))
            self._held.clear()
        self._blank = True

    def _run(self, kind: str, run: str) -> None:
        if kind == "space":
            self._held.append(run)
            if not self._in_gap:
                self._in_gap = True
                self._newlines = 0
            self._newlines = min(2, self._newlines + run.count("\n"))
            return
        if self._code and kind != "ticks":
            kind = "word"
        if kind in ("stop", "wide"):
            self._stops = (self._stops + run)[-_KEPT:]
            self._wide = kind == "wide"
            self._closed = False
        elif self._stops and kind in ("close", "emoji"):
            self._closed = self._closed or kind == "close"
        else:
            self._run_of_word(kind, run)
            return
        self._held.append(run)
        self._blank = False

    def _run_of_word(self, kind: str, run: str) -> None:
        if self._stops:
            # A mark belongs to the stop before it.
            marks = next((i for i, c in enumerate(run) if not goes_on_inside(c)), len(run))
            self._held.append(run[:marks])
            run = run[marks:]
            if not run:
                return
            if self._ends_before(run[0]):
                self._cut()
                self._first = False
                self._forget_word()
            else:
                self._word += self._stops
                self._stops = ""
                self._wide = self._closed = False
        if kind in ("ticks", "tildes"):
            if not self._ticks:
                self._ticks_first = self._first and not self._word
                self._tick = run[0]
            self._ticks += len(run)
        self._word = (self._word + run[-_KEPT:])[-_KEPT:]
        self._held.append(run)
        self._blank = False

    def _ends_before(self, following: str) -> bool:
        """Whether a sentence ends at the stops, with no whitespace after them."""
        if self._wide or (self._stops[-1] in "!?" and _WIDE_LETTER.match(following)):
            return ends_wide(self._closed, following)
        return False

    def _close_ticks(self) -> None:
        ticks, self._ticks = self._ticks, 0
        if self._code:
            if ticks == self._code and self._tick == "`":
                self._code = 0
        elif self._ticks_first and 3 <= ticks <= LONGEST_FENCE:
            self._fence = Fence(self._tick, ticks)
        elif self._tick == "`":
            self._code = ticks

    def _read_fence(self, fence: Fence, text: str, position: int) -> int:
        end = fence.read(text, position)
        self._held.append(text[position:end])
        if not fence.inside:
            self._fence = None
            if fence.valid:
                self._block_ended = True
                self._forget_word()
            else:
                self._code = fence.size
        return end
