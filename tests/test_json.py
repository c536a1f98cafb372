"""`event.json()` is `json.loads(event.data)`, whatever the data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay import in_steps
from ssewire import Decoder, ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = [
    *('{"a": [1, 2.5, null, true], "a": 3}', " 1\t", "[]", '"\\ud83d\\ude00é"', '"\\ud800"'),
    *("123456789012345678901234567890", "1e400", "[NaN]", "-Infinity", "1.5e-7", "-0", "-0.0"),
    *('{\n"a":\n1}', '"\x7f\u2028"', "[" * 50 + "]" * 50),
]
BAD = [
    *("", "[DONE]", "{", '{"a":}', "01", "'a'", "1 2", "\ufeff1", '"\t"', '"a\nb"', "nul", "[1,]"),
    *("\u00a01", '"\\x"', '"\\u12"', "+1", "1.", "tru\u0435", "é" * 5 + "{"),
]
# Pieces of which some sequences are JSON, some nearly.
PIECES = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    '"a"',
    '"',
    "1",
    "-",
    ".5",
    "e9",
    "null",
    "\\",
    "é",
    "\n",
    " ",
]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def received(data: str) -> ServerSentEvent:
    wire = b"".join(b"data: " + line.encode() + b"\n" for line in data.split("\n")) + b"\n"
    decoder = Decoder()
    (event,) = [event for chunk in in_steps(wire, 50) for event in decoder.feed(chunk)]
    return event


def verdict(parse: Callable[[], object]) -> str:
    try:
        return repr(parse())
    except json.JSONDecodeError as error:
        return str(error)


@pytest.mark.parametrize("data", GOOD)
def test_json(data: str) -> None:
    for event in (ServerSentEvent(data=data), received(data)):
        # By repr, for NaN is unequal to itself and 1 is equal to 1.0 and True.
        assert repr(event.json()) == repr(json.loads(data))


@pytest.mark.parametrize("data", BAD)
def test_not_json(data: str) -> None:
    with pytest.raises(json.JSONDecodeError) as expected:
        json.loads(data)
    for event in (ServerSentEvent(data=data), received(data)):
        with pytest.raises(json.JSONDecodeError) as raised:
            event.json()
        assert raised.value.args == expected.value.args
        assert (raised.value.doc, raised.value.pos) == (data, expected.value.pos)


@given(values, st.booleans(), st.sampled_from([None, 1]))
def test_any_value(value: object, ensure_ascii: bool, indent: int | None) -> None:
    data = json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)
    assert repr(received(data).json()) == repr(json.loads(data))


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_text(data: str) -> None:
    assert verdict(received(data).json) == verdict(lambda: json.loads(data))


def test_bad_utf8_is_replaced() -> None:
    (event,) = Decoder().feed(b'data: {"a\xff": "\xe2\x82"}\n\n')
    assert event.json() == {"a\ufffd": "\ufffd"}


def test_each_call_makes_its_own_value() -> None:
    event = received('{"a": []}')
    event.json()["a"].append(1)
    assert event.json() == {"a": []}
