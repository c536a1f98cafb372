"""ssewire against its peers, as `make bench` prints it: Markdown tables, and whether targets hold.

Usage: python benches/compare.py [--quick] [--only SECTION] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import clients
import concurrency
import dispatch_peers
import dispatch_streams
import gateway_report
import gateways
import growth
import large_events
import long_answers
import memory
import peers
import relay_peers
import relays
import report
import streams
import targets
import templates
import timing

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams import Stream

    Section: TypeAlias = "Callable[[int, bool], tuple[list[bool], Any]]"
    """Measures and prints, in so many rounds, or quickly: whether the targets hold, and figures."""

SECONDS = 2
"""How long a peer may take for something long."""


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def rows(
    shapes: tuple[Stream, ...], twins: tuple[Stream, ...], cuts: list[str]
) -> list[tuple[Stream, str]]:
    """All shapes at all cuts, and the twins at two."""
    found = [(stream, cut) for cut in cuts for stream in shapes]
    return found + [(stream, cut) for stream in twins for cut in ("event", "16 KiB")]


def per_event(results: timing.Results) -> list[dict[str, Any]]:
    return [
        {"stream": name, "cut": cut, "results": {k: asdict(v) for k, v in by.items()}}
        for (name, cut), by in results.items()
    ]


def by_case(costs: dict[str, dict[str, growth.Cost]]) -> dict[str, Any]:
    return {
        case: {name: {**asdict(cost.time), "ratio": cost.ratio} for name, cost in by.items()}
        for case, by in costs.items()
    }


def decoder(rounds: int, quick: bool) -> tuple[list[bool], Any]:
    """If it has to be quick, what has a target."""
    cuts = list(targets.DECODER[0].least if quick else streams.CUTS)
    wanted = rows(streams.shapes(), () if quick else streams.twins(), cuts)
    results = timing.measure(wanted, lambda _: peers.CONTENDERS, rounds)
    names = [contender.name for contender in peers.CONTENDERS]
    report.print_streams(results, peers.RIVALS, names, targets.DECODER_SHAPES)
    return report.print_targets(results, targets.DECODER), per_event(results)


def dispatchers(rounds: int, quick: bool) -> tuple[list[bool], Any]:
    twins = () if quick else dispatch_streams.twins()
    wanted = rows(dispatch_streams.shapes(), twins, list(targets.DISPATCH[0].least))
    results = timing.measure(wanted, dispatch_peers.contenders, rounds)
    print("SDK: anthropic's for messages, else openai's")
    report.print_streams(
        results, dispatch_peers.OURS, dispatch_peers.NAMES, targets.DISPATCH_SHAPES
    )
    return report.print_targets(results, targets.DISPATCH), per_event(results)


def relaying(rounds: int, _quick: bool) -> tuple[list[bool], Any]:
    found = relays.measure(rounds)
    report.print_streams(found.same, relay_peers.OURS, relay_peers.NAMES, targets.DISPATCH_SHAPES)
    verdicts = report.print_targets(found.same, targets.RELAY)
    names, ours = relay_peers.TRANSLATIONS, relay_peers.OURS_OF_TRANSLATIONS
    report.print_streams(found.translated, ours, names, ())
    verdicts += report.print_targets(found.translated, targets.TRANSLATION)
    verdicts += report.print_litellm(found.litellm)
    figures = [*per_event(found.same), *per_event(found.translated), found.litellm]
    return verdicts, figures


def learning(rounds: int, quick: bool) -> tuple[list[bool], Any]:
    gains = templates.measure(max(rounds, 15), quick=quick)
    figures = [
        {"stream": stream, "cut": cut, "learning": gain.learning.ns, "parsing": gain.parsing.ns}
        for (stream, cut), gain in gains.items()
    ]
    return report.print_templates(gains), figures


def long_calls(rounds: int, quick: bool) -> tuple[list[bool], Any]:
    names = long_answers.OF_CALLS + ([] if quick else long_answers.PEERS_OF_CALLS)
    costs = long_answers.measure(long_answers.calls(), names, max(rounds, 3), SECONDS)
    title = "one tool call in so many pieces: ns per piece, and how many times as much as in 1,000"
    return report.print_growth(title, costs), by_case(costs)


def long_texts(rounds: int, quick: bool) -> tuple[list[bool], Any]:
    names = long_answers.OF_TEXTS + ([] if quick else long_answers.PEERS_OF_TEXTS)
    costs = long_answers.measure(long_answers.texts(), names, max(rounds, 3), SECONDS)
    title = "10 MiB of text: ms, and how many times as long as for ten of 1 MiB"
    return report.print_growth(title, costs), by_case(costs)


def large(rounds: int, quick: bool) -> tuple[list[bool], Any]:
    contenders = large_events.OURS if quick else large_events.CONTENDERS
    costs = growth.measure(large_events.cases(), lambda _: contenders, max(rounds, 3), SECONDS)
    title = (
        "one large event, by read size: ms, and how many times as long as for small events of the\n"
        f"same size in all (64 KiB, 10,000 lines); target for ssewire's feed ≤ {large_events.LIMIT:g}"
    )
    return report.print_growth(title, costs), by_case(costs)


def idle(_rounds: int, _quick: bool) -> tuple[list[bool], Any]:
    figures = memory.measure()
    return report.print_memory(figures), figures


def whole_clients(rounds: int, quick: bool) -> tuple[list[bool], Any]:
    layer = clients.layer(max(rounds, 15))
    verdicts = report.print_layer(layer)
    figures = clients.measure(2 if quick else 8)
    return verdicts + report.print_clients(figures), {"layer": layer, "clients": figures}


def many_streams(_rounds: int, _quick: bool) -> tuple[list[bool], Any]:
    figures = concurrency.measure()
    return report.print_concurrency(figures), figures


def whole_gateways(_rounds: int, quick: bool) -> tuple[list[bool], Any]:
    figures = gateways.measure(4 if quick else 60, litellm=not quick)
    return gateway_report.print_gateways(figures), figures


SECTIONS: dict[str, Section] = {
    "decoder": decoder,
    "large_events": large,
    "dispatch": dispatchers,
    "relays": relaying,
    "templates": learning,
    "long_calls": long_calls,
    "long_texts": long_texts,
    "memory": idle,
    "clients": whole_clients,
    "concurrency": many_streams,
    "gateways": whole_gateways,
}
"""By the name that they have in the JSON."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, about a minute")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="leave the rest out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures here")
    options = parser.parse_args()
    rounds = 1 if options.quick else 15

    versions = peers.versions()
    about = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{about}, {cpu()}, {platform.system()} {platform.machine()}")
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    print(
        f"{streams.EVENTS} events per stream; best run in {rounds} round(s), those of all\n"
        "alternating in one process, each until its caches are warm; garbage collection off meanwhile;\n"
        "every result checked first\n"
    )
    figures: dict[str, Any] = {
        "python": about,
        "cpu": cpu(),
        "versions": versions,
        "rounds": rounds,
    }
    verdicts: list[bool] = []
    for name in options.only or SECTIONS:
        found, figures[name] = SECTIONS[name](rounds, options.quick)
        verdicts += found
    print(f"{sum(verdicts)} of {len(verdicts)} targets hold")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
