"""Whole streams through each contender, for the tools of pytest-benchmark: histograms, `--compare`.

    python -m pytest benches/bench_decoder.py --benchmark-only

`compare.py` prints the table that the README has; this is for looking at one change more closely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import pytest

import peers
import streams

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_benchmark.fixture import BenchmarkFixture


def checksum(values: Iterable[object]) -> tuple[int, int]:
    """How many values, and a number that differs if one of them does."""
    count = total = 0
    for value in values:
        count += 1
        total = crc32(repr(value).encode(), total)
    return count, total


@pytest.mark.parametrize("cut", streams.CUTS)
@pytest.mark.parametrize("stream", streams.shapes(), ids=lambda stream: stream.name)
@pytest.mark.parametrize("contender", peers.CONTENDERS, ids=lambda contender: contender.name)
def test_stream(
    benchmark: BenchmarkFixture, contender: peers.Contender, stream: streams.Stream, cut: str
) -> None:
    chunks = stream.cut(streams.CUTS[cut])
    assert checksum(contender.values(chunks)) == checksum(contender.expected(stream))
    benchmark.group = f"{stream.name}, {cut}"
    benchmark.extra_info["events"] = len(stream.blocks)
    benchmark.extra_info["bytes"] = stream.size
    benchmark(contender.run, chunks)


@pytest.mark.parametrize(
    "contender", [peers.FEED, peers.DATA], ids=lambda contender: contender.name
)
@pytest.mark.parametrize("cut", [64, 1460])
def test_large_event(benchmark: BenchmarkFixture, contender: peers.Contender, cut: int) -> None:
    stream = streams.large_events(8 << 20, 1)
    chunks = stream.cut(cut)
    assert checksum(contender.values(chunks)) == checksum(stream.data)
    benchmark.group = f"{stream.name}, {cut} B"
    benchmark(contender.run, chunks)


@pytest.mark.parametrize(
    "contender", [peers.FEED, peers.DATA], ids=lambda contender: contender.name
)
def test_many_lines(benchmark: BenchmarkFixture, contender: peers.Contender) -> None:
    stream = streams.many_lines(100_000, 1)
    chunks = stream.cut(streams.CUTS["16 KiB"])
    assert checksum(contender.values(chunks)) == checksum(stream.data)
    benchmark.group = stream.name
    benchmark(contender.run, chunks)
