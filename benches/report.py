"""What was measured, as Markdown tables, and whether targets hold."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

import clients
import concurrency
import litellm_adapter
import memory
import streams
import targets
import timing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from growth import Cost
    from targets import Target
    from templates import Gain
    from timing import Results

MEDIAN = "**median of the four**"
UNKNOWN = "-"


def print_table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    header = list(header)
    print("|", " | ".join(header), "|")
    print("|", " | ".join("---" for _ in header), "|")
    for row in rows:
        print("|", " | ".join(row), "|")
    print()


def ratio(results: dict[str, timing.Result], ours: str, peer: str) -> float | None:
    numerator, denominator = (results.get(name, timing.Result(None)).ns for name in (peer, ours))
    return numerator / denominator if numerator and denominator else None


def median_ratio(
    results: Results, cut: str, ours: str, peer: str, streams: Sequence[str]
) -> float | None:
    """Over these streams; `None` if one of them is missing."""
    ratios = [ratio(results[stream, cut], ours, peer) for stream in streams]
    known = [value for value in ratios if value is not None]
    return median(known) if len(known) == len(ratios) else None


def cell(time: timing.Result | None, times: float | None, unit: float = 1, digits: int = 1) -> str:
    """The time in units of so many nanoseconds, and how many times as long as another."""
    if time is None:
        return UNKNOWN
    if time.ns is None:
        return time.fault
    text = f"{time.ns / unit:.1f}" if unit == 1e6 else f"{time.ns / unit:.0f}"
    return text if times is None else f"{text} ({times:.{digits}f}x)"


def row(
    found: dict[str, timing.Result], ours: Mapping[str, str], names: Iterable[str]
) -> list[str]:
    return [
        cell(found.get(name), ratio(found, ours[name], name) if name in ours else None)
        for name in names
    ]


def median_row(
    results: Results,
    cut: str,
    ours: Mapping[str, str],
    names: Iterable[str],
    streams: Sequence[str],
) -> list[str]:
    cells = []
    for name in names:
        found = [results[stream, cut].get(name) for stream in streams]
        known = [time.ns for time in found if time and time.ns is not None]
        times = median_ratio(results, cut, ours[name], name, streams) if name in ours else None
        full = len(known) == len(streams)
        cells.append(cell(timing.Result(median(known)), times) if full else UNKNOWN)
    return cells


def print_streams(
    results: Results, ours: Mapping[str, str], names: Sequence[str], streams: Sequence[str]
) -> None:
    """`streams` are those that the median is of, if any; others come below."""
    rows = []
    for cut in dict.fromkeys(cut for _, cut in results):
        rows += [[stream, cut, *row(results[stream, cut], ours, names)] for stream in streams]
        if streams:
            rows.append([MEDIAN, cut, *median_row(results, cut, ours, names, streams)])
    for (stream, cut), found in results.items():
        if stream not in streams:
            rows.append([stream, cut, *row(found, ours, names)])
    print("ns per event; in brackets how many times as long as ssewire that reads the same\n")
    print_table(["stream", "read", *names], rows)


def verdict(value: float | None, limit: float, *, at_least: bool) -> tuple[str, bool]:
    """Whether the target holds, as a mark and as a truth; what was not measured does not."""
    holds = value is not None and (value >= limit if at_least else value <= limit)
    return "✓" if holds else "✗", holds


def print_targets(results: Results, targets: Sequence[Target]) -> list[bool]:
    print("targets: ratio to ssewire, median of the streams\n")
    cuts = list(targets[0].least)
    verdicts: list[bool] = []

    def texts(target: Target) -> list[str]:
        found = []
        for cut in cuts:
            value = median_ratio(results, cut, target.ours, target.peer, target.streams)
            mark, holds = verdict(value, target.least[cut], at_least=True)
            verdicts.append(holds)
            known = UNKNOWN if value is None else f"{value:.1f}"
            found.append(f"{mark} {known} (≥ {target.least[cut]:g})")
        return [target.reads, target.baseline, *found]

    print_table(["", "baseline", *cuts], map(texts, targets))
    return verdicts


def print_growth(title: str, costs: dict[str, dict[str, Cost]]) -> list[bool]:
    print(f"{title}\n")
    verdicts: list[bool] = []
    rows = []
    for name in dict.fromkeys(name for by_name in costs.values() for name in by_name):
        texts = []
        for by_name in costs.values():
            cost = by_name[name]
            text = cell(cost.time, cost.ratio, cost.unit, digits=2)
            if cost.limit is not None:
                mark, holds = verdict(cost.ratio, cost.limit, at_least=False)
                verdicts.append(holds)
                text = f"{mark} {text}"
            texts.append(text)
        rows.append([name, *texts])
    print_table(["", *costs], rows)
    return verdicts


def print_templates(gains: dict[tuple[str, str], Gain]) -> list[bool]:
    print("what learning from the events before brings: ns per event, feed\n")
    verdicts: list[bool] = []
    rows = []
    for (stream, cut), gain in gains.items():
        with_it, without = gain.learning.ns, gain.parsing.ns
        known = with_it / without if with_it and without else None
        text = UNKNOWN if known is None else f"{known:.2f}"
        if gain.limit is not None:
            mark, holds = verdict(known, gain.limit, at_least=False)
            verdicts.append(holds)
            text = f"{mark} {text} (≤ {gain.limit:g})"
        rows.append([stream, cut, cell(gain.learning, None), cell(gain.parsing, None), text])
    print_table(["stream", "read", "learning", "parsing each", "learning / parsing"], rows)
    return verdicts


def print_memory(figures: dict[str, float]) -> list[bool]:
    print("memory\n")
    rows = []
    verdicts: list[bool] = []
    for name, value in figures.items():
        limit = memory.FIGURES[name][1]
        if limit is None:
            rows.append([name, f"{value:.0f}", ""])
            continue
        mark, holds = verdict(value, limit, at_least=False)
        verdicts.append(holds)
        rows.append([name, f"{value:.0f}", f"{mark} ≤ {limit}"])
    print_table(["", "bytes", "target"], rows)
    return verdicts


def print_clients(found: dict[int, dict[str, float]]) -> list[bool]:
    print(
        "whole clients over the loopback: CPU per event in µs, the HTTP library's work included\n"
    )
    rows = [[name, *(f"{found[events][name]:.2f}" for events in found)] for name in clients.CLIENTS]
    print_table(["", *(f"{events} per read" for events in found)], rows)
    verdicts: list[bool] = []
    rows = []
    for target in clients.TARGETS:
        value = target.value(found[target.events])
        mark, holds = verdict(value, target.limit, at_least=target.at_least)
        verdicts.append(holds)
        sign = "≥" if target.at_least else "≤"
        rows.append(
            [target.text, f"{target.events}", f"{mark} {value:.2f} ({sign} {target.limit:g})"]
        )
    print_table(["target", "events per read", ""], rows)
    return verdicts


def print_layer(found: dict[int, tuple[float, float]]) -> list[bool]:
    print("`Stream` over an iterable, next to a loop over `feed`: ns per item\n")
    verdicts: list[bool] = []
    rows = []
    for events, (bare, stream) in found.items():
        mark, holds = verdict(stream - bare, clients.LAYER, at_least=False)
        verdicts.append(holds)
        added = f"{mark} {stream - bare:.0f} (≤ {clients.LAYER})"
        rows.append([f"{events}", f"{bare:.0f}", f"{stream:.0f}", added])
    print_table(["events per read", "feed", "Stream", "added"], rows)
    return verdicts


def print_concurrency(found: dict[str, Any]) -> list[bool]:
    whole, count = found["whole"], concurrency.OPEN
    mark, lost_none = verdict(whole, count, at_least=True)
    print(f"{count} streams of {streams.EVENTS} events at once: {mark} {whole} whole\n")
    verdicts = [lost_none]
    for events, size in found["memory"].items():
        mark, small = verdict(size, concurrency.LIMIT, at_least=False)
        verdicts.append(small)
        limit = f"{mark} {size:.0f} (≤ {concurrency.LIMIT})"
        where = "beyond the HTTP client's and the answer's text"
        print(f"bytes of an open stream {where}, after {events} events: {limit}\n")
    print(f"streams at {concurrency.RATE} events per second, each read by itself\n")
    rows = [
        [name, f"{us:.0f}", f"{concurrency.carried(us)}"] for name, us in found["paced"].items()
    ]
    print_table(["", "µs of CPU per event", "streams that one core carries"], rows)
    return verdicts


def print_litellm(found: dict[str, dict[str, float]]) -> list[bool]:
    """`found` is nanoseconds per event, by cut."""
    print("chat to messages, next to LiteLLM in one process: ns per event\n")
    names = (litellm_adapter.OURS, litellm_adapter.ADAPTER, litellm_adapter.WHOLE)
    verdicts: list[bool] = []
    rows = []
    for cut, ns in found.items():
        ratio = ns[litellm_adapter.ADAPTER] / ns[litellm_adapter.OURS]
        mark, holds = verdict(ratio, targets.LITELLM, at_least=True)
        verdicts.append(holds)
        times = f"{mark} {ratio:.0f} (≥ {targets.LITELLM})"
        rows.append([cut, *(f"{ns[name]:.0f}" for name in names), times])
    print_table(["read", *names, "adapter / relay"], rows)
    return verdicts
