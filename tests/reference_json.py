"""JSON for the oracle: the standard library's, by the letter of RFC 8259, with its source text."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from json.decoder import JSONArray, JSONObject  # type: ignore[attr-defined]
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

BLANKS = " \t\n\r"
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
STRING_OR_BLANKS = re.compile(r'("(?:[^"\\]|\\.)*")|[ \t\n\r]+', re.DOTALL)
REPLACEMENT = "\ufffd"


class Object(dict[str, Any]):
    source: str


class Array(list[Any]):
    source: str


class Integer(int):
    source: str


class Number(float):
    source: str


def clean(text: str) -> str:
    """Half a surrogate pair cannot be written as UTF-8: one replacement character each."""
    return LONE_SURROGATE.sub(REPLACEMENT, text)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _ascii(source: str) -> str:
    if not source.isascii():
        raise ValueError("digits of JSON are ASCII")
    return source


def _integer(source: str) -> Integer:
    number = Integer(_ascii(source))
    number.source = source
    return number


def _number(source: str) -> Number:
    number = Number(_ascii(source))
    number.source = source
    return number


class _Decoder(json.JSONDecoder):
    """The pure-Python scanner, which lets each value remember the text it was read from."""

    def __init__(self) -> None:
        super().__init__(parse_constant=_refuse, parse_int=_integer, parse_float=_number)
        read_string: Any = json.decoder.scanstring  # type: ignore[attr-defined]

        def string(text: str, end: int, strict: bool) -> tuple[str, int]:
            value, end = read_string(text, end, strict)
            return clean(value), end

        def members(pairs: list[tuple[str, Any]]) -> Object:
            return Object((clean(name), value) for name, value in pairs)  # the last one counts

        def an_object(at: tuple[str, int], strict: bool, scan: Any, *_: Any) -> tuple[Object, int]:
            value, end = JSONObject(at, strict, scan, None, members, {})
            value.source = at[0][at[1] - 1 : end]
            return value, end

        def an_array(at: tuple[str, int], scan: Any, *_: Any) -> tuple[Array, int]:
            values, end = JSONArray(at, scan)
            array = Array(values)
            array.source = at[0][at[1] - 1 : end]
            return array, end

        self.parse_string = string
        self.parse_object = an_object
        self.parse_array = an_array
        self.scan_once = py_make_scanner(self)


_decoder = _Decoder()


@contextlib.contextmanager
def _integers_of_any_length() -> Iterator[None]:
    if not hasattr(sys, "set_int_max_str_digits"):
        yield
        return
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


def loads(text: str) -> Any:
    """Exactly one JSON text; ValueError otherwise."""
    with _integers_of_any_length():
        return _decoder.decode(text)


def value_at(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that starts here, and where it ends; ValueError if there is none."""
    with _integers_of_any_length():
        return _decoder.raw_decode(text, start)


def compact(value: Any) -> str:
    """The value as it was written, without the blanks between its parts."""
    if isinstance(value, (Object, Array, Integer, Number)):
        return STRING_OR_BLANKS.sub(r"\1", value.source)
    return json.dumps(value, ensure_ascii=False)


def plain(value: Any) -> Any:
    """The same in the built-in types."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    if isinstance(value, Integer):
        return int(value)
    return float(value) if isinstance(value, Number) else value


def text_of(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def word(value: Any) -> str | None:
    """A name, an id, a reason: empty is absent, and a number counts as its text."""
    if isinstance(value, (Integer, Number)):
        return value.source
    return value if isinstance(value, str) and value else None


def object_of(value: Any) -> Object:
    return value if isinstance(value, Object) else Object()


def objects_of(value: Any) -> list[Object]:
    """The objects in a list, whatever else is in it."""
    return [each for each in value if isinstance(each, Object)] if isinstance(value, Array) else []


def index_of(value: Any) -> int | None:
    """An integer of 64 bits without a sign, or the digits of one."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = _integer(value[:40])
    return int(value) if isinstance(value, Integer) and 0 <= value < 2**64 else None
