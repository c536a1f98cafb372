"""ssewire against its peers, as `make bench` prints it: Markdown tables, and whether targets hold.

Usage: python benches/compare.py [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import platform
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import TypeAlias

import large_events
import memory
import peers
import streams
import timing
from targets import TARGETS, Target

Row: TypeAlias = "tuple[str, str]"
"""A stream's name and its cut."""
Results: TypeAlias = "dict[Row, dict[str, timing.Result]]"

MEDIAN = "**median of the four**"


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def print_table(header: list[str], rows: list[list[str]]) -> None:
    print("|", " | ".join(header), "|")
    print("|", " | ".join("---" for _ in header), "|")
    for row in rows:
        print("|", " | ".join(row), "|")
    print()


def measure_shapes(rounds: int, *, quick: bool) -> Results:
    """All shapes at all cuts, and the twins at two; if it has to be quick, what has a target."""
    cuts = list(TARGETS[0].least) if quick else list(streams.CUTS)
    rows = [(stream, cut) for cut in cuts for stream in streams.shapes()]
    if not quick:
        rows += [(stream, cut) for stream in streams.twins() for cut in ("event", "16 KiB")]
    return {
        (stream.name, cut): timing.compare(
            peers.CONTENDERS, stream, stream.cut(streams.CUTS[cut]), rounds
        )
        for stream, cut in rows
    }


def ratio(results: dict[str, timing.Result], ours: str, peer: str) -> float | None:
    numerator, denominator = results[peer].ns, results[ours].ns
    return numerator / denominator if numerator and denominator else None


def median_ratio(results: Results, cut: str, ours: str, peer: str) -> float | None:
    """Over the four shapes; `None` if one of them is missing."""
    ratios = [ratio(results[stream.name, cut], ours, peer) for stream in streams.shapes()]
    known = [value for value in ratios if value is not None]
    return median(known) if len(known) == len(ratios) else None


def cell(time: timing.Result, times: float | None, unit: float = 1) -> str:
    """The time in units of so many nanoseconds, and how many times as long as another."""
    if time.ns is None:
        return time.fault
    text = f"{time.ns / unit:.0f}" if unit == 1 else f"{time.ns / unit:.1f}"
    return text if times is None else f"{text} ({times:.1f}x)"


def shape_row(results: dict[str, timing.Result]) -> list[str]:
    cells = []
    for contender in peers.CONTENDERS:
        ours = peers.OURS[contender.reads].name
        alone = contender.distribution == "ssewire"
        times = None if alone else ratio(results, ours, contender.name)
        cells.append(cell(results[contender.name], times))
    return cells


def median_row(results: Results, cut: str) -> list[str]:
    cells = []
    for contender in peers.CONTENDERS:
        found = [results[stream.name, cut][contender.name].ns for stream in streams.shapes()]
        known = [ns for ns in found if ns is not None]
        if len(known) < len(found):
            cells.append("-")
            continue
        ours = peers.OURS[contender.reads].name
        alone = contender.distribution == "ssewire"
        times = None if alone else median_ratio(results, cut, ours, contender.name)
        cells.append(cell(timing.Result(median(known)), times))
    return cells


def print_shapes(results: Results) -> None:
    print("ns per event; in brackets how many times as long as ssewire that reads the same\n")
    rows = []
    for cut in dict.fromkeys(cut for _, cut in results):
        rows += [
            [stream.name, cut, *shape_row(results[stream.name, cut])] for stream in streams.shapes()
        ]
        rows.append([MEDIAN, cut, *median_row(results, cut)])
    for (name, cut), found in results.items():
        if name in {stream.name for stream in streams.twins()}:
            rows.append([name, cut, *shape_row(found)])
    print_table(["stream", "read", *(contender.name for contender in peers.CONTENDERS)], rows)


def verdict(value: float | None, limit: float, *, at_least: bool) -> tuple[str, bool]:
    """Whether the target holds, as a mark and as a truth; what was not measured does not."""
    holds = value is not None and (value >= limit if at_least else value <= limit)
    return "✓" if holds else "✗", holds


def print_targets(results: Results) -> list[bool]:
    print("targets: ratio to ssewire, median of the four shapes\n")
    cuts = list(TARGETS[0].least)
    verdicts: list[bool] = []

    def texts(target: Target) -> list[str]:
        found = []
        for cut in cuts:
            value = median_ratio(results, cut, target.ours.name, target.peer.name)
            mark, holds = verdict(value, target.least[cut], at_least=True)
            verdicts.append(holds)
            known = "-" if value is None else f"{value:.1f}"
            found.append(f"{mark} {known} (≥ {target.least[cut]:g})")
        return [target.reads, str(target.peer.distribution), *found]

    print_table(["", "baseline", *cuts], [texts(target) for target in TARGETS])
    return verdicts


def print_large(costs: dict[str, dict[str, large_events.Cost]]) -> list[bool]:
    print(
        "one large event, by read size: ms, and how many times as long as for small events of the\n"
        f"same size in all (64 KiB, 10,000 lines); target for ssewire's feed ≤ {large_events.LIMIT:g}\n"
    )
    verdicts: list[bool] = []
    rows = []
    for name, by_case in costs.items():
        row = []
        for found in by_case.values():
            text = cell(found.time, found.ratio, 1e6)
            if found.limit is not None and name == peers.FEED.name:
                mark, holds = verdict(found.ratio, found.limit, at_least=False)
                verdicts.append(holds)
                text = f"{mark} {text}"
            row.append(text)
        rows.append([name, *row])
    cases = next(iter(costs.values()))
    print_table(["", *cases], rows)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, about 20 seconds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures here")
    options = parser.parse_args()
    rounds = 1 if options.quick else 15
    large = large_events.OURS if options.quick else large_events.CONTENDERS

    versions = peers.versions()
    about = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{about}, {cpu()}, {platform.system()} {platform.machine()}")
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    print(
        f"{streams.EVENTS} events per stream; best run in {rounds} round(s), those of all\n"
        "alternating in one process, each until its caches are warm; garbage collection off meanwhile;\n"
        "every result checked first\n"
    )
    results = measure_shapes(rounds, quick=options.quick)
    print_shapes(results)
    verdicts = print_targets(results)
    costs = large_events.measure(large, max(rounds, 3), seconds=2)
    verdicts += print_large(costs)
    figures = memory.measure()
    verdicts += print_memory(figures)
    print(f"{sum(verdicts)} of {len(verdicts)} targets hold")

    if options.json:
        found = {
            "python": about,
            "cpu": cpu(),
            "versions": versions,
            "rounds": rounds,
            "ns_per_event": [
                {"stream": name, "cut": cut, "results": {k: asdict(v) for k, v in by.items()}}
                for (name, cut), by in results.items()
            ],
            "large_events": {
                name: {
                    case: {**asdict(cost.time), "ratio": cost.ratio} for case, cost in by.items()
                }
                for name, by in costs.items()
            },
            "memory": figures,
        }
        options.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
