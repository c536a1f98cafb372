"""By sentence: where sentences end, and that the cuts of the source make no difference."""

# ruff: noqa: RUF001
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssewire.pacing import sentences

FENCE = "```python\nx = 1. \nprint('A. B! C')\n\n~~~\n``\ny = 2\n```\n"
CASES = {
    "plain": ["One. ", "Two! ", "Three? ", "Four"],
    "titles": ["Dr. Smith met Mr. Jones at 9 a.m. today. ", "They spoke."],
    "abbreviations": [
        "See e.g. the U.S. economy, i.e. Fig. 3, vs. last year, etc. and so on. ",
        "Done.",
    ],
    "abbreviations that end": ["He lives in the U.S. ", "They left at 5 p.m. ", "Then he slept."],
    "abbreviations that go on": ["The U.S. Army and Acme Inc. Chairman Lee agreed. ", "Yes."],
    "numbers": ["No. 5 is alive. ", "He said no. ", "See p. 5 and vol. 2. ", "Fine."],
    "decimals": ["Pi is 3.14, v1.2.3 costs $5.99. ", "It was 2023. ", "OK."],
    "german": ["Am 3. Mai, z. B. um 5 Uhr, d. h. früh. ", "Das 20. Jahrhundert. ", "Gut."],
    "ellipses": ["Well... maybe not\u2026 or so. ", "Hm... ", "Yes\u2026 ", "No."],
    "quotes": [
        'He said "Stop." ',
        "\u201cThen\u201d (it was late.) ",
        '"Stop!" he said. ',
        "He left.",
    ],
    "initials": [
        "J. R. R. Tolkien and J.K. Rowling wrote. ",
        "So did I. ",
        "Then Plan B. ",
        "It went.",
    ],
    "numbered": [
        "1. First item.\n",
        "2. Second.\n   ",
        "a. Nested\n",
        "10) Ten\n\n",
        "iv. Four. ",
        "End.",
    ],
    "bullets": ["Things:\n", "- one\n", "* two\n  ", "- three, on\ntwo lines\n\n", "End."],
    "headings": ["# Title\n", "Text goes\non here. ", "More.\n", "## Next\n", "text"],
    "paragraphs": ["no stop\n\n", "lower case\n \n", "end"],
    "lines": ["wrapped\nprose is one. ", "Yes.\n", "no."],
    "urls": ["See https://example.com/a.b?c=d!e for it. ", "Visit example.com. ", "Done."],
    "emoji": ["Great! 🎉👍🏽 ", "Next. 👩\u200d👩\u200d👧\n", "🎉 Party🎉! ", "Yes."],
    "markdown": ["**Done.** ", "_Really?_\n", "**1.** Not `a. B. c` it. ", "Yes."],
    "inline code": ["Call ``a.b() . ` C`` now. ", "Done `x.`. ", "`Then` so."],
    "a backtick alone": ["A ` b. C\n\n", "So. ", "Yes."],
    "chinese": ["你好。", "我很好！", "他说：“走吧。”", "好吗？！", "好!", "真的? ", "好。"],
    "japanese": [
        "今日は。",
        "元気ですか？\u3000",
        "「はい。」と言った。",
        "「え？」",
        "「お。」🎉と。",
        "「終」",
    ],
    "marks": ["か。\u3099", "好"],
    "mixed scripts": ["用 Python 3.12 写。", "Good. ", "是。"],
    "hindi and arabic": ["यह है। ", "वह है। ", "هل هذا؟ ", "نعم"],
    "fence": ["Use this:\n\n", FENCE, "Then run it. ", "Yes."],
    "fence after a line": ["So. \n  ", "~~~~ text `a`\nA. B.\n~~~\n~~~~~ \n\n", "Yes."],
    "fence in a list": ["1. Run:\n   ", "```\n   a. B\n   ```\n", "2. Done."],
    "fence without end": ["So:\n", "```\nA. B.\n\nC. D."],
    "a longer fence": ["`````\n````\nA. B.\n``` ```\n``````\n", "Yes."],
    "a line drawn": ["~" * 99 + "\nSo. ", "Yes? ", "No."],
    "no fence": ["```a. B``` is code. ", "Yes."],
    "fence at the start": ["```\nA. B.\n```"],
    "space first": ["  \n One. ", "Two."],
    "only space": [" \n\n "],
    "a stop at the end": ["He met Dr."],
}
ALPHABET = 'aBI1 .!?\u2026\n)"`~#-*。？」と好🎉\u200d\u0301\u3099\t\u3000'
texts = st.text(alphabet=st.sampled_from(ALPHABET), max_size=40) | st.text(max_size=20)
fragments = st.sampled_from(
    [
        *("Dr. ", "e.g. ", "U.S. ", "Then ", "3. ", "Mai ", "A. ", "word ", "Word ", "x" * 20, "9"),
        *("\n", "\n\n", "```", "~~~", "`", "- ", "# ", "1. "),
        *("。", "」", "と", "! ", "🎉 ", '" ', ". ", "\u0301"),
    ]
)
pieces_of_text = st.lists(fragments | texts, max_size=25)


def in_text_steps(text: str, step: int) -> list[str]:
    return [text[i : i + step] for i in range(0, len(text), step)]


@pytest.mark.parametrize("expected", CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_sentences(expected: list[str], step: int) -> None:
    text = "".join(expected)
    assert list(sentences(in_text_steps(text, step))) == expected


@given(pieces_of_text, st.lists(st.integers(1, 9), min_size=1))
def test_the_cuts_make_no_difference(pieces: list[str], steps: list[int]) -> None:
    text = "".join(pieces)
    expected = list(sentences([text]))
    assert "".join(expected) == text
    assert all(expected)
    assert list(sentences(pieces)) == expected
    assert list(sentences(text)) == expected
    cut: list[str] = []
    rest = text
    while rest:
        step = steps[len(cut) % len(steps)]
        cut.append(rest[:step])
        rest = rest[step:]
    assert list(sentences(cut)) == expected


@given(pieces_of_text)
def test_what_came_does_not_change_with_what_follows(pieces: list[str]) -> None:
    whole = list(sentences(pieces))
    came: list[str] = []

    def source() -> object:
        yield from pieces
        raise ConnectionError

    with pytest.raises(ConnectionError):
        came.extend(sentences(source()))  # type: ignore[arg-type]
    assert came == [] or came == whole


def test_a_sentence_comes_as_soon_as_its_end_is_certain() -> None:
    given_ = iter("One. Two.")
    found = sentences(given_)
    assert next(found) == "One. "
    assert "".join(given_) == "wo."
