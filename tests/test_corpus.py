"""Recorded streams: `corpus/wire` says how many events and comments are in each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reference import ReferenceDecoder
from replay import bytewise, call, cut_once, in_steps, read
from ssewire import Decoder

WIRE = Path(__file__).parent / "corpus" / "wire"
BODIES = sorted(WIRE.glob("*.sse"))
by_name = pytest.mark.parametrize("path", BODIES, ids=lambda path: path.stem)


def test_all_bodies_are_here() -> None:
    assert len(BODIES) == 86
    assert {path.stem for path in BODIES} == {path.stem for path in WIRE.glob("*.json")}


@by_name
def test_counts(path: Path) -> None:
    body = path.read_bytes()
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    reading = read(Decoder(), [body])
    assert len(reading.events) == expected["n_events"]
    assert reading.comments == expected["n_comments"]
    flushed = read(Decoder(flush_at_end=True), [body])
    assert len(flushed.events) == expected["n_events_flush"]
    assert flushed.truncated == reading.truncated


@by_name
@pytest.mark.parametrize("flush_at_end", [False, True])
def test_same_as_reference(path: Path, flush_at_end: bool) -> None:
    body = path.read_bytes()
    for chunks in ([body], bytewise(body), in_steps(body, 64), in_steps(body, 1460)):
        decoder = Decoder(flush_at_end=flush_at_end)
        reference = ReferenceDecoder(flush_at_end=flush_at_end)
        for chunk in (*chunks, None):
            assert call(decoder, chunk) == call(reference, chunk)


@by_name
def test_every_cut(path: Path) -> None:
    body = path.read_bytes()
    expected = read(Decoder(), [body])
    for chunks in cut_once(body):
        assert read(Decoder(), chunks) == expected


@by_name
def test_fresh_after_reset(path: Path) -> None:
    body = path.read_bytes()
    decoder = Decoder()
    first = read(decoder, [body])
    decoder.reset()
    assert read(decoder, [body]) == first
    assert decoder.finish() == []
