"""`ReplayOptions`: how a recording is served; the same names on every way in.

On the command line `--keep-alive 2`, in a query `?keep-alive=2`, in a header `x-replay-keep-alive:
2`, in Python `ReplayOptions(keep_alive=2)`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FAULTS = ("cut-between", "cut-inside", "cut-character", "reset", "stall", "error-event")
SMALLEST = 0.01  # of a rate or an interval: slower or faster than that is a slip of the keyboard
CHUNKINGS = ("event", "event:NUMBER", "whole", "random", "random:SEED", "a number of bytes")


class Chunking(NamedTuple):
    """How the bytes are cut into writes: `kind` and the number, size or seed that it needs."""

    kind: str
    number: int = 0

    @classmethod
    def parse(cls, text: str) -> Chunking:
        """Read `event`, `event:NUMBER`, `whole`, `random`, `random:SEED`, or a number of bytes."""
        kind, colon, number = text.partition(":")
        if kind == "event" and _is_number(number) and int(number) > 0:
            return cls(kind, int(number))
        if kind in ("event", "whole", "random") and not colon:
            return cls(kind)
        if kind == "random" and _is_number(number):
            return cls(kind, int(number))
        if _is_number(text) and int(text) > 0:
            return cls("bytes", int(text))
        raise ValueError(f"chunking is one of {', '.join(CHUNKINGS)}; not {text!r}")


class Fault(NamedTuple):
    """What goes wrong, and after how many whole events; half of them if `after` is `None`."""

    kind: str
    after: int | None = None

    @classmethod
    def parse(cls, text: str) -> Fault | None:
        """Read `none`, `KIND`, or `KIND:EVENTS`."""
        kind, colon, after = text.partition(":")
        if text == "none":
            return None
        if kind in FAULTS and not colon:
            return cls(kind)
        if kind in FAULTS and _is_number(after):
            return cls(kind, int(after))
        raise ValueError(
            f"fault is none or one of {', '.join(FAULTS)}, each perhaps with :EVENTS; not {text!r}"
        )


@dataclass(frozen=True, kw_only=True)
class ReplayOptions:
    """How a recording is served.

    Attributes:
        rate: events per second; 0 for as fast as it goes.
        chunking: what one write holds: `event`, `event:NUMBER` (so many of them), `whole` (all at
            once, when the last event is due), `random`, `random:SEED` (1 to 1460 bytes, the same
            for the same seed), or a number of bytes. What does not fill a write waits for what comes next, as in a proxy that buffers.
        fault: what goes wrong, as `KIND` or `KIND:EVENTS`, after so many whole events; after half
            of them if no number is given. `cut-between`: the body ends. `cut-inside`: it ends
            within the next event. `cut-character`: it ends within the next character of several
            bytes. `reset`: the connection is reset. `stall`: nothing comes any more and the
            connection stays open. `error-event`: the API's own error, then the body ends.
        crlf: whether lines end in CRLF.
        bom: whether a byte order mark comes first.
        keep_alive: a comment whenever nothing was sent for so many seconds; 0 for none.
        keep_alive_events: a comment after each so many events; 0 for none.
        stay_open: whether the connection stays open after the end.

    Raises:
        ValueError: for a value that is not allowed; it says what is.
    """

    rate: float = 0.0
    chunking: str = "event"
    fault: str = "none"
    crlf: bool = False
    bom: bool = False
    keep_alive: float = 0.0
    keep_alive_events: int = 0
    stay_open: bool = False

    def __post_init__(self) -> None:
        Chunking.parse(self.chunking)
        Fault.parse(self.fault)
        for name, unit in (("rate", "events per second"), ("keep_alive", "seconds")):
            value = getattr(self, name)
            if value != 0 and not SMALLEST <= value < math.inf:
                raise ValueError(
                    f"{_public(name)} is a number of {unit}, 0 or at least {SMALLEST}; not {value}"
                )
        if self.keep_alive_events < 0:
            raise ValueError(
                f"keep-alive-events is a number of events, 0 or more; not {self.keep_alive_events}"
            )

    def updated(self, given: Mapping[str, str]) -> ReplayOptions:
        """These options with some set from text, as a query or a header gives them.

        Args:
            given: values by name, as in `{"keep-alive": "2"}`.

        Raises:
            ValueError: for a name or a value that is not allowed; it says what is.
        """
        values: dict[str, Any] = {}
        for name, text in given.items():
            if name not in NAMES:
                raise ValueError(f"there is no parameter {name!r}, only {', '.join(NAMES)}")
            values[NAMES[name]] = _READERS[type(getattr(self, NAMES[name]))](name, text)
        return replace(self, **values)


def _public(field: str) -> str:
    return field.replace("_", "-")


NAMES = {_public(field.name): field.name for field in fields(ReplayOptions)}


def _is_number(text: str) -> bool:
    # int() alone would accept signs, spaces and underscores.
    return text.isascii() and text.isdigit() and len(text) <= 18


def _read_flag(name: str, text: str) -> bool:
    if text.lower() in ("", "1", "true", "yes"):  # "" is `?crlf`
        return True
    if text.lower() in ("0", "false", "no"):
        return False
    raise ValueError(f"{name} is 1 or 0; not {text!r}")


def _read_whole(name: str, text: str) -> int:
    if not _is_number(text):
        raise ValueError(f"{name} is a whole number, 0 or more; not {text!r}")
    return int(text)


def _read_number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{name} is a number; not {text!r}") from None


def _read_text(_name: str, text: str) -> str:
    return text


_READERS: dict[type, Callable[[str, str], bool | int | float | str]] = {
    bool: _read_flag,
    int: _read_whole,
    float: _read_number,
    str: _read_text,
}
