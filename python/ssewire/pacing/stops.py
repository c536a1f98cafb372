"""Which stops end a sentence: the rules, without the scanning."""

# ruff: noqa: RUF001
from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# Of the next word so much is looked at, at most.
LOOK_AHEAD = 16

# After these a sentence goes on, whatever comes.
_TITLES = """
approx asst assoc bros capt cf cmdr col comdr cpl dept dr drs eg esp figs fig fr gov hon ie lt maj
messrs mlle mme mr mrs ms mt mx nr nrs pp prof resp rev sen sgt sr sra supt viz vs
abb abs allg bspw bzgl bzw ca evtl gem ggf inkl mio mrd sog str usw vgl zb zzgl
avv dott ecc egr exmo pág sig sigg ud uds bijv blz dhr evt mevr vol vols
e.g i.e z.b d.h u.a o.ä p.ej i.d.r s.o u.u
"""
# After these it goes on unless the next word is one that sentences begin with.
_OPEN = """
apr assn aug ave bldg blvd co corp dec ed eds esq etc ext feb fri gen hwy inc jan jr jul jun llc
ltd nov oct op ph.d pl plc rd rep sep sept sq st thu thur thurs tue tues univ
"""
# Words that are abbreviations only before a number.
_NUMBERED = "art ch max mar min no nos p sat sec sun wed"
_BEGINNINGS = """
a after all although an and another any are as at because before both but by can could did do does
during each even every finally first for from had has have he here hers his how however i if in
instead is it it's its just later let many maybe meanwhile more most my next no not now of on once
one only or other our perhaps please she should since so some soon still such than thank that the
their then there therefore these they they're this those though thus to today until was we we're
were what when where whether which while who why will with would yes yet you you're your
"""
_MONTHS = """
januar jänner februar märz april mai juni juli august september oktober november dezember
jahrhundert jahrhunderts
"""
GOES_ON = frozenset(_TITLES.split())
MAY_END = frozenset(_OPEN.split())
BEFORE_NUMBERS = frozenset(_NUMBERED.split())
BEGINNINGS = frozenset(_BEGINNINGS.split())
_AFTER_ORDINALS = frozenset(_MONTHS.split())

# U.S, e.g, z.B, J.R.R
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_OPENING = "\"'“‘„‚«‹([{*_~`<¿¡「『（【《〈"
_CLOSING = "\"'”’»›)]}*_~`>」』）】》〉"
# "1." and "iv)" at the beginning of a line number what follows.
_NUMBERING = re.compile(r"\d{1,4}|[A-Za-z]|[ivxlcdmIVXLCDM]{1,6}")
_BLOCK = re.compile(r"[-*+•–][ \t]|\d{1,4}[.)][ \t]|#{1,6}[ \t]|```|~~~")
_BLOCK_PERHAPS = re.compile(r"[-*+•–]|\d{1,4}[.)]?|#{1,6}|`{1,2}|~{1,2}")
# Stops of scripts that have no other use for them.
_HARD = frozenset("。！？｡؟۔।॥։።")
_PARTICLES = frozenset("とっなはがをにのも")


class Gap(NamedTuple):
    """The place between two words, where a sentence may end.

    Attributes:
        word: the word before, or its end if it is very long.
        stops: the stops after it, `""` if there are none.
        newlines: how many line breaks there are, counted to two.
        numbering: whether the word is the first of its line.
    """

    word: str
    stops: str
    newlines: int
    numbering: bool


def begins_block(head: str, whole: bool) -> bool | None:
    """Whether a line that begins so begins a list item, heading or fence.

    `None`: it takes more of the line to tell. `whole` says that there is no more.
    """
    if _BLOCK.match(head):
        return True
    if not whole and _BLOCK_PERHAPS.fullmatch(head):
        return None
    return False


def ends(gap: Gap, head: str, whole: bool) -> bool | None:
    """Whether a sentence ends at this gap, if the text goes on with this head.

    `None`: it takes more of the next word to tell. `whole` says that there is no more of it.
    """
    lower = head.lstrip(_OPENING)[:1].islower()
    if gap.stops != ".":
        return not lower or gap.newlines > 0 or any(stop in _HARD for stop in gap.stops)
    word = gap.word.lstrip(_OPENING).rstrip(_CLOSING)
    if gap.numbering and _NUMBERING.fullmatch(word):
        return False
    kind = word.lower()
    if kind in GOES_ON or (kind in BEFORE_NUMBERS and head[0].isdigit()):
        return False
    if kind in MAY_END or _DOTTED.fullmatch(word) or (len(word) == 1 and word.isalpha()):
        if lower or gap.newlines:
            return not lower
        return _is_one(head, whole, BEGINNINGS)
    if lower:
        return gap.newlines > 0
    if word.isdecimal() and len(word) < 3:
        # German: "am 3. Mai", "das 20. Jahrhundert".
        ordinal = _is_one(head, whole, _AFTER_ORDINALS, after=".")
        return None if ordinal is None else not ordinal
    return True


def ends_wide(closed: bool, following: str) -> bool:
    """Whether a sentence ends at a CJK stop that this character follows without a space."""
    if goes_on_inside(following):
        return False
    # 「はい。」と言った: the quotation is part of the sentence.
    return not (closed and following in _PARTICLES)


def goes_on_inside(character: str) -> bool:
    """Whether the character belongs to the one before it."""
    return character in "\u200c\u200d" or unicodedata.category(character)[0] == "M"


def _is_one(head: str, whole: bool, known: frozenset[str], after: str = "") -> bool | None:
    """Whether the next word is a known one; "A" is, "A." is not."""
    if not whole:
        return None
    word = head.lstrip(_OPENING).rstrip().rstrip(_CLOSING + ",;:!?…" + after)
    return word.lower().replace("’", "'") in known
