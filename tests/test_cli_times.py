"""What is counted and timed about a stream, by a clock of our own; and the drawing of it."""

from __future__ import annotations

import json

import pytest

from ssewire import Dispatcher, Outcome, Tokens
from ssewire.cli.arrivals import Arrivals, streamed_tokens
from ssewire.cli.histogram import histogram
from ssewire.cli.measures import Measures, spread
from ssewire.cli.terminal import PipeConsole


def chat(*pieces: str) -> bytes:
    payloads = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    return b"".join(f"data: {json.dumps(payload)}\n\n".encode() for payload in payloads)


class TestArrivals:
    def arrivals(self, *reads: tuple[float, bytes]) -> Arrivals:
        now = 100.0
        arrivals = Arrivals(lambda: now)
        dispatcher = Dispatcher()
        for now, chunk in reads:  # noqa: B007 - the clock tells it
            arrivals.add(dispatcher.feed(chunk))
        return arrivals

    def test_reads_that_bring_deltas(self) -> None:
        arrivals = self.arrivals(
            (100.5, b": hi\n\n"),
            (101.0, b'data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n'),
            (102.0, chat("one", " two")),
            (103.0, b"data: "),
            (104.5, chat("")),
            (106.0, b"\n\n" + chat(" three")),
            (107.0, b"data: [DONE]\n\n"),
        )
        assert arrivals.first == 2.0
        assert arrivals.duration == 4.0
        assert arrivals.gaps == [4.0]
        assert (arrivals.deltas, arrivals.characters) == (3, 13)
        assert arrivals.rate(arrivals.deltas) == 0.75
        assert arrivals.rate(None) is None

    def test_none(self) -> None:
        arrivals = self.arrivals((100.5, b": hi\n\n"))
        assert arrivals.first is None
        assert (arrivals.duration, arrivals.gaps, arrivals.rate(1)) == (0.0, [], None)

    def test_all_in_one(self) -> None:
        arrivals = self.arrivals((101.0, chat("a", "b")))
        assert (arrivals.first, arrivals.duration, arrivals.rate(2)) == (1.0, 0.0, None)

    def test_timings(self) -> None:
        measures = Measures(
            self.arrivals((101.0, chat("a")), (103.0, chat("b")), (105.0, chat("c")))
        )
        outcome = Outcome(tokens=Tokens(output=8))
        assert measures.timings(outcome) == {
            "first_delta": 1.0,
            "duration": 4.0,
            "gaps": {"count": 2, "median": 2.0, "p95": 2.0, "max": 2.0},
            "tokens_per_second": 2.0,
            "characters_per_second": 0.75,
            "deltas_per_second": 0.75,
        }


@pytest.mark.parametrize(
    ("tokens", "reasoning", "expected"),
    [
        (Tokens(), None, None),
        (Tokens(output=50), None, 50),
        (Tokens(output=50, reasoning=40), None, 10),
        (Tokens(output=50, reasoning=40), "hm", 50),
    ],
)
def test_tokens_that_were_streamed(
    tokens: Tokens, reasoning: str | None, expected: int | None
) -> None:
    assert streamed_tokens(Outcome(tokens=tokens, reasoning=reasoning)) == expected


def test_spread() -> None:
    assert spread([]) == {"count": 0, "median": None, "p95": None, "max": None}
    assert spread([7]) == {"count": 1, "median": 7, "p95": 7, "max": 7}
    assert spread(range(100, 0, -1)) == {"count": 100, "median": 50.5, "p95": 95, "max": 100}


class TestHistogram:
    def rows(self, values: list[float], smallest: float = 1) -> list[str]:
        console = PipeConsole(width=80)
        with console.capture() as capture:
            console.print(histogram("bytes", values, smallest))
        return [line.rstrip() for line in capture.get().splitlines()[1:]]

    @pytest.mark.parametrize(
        "values", [[5], [0], [0, 0.01], [1, 2, 3], [1, 1_000_000], [300, 301, 302, 310], [0.04, 7]]
    )
    @pytest.mark.parametrize("smallest", [1, 0.1])
    def test_each_value_is_in_a_row(self, values: list[float], smallest: float) -> None:
        rows = self.rows(values, smallest)
        assert 1 <= len(rows) <= 8
        counts = [row.split()[-1] for row in rows if "█" in row]
        assert sum(map(int, counts)) == len(values)

    def test_the_longest_bar_is_of_the_most(self) -> None:
        rows = self.rows([1, 1, 1, 1, 256])
        assert rows[0] == "  ≥ 1 ████████████████ 4"
        assert rows[-1] == "≥ 128 ████             1"
