"""Long streams, with lines about as long as the words that a fast search compares at once."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from grammar import BOM, FRAGMENTS, LINE_ENDS, NAMES, VALUES
from reference import ReferenceDecoder
from replay import call
from ssewire import Decoder

LENGTHS = [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 200]


def value(random: Random) -> bytes:
    if random.random() < 0.5:
        return random.choice(VALUES)
    return bytes(random.choices(b"abc :\0\xff\xe2\x82\x80{}", k=random.choice(LENGTHS)))


def line(random: Random) -> bytes:
    if random.random() < 0.3:
        return b""
    colon = random.choice([b": ", b":", b""])
    return random.choice(NAMES) + colon + value(random)


def stream(random: Random) -> bytes:
    start = random.choice([b"", BOM, BOM * 2, b"\n"])
    if random.random() < 0.3:
        return start + b"".join(random.choices(FRAGMENTS, k=300))
    ends = random.choice([LINE_ENDS, [b"\n"], [b"\r\n"], [b"\r"]])
    return start + b"".join(line(random) + random.choice(ends) for _ in range(200))


def pieces(random: Random, body: bytes) -> list[bytes]:
    longest = random.choice([1, 3, 17, 64, 300, len(body)])
    chunks = []
    while body:
        size = random.randint(0, longest)
        chunks.append(body[:size])
        body = body[size:]
    return chunks


def options(random: Random) -> dict[str, Any]:
    return {
        "last_event_id": random.choice(["", "é"]),
        "max_event_size": random.choice(
            [None, None, random.randint(1, 40), random.randint(1, 400)]
        ),
        "oversize": random.choice(["raise", "skip"]),
        "flush_at_end": random.choice([False, True]),
    }


@pytest.mark.parametrize("seed", range(150))
def test_long_stream(seed: int) -> None:
    random = Random(seed)
    chosen = options(random)
    decoder, reference = Decoder(**chosen), ReferenceDecoder(**chosen)
    for chunk in (*pieces(random, stream(random)), b"", None, None):
        assert call(decoder, chunk) == call(reference, chunk)
