"""The gateway behind nginx and haproxy: each event arrives before the next one has been sent."""

from __future__ import annotations

import http.client
import json
import zlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from gated_upstream import PATIENCE, GatedUpstream
from gateway_server import CLIENT_KEY, GatewayServer, Model
from page_case import Reader, chat_stream, chromium, expect
from proxies import PROXIES, proxy
from ssewire import Dispatcher
from ssewire.replay import Recording

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Self

PATHS = {"chat": "/v1/chat/completions", "messages": "/v1/messages", "responses": "/v1/responses"}
QUESTION = [{"role": "user", "content": "Where is it quiet?"}]
FIRST = 12  # events that are looked at one by one


class Client:
    """A client that reads a stream as it comes, and undoes a compression that it asked for."""

    def __init__(self, url: str, path: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        members = {"input": QUESTION} if "responses" in path else {"messages": QUESTION}
        headers = {
            "authorization": f"Bearer {CLIENT_KEY}",
            "content-type": "application/json",
            "accept-encoding": "gzip",
        }
        body = {"model": "m", "stream": True, "max_tokens": 100, **members}
        self._connection.request("POST", path, json.dumps(body), headers)
        self._response: http.client.HTTPResponse | None = None

    @property
    def response(self) -> http.client.HTTPResponse:
        """The answer; with the first look at it its head is waited for."""
        if self._response is None:
            self._response = self._connection.getresponse()
            gzip = self._response.headers["content-encoding"] == "gzip"
            self._unzip = zlib.decompressobj(31) if gzip else None
        return self._response

    def read(self) -> bytes:
        """What has come since the last time, or waiting for it; empty at the end."""
        while data := self.response.read1(65536):
            text = self._unzip.decompress(data) if self._unzip else data
            if text:
                return text
        return b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # The response holds the connection open for itself.
        if self._response is not None:
            self._response.close()
        self._connection.close()


@pytest.fixture(params=PROXIES)
def kind(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.mark.parametrize("api", PATHS)
def test_each_event_arrives_before_the_next_is_sent(kind: str, api: str, tmp_path: Path) -> None:
    recording = Recording.builtin(api)  # type: ignore[arg-type]
    with (
        GatedUpstream(recording) as upstream,
        GatewayServer(Model("m", api, upstream.url)) as gateway,
        proxy(kind, gateway.port, tmp_path) as url,
        Client(url, PATHS[api]) as client,
    ):
        seen, here = Dispatcher(), Dispatcher()
        sent = b""
        looks = 0
        for lead, raw in recording.blocks:
            upstream.send(1)
            sent += lead + raw
            if not seen.feed_text(lead + raw) or looks == FIRST:
                continue
            looks += 1
            # The upstream waits: nothing else can push these bytes through.
            while here.snapshot() != seen.snapshot():
                data = client.read()
                assert data, "the stream has ended"
                here.feed(data)
        assert looks == FIRST
        while data := client.read():
            here.feed(data)
        here.finish()
        assert here.outcome.complete
        assert here.outcome.text == Dispatcher().feed_text(recording.stream)
        assert client.response.headers["content-type"].startswith("text/event-stream")
        if kind == "nginx with gzip":
            assert client.response.headers["content-encoding"] == "gzip"


def test_a_client_that_leaves_stops_the_upstream(kind: str, tmp_path: Path) -> None:
    story = chat_stream(*({"content": f"{number} "} for number in range(500)))
    with (
        GatedUpstream(story) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        proxy(kind, gateway.port, tmp_path) as url,
    ):
        with Client(url, PATHS["chat"]) as client:
            upstream.send(1)
            assert client.read()
        # A proxy may see it only when it has something to send.
        for _ in story.blocks[100:]:
            upstream.send(1)
            if upstream.left.wait(0.05):
                break
        assert upstream.left.is_set()


def test_the_page_shows_each_as_it_comes(kind: str, tmp_path: Path) -> None:
    words = ["Once ", "upon ", "a ", "time."]
    with (
        chromium() as browser,
        GatedUpstream(chat_stream(*({"content": word} for word in words))) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        proxy(kind, gateway.port, tmp_path) as url,
        Reader(browser, url) as reader,
    ):
        reader.say("Tell")
        for number in range(1, len(words) + 1):
            upstream.send(1)
            expect(reader.text).to_have_text("".join(words[:number]))
        upstream.send_all()
        reader.is_done()
