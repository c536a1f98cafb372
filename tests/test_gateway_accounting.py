"""What the gateway counts: one row for each request, however it ended, and the numbers in /metrics."""

from __future__ import annotations

import json
import sqlite3
import time
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from gateway.accounting import Accounts
from gateway.metrics import Metrics
from gateway.settings import Key
from gateway_running import CLIENT_KEY, KEY, PATIENCE, RunningGateway
from gateway_upstream import (
    AS_CLIENT,
    AS_PAGE,
    PATHS,
    SHAPES,
    STREAMS,
    Says,
    ScriptedUpstream,
    beginning,
    body,
    settings,
)
from ssewire import Dispatcher

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.requests import Shape


def rows(path: Path) -> list[dict[str, Any]]:
    reading = sqlite3.connect(path)
    reading.row_factory = sqlite3.Row
    found = [dict(row) for row in reading.execute("SELECT * FROM usage")]
    reading.close()
    return found


def row_of(path: Path) -> dict[str, Any]:
    """The only row, as soon as it is there."""
    end = time.monotonic() + PATIENCE
    while not rows(path):
        assert time.monotonic() < end
        time.sleep(0.01)
    (row,) = rows(path)
    return row


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usage.sqlite3"


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("route", SHAPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_whole_answer(path: Path, route: Shape, shape: Shape, stream: bool) -> None:
    with (
        ScriptedUpstream(Says(STREAMS[shape])) as upstream,
        RunningGateway(settings(upstream.target(shape), usage=str(path))) as server,
    ):
        httpx2.post(server.url + PATHS[route], headers=AS_CLIENT, json=body(route, stream=stream))
        numbers = httpx2.get(server.url + "/metrics").text
    reader = Dispatcher()
    reader.feed(STREAMS[shape])
    tokens = reader.outcome.tokens
    row = row_of(path)
    assert (row["key"], row["route"], row["model"]) == ("client", route, "m")
    assert (row["upstream"], row["ending"]) == (f"{shape}-upstream", "complete")
    assert (row["input"], row["output"]) == (tokens.input, tokens.output)
    assert row["estimated"] == 0
    assert 0 < row["first_token"] <= row["seconds"]
    assert f'gateway_requests_total{{key="client",model="m",route="{route}"}} 1.0' in numbers
    assert f'gateway_tokens_total{{kind="output",model="m"}} {tokens.output}.0' in numbers
    assert "gateway_streams_open 0.0" in numbers
    assert 'gateway_first_token_seconds_count{model="m"} 1.0' in numbers


@pytest.mark.parametrize("shape", SHAPES)
class TestNotWhole:
    def test_the_client_leaves(self, path: Path, shape: Shape) -> None:
        said = Says(beginning(shape, 20), stays=True)
        with (
            ScriptedUpstream(said) as upstream,
            RunningGateway(settings(upstream.target(shape), usage=str(path))) as server,
        ):
            asked = body(shape)
            url = server.url + PATHS[shape]
            with httpx2.stream("POST", url, headers=AS_CLIENT, json=asked) as answer:
                next(answer.iter_raw())
            assert upstream.left.wait(PATIENCE)
            row = row_of(path)
        assert row["ending"] == "gone"
        assert (row["output"] > 0, row["estimated"]) == (True, 1)

    def test_the_client_leaves_before_anything_came(self, path: Path, shape: Shape) -> None:
        with (
            ScriptedUpstream(Says(b": wait\n\n", stays=True)) as upstream,
            RunningGateway(settings(upstream.target(shape), usage=str(path))) as server,
        ):
            address = httpx2.URL(server.url)
            client = HTTPConnection(address.host, address.port)
            headers = {"content-type": "application/json", **AS_CLIENT}
            client.request("POST", PATHS[shape], json.dumps(body(shape)), headers)
            assert upstream.answered.wait(PATIENCE)
            client.close()
            assert upstream.left.wait(PATIENCE)
            assert row_of(path)["ending"] == "gone"

    def test_the_upstream_breaks_off(self, path: Path, shape: Shape) -> None:
        with (
            ScriptedUpstream(Says(beginning(shape, 20))) as upstream,
            RunningGateway(settings(upstream.target(shape), usage=str(path))) as server,
        ):
            url = server.url + PATHS[shape]
            answer = httpx2.post(url, headers=AS_CLIENT, json=body(shape))
            reader = Dispatcher()
            reader.feed(answer.content)
            assert reader.outcome.error is not None
            numbers = httpx2.get(server.url + "/metrics").text
        assert row_of(path)["ending"] == "truncated"
        assert 'gateway_errors_total{type="truncated"} 1.0' in numbers

    def test_refused(self, path: Path, shape: Shape) -> None:
        with (
            ScriptedUpstream(Says(b"{}", 400)) as upstream,
            RunningGateway(settings(upstream.target(shape), usage=str(path))) as server,
        ):
            url = server.url + PATHS[shape]
            assert httpx2.post(url, headers=AS_CLIENT, json=body(shape)).status_code == 400
        row = row_of(path)
        assert (row["ending"], row["input"], row["output"]) == ("refused", None, None)


def test_a_quota(path: Path) -> None:
    with ScriptedUpstream(Says(STREAMS["chat"])) as upstream:
        told = settings(upstream.target("chat"), usage=str(path), page=Key("page", quota=100))
        statuses = []
        for _ in range(2):  # a gateway that is started again still knows
            with RunningGateway(told) as server:
                url = server.url + PATHS["chat"]
                answer = httpx2.post(url, headers=AS_PAGE, json=body("chat"))
                statuses.append(answer.status_code)
                other = httpx2.post(url, headers=AS_CLIENT, json=body("chat"))
                assert other.status_code == 200
    assert statuses == [200, 429]
    assert answer.json()["error"]["code"] == "insufficient_quota"
    assert [row["key"] for row in rows(path)] == ["page", "client", "client"]


def test_keys_are_not_written(path: Path) -> None:
    with (
        ScriptedUpstream(Says(STREAMS["chat"])) as upstream,
        RunningGateway(settings(upstream.target("chat"), usage=str(path))) as server,
    ):
        httpx2.post(server.url + PATHS["chat"], headers=AS_CLIENT, json=body("chat"))
        numbers = httpx2.get(server.url + "/metrics").text
        written = path.read_bytes() + path.with_name(path.name + "-wal").read_bytes()
    told = settings(upstream.target("chat"))
    for key in (KEY, CLIENT_KEY):
        assert key not in numbers
        assert key.encode() not in written
        assert key not in repr(told)


def test_a_request_that_outlives_the_gateway(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    accounts = Accounts(str(path), Metrics())
    account = accounts.open(Key("late", "k"), "chat", "m")
    accounts.close()
    account.close("gone")
    assert [(row["key"], row["ending"]) for row in rows(path)] == [("late", "gone")]
