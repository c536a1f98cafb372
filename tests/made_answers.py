"""Strategies that make answers: what is said in which order, before any shape has said it."""

from __future__ import annotations

import json
from typing import Literal, NamedTuple, TypeAlias

from hypothesis import strategies as st

from carried import Called, Carried, Failed, Tokens

Kind: TypeAlias = Literal["text", "reasoning", "refusal", "call"]
SHAPES = ("chat", "messages", "responses")


class Part(NamedTuple):
    kind: Kind
    pieces: tuple[str, ...]
    id: str = ""
    name: str = ""
    free_text: bool = False
    signature: str = ""


class Usage(NamedTuple):
    input: int
    output: int
    cached: int
    written: int
    reasoning: int


class Failure(NamedTuple):
    message: str
    type: str
    status: int


class Answer(NamedTuple):
    """Parts of one group may be said at the same time."""

    id: str
    model: str
    groups: tuple[tuple[Part, ...], ...]
    finish: str
    usage: Usage
    said: int | None = None  # so many steps, and then nothing; `None`: all
    failure: Failure | None = None  # what is said instead of the rest

    @property
    def parts(self) -> list[Part]:
        return [part for group in self.groups for part in group]


class Step(NamedTuple):
    """A part opens (`piece` is `None`), says a piece, or closes (`...`)."""

    number: int
    part: Part
    piece: str | None
    closes: bool = False


def steps(answer: Answer, *, at_once: bool) -> list[Step]:
    """What is said, in order. `at_once`: the shape lets parts be open at the same time."""
    told: list[Step] = []
    first = 0
    for group in answer.groups:
        numbered = list(enumerate(group, first))
        first += len(group)
        for run in [numbered] if at_once else [[each] for each in numbered]:
            told += [Step(number, part, None) for number, part in run]
            for turn in range(max(len(part.pieces) for _, part in run)):
                told += [
                    Step(number, part, part.pieces[turn])
                    for number, part in run
                    if turn < len(part.pieces)
                ]
            told += [Step(number, part, None, closes=True) for number, part in run]
    return told if answer.said is None else told[: answer.said]


def expected(answer: Answer, *, at_once: bool) -> Carried:
    """What is to be read of it, in the shape that it was made for."""
    texts: dict[Kind, list[str]] = {"text": [], "reasoning": [], "refusal": [], "call": []}
    arguments: dict[int, str] = {}
    called: dict[int, Part] = {}
    for number, part, piece, _ in steps(answer, at_once=at_once):
        if part.kind == "call":
            called[number] = part
            arguments[number] = arguments.get(number, "") + (piece or "")
        elif piece:
            texts[part.kind].append(piece)
    calls = [
        Called(part.id, part.name, part.free_text, arguments[number] or "{}" * (not part.free_text))
        for number, part in sorted(called.items())
    ]
    whole = answer.said is None and answer.failure is None
    usage = answer.usage
    counts = (usage.input, usage.output, usage.cached, usage.reasoning, usage.input + usage.output)
    failure = answer.failure
    return Carried(
        "".join(texts["text"]),
        "".join(texts["reasoning"]),
        "".join(texts["refusal"]),
        tuple(calls),
        answer.finish if whole else None,
        Tokens(*counts) if whole else None,
        failure and Failed(failure.message, failure.status),
        whole,
    )


ALPHABET = (
    'ab c{}[]":,\\/\n\t\r\0\x1f\x7f\x85\u2028\u00e9\u20ac\u65e5\ufeff\ufffd\U0001f600\U00010000'
)
pieces = st.lists(st.text(ALPHABET, min_size=1, max_size=6), min_size=1, max_size=6).map(tuple)
names = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
ids = st.from_regex(r"[A-Za-z0-9_]{4,12}", fullmatch=True)
FAILURES = [
    Failure("Overloaded", "overloaded_error", 529),
    Failure('Quo"ted\n\u00e9', "rate_limit_error", 429),
    Failure("gone", "api_error", 500),
    Failure("no", "invalid_request_error", 400),
]


@st.composite
def arguments_in_pieces(draw: st.DrawFn) -> tuple[str, ...]:
    """The JSON text of an object, cut anywhere, within its escapes too; or nothing."""
    values = st.text(ALPHABET, max_size=6) | st.integers(-9, 9) | st.booleans() | st.none()
    given = draw(st.dictionaries(names, values, max_size=3))
    text = json.dumps(given, ensure_ascii=draw(st.booleans())) if given else ""
    places = sorted(draw(st.sets(st.integers(1, max(1, len(text) - 1)), max_size=4)))
    cut = (text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True))
    return tuple(piece for piece in cut if piece)


@st.composite
def calls(draw: st.DrawFn, shape: str, number: int) -> Part:
    free = shape != "messages" and draw(st.integers(0, 5)) == 0
    said = draw(pieces) if free else draw(arguments_in_pieces())
    return Part("call", said, f"call_{number}_{draw(ids)}", draw(names), free)


@st.composite
def groups(draw: st.DrawFn, shape: str) -> tuple[tuple[Part, ...], ...]:
    made: list[tuple[Part, ...]] = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["text", "text", "reasoning", "calls", "calls"]))
        if kind == "calls":
            first = sum(map(len, made))
            together = draw(st.integers(1, 3))
            made.append(tuple(draw(calls(shape, first + n)) for n in range(together)))
        elif kind == "text":
            made.append((Part("text", draw(pieces)),))
        else:
            signature = draw(st.sampled_from(["", "c2ln"])) if shape == "messages" else ""
            made.append((Part("reasoning", draw(pieces), signature=signature),))
    # Last, for where it is told as text it is told where it came.
    if shape != "messages" and draw(st.integers(0, 4)) == 0:
        made = [each for each in made if each[0].kind != "call"]
        made.append((Part("refusal", draw(pieces)),))
    return tuple(made)


@st.composite
def answers(draw: st.DrawFn, shape: str, *, whole: bool = False) -> Answer:
    """Answers that this shape can give."""
    made = draw(groups(shape))
    parts = [part for group in made for part in group]
    reasons = ["stop", "length", "content_filter"]
    if any(part.kind == "call" for part in parts):
        reasons = ["tool_calls", "tool_calls", "length"]
    elif any(part.kind == "refusal" for part in parts):
        reasons = ["stop", "length"]
    written, cached, fresh, output = (draw(st.integers(0, 999)) for _ in range(4))
    reasoning = draw(st.integers(0, output))
    answer = Answer(
        f"x_{draw(ids)}",
        draw(st.sampled_from(["gpt-test", "claude-test", 'od"d/\u00e9'])),
        made,
        draw(st.sampled_from(reasons)),
        Usage(fresh + cached + written, output, cached, written, reasoning),
    )
    if not whole:
        end = draw(st.sampled_from(["whole", "whole", "cut", "failed"]))
        most = len(steps(answer, at_once=shape != "messages"))
        if end != "whole":
            answer = answer._replace(said=draw(st.integers(0, most)))
        if end == "failed":
            answer = answer._replace(failure=draw(st.sampled_from(FAILURES)))
    return answer


SMALL = Answer(
    "x_small",
    "gpt-test",
    (
        (Part("reasoning", ("So ", "be it.")),),
        (Part("text", ("Hel", "lo", " \u00e9\U0001f600!")),),
        (
            Part("call", ('{"q"', ":1}"), "call_1", "find"),
            Part("call", (), "call_2", "list"),
        ),
    ),
    "tool_calls",
    Usage(21, 9, 8, 3, 4),
)
