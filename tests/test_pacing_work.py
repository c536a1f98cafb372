"""Linear for every text and every cut: characters looked at, by count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ssewire.pacing.sentences import Sentences
from ssewire.pacing.smooth import MAX_CHARACTER, Characters
from ssewire.pacing.stops import LOOK_AHEAD
from ssewire.pacing.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 40_000
TEXTS = {
    "one word": "x",
    "one long dotted word": "a.",
    "words": "word ",
    "space": " ",
    "lines": "\n",
    "initials": "A. ",
    "initials, glued": "A.a. ",
    "stops": ".",
    "bangs": "! ",
    "closing": '."',
    "emoji": "! 🎉",
    "han": "好",
    "han sentences": "好。",
    "marks": "\u0301",
    "joined emoji": "👩\u200d",
    "marks after a stop": "。\u3099\u3099\u3099",
    "backticks": "`",
    "inline code": "`a` ",
    "tildes": "\n~~~\n",
    "fences": "\n```\na\n```\n",
    "an endless fence": "\n```",
    "almost closed fences": "````\n```\n",
    "list": "\n1. a",
    "numbers": "\n1111",
    "bullets": "\n- ",
    "hashes": "\n#",
}
LIMITS: dict[str, tuple[Callable[[], Words | Sentences | Characters], int]] = {
    "words": (Words, 1),
    # Each character at most so often as part of a head; and a head is never longer.
    "sentences": (Sentences, LOOK_AHEAD),
    # With each piece the unfinished character once more.
    "smooth": (Characters, MAX_CHARACTER),
}


@pytest.mark.parametrize("unit", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize(("splitter", "limit"), LIMITS.values(), ids=LIMITS.keys())
@pytest.mark.parametrize("step", [1, 5, SIZE])
def test_each_character_so_many_times(
    splitter: Callable[[], Words | Sentences | Characters], limit: int, unit: str, step: int
) -> None:
    text = (unit * SIZE)[:SIZE]
    counted = splitter()
    out = 0
    for start in range(0, SIZE, step):
        out += sum(map(len, counted.feed(text[start : start + step])))
    # What is held is held once, in a list; only at the end, or when it is complete, is it joined.
    out += sum(map(len, counted.finish()))
    assert out == SIZE
    assert counted.looked_at <= limit * SIZE


@pytest.mark.parametrize("unit", TEXTS.values(), ids=TEXTS.keys())
def test_common_text_is_read_about_once(unit: str) -> None:
    text = unit * (SIZE // len(unit))
    counted = Sentences()
    counted.feed(text)
    counted.finish()
    assert counted.looked_at <= 3 * len(text)
