"""Whole proxies over the loopback: CPU of the proxy's process per event, and streams per core."""

from __future__ import annotations

import asyncio
import http.client
import io
import json
import os
import socket
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import asgi_cost
import concurrency
import litellm_gateway
import litellm_venv
import proxy_server
import streams
import translations
from raw_upstream import chat, form, raw_upstream
from upstream import upstream

if TYPE_CHECKING:
    from collections.abc import Mapping

READS = (1, 16)
"""Events per read."""
LONG = 4_000
"""Events of a stream that is long enough for the request to cost next to nothing."""
BEST_OF = 3
SETTLED = 0.02
"""Seconds after which a proxy has done with a request."""
LITELLM, LITELLM_MESSAGES = "LiteLLM's proxy, chat", "LiteLLM's proxy, chat to messages"
SDK, SDK_MESSAGES = "LiteLLM's SDK, chat", "LiteLLM's SDK, chat to messages"
PROXIES = {LITELLM: litellm_gateway.CHAT, LITELLM_MESSAGES: litellm_gateway.MESSAGES}
SDKS = {SDK: litellm_gateway.CHAT, SDK_MESSAGES: litellm_gateway.MESSAGES}
PATIENT = 1.0
"""The same for LiteLLM, which logs what it has sent."""
PATIENCE = 120
"""Seconds within which all paced streams have begun."""
FEW = 5
"""Paced streams at once that LiteLLM's proxy can carry."""


class Target(NamedTuple):
    """How much a way may add to what the raw one takes."""

    way: str
    microseconds: float
    share: float

    def limit(self, raw: float) -> float:
        return max(self.microseconds, self.share * raw)


TARGETS = [
    Target(proxy_server.OBSERVE, 0.15, 0.03),
    Target(proxy_server.TRANSLATE, 0.5, 0),
]


def cpu(process: int) -> int:
    """The nanoseconds that a process has taken, all its threads together. Linux only."""
    # What clock_getcpuclockid(3) returns.
    return time.clock_gettime_ns(~process << 3 | 2)


