"""The connections below: woken up through TLS, given back, used again."""

from __future__ import annotations

import http.client
import ssl
import threading
from typing import TYPE_CHECKING

import aiohttp
import httpx
import httpx2
import pytest
import requests
import urllib3

from client_case import ASYNC, LONG, PIECES, RECORDINGS, SYNC, comes_true, open_files
from client_server import CERTIFICATE, HOLD, BareServer, chunk, head
from ssewire import AsyncStream, Stream
from ssewire.errors import IdleTimeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

BODY = RECORDINGS["chat"].stream
EVENTS = [block.raw for block in RECORDINGS["chat"].blocks]
TEXT = "".join(PIECES)


@pytest.fixture(autouse=True)
def _no_leak() -> Iterator[None]:
    before = open_files()
    yield
    assert comes_true(lambda: open_files() <= before)


@pytest.mark.parametrize("close", [True, False], ids=["close", "idle_timeout"])
def test_a_blocked_read_is_woken_up_through_tls(close: bool) -> None:
    def answer() -> Iterator[bytes]:
        yield head()
        yield EVENTS[0] + EVENTS[1]
        yield HOLD

    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    options: dict[str, Any] = {
        "httpx": {"verify": trusting},
        "httpx2": {"verify": trusting},
        "requests": {"verify": str(CERTIFICATE)},
        "urllib3": {"ca_certs": str(CERTIFICATE)},
        "urlopen": {"context": trusting},
    }
    for name, option in options.items():
        with BareServer(answer, tls=True) as server, SYNC[name](server.url, **option) as response:
            if close:
                stream = Stream(response)
                timer = threading.Timer(0.1, stream.close)
                timer.start()
                assert [item.text for item in stream] == ["", "He"], name
                timer.join()
            else:
                stream = Stream(response, idle_timeout=0.1)
                with pytest.raises(IdleTimeout):
                    stream.until_done()
            assert stream.outcome.text == "He", name
            assert server.left.wait(LONG), name


def test_what_was_read_already() -> None:
    answer = [head(f"Content-Length: {len(BODY)}"), BODY]
    with BareServer(lambda: answer) as server, urllib3.PoolManager() as pool:
        for response in (
            requests.get(server.url, timeout=LONG),
            pool.request("GET", server.url),
            httpx.get(server.url),
            httpx2.get(server.url),
        ):
            stream = Stream(response)
            assert stream.until_done().text == TEXT
            assert stream.response is response


async def test_of_the_other_kind_of_client() -> None:
    answer = [head(), BODY]
    for name in ("httpx", "httpx2"):
        with BareServer(lambda: answer) as server:
            with SYNC[name](server.url) as response:
                with pytest.raises(TypeError, match="Stream"):
                    AsyncStream(response)
                response.close()
            async with ASYNC[name](server.url) as response:
                with pytest.raises(TypeError, match="AsyncStream"):
                    Stream(response)
                await response.aclose()


async def test_a_connection_is_used_again() -> None:
    """The answer ends before the body does; that is read to its end, for the next request."""
    answer = [head("Transfer-Encoding: chunked"), chunk(BODY), b"0\r\n\r\n"]
    clients: dict[str, tuple[Any, Callable[[Any, str], Any]]] = {
        "httpx": (httpx.Client(), lambda c, url: c.send(c.build_request("GET", url), stream=True)),
        "requests": (requests.Session(), lambda c, url: c.get(url, stream=True)),
        "urllib3": (
            urllib3.PoolManager(),
            lambda c, url: c.request("GET", url, preload_content=False),
        ),
    }
    for name, (client, get) in clients.items():
        with BareServer(lambda: answer) as server, client:
            for _ in range(3):
                assert Stream(get(client, server.url)).until_done().complete, name
            assert server.connections == 1, name
    with BareServer(lambda: answer) as server:
        connection = http.client.HTTPConnection(server.url.split("/")[2])
        for _ in range(3):
            connection.request("GET", "/")
            assert Stream(connection.getresponse()).until_done().complete
        connection.close()
        assert server.connections == 1
    with BareServer(lambda: answer) as server:
        async with aiohttp.ClientSession() as session:
            for _ in range(3):
                assert (await AsyncStream(await session.get(server.url)).until_done()).complete
            assert server.connections == 1


def test_a_pool_has_its_place_back() -> None:
    """After a stream that was given up, though the pool is as small as can be."""
    answer = [head("Transfer-Encoding: chunked"), chunk(EVENTS[0]), HOLD]
    with BareServer(lambda: answer) as server:
        address = server.url.split("/")[2].split(":")
        with urllib3.HTTPConnectionPool(address[0], int(address[1]), maxsize=1, block=True) as pool:
            for _ in range(3):
                response = pool.request("GET", "/", preload_content=False, pool_timeout=LONG)
                with Stream(response) as stream:
                    next(stream)
