"""What was measured of whole proxies, as Markdown tables, and whether targets hold."""

from __future__ import annotations

from itertools import chain
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import concurrency
import gateways
import proxy_server
from report import UNKNOWN, print_table, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    Costs = Mapping[int, Mapping[str, list[float]]]

WAYS = {
    proxy_server.RAW: "raw: Starlette, `aiter_raw`",
    proxy_server.OBSERVE: "`EventStreamResponse`, a relay that observes",
    proxy_server.GENERATOR: "the same in a generator of one's own",
    proxy_server.EDIT: '`EventStreamResponse`, `model=`, `usage="strip"`',
    proxy_server.TRANSLATE: "`EventStreamResponse`, chat to messages",
    gateways.LITELLM: gateways.LITELLM,
    gateways.LITELLM_MESSAGES: gateways.LITELLM_MESSAGES,
    gateways.SDK: f"{gateways.SDK}, without a proxy",
    gateways.SDK_MESSAGES: f"{gateways.SDK_MESSAGES}, without a proxy",
}


def cost_of(rounds: list[float] | None) -> str:
    return UNKNOWN if rounds is None else f"{median(rounds):.2f}"


def print_costs(found: Costs) -> None:
    print("whole proxies over the loopback: CPU of the proxy's process per event in µs, median\n")
    rows = [
        [text, *(cost_of(by_way.get(way)) for by_way in found.values())]
        for way, text in WAYS.items()
    ]
    print_table(["", *(f"{events} per read" for events in found)], rows)


def print_targets(found: Costs, without_http: Mapping[int, Mapping[str, float]]) -> list[bool]:
    print(
        "what it adds to the raw one, µs of CPU per event: median of the rounds, and their quartiles;"
    )
    print("and the best of as many rounds without HTTP\n")
    verdicts: list[bool] = []
    rows = []
    for target in gateways.TARGETS:
        row = [WAYS[target.way]]
        for events, by_way in found.items():
            limit = target.limit(median(by_way[proxy_server.RAW]))
            more = gateways.more(by_way, target.way)
            low, middle, high = quantiles(more, n=4)
            mark, holds = verdict(middle, limit, at_least=False)
            verdicts.append(holds)
            row.append(f"{mark} {middle:.2f} ({low:.2f} to {high:.2f}; ≤ {limit:.2f})")
            alone = without_http[events]
            mark, holds = verdict(
                alone[target.way] - alone[proxy_server.RAW], limit, at_least=False
            )
            verdicts.append(holds)
            row.append(f"{mark} {alone[target.way] - alone[proxy_server.RAW]:.2f} (≤ {limit:.2f})")
        rows.append(row)
    heads = [(f"{events} per read", f"{events} per read, without HTTP") for events in found]
    print_table(["", *chain.from_iterable(heads)], rows)
    return verdicts


def print_gateways(found: dict[str, Any]) -> list[bool]:
    print(", ".join(f"{name} {version}" for name, version in found["versions"].items()))
    print_costs(found["proxies"])
    verdicts = print_targets(found["proxies"], found["without HTTP"])
    print(f"streams at {concurrency.RATE} events per second, each event in a read of its own\n")
    rows = [
        [WAYS[way], f"{us:.0f}", f"{concurrency.carried(us)}"] for way, us in found["paced"].items()
    ]
    print_table(["", "µs of CPU per event", "streams that one core carries"], rows)
    return verdicts