def answer_of(url: str, path: str, asked: dict[str, Any]) -> bytes:
    """All that a proxy sends.

    It is looked for all the time, never waited for: to wake up who waits costs the proxy more than
    the relay does, and the more, the sooner its client has read what came before.
    """
    parts, received = urlsplit(url), bytearray()
    body = json.dumps(asked).encode()
    head = (
        f"POST /{path} HTTP/1.1\r\nhost: {parts.netloc}\r\nconnection: close\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(head.encode() + body)
        connection.setblocking(False)
        while True:
            try:
                piece = connection.recv(1 << 16)
            except BlockingIOError:
                continue
            if not piece:
                break
            received += piece
    response = http.client.HTTPResponse(Received(bytes(received)))  # type: ignore[arg-type]
    response.begin()
    content = response.read()
    assert response.status == 200, content
    return content


class Received:
    """What `http.client` takes for a socket."""

    def __init__(self, received: bytes) -> None:
        self._received = received

    def makefile(self, _mode: str) -> io.BytesIO:
        """The answer, to be read."""
        return io.BytesIO(self._received)


def cost(
    process: int, url: str, path: str, asked: dict[str, Any], settled: float = SETTLED
) -> tuple[int, bytes]:
    """Nanoseconds of CPU for one answer, and the answer."""
    before = cpu(process)
    body = answer_of(url, path, asked)
    time.sleep(settled)
    return cpu(process) - before, body


def check(body: bytes, events: int, shape: Any) -> None:
    """Fails unless that is the answer."""
    found, wanted = translations.found([body]), translations.wanted(shape, chat(events))
    # The tokens are not always sent on.
    assert found[:3] == wanted[:3], (found[1:], wanted[1:])


def of_proxies(rounds: int) -> dict[int, dict[str, list[float]]]:
    """Microseconds of CPU per event in each round, by events per read and way.

    The ways of a round follow each other, so that what the machine does meanwhile falls on all of
    them. Compare them within their rounds.
    """
    found: dict[int, dict[str, list[float]]]
    found = {events: {way: [] for way in proxy_server.WAYS} for events in READS}
    forms = [form(LONG, events) for events in READS]
    with raw_upstream(*forms) as source, proxy_server.proxy(source) as (url, process):
        apart(process)
        for round_ in range(rounds):
            first = round_ % len(proxy_server.WAYS)
            for way in proxy_server.WAYS[first:] + proxy_server.WAYS[:first]:
                for events in READS:
                    path = f"{way}/{form(LONG, events)}/v1/chat/completions"
                    costs = []
                    # What disturbs an answer only adds to it.
                    for _ in range(BEST_OF):
                        took, body = cost(process, url, path, {})
                        check(body, LONG, "messages" if way == proxy_server.TRANSLATE else "chat")
                        costs.append(took / LONG / 1000)
                    found[events][way].append(min(costs))
    return found


def apart(process: int) -> None:
    """Gives a process a core of its own, that nobody else's work tears it from its caches."""
    own, *others = sorted(os.sched_getaffinity(0))
    if others:
        os.sched_setaffinity(process, {own})


def more(found: Mapping[str, list[float]], way: str) -> list[float]:
    """How much a way takes more than the raw one, in each round."""
    pairs = zip(found[way], found[proxy_server.RAW], strict=True)
    return [mine - raw for mine, raw in pairs]


def of_litellm(rounds: int) -> tuple[dict[int, dict[str, list[float]]], dict[str, float]]:
    """The same for LiteLLM, and what `of_paced` has."""
    found: dict[int, dict[str, list[float]]] = {}
    each_paced: dict[str, float] = {}
    forms = {form(streams.EVENTS, events): events for events in READS}
    rate = {"x-replay-rate": str(concurrency.RATE)}
    with raw_upstream(*forms) as source, upstream() as one_by_one:
        upstreams = {name: f"{source}/{name}/v1" for name in forms}
        upstreams["paced"] = f"{one_by_one}/v1"
        # It takes long to start, and all that is asked of it one after the other costs nothing more.
        with litellm_gateway.proxy(upstreams, rate) as (url, process):
            for name, events in forms.items():
                found[events] = {
                    way: [of_route(process, url, name, route, rounds)]
                    for way, route in PROXIES.items()
                }
            for way, route in PROXIES.items():
                asked = litellm_request(route, "paced")
                path = litellm_gateway.PATHS[route]
                each_paced[way] = asyncio.run(paced(process, url, path, asked, FEW))
        sdk = litellm_gateway.sdk(source, list(forms))
    for name, events in forms.items():
        for way, route in SDKS.items():
            found[events][way] = [sdk[name][route] / streams.EVENTS / 1000]
    return found, each_paced


def of_route(process: int, url: str, name: str, route: str, rounds: int) -> float:
    asked = litellm_request(route, name)
    best = []
    for _ in range(rounds):
        took, body = cost(process, url, litellm_gateway.PATHS[route], asked, PATIENT)
        check(body, streams.EVENTS, "chat" if route == litellm_gateway.CHAT else "messages")
        best.append(took)
    return min(best) / streams.EVENTS / 1000


def litellm_request(route: str, upstream: str) -> dict[str, Any]:
    model = litellm_gateway.model(route, upstream)
    return {"model": model, "messages": litellm_gateway.HI, "stream": True, "max_tokens": 1}


async def paced(
    process: int, url: str, path: str, asked: dict[str, Any], streams_at_once: int
) -> float:
    """Microseconds of CPU per event of so many streams, at the pace that `concurrency` has."""
    parts = urlsplit(url)
    body = json.dumps(asked).encode()
    head = (
        f"POST /{path} HTTP/1.1\r\nhost: {parts.netloc}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\nx-replay-rate: {concurrency.RATE}\r\n\r\n"
    )
    connections = [
        await asyncio.open_connection(parts.hostname, parts.port) for _ in range(streams_at_once)
    ]
    events = 0

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode() + body)
        status = await reader.readline()
        assert b" 200 " in status, status
        await reader.readuntil(b"\n\n")

    async def follow(reader: asyncio.StreamReader) -> None:
        nonlocal events
        while piece := await reader.read(1 << 16):
            events += piece.count(b"\n\n")

    begun = asyncio.gather(*(begin(*connection) for connection in connections))
    await asyncio.wait_for(begun, PATIENCE)
    tasks = [asyncio.create_task(follow(reader)) for reader, _ in connections]
    start, seen = cpu(process), events
    await asyncio.sleep(concurrency.SECONDS)
    used, seen = cpu(process) - start, events - seen
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for _, writer in connections:
        writer.close()
    return used / max(seen, 1) / 1000


def of_paced(rounds: int) -> dict[str, float]:
    """Microseconds of CPU per event when the events come one by one, by way."""
    found: dict[str, float] = {}
    for way in proxy_server.WAYS * rounds:
        # A proxy of its own for each, that none pays for what another one has left behind.
        with upstream() as source, proxy_server.proxy(source) as (url, process):
            path = f"{way}/v1/chat/completions"
            us = asyncio.run(paced(process, url, path, {}, concurrency.PACED))
        found[way] = min(found.get(way, us), us)
    return found


def measure(rounds: int, *, litellm: bool = True) -> dict[str, Any]:
    """All of it."""
    proxies, each_paced = of_proxies(rounds), of_paced(2)
    versions = {name: version(name) for name in ("httpx2", "starlette", "uvicorn")}
    if litellm:
        theirs, theirs_paced = of_litellm(max(2, rounds // 30))
        for events, by_way in theirs.items():
            proxies[events] |= by_way
        each_paced |= theirs_paced
        versions["litellm"] = litellm_venv.version()
    return {
        "versions": versions,
        "proxies": proxies,
        "without HTTP": asgi_cost.in_new_process(READS),
        "paced": each_paced,
    }
