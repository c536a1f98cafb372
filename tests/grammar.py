"""Strategies that make event streams, and chunks of them."""

from __future__ import annotations

from hypothesis import strategies as st

BOM = b"\xef\xbb\xbf"
LINE_ENDS = [b"\n", b"\r\n", b"\r"]

NAMES = [
    *(b"data", b"data", b"data", b"event", b"id", b"retry"),
    *(b"", b"dat", b"dataa", b"Data", b" data", b"data ", b"i", b"error", BOM + b"data", b"da\0ta"),
]
VALUES = [
    *(b"", b" ", b"  two", b":", b"a: b", b"\t", b"\0", b"id\0", b"[DONE]", b'{"a":1}'),
    *(b"3000", b"007", b"+5", b"1_0", b"5 ", b"9" * 25, b"9" * 45, "\u0663".encode()),
    *("\u2028\u2029\x85\v\f\x1c\x1d\x1e".encode(), "é€😀".encode(), BOM),
    *(b"\xff", b"\xe2\x82", b"\xf0\x9f\x98", b"\xc0\x80", b"\xed\xa0\x80", b"x" * 60),
]
# Pieces whose every order means something else.
FRAGMENTS = [
    *(b"data", b"data:", b"da", b"event:", b"id", b"retry:", b"d", b"r", b":", b" ", b"\n", b"\n"),
    *(b"\r", b"\r\n", b"\n\n", b"\r\n\r\n", b"\r\r", b"1", b"x", b"\0", BOM, BOM[:1], BOM[1:]),
]


def values() -> st.SearchStrategy[bytes]:
    """What may follow the colon: anything but a line end, text or not."""
    anything = st.binary(max_size=12).map(lambda value: value.translate(None, b"\r\n"))
    return st.sampled_from(VALUES) | anything


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """One line without its end; often a blank one."""
    if draw(st.integers(0, 3)) == 0:
        return b""
    colon = draw(st.sampled_from([b": ", b": ", b":", b""]))
    return draw(st.sampled_from(NAMES)) + colon + (draw(values()) if colon else b"")


@st.composite
def grammatical_streams(draw: st.DrawFn) -> bytes:
    """What the standard's grammar makes, mostly, and a cut at the end, sometimes."""
    mixed = st.sampled_from(LINE_ENDS)
    ends = draw(st.sampled_from([mixed, st.just(b"\n"), st.just(b"\r\n"), st.just(b"\r")]))
    start = draw(st.sampled_from([b"", b"", BOM, BOM * 2]))
    body = start + b"".join(line + draw(ends) for line in draw(st.lists(lines(), max_size=16)))
    return body + draw(st.sampled_from([b"", b"", b"data: x", b"da", b":", b"id: 9"]))


def any_streams() -> st.SearchStrategy[bytes]:
    fragments = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map(b"".join)
    return grammatical_streams() | fragments | st.binary(max_size=60)


@st.composite
def chunks_of(draw: st.DrawFn, bodies: st.SearchStrategy[bytes]) -> list[bytes]:
    """A stream in pieces, empty ones among them."""
    body = draw(bodies)
    places = sorted(draw(st.lists(st.integers(0, len(body)), max_size=12)))
    return [body[a:b] for a, b in zip([0, *places], [*places, len(body)], strict=True)]
