"""Every recorded stream and every fault, behind every route: whole and valid, or an error."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx2
import pytest

from answers import NAMES, real
from carried import assert_carried, carried_by
from gateway.settings import Key, Settings
from gateway_faults_case import CASES, STREAMS, WAYS, WHOLE, ask
from gateway_process import raise_file_limit
from gateway_running import CLIENT_KEY, KEY, RunningGateway
from gateway_upstream import SHAPES
from relay_case import said_by
from rules_responses import TERMINAL
from shape_rules import DONE, check, events_of
from ssewire.replay import ReplayServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gateway.requests import Shape
    from gateway_faults_case import Answer, Case, Way
    from ssewire import Outcome

IDLE = 4  # seconds that the gateway waits for an upstream that has stalled
# These have no form that a client of the shape would know, and are passed on as they are.
PECULIAR = {(f"chat_{name}", "none") for name in ("error_field", "groq_error", "no_blank_lines")}
NOTHING = "chat_done_only"  # an end without an answer, which is none in one piece
FALLBACK = "messages_beta_mcp_fallback"  # names another model in its midst

recorded = pytest.mark.parametrize("name", NAMES)
routes = pytest.mark.parametrize("route", SHAPES)


def each(
    name: str, route: Shape, ways: list[Way], check_one: Callable[[Case, Shape], None]
) -> None:
    """Check the recording with each of its faults; what fails says which it was."""
    for case in (case for case, to in ways if (case.name, to) == (name, route)):
        try:
            check_one(case, route)
        except Exception as error:  # noqa: PERF203 (what fails first is enough)
            raise AssertionError(f"{case.id} through {route}: {error!r}") from error


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
    raise_file_limit()  # those that stall are open at once, and in this process from end to end
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


def rows_of(path: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    reading = sqlite3.connect(path)
    reading.row_factory = sqlite3.Row
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in reading.execute("SELECT * FROM usage ORDER BY id"):
        found.setdefault((row["model"], row["route"]), []).append(dict(row))
    reading.close()
    return found


def outcome_of(stream: bytes, shape: str) -> Outcome:
    reader = real(shape)
    reader.feed(stream)
    reader.finish()
    return reader.outcome


@recorded
@routes
def test_a_stream_or_an_error(ran: Ran, name: str, route: Shape) -> None:
    each(name, route, WAYS, partial(check_stream, ran))


def check_stream(ran: Ran, case: Case, route: Shape) -> None:
    answer = ran.streamed[case, route]
    source = outcome_of(case.sent, case.shape)
    if answer.status != 200:
        check_error(answer, route)
        assert not source.complete
        assert not source.text, "a client sees what has come"
        return
    assert answer.type == "text/event-stream; charset=utf-8"
    ending = "whole" if source.complete and source.error is None else "failed"
    if route == case.shape:
        check_passed_on(case, answer.body, ending)
    else:
        check(answer.body, route, ending)
    found = outcome_of(answer.body, route)
    assert found.complete == (ending == "whole")
    assert (found.error is None) == (ending == "whole")
    if ending == "whole" and route == case.shape:
        assert said_by(answer.body, route) == said_by(case.sent, route)
    elif ending == "whole":
        expected = carried_by(route, said_by(case.sent, case.shape))
        assert_carried(said_by(answer.body, route), expected)


@recorded
@routes
def test_an_answer_in_one_piece_or_an_error(ran: Ran, name: str, route: Shape) -> None:
    each(name, route, WHOLE, partial(check_whole, ran))


def check_whole(ran: Ran, case: Case, route: Shape) -> None:
    answer = ran.whole[case, route]
    source = outcome_of(case.sent, case.shape)
    if answer.status != 200:
        check_error(answer, route)
        assert not source.complete or case.name == NOTHING
        return
    assert answer.type == "application/json"
    assert source.complete
    assert json.loads(answer.body)["model"] == case.id or case.name == FALLBACK


@recorded
@routes
def test_one_row_of_usage_for_each_request(ran: Ran, name: str, route: Shape) -> None:
    each(name, route, WAYS, partial(check_rows, ran))


def check_rows(ran: Ran, case: Case, route: Shape) -> None:
    rows = ran.rows.pop((case.id, route))
    answers = [ran.streamed[case, route]]
    if (case, route) in ran.whole:
        answers.append(ran.whole[case, route])
    assert len(rows) == len(answers)
    outcome = outcome_of(case.sent, case.shape)
    tokens = outcome.tokens
    refused = [row for row in rows if row["ending"] == "refused"]
    assert not refused or all(answer.status != 200 for answer in answers)
    ending = "complete" if outcome.complete else "truncated"
    if outcome.error is not None:
        ending = "error"
    for row in rows:
        if row in refused:
            assert row["output"] is None
            continue
        assert row["ending"] == ending
        assert row["input"] == tokens.input
        if outcome.complete and tokens.output is not None:
            assert (row["output"], row["estimated"]) == (tokens.output, 0)
            assert (row["cached"], row["reasoning"]) == (tokens.cached, tokens.reasoning)
        elif row["output"] is not None:
            assert row["estimated"] or row["output"] == tokens.output


def check_error(answer: Answer, route: Shape) -> None:
    """An error of HTTP, as this shape has them."""
    assert 400 <= answer.status < 600
    assert answer.type == "application/json"
    told = json.loads(answer.body)
    assert ("type" in told) == (route == "messages")
    assert isinstance(told["error"]["type"], str)
    assert told["error"]["message"]
    assert KEY not in str(told)


def check_passed_on(case: Case, body: bytes, ending: str) -> None:
    """What came in the client's own shape: as good as it was, in whole events and with one end."""
    if (case.name, case.fault) in PECULIAR:
        assert len(events_of(body)) == len(events_of(case.sent))
        return
    events = [event.data for event in events_of(body)]
    payloads: list[Any] = [data if data.startswith(DONE) else json.loads(data) for data in events]
    assert DONE not in payloads[:-1]
    told = [each for each in payloads if each != DONE]
    if case.shape == "chat":
        errors = [each for each in told if each.get("error")]
        assert len(errors) == (ending == "failed")
        return
    types = [each["type"] for each in told if each["type"] != "ping"]
    ends = TERMINAL if case.shape == "responses" else ("message_stop", "error")
    assert [type_ in ends for type_ in types] == [False] * (len(types) - 1) + [True]
    assert (types[-1] in ("error", "response.failed")) == (ending == "failed")
