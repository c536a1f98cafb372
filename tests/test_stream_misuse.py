"""What a program may do wrong with a stream loses nothing in silence and leaks nothing."""

from __future__ import annotations

import gc
import gzip
import http.client
import io
import threading
import weakref
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx2
import openai
import pytest
import requests

from answer_case import DONE, finishes, says
from answers import stream
from client_case import comes_true
from client_server import BareServer, head
from ssewire import AsyncStream, Dispatcher, Progress, Stream, TruncatedStream
from ssewire.clients import sdk
from ssewire.replay import ReplayServer
from stream_case import LONG, Body

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

HELLO = stream(says("Hel"), says("lo"), finishes(), DONE)
MESSAGES: Any = [{"role": "user", "content": "Hi"}]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ReplayServer() as server:
        yield f"{server.url}/v1"


class OtherResponse:
    """The raw response of an SDK that ssewire has never heard of."""

    def __init__(self, raw: Any) -> None:
        self.http_response = raw.http_response


class OtherCompletions:
    def __init__(self, completions: Any) -> None:
        self._create = completions.with_raw_response.create

    @property
    def with_raw_response(self) -> OtherCompletions:
        return self

    def create(self, **params: Any) -> OtherResponse:
        return OtherResponse(self._create(**params))


def test_the_resource_of_an_sdk_that_is_not_known(url: str) -> None:
    with openai.OpenAI(base_url=url, api_key="none") as client:
        resource = OtherCompletions(client.chat.completions)
        with sdk.stream(resource, model="any", messages=MESSAGES) as made:
            assert made.until_done().complete


def test_an_option_that_is_not_allowed_leaves_no_connection(url: str) -> None:
    with (
        httpx2.Client() as http,
        openai.OpenAI(base_url=url, api_key="none", http_client=http) as client,
    ):
        with pytest.raises(ValueError, match="positive"):
            sdk.stream(
                client.chat.completions, options={"timeout": -1}, model="any", messages=MESSAGES
            )
        pool: Any = http._transport
        assert all(connection.is_closed() for connection in pool._pool.connections)


async def test_the_other_kind_of_client() -> None:
    client: Any = openai.OpenAI(api_key="none", base_url="http://127.0.0.1:1")
    with pytest.raises(TypeError, match="synchronous"):
        await sdk.astream(client.chat.completions, model="any", messages=MESSAGES)
    client = openai.AsyncOpenAI(api_key="none", base_url="http://127.0.0.1:1")
    with pytest.raises(TypeError, match="synchronous"):
        sdk.stream(client.chat.completions, model="any", messages=MESSAGES)


def test_a_stream_that_is_closed_keeps_no_thread() -> None:
    before = threading.active_count()
    made = Stream(Body(HELLO[:40], HELLO[40:]).source(), timeout=LONG)
    next(made)
    made.close()
    assert comes_true(lambda: threading.active_count() <= before)


@pytest.mark.parametrize("way", ["text", "events"])
def test_levels_that_would_lose_items(way: str) -> None:
    made = Stream([HELLO])
    next(made)
    with pytest.raises(RuntimeError, match="item by item"):
        getattr(made, way)()
    assert "".join(delta.text for delta in made.deltas() if delta.kind == "text") == "lo"
    assert made.until_done().text == "Hello"


async def test_levels_that_would_lose_items_async() -> None:
    async def body() -> AsyncIterator[bytes]:
        yield HELLO

    made = AsyncStream(body())
    await anext(made)
    with pytest.raises(RuntimeError, match="item by item"):
        made.text()
    texts = [delta.text async for delta in made.deltas() if delta.kind == "text"]
    assert texts == ["lo"]


def test_the_whole_answer_of_a_stream_that_was_left() -> None:
    made = Stream([stream(says("Hel")), stream(says("lo"), finishes(), DONE)])
    for _ in made:
        break
    for _ in range(2):
        with pytest.raises(TruncatedStream) as caught:
            made.get_final_message()
        assert caught.value.outcome is not None
    assert Stream([stream(says("Hel"))], raise_errors=False).get_final_message()


def test_two_threads() -> None:
    body = Body(HELLO[:100], ...)
    made = Stream(body.source())
    first = threading.Thread(target=lambda: list(made))
    first.start()
    assert body.waiting.wait(LONG)
    with pytest.raises(RuntimeError, match="another thread"):
        list(made)
    assert not made.closed
    made.close()
    first.join(LONG)
    assert body.closed == 1


def test_requests_with_a_body_of_its_own() -> None:
    response = requests.Response()
    response.status_code, response.raw = 200, io.BytesIO(HELLO)
    response.headers["content-type"] = "text/event-stream"
    assert "".join(Stream(response).text()) == "Hello"


def test_gzip_in_several_members() -> None:
    body = gzip.compress(HELLO[:100]) + gzip.compress(HELLO[100:])
    answer = head("Content-Encoding: gzip", f"Content-Length: {len(body)}") + body
    with BareServer(lambda: [answer]) as server:
        connection = http.client.HTTPConnection(server.url.split("/")[2])
        connection.request("GET", "/")
        assert "".join(Stream(connection.getresponse()).text()) == "Hello"
        connection.close()


def test_a_progress_in_a_handler_is_no_leak() -> None:
    dispatcher = Dispatcher()
    progress = Progress(dispatcher)

    class Kept:
        pass

    kept = Kept()
    alive = weakref.ref(kept)
    dispatcher.on("text", partial(lambda *_: None, progress, kept))
    del dispatcher, progress, kept
    gc.collect()
    assert alive() is None
