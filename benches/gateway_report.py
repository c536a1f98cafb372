"""What was measured of whole proxies, as Markdown tables, and whether targets hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import concurrency
import gateways
import proxy_server
from report import UNKNOWN, print_table, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def print_costs(found: Mapping[int, Mapping[str, float]]) -> None:
    print("whole proxies over the loopback: CPU of the proxy's process per event in µs\n")
    rows = [
        [text, *(f"{by_way[way]:.2f}" if way in by_way else UNKNOWN for by_way in found.values())]
        for way, text in WAYS.items()
    ]
    print_table(["", *(f"{events} per read" for events in found)], rows)


def print_targets(found: Mapping[int, Mapping[str, float]]) -> list[bool]:
    print("what it adds to the raw one: µs of CPU per event\n")
    verdicts: list[bool] = []
    rows = []
    for target in gateways.TARGETS:
        row = [WAYS[target.way]]
        for by_way in found.values():
            raw = by_way[proxy_server.RAW]
            limit = target.limit(raw)
            mark, holds = verdict(by_way[target.way] - raw, limit, at_least=False)
            verdicts.append(holds)
            row.append(f"{mark} {by_way[target.way] - raw:.2f} (≤ {limit:.2f})")
        rows.append(row)
    print_table(["", *(f"{events} per read" for events in found)], rows)
    return verdicts


def print_gateways(found: dict[str, Any]) -> list[bool]:
    print(", ".join(f"{name} {version}" for name, version in found["versions"].items()))
    print_costs(found["proxies"])
    verdicts = print_targets(found["proxies"])
    print(f"streams at {concurrency.RATE} events per second, each event in a read of its own\n")
    rows = [
        [WAYS[way], f"{us:.0f}", f"{concurrency.carried(us)}"] for way, us in found["paced"].items()
    ]
    print_table(["", "µs of CPU per event", "streams that one core carries"], rows)
    return verdicts
