"""Clients and upstreams that send to the gateway what nobody should."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from gateway.app import create_app
from gateway.settings import read
from gateway_running import CLIENT_KEY, KEY, PATIENCE, RunningGateway
from gateway_upstream import (
    AS_CLIENT,
    PATHS,
    SHAPES,
    STREAMS,
    Says,
    ScriptedUpstream,
    body,
    nowhere,
    settings,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.requests import Shape

OTHER: dict[Shape, Shape] = {"chat": "messages", "messages": "responses", "responses": "chat"}
TWO_CHUNKS = (
    'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}\n\n'
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":%s}\n\n'
    "data: [DONE]\n\n"
)


def refused(answer: httpx2.Response, shape: Shape, status: int = 400) -> None:
    """It is an error in the shape of the route."""
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert ("param" in error) == (shape != "messages")
    assert ("type" in answer.json()) == (shape == "messages")


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    """One whose models are `same-…` and `other-…`, by what their upstreams speak to a route."""
    with ScriptedUpstream(Says(b"data: [DONE]\n\n")) as upstream:
        known = settings(upstream.target("chat"))
        models = {
            f"{name}-{route}": settings(upstream.target(shape)).models["m"]
            for route in SHAPES
            for name, shape in (("same", route), ("other", OTHER[route]))
        }
        with RunningGateway(type(known)(models, known.keys)) as server:
            yield server


def post(server: RunningGateway, route: Shape, content: str) -> httpx2.Response:
    return httpx2.post(server.url + PATHS[route], headers=AS_CLIENT, content=content)


@pytest.mark.parametrize("route", SHAPES)
class TestRequests:
    def test_parts_of_the_wrong_type(self, gateway: RunningGateway, route: Shape) -> None:
        member = "input" if route == "responses" else "messages"
        parts: list[Any] = [1, None, {}, {"type": []}, {"type": "hologram"}, {"type": "text"}]
        parts += [{"type": kind} for kind in ("image_url", "file", "image", "document")]
        parts += [{"type": "input_image"}, {"type": "input_file"}, {"type": "input_audio"}]
        for part in parts:
            asked = {"model": f"other-{route}", member: [{"role": "user", "content": [part]}]}
            refused(post(gateway, route, json.dumps(asked)), route)

    @pytest.mark.parametrize("name", ["same", "other"])
    @pytest.mark.parametrize("around", [("[", "]"), ('{"a":', "}")])
    def test_nesting(
        self, gateway: RunningGateway, route: Shape, name: str, around: tuple[str, str]
    ) -> None:
        """Whatever is read can also be translated and written, or is refused."""
        member = "input" if route == "responses" else "messages"
        document = '{"type":"document","source":{"type":"content","content":['
        # Within a few levels of what a reader of JSON takes, a writer takes no more.
        for depth in (300, *range(940, 1000, 6), 100_000):
            begin, end = around[0] * depth, around[1] * depth
            nested = f"{begin}1{end}" if around[0] == "{" else begin + end
            for given in (
                f'"tools":[{{"type":"function","function":{{"name":"f","parameters":{{"a":{nested}}}}}}}]',
                f'"{member}":[{{"role":"user","content":[{document * depth}]}}{"]}}" * depth}]',
                f'"{member}":[],"metadata":{nested}',
            ):
                answer = post(gateway, route, f'{{"model":"{name}-{route}",{given}}}')
                assert answer.status_code != 500, (depth, answer.text)
                if depth == 100_000:
                    refused(answer, route)

    def test_numbers_that_are_none(self, gateway: RunningGateway, route: Shape) -> None:
        for number in ("1e999", "-1e999", "NaN", "Infinity", "1" * 5_000):
            asked = f'{{"model":"same-{route}","temperature":{number}}}'
            refused(post(gateway, route, asked), route)

    def test_an_origin_that_is_none(self, gateway: RunningGateway, route: Shape) -> None:
        for origin in ("http://[", "http://", "null", "//[", gateway.url + "/", "http://a@b:c"):
            url = gateway.url + PATHS[route]
            answer = httpx2.post(url, headers={"origin": origin}, json={})
            assert answer.status_code == 401

    def test_a_request_that_takes_too_long(self, route: Shape) -> None:
        with (
            RunningGateway(settings(request_seconds=0.2)) as server,
            begin(server, route) as client,
        ):
            client.settimeout(PATIENCE)
            assert client.recv(4096).startswith(b"HTTP/1.1 408 ")


def begin(server: RunningGateway, route: Shape) -> socket.socket:
    """A client that has sent the beginning of a request."""
    client = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])))
    head = f"POST {PATHS[route]} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n"
    client.sendall(f"{head}authorization: Bearer {CLIENT_KEY}\r\n\r\n{{".encode())
    return client


def test_a_client_that_leaves_within_its_request(capfd: pytest.CaptureFixture[str]) -> None:
    with RunningGateway(settings()) as server:
        begin(server, "chat").close()
        # By then it has been seen: what was sent first is read first.
        for _ in range(3):
            assert httpx2.get(server.url + "/metrics").status_code == 200
            time.sleep(0.1)
    assert "Exception" not in capfd.readouterr().err


def test_what_only_the_second_upstream_has_words_for() -> None:
    sound = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}
    asked = body("chat", messages=[{"role": "user", "content": [sound]}])
    with ScriptedUpstream(Says(STREAMS["chat"])) as upstream:
        targets = upstream.target("messages"), upstream.target("chat")
        with RunningGateway(settings(*targets)) as server:
            answer = httpx2.post(server.url + PATHS["chat"], headers=AS_CLIENT, json=asked)
    assert answer.status_code == 200
    (came,) = upstream.asked
    assert came.path == PATHS["chat"]
    assert came.body["messages"] == asked["messages"]


@pytest.mark.parametrize("order", [1, -1])
def test_what_counts_if_no_upstream_can_be_asked(order: int) -> None:
    """That one is down: another try may help, and another request is not needed."""
    sound = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}
    asked = body("chat", messages=[{"role": "user", "content": [sound]}])
    with ScriptedUpstream(Says(STREAMS["messages"])) as upstream:
        targets = (nowhere("chat"), upstream.target("messages"))[::order]
        with RunningGateway(settings(*targets)) as server:
            answer = httpx2.post(server.url + PATHS["chat"], headers=AS_CLIENT, json=asked)
    assert (answer.status_code, upstream.asked) == (502, [])


@contextmanager
def in_front_of(says: Says) -> Iterator[tuple[ScriptedUpstream, RunningGateway]]:
    with (
        ScriptedUpstream(says) as upstream,
        RunningGateway(settings(upstream.target("chat"))) as it,
    ):
        yield upstream, it


def ask(server: RunningGateway, route: Shape, **more: Any) -> httpx2.Response:
    return httpx2.post(server.url + PATHS[route], headers=AS_CLIENT, json=body(route, **more))


def test_members_without_end_make_no_header_without_end() -> None:
    many: dict[str, Any] = {f"member_{number}": 1 for number in range(10_000)}
    with in_front_of(Says(STREAMS["chat"])) as (_, server):
        told = ask(server, "messages", **many).headers["x-gateway-dropped"]
    assert told.startswith("member_0, ")
    assert told.endswith(", 9960 more")


class TestUpstreams:
    @pytest.mark.parametrize("count", [2**63, 2**64 - 1, "1e999", -1, '"\\ud800"', "null", "[]"])
    @pytest.mark.parametrize("stream", [True, False])
    def test_counts_that_are_none(self, count: object, stream: bool) -> None:
        usage = f'{{"prompt_tokens":{count},"completion_tokens":{count}}}'
        with in_front_of(Says((TWO_CHUNKS % usage).encode())) as (_, server):
            for route in SHAPES:
                answer = ask(server, route, stream=stream)
                if (count, route, stream) == ("1e999", "chat", False):
                    assert answer.status_code == 502  # it cannot be told in JSON
                    continue
                assert answer.status_code == 200
                assert "Hi" in answer.text
            expected = [
                f'gateway_endings_total{{ending="complete",model="m",route="{route}"}} 1.0'
                for route in SHAPES
            ]
            wait_for_metrics(server, "gateway_streams_open 0.0", *expected)

    @pytest.mark.parametrize(("stream", "begun"), [(True, False), (False, False), (False, True)])
    def test_our_key_within_a_stream(self, stream: bool, begun: bool) -> None:
        said = {"error": {"message": f"Incorrect API key: {KEY}", "type": "server_error"}}
        sent = f"data: {json.dumps(said)}\n\n"
        if begun:
            sent = TWO_CHUNKS.partition("\n\n")[0] + "\n\n" + sent
        with in_front_of(Says(sent.encode())) as (_, server):
            answer = ask(server, "chat", stream=stream)
        assert answer.status_code == 500  # the upstream's
        assert "Incorrect API key" in answer.text
        assert KEY not in answer.text

    def test_a_cookie_is_not_for_the_next_client(self) -> None:
        cookie = {"set-cookie": "session=of-one-client; path=/"}
        with in_front_of(Says(STREAMS["chat"], headers=cookie)) as (upstream, server):
            for _ in range(2):
                assert ask(server, "chat").status_code == 200
        assert len(upstream.asked) == 2
        assert all("cookie" not in asked.headers for asked in upstream.asked)


def wait_for_metrics(server: RunningGateway, *expected: str) -> None:
    """Until they are so: a client has its answer before the gateway has counted it."""
    deadline = time.monotonic() + PATIENCE
    while not all(line in (told := httpx2.get(server.url + "/metrics").text) for line in expected):
        assert time.monotonic() < deadline, told
        time.sleep(0.02)


@pytest.mark.parametrize("path", ["chat", "messages", "responses"])
def test_below_another_path(path: Shape) -> None:
    """As a server says it that is told so: `uvicorn --root-path /models`."""

    async def post_below() -> httpx2.Response:
        app = create_app(settings())
        transport = httpx2.ASGITransport(app, root_path="/models")
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
        ):
            return await client.post(f"/models{PATHS[path]}", headers=AS_CLIENT, json={})

    answer = asyncio.run(post_below())
    assert answer.status_code == 404
    assert "no such model" in answer.text


UPSTREAM = {"u": {"url": "http://u", "shape": "chat", "key": "U"}}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"upstreams": {}, "models": {"m": []}}, "a model has no upstream"),
        ({"upstreams": UPSTREAM, "models": {"m": ["u/m"]}}, "upstream's key is empty"),
    ],
)
def test_settings_that_cannot_work(tmp_path: Path, told: dict[str, Any], words: str) -> None:
    file = tmp_path / "gateway.json"
    file.write_text(json.dumps(told))
    with pytest.raises(ValueError, match=words):
        read(file, {"U": ""})
