"""The replay server over real HTTP: every fault and modifier, and its life."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from ssewire import Decoder, encode_event
from ssewire.replay import Recording, ReplayOptions, ReplayServer, plan
from ssewire.replay.options import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ssewire.replay.recording import Shape

EVENTS = [b"data: a\n\n", b"event: e\ndata: \xc3\xa9\n\n", b"data: c\n\n", b"data: d\n\n"]
SMALL = Recording("small", b"".join(EVENTS))
COMMENT = b": keep-alive\n\n"


def data_of(recording: Recording, **options: object) -> list[bytes]:
    return [piece.data for piece in plan(recording, ReplayOptions(**options)).pieces]  # type: ignore[arg-type]


def sent(recording: Recording, **options: object) -> bytes:
    return b"".join(data_of(recording, **options))


@pytest.fixture(scope="module")
def server() -> Iterator[ReplayServer]:
    with ReplayServer([SMALL]) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: ReplayServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client:
        yield client


def connected(server: ReplayServer, path: str) -> socket.socket:
    connection = socket.create_connection((server.host, server.port), timeout=30)
    connection.sendall(f"GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
    return connection


class TestServer:
    @pytest.mark.parametrize(
        ("path", "shape"),
        [
            ("/v1/chat/completions", "chat"),
            ("/v1/completions", "completions"),
            ("/v1/messages?beta=true", "messages"),
            ("/v1/responses", "responses"),
            ("/streams/responses", "responses"),
        ],
    )
    def test_answers(self, client: httpx.Client, path: str, shape: Shape) -> None:
        response = client.post(path, json={"stream": True, "messages": ["x" * 3_000_000]})
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.content == Recording.builtin(shape).stream

    def test_get(self, client: httpx.Client) -> None:
        assert client.get("/streams/small").content == SMALL.stream

    @pytest.mark.parametrize(
        "query",
        [
            "crlf&bom&keep-alive-events=2",
            "chunking=3",
            "chunking=random:9",
            "chunking=whole",
            "fault=cut-between",
            "fault=cut-inside:1",
            "fault=cut-character",
            "fault=error-event:0",
            "rate=100000&keep-alive=5",
        ],
    )
    def test_the_body_is_the_plan_and_ends_well(self, client: httpx.Client, query: str) -> None:
        given = {name: value for name, _, value in (p.partition("=") for p in query.split("&"))}
        expected = plan(SMALL, ReplayOptions().updated(given))
        body = b"".join(piece.data for piece in expected.pieces)
        assert client.get(f"/streams/small?{query}").content == body
        headers = {f"X-Replay-{name}": value for name, value in given.items()}
        assert client.get("/streams/small", headers=headers).content == body

    def test_a_query_is_nearer_than_a_header(self, client: httpx.Client) -> None:
        response = client.get(
            "/streams/small?fault=cut-between:1", headers={"x-replay-fault": "reset:0"}
        )
        assert response.content == EVENTS[0]

    @pytest.mark.parametrize("after", [0, 2, 4])
    def test_reset_comes_after_what_was_sent(self, client: httpx.Client, after: int) -> None:
        received: list[bytes] = []
        with client.stream("GET", f"/streams/small?fault=reset:{after}") as response:
            chunks = response.iter_raw()
            with pytest.raises(httpx.ReadError):
                received.extend(chunks)
        assert b"".join(received) == b"".join(EVENTS[:after])

    @pytest.mark.parametrize("after", [0, 2, 4])
    def test_reset_is_one_for_the_socket(self, server: ReplayServer, after: int) -> None:
        received: list[bytes] = []
        with connected(server, f"/streams/small?fault=reset:{after}") as connection:
            reads = iter(lambda: connection.recv(65536), b"")
            with pytest.raises(ConnectionResetError):
                received.extend(reads)
        body = b"".join(received)
        assert b"200 OK" in body
        assert all(event in body for event in EVENTS[:after])

    @pytest.mark.parametrize("query", ["fault=stall:2", "fault=stall:0", "stay-open"])
    def test_held_open_in_silence(self, server: ReplayServer, query: str) -> None:
        body = sent(SMALL, fault=query.partition("=")[2] or "none")
        with connected(server, f"/streams/small?chunking=whole&{query}") as connection:
            received = b""
            while not (b"\r\n\r\n" in received and received.endswith(body + b"\r\n" * bool(body))):
                received += connection.recv(65536)
            connection.settimeout(0.05)
            with pytest.raises(TimeoutError):
                connection.recv(1)

    def test_comments_while_held_open(self, client: httpx.Client) -> None:
        decoder = Decoder()
        events = 0
        with client.stream("GET", "/streams/small?fault=stall:1&keep-alive=0.01") as response:
            for chunk in response.iter_raw():
                events += len(decoder.feed(chunk))
                if decoder.comments == 3:
                    break
        assert events == 1

    @pytest.mark.parametrize(
        ("method", "path", "status", "words"),
        [
            ("GET", "/streams/small?fault=boom", 400, FAULTS[0]),
            ("GET", "/streams/small?sped=1", 400, "only rate"),
            ("GET", "/streams/small?fault=reset:9", 400, "4 events"),
            ("POST", "/v1/messages?rate=x", 400, "rate is a number"),
            ("GET", "/streams/nothing", 404, "/streams/small"),
            ("GET", "/", 404, "/v1/messages"),
            ("GET", "/v1/messages", 405, "POST"),
            ("DELETE", "/streams/small", 405, "GET or POST"),
        ],
    )
    def test_bad_requests(
        self, client: httpx.Client, method: str, path: str, status: int, words: str
    ) -> None:
        response = client.request(method, path)
        assert response.status_code == status
        assert words in response.text
        assert response.text.count("\n") == 1

    @pytest.mark.parametrize(
        ("host", "status"),
        [("localhost", 200), ("127.0.0.9:80", 200), ("[::1]:80", 200), ("example.com", 403)],
    )
    def test_only_for_the_loopback(self, client: httpx.Client, host: str, status: int) -> None:
        assert client.get("/streams/small", headers={"host": host}).status_code == status

    def test_any_name_where_a_host_was_given(self) -> None:
        with ReplayServer([SMALL], host="0.0.0.0") as server:
            url = f"http://127.0.0.1:{server.port}/streams/small"
            response = httpx.get(url, headers={"host": "example.com"}, trust_env=False)
        assert response.status_code == 200


class TestLife:
    async def test_with_asyncio(self) -> None:
        options = ReplayOptions(fault="cut-between:1")
        async with (
            ReplayServer([SMALL], options=options) as server,
            httpx.AsyncClient(trust_env=False) as client,
        ):
            response = await client.get(server.url + "/streams/small")
        assert response.content == EVENTS[0]

    def test_closing_cuts_off_what_is_open(self) -> None:
        server = ReplayServer([SMALL])
        server.start()
        with httpx.Client(trust_env=False, timeout=30) as client:
            url = server.url + "/streams/small?fault=stall:1"
            with client.stream("GET", url) as response:
                chunks = response.iter_raw()
                assert next(chunks) == EVENTS[0]
                server.close()
                with pytest.raises(httpx.RemoteProtocolError):
                    next(chunks)
            server.close()
            with pytest.raises(httpx.ConnectError):
                client.get(url)

    def test_it_can_start_again(self) -> None:
        server = ReplayServer()
        for _ in range(2):
            with server:
                assert httpx.get(server.url + "/streams/chat", trust_env=False).is_success
                with pytest.raises(RuntimeError, match="runs already"):
                    server.start()

    def test_log(self) -> None:
        lines: list[str] = []
        with ReplayServer([SMALL], log=lines.append) as server:
            httpx.get(server.url + "/streams/small?fault=cut-between:1", trust_env=False)
        assert lines == ["GET /streams/small?fault=cut-between:1: 9 bytes, ended"]

    def test_the_first_of_a_shape_answers_for_its_api(self) -> None:
        payload = json.dumps({"type": "message_start", "message": {}})
        mine = Recording("mine", encode_event(payload, event="message_start"))
        chat = Recording("chat", SMALL.stream)
        endpoints = ReplayServer([mine, Recording("second", mine.stream), chat]).endpoints
        assert endpoints["/v1/messages"] is mine
        assert endpoints["/streams/messages"].name == "messages"
        assert endpoints["/streams/chat"] is chat
        assert endpoints["/v1/chat/completions"] == Recording.builtin("chat")

    def test_two_of_a_name(self) -> None:
        with pytest.raises(ValueError, match="two recordings are called 'small'"):
            ReplayServer([SMALL, SMALL])

    def test_a_port_that_is_taken(self, server: ReplayServer) -> None:
        with pytest.raises(OSError, match="in use"):
            ReplayServer(port=server.port).start()
