"""Whole answers through each contender, for the tools of pytest-benchmark: histograms, `--compare`.

    python -m pytest benches/bench_dispatcher.py --benchmark-only

`compare.py` prints the table that the README has; this is for looking at one change more closely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import dispatch_peers
import dispatch_streams
import streams

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from outcomes import Shape

STREAMS = [*dispatch_streams.shapes(), *dispatch_streams.twins(), dispatch_streams.ever_new()]
CUTS = ("event", "1460 B", "16 KiB")


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
@pytest.mark.parametrize("name", dispatch_peers.NAMES)
def test_stream(benchmark: BenchmarkFixture, name: str, stream: streams.Stream, cut: str) -> None:
    found = {contender.name: contender for contender in dispatch_peers.contenders(stream)}
    if name not in found:
        pytest.skip("does not read this stream")
    contender, chunks = found[name], stream.cut(streams.CUTS[cut])
    assert list(contender.values(chunks)) == contender.expected(stream)
    benchmark.group = f"{stream.name}, {cut}"
    benchmark.extra_info["events"] = len(stream.blocks)
    benchmark.extra_info["bytes"] = stream.size
    benchmark(contender.run, chunks)


@pytest.mark.parametrize("name", [dispatch_peers.OUTCOME, dispatch_peers.SNAPSHOT])
@pytest.mark.parametrize("shape", dispatch_streams.WITH_CALLS)
@pytest.mark.parametrize("pieces", [1_000, 8_000, 64_000])
def test_one_call(benchmark: BenchmarkFixture, name: str, shape: Shape, pieces: int) -> None:
    stream = dispatch_streams.one_call(shape, pieces)
    found = {contender.name: contender for contender in dispatch_peers.contenders(stream)}
    chunks = stream.cut(streams.CUTS["16 KiB"])
    assert list(found[name].values(chunks)) == found[name].expected(stream)
    benchmark.group = stream.name
    benchmark(found[name].run, chunks)
