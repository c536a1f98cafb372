"""What a model might answer: tokens of text, and tool calls whose arguments come in pieces.

Made up here, the same on every machine and every day. An answer knows nothing of how a service
writes it; that is for `wire.py`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from string import ascii_letters, digits

ALPHANUMERIC = ascii_letters + digits
WORDS = (
    " the| of| and| to| in| a| is| it| for| as| with| this| that| be| on| are| or| by| we| if| one"
    "| time| event| server| reads| stream| bytes| answer| window| between| language| decoder"
    "|ing|ed|s|er|ly|.|,|:|\n\n|\n- | (|)|`|**| 42|'s"
)
WIDE_WORDS = "море| и|река|です|。|数据|流|你好|한국| naïve| café| über|🌊|🐟| 🚀|שלום|—|…"
TOOLS = ("read_file", "write_file", "search", "run_tests", "get_weather", "list_directory")


class Writer:
    """The random parts of an answer; the same for the same seed."""

    def __init__(self, seed: int, words: str = WORDS) -> None:
        self.random = Random(seed)
        # Short words come more often, as short tokens do.
        self.words = words.split("|")
        self.weights = [1 / (9 + len(word)) for word in self.words]

    def tokens(self, count: int) -> list[str]:
        return self.random.choices(self.words, self.weights, k=count)

    def name(self, length: int, alphabet: str = ALPHANUMERIC) -> str:
        return "".join(self.random.choices(alphabet, k=length))

    def padding(self, longest: int) -> str:
        """What services add so that lengths do not give the text away."""
        return self.name(1 + int(self.random.random() * longest))

    def argument_pieces(self, count: int) -> list[str]:
        """As many pieces, four at least, that join to one JSON object."""
        tokens = (json.dumps(token, ensure_ascii=False)[1:-1] for token in self.tokens(count - 4))
        return ['{"', "content", '":"', *tokens, '"}']


@dataclass(frozen=True)
class Call:
    """A tool call."""

    id: str
    name: str
    pieces: tuple[str, ...]

    @property
    def arguments(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True)
class Answer:
    """Text, and then calls."""

    tokens: tuple[str, ...]
    calls: tuple[Call, ...] = ()

    @property
    def text(self) -> str:
        return "".join(self.tokens)

    @property
    def deltas(self) -> int:
        """How many events carry a piece of it."""
        return len(self.tokens) + sum(len(call.pieces) for call in self.calls)


def answer(tokens: int, *calls: int, words: str = WORDS, seed: int = 1) -> Answer:
    """An answer of so many tokens, and so many pieces in each call."""
    writer = Writer(seed, words)
    text = writer.tokens(tokens)
    made = (
        Call(f"call_{writer.name(24)}", writer.random.choice(TOOLS), tuple(pieces))
        for pieces in map(writer.argument_pieces, calls)
    )
    return Answer(tuple(text), tuple(made))
