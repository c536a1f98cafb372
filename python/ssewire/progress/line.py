"""The numbers of a stream in words: all of them in one line, and each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def line(numbers: Mapping[str, Any], width: int | None, *, ended: bool) -> str:
    """As much as fits into so many columns.

    Args:
        numbers: what `Progress.to_dict()` has.
        width: columns; `None` for all of it.
        ended: whether the answer is over.
    """
    text = ""
    for part in _parts(numbers, ended=ended):
        longer = f"{text}, {part}" if text else part
        if width is not None and len(longer) > width:
            break
        text = longer
    return text


def _parts(numbers: Mapping[str, Any], *, ended: bool) -> Iterator[str]:
    """The parts of the line, the most important first."""
    yield seconds(numbers["elapsed"])
    first = numbers["time_to_first_token"]
    if first is None:
        yield state(ended=ended)
        return
    yield tokens(numbers)
    rate = numbers["tokens_per_second"]
    if rate is not None:
        yield f"{rate:,.1f} tokens/s"
    yield f"first after {seconds(first)}"
    if numbers["gaps"]["count"]:
        yield from f"gaps {gaps(numbers['gaps'])}".split(", ")
    yield counted(numbers["characters"], "character")
    yield counted(numbers["chunks"], "chunk")


def state(*, ended: bool) -> str:
    """What there is to say without output."""
    return "no output" if ended else "waiting for the first token"


def tokens(numbers: Mapping[str, Any]) -> str:
    """How many tokens; an estimate has a `~`."""
    about = "~" if numbers["tokens_estimated"] else ""
    return about + counted(numbers["tokens"], "token")


def counted(number: int, noun: str) -> str:
    """A number and its noun, as in `1 token` and `1,000 tokens`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def seconds(time: float) -> str:
    """A time that somebody waits, such as `0.52 s`, `12.3 s` or `2 min 5 s`."""
    if round(time, 2) < 10:
        return f"{time:.2f} s"
    if round(time, 1) < 60:
        return f"{time:.1f} s"
    minutes, rest = divmod(round(time), 60)
    return f"{minutes:,} min {rest} s"


def gaps(values: Mapping[str, float | None]) -> str:
    """Their median, the one that 99 % do not exceed, and the longest."""
    known = ((name, values[name]) for name in ("p50", "p99", "max"))
    return ", ".join(f"{name} {_gap(gap)}" for name, gap in known if gap is not None)


def _gap(time: float) -> str:
    milliseconds = time * 1000
    if round(milliseconds, 1) < 10:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds:.0f} ms" if round(milliseconds) < 1000 else seconds(time)
