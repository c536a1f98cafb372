"""Every recorded stream with every fault, asked for through a gateway that runs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import httpx2

from answers import NAMES, WIRE, expected_of
from gateway.settings import Model, Target, Upstream
from gateway_running import KEY
from gateway_upstream import AS_CLIENT, PATHS, SHAPES, body
from ssewire.replay import Recording, ReplayOptions, plan
from ssewire.replay.options import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.requests import Shape

AT_ONCE = 40  # requests; those that stall come all at once
ENOUGH = 120  # seconds: whoever waits so long waits for what never comes
STREAMS = {name: Recording.read(WIRE / f"{name}.sse") for name in NAMES}
# What is of no shape, or of one that the gateway does not ask for, comes from a server of chats.
SOURCES: dict[str, Shape] = {
    name: shape if (shape := expected_of(name)["shape"]) in SHAPES else "chat" for name in NAMES
}
# These are faulty at each of their events.
CLOSELY = ("chat_tools_parallel", "messages_thinking", "responses_tool")
ANYWHERE = ("cut-inside", "reset", "error-event")


class Case(NamedTuple):
    """A recording and what goes wrong with it."""

    name: str
    fault: str

    @property
    def id(self) -> str:
        return f"{self.name}-{self.fault}"

    @property
    def shape(self) -> Shape:
        return SOURCES[self.name]

    @property
    def sent(self) -> bytes:
        """What the upstream sends."""
        planned = plan(STREAMS[self.name], ReplayOptions(fault=self.fault))
        return b"".join(piece.data for piece in planned.pieces)

    def model(self, url: str) -> Model:
        headers = {"x-replay-fault": self.fault}
        path = f"/streams/{self.name}"
        upstream = Upstream("replay", url, self.shape, KEY, path=path, headers=headers)
        # Another name than the upstream's, so that also what is passed on is edited.
        return Model(self.id, (Target(upstream, "theirs"),))


Way: TypeAlias = "tuple[Case, Shape]"


def cases() -> Iterator[Case]:
    for name in NAMES:
        faults = ["none", *FAULTS]
        if name in CLOSELY:
            events = range(len(STREAMS[name].blocks))
            faults += [f"{fault}:{at}" for fault in ANYWHERE for at in events]
        for fault in dict.fromkeys(faults):
            with suppress(ValueError):  # a fault that this recording cannot have
                plan(STREAMS[name], ReplayOptions(fault=fault))
                yield Case(name, fault)


CASES = list(cases())
WAYS: list[Way] = [(case, route) for case in CASES for route in SHAPES]
WHOLE = [(case, route) for case, route in WAYS if ":" not in case.fault]


class Answer(NamedTuple):
    status: int
    type: str
    body: bytes


async def ask(url: str) -> tuple[dict[Way, Answer], dict[Way, Answer]]:
    """All of them: first those that stall, which wait together, and then the others."""
    few = asyncio.Semaphore(AT_ONCE)
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=AT_ONCE)
    async with httpx2.AsyncClient(timeout=ENOUGH, limits=limits, trust_env=False) as client:

        async def post(case: Case, route: Shape, stream: bool) -> Answer:
            asks = {"stream_options": {"include_usage": True}} if route == "chat" else {}
            asked = body(route, stream=stream, **asks) | {"model": case.id}
            answer = await client.post(url + PATHS[route], headers=AS_CLIENT, json=asked)
            return Answer(answer.status_code, answer.headers["content-type"], answer.content)

        async def ask_in_turn(case: Case, route: Shape, stream: bool) -> Answer:
            async with few:
                return await post(case, route, stream)

        async def ask_all(stream: bool, ways: list[Way]) -> dict[Way, Answer]:
            asking = [
                (post if case.fault.startswith("stall") else ask_in_turn)(case, route, stream)
                for case, route in ways
            ]
            return dict(zip(ways, await asyncio.gather(*asking), strict=True))

        return await ask_all(True, WAYS), await ask_all(False, WHOLE)
