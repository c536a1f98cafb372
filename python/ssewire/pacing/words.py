"""By word."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from ssewire.pacing.pieces import aregrouped, regrouped

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable

    from ssewire.pacing.pieces import AsyncPieces, Pieces

# What a character is to a word.
SPACE, LETTER, WIDE, OPENING, OPENING_WIDE, CLOSING, MARK = range(7)
# What the word so far ends in, beside SPACE, LETTER, WIDE and OPENING.
CLOSED, START = 7, 8

# Scripts written without spaces in which each character can stand for itself: Han and kana.
_WIDE = (
    (0x2E80, 0x2FDF),
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3041, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D),
    (0x20000, 0x3FFFD),
)
# Never at the beginning of a word or line: small kana, sound marks, iteration and length marks.
_FOLLOWING = set("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶーｧｨｩｪｫｬｭｮｯｰ々ゝゞヽヾ゛゜ﾞﾟ")
_JOINERS = {"\u200c", "\u200d"}


def words(text: Iterable[str]) -> Pieces:
    """Yield the text word by word, each with the whitespace after it.

    White space at the beginning of the text is a piece of its own. Han and kana are written without
    spaces: there each character is a word, together with its marks, the opening brackets before it
    and the punctuation after it. Other scripts without spaces (Thai, Khmer) come as they are spaced.
    How the text was cut makes no difference.

    Args:
        text: pieces of text, cut anywhere.

    Returns:
        An iterator of words. A word comes when the next one begins, the last one at the end or when
        the source raises.
    """
    return regrouped(text, Words())


def awords(text: AsyncIterable[str]) -> AsyncPieces:
    """Yield the text word by word, asynchronously; see `words`."""
    return aregrouped(text, Words())


class Words:
    """Finds where words begin; looks at each character once.

    Attributes:
        looked_at: how many characters were looked at so far.
    """

    def __init__(self) -> None:
        self.looked_at = 0
        self._held: list[str] = []
        self._after = START

    def feed(self, piece: str) -> list[str]:
        """Take the next piece; return the words that are complete."""
        found = []
        start = 0
        after = self._after
        for index, character in enumerate(piece):
            begins, after = _step(after, _kind(character))
            if begins:
                self._held.append(piece[start:index])
                found.append("".join(self._held))
                self._held.clear()
                start = index
        self._after = after
        self._held.append(piece[start:])
        self.looked_at += len(piece)
        return found

    def finish(self) -> list[str]:
        """Return the last word, if there is one."""
        word = "".join(self._held)
        self._held.clear()
        self._after = START
        return [word] if word else []


def _step(after: int, kind: int) -> tuple[bool, int]:
    """Whether a word begins with a character of this kind, and what the word ends in then."""
    if kind == MARK:
        return False, LETTER if after == START else after
    if kind == SPACE:
        return False, SPACE
    apart = after in (SPACE, WIDE, CLOSED)
    if kind == WIDE:
        return apart or after == LETTER, WIDE
    if kind == OPENING_WIDE:
        return apart or after == LETTER, OPENING
    if kind == CLOSING and after in (WIDE, CLOSED):
        return False, CLOSED
    if kind == OPENING and after != LETTER:
        return apart, OPENING
    return apart, LETTER


@lru_cache(maxsize=8192)
def _kind(character: str) -> int:
    if character.isspace():
        return SPACE
    category = unicodedata.category(character)
    if category[0] == "M" or character in _JOINERS or character in _FOLLOWING:
        return MARK
    code = ord(character)
    if any(first <= code <= last for first, last in _WIDE) and category[0] != "P":
        return WIDE
    if category in ("Ps", "Pi"):
        wide = unicodedata.east_asian_width(character) in "WF"
        return OPENING_WIDE if wide else OPENING
    return CLOSING if category[0] == "P" else LETTER
