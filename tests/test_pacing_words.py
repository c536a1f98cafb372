"""By word: what a word is, and that the cuts of the source make no difference."""

# ruff: noqa: RUF001
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssewire.pacing import words

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = {
    "words": ["Hello, ", "world!\n\n", "Bye."],
    "leading space": ["  ", "a ", "b"],
    "only space": [" \n"],
    "punctuation": ["foo(bar), ", "it's ", "e.g. ", "x-y ", "\u2014 ", "z"],
    "han": ["你", "好，", "世", "界。"],
    "brackets": ["「は", "い」", "と"],
    "mixed": ["用", "Python", "写", "代", "码 ", "now"],
    "fullwidth bracket after a word": ["Python", "（好", "的）", "ok"],
    "kana stay with what they follow": ["キャ", "ラ", "メー", "ル"],
    "marks": ["か\u3099", "葛\U000e0100", "e\u0301a ", "b"],
    "korean has spaces": ["안녕 ", "하세요"],
    "emoji": ["a ", "👩\u200d👩\u200d👧🎉 ", "b"],
    "thai": ["สวัสดีครับ ", "ok"],
}
texts = (
    st.text(alphabet=st.sampled_from('ab .,!()「」。好はっー\u0301\u3099\u200d👩\n\u3000"“”'))
    | st.text()
)


@pytest.mark.parametrize("expected", CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("step", [1, 2, 1000])
def test_words(expected: list[str], step: int) -> None:
    text = "".join(expected)
    assert list(words(in_text_steps(text, step))) == expected


def in_text_steps(text: str, step: int) -> list[str]:
    return [text[i : i + step] for i in range(0, len(text), step)]


@given(st.lists(texts))
def test_the_cuts_make_no_difference(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = list(words(pieces))
    assert "".join(found) == text
    assert all(found)
    assert found == list(words([text])) == list(words(text))


def test_a_word_comes_when_the_next_begins() -> None:
    pulled = []

    def source() -> Iterator[str]:
        for piece in ("one", " ", "two ", "three"):
            pulled.append(piece)
            yield piece

    found = words(source())
    assert next(found) == "one "
    assert pulled == ["one", " ", "two "]
