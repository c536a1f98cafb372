"""Another upstream takes over before the first token, and the client never hears of the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest

from gateway_running import RunningGateway
from gateway_upstream import (
    AS_CLIENT,
    PATHS,
    SHAPES,
    STREAMS,
    Says,
    ScriptedUpstream,
    beginning,
    body,
    nowhere,
    settings,
)
from ssewire import Dispatcher

if TYPE_CHECKING:
    from gateway.requests import Shape

ERROR = b'data: {"error":{"type":"server_error","message":"Sorry","code":null}}\n\n'
OVERLOADED = (
    b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"O"}}\n\n'
)
FAILURES = {
    "busy": ("chat", Says(b'{"error":{"message":"slow down"}}', 429)),
    "broken": ("chat", Says(b"<html>", 503)),
    "our key": ("chat", Says(b"{}", 401)),
    "a redirect": ("chat", Says(b"", 302, {"location": "http://127.0.0.1:9/"})),
    "an error": ("chat", Says(ERROR)),
    "an error after a beginning": ("messages", Says(beginning("messages", 1) + OVERLOADED)),
    "an empty body": ("responses", Says(b"")),
    "an end before content": ("responses", Says(beginning("responses", 2))),
    "no stream": ("chat", Says(b"<html>hello</html>", headers={"content-type": "text/html"})),
}


def read(stream: bytes) -> Dispatcher:
    reader = Dispatcher()
    reader.feed(stream)
    reader.finish()
    return reader


@pytest.mark.parametrize("route", SHAPES)
@pytest.mark.parametrize("failure", FAILURES)
def test_the_next_one_answers(failure: str, route: Shape) -> None:
    shape, says = FAILURES[failure]
    with (
        ScriptedUpstream(says) as first,
        ScriptedUpstream(Says(STREAMS["chat"])) as second,
        RunningGateway(
            settings(first.target(shape), second.target("chat"))  # type: ignore[arg-type]
        ) as server,
    ):
        answer = httpx2.post(server.url + PATHS[route], headers=AS_CLIENT, json=body(route))
        numbers = httpx2.get(server.url + "/metrics").text
    outcome = read(answer.content).outcome
    assert outcome.complete
    assert outcome.text == read(STREAMS["chat"]).outcome.text
    assert answer.content.count(b"event: message_start") == (route == "messages")
    assert (len(first.asked), len(second.asked)) == (1, 1)
    assert f'gateway_fallbacks_total{{upstream="{shape}-upstream"}} 1.0' in numbers


def test_nobody_listens() -> None:
    with (
        ScriptedUpstream(Says(STREAMS["chat"])) as second,
        RunningGateway(settings(nowhere("messages"), second.target("chat"))) as server,
    ):
        answer = httpx2.post(server.url + PATHS["chat"], headers=AS_CLIENT, json=body("chat"))
    assert read(answer.content).outcome.complete


def test_none_answers() -> None:
    busy = Says(b'{"error":{"message":"slow down"}}', 429, {"retry-after": "7"})
    with (
        ScriptedUpstream(busy) as upstream,
        RunningGateway(settings(nowhere("chat"), upstream.target("chat"))) as server,
    ):
        answer = httpx2.post(
            server.url + PATHS["messages"], headers=AS_CLIENT, json=body("messages")
        )
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json()["error"] == {"type": "rate_limit_error", "message": "slow down"}


@pytest.mark.parametrize("route", SHAPES)
def test_not_after_the_first_token(route: Shape) -> None:
    with (
        ScriptedUpstream(Says(beginning("chat", 9))) as first,
        ScriptedUpstream(Says(STREAMS["chat"])) as second,
        RunningGateway(settings(first.target("chat"), second.target("chat"))) as server,
    ):
        answer = httpx2.post(server.url + PATHS[route], headers=AS_CLIENT, json=body(route))
    reader = read(answer.content)
    assert reader.outcome.error is not None
    assert reader.outcome.text == read(beginning("chat", 9)).outcome.text
    assert second.asked == []


def test_not_for_what_no_other_would_do() -> None:
    with (
        ScriptedUpstream(Says(b'{"error":{"message":"no such tool"}}', 400)) as first,
        ScriptedUpstream(Says(STREAMS["chat"])) as second,
        RunningGateway(settings(first.target("chat"), second.target("chat"))) as server,
    ):
        answer = httpx2.post(server.url + PATHS["chat"], headers=AS_CLIENT, json=body("chat"))
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "no such tool")
    assert second.asked == []


def test_one_that_thinks_for_long_is_shown() -> None:
    with (
        ScriptedUpstream(Says(beginning("messages", 1), stays=True)) as upstream,
        RunningGateway(settings(upstream.target("messages"), hold_seconds=0.1)) as server,
    ):
        url = server.url + PATHS["messages"]
        with httpx2.stream("POST", url, headers=AS_CLIENT, json=body("messages")) as answer:
            assert next(answer.iter_raw()).startswith(b"event: message_start")
        assert upstream.left.wait(30)


def test_an_upstream_may_have_its_own_ways() -> None:
    with (
        ScriptedUpstream(Says(STREAMS["chat"])) as upstream,
        RunningGateway(
            settings(upstream.target("chat", path="/x", omit=frozenset({"seed"}), counts=False))
        ) as server,
    ):
        httpx2.post(server.url + PATHS["chat"], headers=AS_CLIENT, json=body("chat", seed=1))
    (asked,) = upstream.asked
    assert asked.path == "/x"
    assert asked.body.keys() & {"seed", "stream_options"} == set()
