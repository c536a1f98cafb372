"""Reading the members of a JSON object that anybody may have sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar, cast

from .neutral import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .neutral import Request

T = TypeVar("T")
Members = dict[str, Any]

MOST_STOP_STRINGS = 64
_NAMES = {str: "a string", int: "a whole number", bool: "true or false", dict: "an object"}
_NAMES |= {list: "a list", float: "a number"}
_HARMLESS = re.compile(r"[a-z][a-z0-9_.]{0,39}")


def optional(of: Members, name: str, kind: type[T]) -> T | None:
    """A member, or `None` where it is missing or null.

    Raises:
        RequestError: if it is of another type.
    """
    value = of.get(name)
    if value is None:
        return None
    if kind is float and type(value) is int:
        return cast("T", value)
    # A bool is an int to Python.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise RequestError(f"{name} must be {_NAMES[kind]}")
    return value


def required(of: Members, name: str, kind: type[T]) -> T:
    """A member that must be there.

    Raises:
        RequestError: if it is not, or is of another type.
    """
    value = optional(of, name, kind)
    if value is None:
        raise RequestError(f"{name} is missing")
    return value


def objects(of: Members, name: str) -> Iterator[Members]:
    """The objects in a list; none where it is missing or null.

    Raises:
        RequestError: if it is no list, or holds anything else.
    """
    for value in optional(of, name, list) or ():
        if not isinstance(value, dict):
            raise RequestError(f"{name} must be a list of objects")
        yield value


def strings(of: Members, name: str) -> tuple[str, ...]:
    """The strings in a list, or the one string that stands instead of a list.

    Raises:
        RequestError: if there is anything else.
    """
    value = of.get(name)
    if value is None:
        return ()
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise RequestError(f"{name} must be a string or a list of strings")
    return tuple(values)


def stop_strings(of: Members, name: str) -> tuple[str, ...]:
    """The strings that end the answer; an empty one, which ends nothing, is left out.

    Raises:
        RequestError: if they are none, or nobody could look for them.
    """
    found = tuple(text for text in strings(of, name) if text)
    if len(found) > MOST_STOP_STRINGS:
        raise RequestError(f"{name} may have {MOST_STOP_STRINGS} strings")
    try:
        "".join(found).encode()
    except UnicodeEncodeError:
        raise RequestError(f"{name} has half a character") from None
    return found


def kind_of(part: Members) -> str:
    """The `type` of a part, an item or a tool."""
    return required(part, "type", str)


def note_unread(request: Request, of: Members, read: Iterable[str]) -> None:
    """Note the members that no line of ours reads as dropped."""
    for name in of.keys() - set(read):
        if of[name] is not None:
            request.dropped.add(harmless(name))


def harmless(name: str) -> str:
    """A name out of a request, if it may be shown; else `other`."""
    return name if _HARMLESS.fullmatch(name) else "other"
