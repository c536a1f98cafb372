"""The routes of the gateway, over real HTTP: what comes back, and what goes where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anthropic
import httpx2
import openai
import pytest

from gateway_running import CLIENT_KEY, KEY, RunningGateway
from gateway_upstream import (
    AS_CLIENT,
    AS_PAGE,
    PATHS,
    SHAPES,
    STREAMS,
    Says,
    ScriptedUpstream,
    body,
    settings,
)
from ssewire import Dispatcher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.requests import Shape

ALL_WAYS = [(route, upstream) for route in SHAPES for upstream in SHAPES]


def text_of(stream: bytes) -> str:
    return Dispatcher().feed_text(stream)


def post(server: RunningGateway, shape: str, **more: Any) -> httpx2.Response:
    return httpx2.post(server.url + PATHS[shape], headers=AS_CLIENT, json=body(shape, **more))


@pytest.mark.parametrize("shape", SHAPES)
def test_what_needs_no_change_comes_as_it_was_sent(shape: Shape) -> None:
    with (
        ScriptedUpstream(Says(STREAMS[shape])) as upstream,
        RunningGateway(settings(upstream.target(shape))) as server,
    ):
        asks = {"stream_options": {"include_usage": True}} if shape == "chat" else {}
        answer = post(server, shape, **asks)
    assert answer.content == STREAMS[shape]
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    (asked,) = upstream.asked
    assert asked.path == PATHS[shape]
    shown = asked.headers.get("x-api-key" if shape == "messages" else "authorization")
    assert shown == (KEY if shape == "messages" else f"Bearer {KEY}")
    assert asked.headers["accept-encoding"] == "identity"
    assert CLIENT_KEY not in str(asked)


@pytest.mark.parametrize(("route", "shape"), ALL_WAYS)
def test_every_way(route: Shape, shape: Shape) -> None:
    with (
        ScriptedUpstream(Says(STREAMS[shape])) as upstream,
        RunningGateway(settings(upstream.target(shape, "theirs"))) as server,
    ):
        streamed = post(server, route)
        whole = post(server, route, stream=False)
    reader = Dispatcher()
    reader.feed(streamed.content)
    reader.finish()
    assert reader.shape == route
    assert reader.outcome.complete
    assert reader.outcome.text == text_of(STREAMS[shape])
    names = [call.name for call in reader.outcome.tool_calls]
    assert names == ["get_forecast"]
    assert whole.status_code == 200
    assert whole.json()["model"] == "m"  # as the client calls it
    assert whole.json().keys() >= {"chat": {"choices"}, "messages": {"content"}}.get(
        route, {"output"}
    )
    assert [asked.body["model"] for asked in upstream.asked] == ["theirs"] * 2
    assert all(asked.body["stream"] for asked in upstream.asked)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_official_clients(shape: Shape) -> None:
    with (
        ScriptedUpstream(Says(STREAMS[shape])) as upstream,
        RunningGateway(settings(upstream.target(shape))) as server,
    ):
        asked: Any = [{"role": "user", "content": "Hi"}]
        with openai.OpenAI(api_key=CLIENT_KEY, base_url=f"{server.url}/v1") as client:
            chunks = client.chat.completions.create(model="m", messages=asked, stream=True)
            said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
            assert said == text_of(STREAMS[shape])
            assert client.responses.create(model="m", input="Hi").output_text == said
        with (
            anthropic.Anthropic(api_key=CLIENT_KEY, base_url=server.url) as other,
            other.messages.stream(model="m", max_tokens=9, messages=asked) as stream,
        ):
            assert "".join(stream.text_stream) == said


class TestUsage:
    @pytest.mark.parametrize("options", [None, {"include_usage": False}])
    def test_stays_here_if_nobody_asked(self, options: object) -> None:
        with (
            ScriptedUpstream(Says(STREAMS["chat"])) as upstream,
            RunningGateway(settings(upstream.target("chat"))) as server,
        ):
            answer = post(server, "chat", **({"stream_options": options} if options else {}))
        assert upstream.asked[0].body["stream_options"] == {"include_usage": True}
        assert b"prompt_tokens" in STREAMS["chat"]
        assert b"prompt_tokens" not in answer.content

    def test_is_in_a_whole_answer(self) -> None:
        with (
            ScriptedUpstream(Says(STREAMS["messages"])) as upstream,
            RunningGateway(settings(upstream.target("messages"))) as server,
        ):
            assert post(server, "chat", stream=False).json()["usage"]["completion_tokens"] == 161


@pytest.fixture
def server() -> Iterator[RunningGateway]:
    with (
        ScriptedUpstream(Says(STREAMS["chat"])) as upstream,
        RunningGateway(settings(upstream.target("chat"))) as server,
    ):
        yield server


def error_in(answer: httpx2.Response, shape: str) -> tuple[int, str]:
    assert ("type" in answer.json()) == (shape == "messages")
    error = answer.json()["error"]
    assert error["message"]
    assert ("param" in error) == (shape != "messages")
    return answer.status_code, error["type"]


@pytest.mark.parametrize("shape", SHAPES)
class TestErrors:
    @pytest.mark.parametrize("headers", [{}, {"x-api-key": "no"}, {"authorization": "Bearer é"}])
    def test_keys(self, server: RunningGateway, shape: str, headers: dict[str, str]) -> None:
        sent = {name.encode(): value.encode() for name, value in headers.items()}
        answer = httpx2.post(server.url + PATHS[shape], headers=sent, json=body(shape))
        assert error_in(answer, shape) == (401, "authentication_error")

    def test_other_pages(self, server: RunningGateway, shape: str) -> None:
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}):
            answer = httpx2.post(server.url + PATHS[shape], headers=headers, json=body(shape))
            assert answer.status_code == 401

    def test_our_page(self, server: RunningGateway, shape: str) -> None:
        for headers in (AS_PAGE, {"origin": server.url}):
            answer = httpx2.post(server.url + PATHS[shape], headers=headers, json=body(shape))
            assert answer.status_code == 200

    def test_no_such_model(self, server: RunningGateway, shape: str) -> None:
        answer = post(server, shape, model="<script>")
        kind = "not_found_error" if shape == "messages" else "invalid_request_error"
        assert error_in(answer, shape) == (404, kind)
        assert "<script>" not in answer.text

    @pytest.mark.parametrize("data", [b"", b"{", b"[]", b"NaN", b"\xff", b"[" * 100_000, b'{"a"'])
    def test_no_json(self, server: RunningGateway, shape: str, data: bytes) -> None:
        answer = httpx2.post(server.url + PATHS[shape], headers=AS_CLIENT, content=data)
        assert error_in(answer, shape) == (400, "invalid_request_error")

    def test_too_large(self, server: RunningGateway, shape: str) -> None:
        data = b" " * (16 * 1024 * 1024 + 1)
        answer = httpx2.post(server.url + PATHS[shape], headers=AS_CLIENT, content=data)
        assert answer.status_code == 413

    def test_another_method(self, server: RunningGateway, shape: str) -> None:
        assert error_in(httpx2.get(server.url + PATHS[shape]), shape)[0] == 405


def test_the_upstream_does_not_take_our_key() -> None:
    said = b'{"error":{"message":"Incorrect API key provided: ' + KEY.encode() + b'"}}'
    with (
        ScriptedUpstream(Says(said, 401), Says(said, 400)) as upstream,
        RunningGateway(settings(upstream.target("chat"))) as server,
    ):
        answers = [post(server, "chat"), post(server, "chat")]
    assert [answer.status_code for answer in answers] == [502, 400]
    assert all(KEY not in answer.text for answer in answers)
    assert "Incorrect" in answers[1].json()["error"]["message"]


def test_what_was_dropped_is_told(server: RunningGateway) -> None:
    answer = httpx2.post(
        server.url + PATHS["messages"], headers=AS_CLIENT, json=body("messages", top_k=3)
    )
    assert answer.headers["x-gateway-dropped"] == "top_k"


def test_models_and_page(server: RunningGateway) -> None:
    listed = httpx2.get(server.url + "/api/models")
    assert listed.json() == {"models": [{"id": "m", "upstream": "chat-upstream", "shape": "chat"}]}
    page = httpx2.get(server.url)
    assert page.headers["content-type"].startswith("text/html")
    for answer in (listed, page, httpx2.get(server.url + "/page/page.css")):
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert KEY not in answer.text
    assert httpx2.get(server.url + "/page/../app.py").status_code == 404
    assert httpx2.get(server.url + "/page/%2e%2e/app.py").status_code == 404
