"""Every recorded stream and every fault, behind every route: whole and valid, or an error."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import httpx2
import pytest

from answers import NAMES, WIRE, expected_of
from carried import assert_carried, carried_by
from gateway.settings import Key, Model, Settings, Target, Upstream
from gateway_running import CLIENT_KEY, KEY, RunningGateway
from gateway_upstream import AS_CLIENT, PATHS, SHAPES, body
from relay_case import said_by
from rules_responses import TERMINAL
from shape_rules import DONE, check, events_of
from ssewire import Dispatcher, Outcome
from ssewire.replay import Recording, ReplayOptions, ReplayServer, plan
from ssewire.replay.options import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.requests import Shape

IDLE = 4  # seconds that the gateway waits for an upstream that has stalled
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


def over(ways: list[Way]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("case", "route"), ways, ids=[f"{case.id}-{route}" for case, route in ways]
    )


class Answer(NamedTuple):
    status: int
    type: str
    body: bytes


class Ran(NamedTuple):
    """What came of all requests.

    Attributes:
        streamed: the streams, by case and route.
        whole: the answers in one piece.
        rows: the rows of usage, by model and route.
    """

    streamed: dict[Way, Answer]
    whole: dict[Way, Answer]
    rows: dict[tuple[str, str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    usage = tmp_path_factory.mktemp("gateway") / "usage.sqlite3"
    with ReplayServer(STREAMS.values()) as replay:
        settings = Settings(
            {case.id: case.model(replay.url) for case in CASES},
            (Key("client", CLIENT_KEY),),
            usage=str(usage),
            idle_seconds=IDLE,
        )
        with RunningGateway(settings) as server:
            streamed, whole = asyncio.run(ask(server.url))
            numbers = httpx2.get(server.url + "/metrics").text
    assert "gateway_streams_open 0.0" in numbers
    return Ran(streamed, whole, rows_of(usage))


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


def rows_of(path: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    reading = sqlite3.connect(path)
    reading.row_factory = sqlite3.Row
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in reading.execute("SELECT * FROM usage ORDER BY id"):
        found.setdefault((row["model"], row["route"]), []).append(dict(row))
    reading.close()
    return found


def outcome_of(stream: bytes) -> Outcome:
    reader = Dispatcher()
    reader.feed(stream)
    reader.finish()
    return reader.outcome


@over(WAYS)
def test_a_stream_or_an_error(ran: Ran, case: Case, route: Shape) -> None:
    answer = ran.streamed[case, route]
    source = outcome_of(case.sent)
    if answer.status != 200:
        check_error(answer, route)
        assert not source.complete
        assert not source.text, "a client sees what has come"
        return
    assert answer.type == "text/event-stream; charset=utf-8"
    ending = "whole" if source.complete and source.error is None else "failed"
    if route == case.shape:
        check_passed_on(answer.body, route, ending)
    else:
        check(answer.body, route, ending)
    found = outcome_of(answer.body)
    assert found.complete == (ending == "whole")
    assert (found.error is None) == (ending == "whole")
    if ending == "whole":
        expected = carried_by(route, said_by(case.sent))
        assert_carried(said_by(answer.body), expected)


@over(WHOLE)
def test_an_answer_in_one_piece_or_an_error(ran: Ran, case: Case, route: Shape) -> None:
    answer = ran.whole[case, route]
    source = outcome_of(case.sent)
    if answer.status != 200:
        check_error(answer, route)
        assert not source.complete or source.error is not None
        return
    assert answer.type == "application/json"
    assert source.complete
    assert json.loads(answer.body)["model"] == case.id


@over(WAYS)
def test_one_row_of_usage_for_each(ran: Ran, case: Case, route: Shape) -> None:
    rows = ran.rows[case.id, route]
    assert len(rows) == 1 + (":" not in case.fault)
    tokens = outcome_of(case.sent).tokens
    for row in rows:
        assert row["ending"] in ("complete", "error", "truncated", "refused")


def check_error(answer: Answer, route: Shape) -> None:
    """An error of HTTP, as this shape has them."""
    assert 400 <= answer.status < 600
    assert answer.type == "application/json"
    told = json.loads(answer.body)
    assert ("type" in told) == (route == "messages")
    assert isinstance(told["error"]["type"], str)
    assert told["error"]["message"]
    assert KEY not in str(told)


def check_passed_on(body: bytes, shape: Shape, ending: str) -> None:
    """What came in the client's own shape: as good as it was, in whole events and with one end."""
    events = [event.data for event in events_of(body)]
    payloads: list[Any] = [data if data.startswith(DONE) else json.loads(data) for data in events]
    if shape == "chat":
        assert payloads.count(DONE) <= 1
        assert DONE not in payloads[:-1]
        errors = [each for each in payloads if each != DONE and each.get("error")]
        assert len(errors) == (ending == "failed")
        return
    told = [each["type"] for each in payloads if each["type"] != "ping"]
    ends = TERMINAL if shape == "responses" else ("message_stop", "error")
    assert [type_ in ends for type_ in told] == [False] * (len(told) - 1) + [True]
    assert (told[-1] in ("error", "response.failed")) == (ending == "failed")
