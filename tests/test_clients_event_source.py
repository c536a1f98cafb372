"""`EventSource` in the place of httpx-sse's and httpx2's, and `SSEClient` in that of sseclient-py's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import httpx2
import pytest
import requests

import ssewire
from client_case import LONG, comes_true, open_files
from client_server import BareServer, chunk, head
from ssewire import EventTooLarge, ServerSentEvent
from ssewire.clients import httpx as for_httpx
from ssewire.clients import httpx2 as for_httpx2
from ssewire.clients.requests import SSEClient
from ssewire.replay import ReplayServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

BOTH: list[tuple[Any, Any]] = [(httpx, for_httpx), (httpx2, for_httpx2)]
both = pytest.mark.parametrize(("library", "ours"), BOTH, ids=["httpx", "httpx2"])
STREAM = (
    b"\xef\xbb\xbfdata: one\n\n"
    b"id: 7\n\n"  # sets the id, and is no event
    b": comment\n\n"
    b"event: named\r\nretry: 3000\r\ndata: t\xc3\xbcr\xe2\x80\xa8\r\n\r\n"
    b"data: lost"
)
EVENTS = [
    ServerSentEvent(event="message", data="one"),
    ServerSentEvent(event="named", data="tür\u2028", id="7", retry=3000),
]


@pytest.fixture(autouse=True)
def _no_leak() -> Iterator[None]:
    before = open_files()
    yield
    assert comes_true(lambda: open_files() <= before)


def bytewise() -> Iterator[bytes]:
    yield head("Transfer-Encoding: chunked")
    for byte in STREAM:
        yield chunk(bytes([byte]))
    yield b"0\r\n\r\n"


@both
async def test_the_events(library: Any, ours: Any) -> None:
    with BareServer(bytewise) as server:
        with library.Client() as client, ours.connect_sse(client, "GET", server.url) as source:
            assert source.response.status_code == 200
            assert list(source.iter_sse()) == EVENTS
            assert (source.last_event_id, source.retry) == ("7", 3000)
        with library.Client() as client, ours.connect_sse(client, "GET", server.url) as source:
            assert list(source) == EVENTS
        async with library.AsyncClient() as client:
            async with ours.aconnect_sse(client, "GET", server.url) as source:
                assert [event async for event in source.aiter_sse()] == EVENTS
            async with ours.aconnect_sse(client, "GET", server.url) as source:
                assert [event async for event in source] == EVENTS


@both
@pytest.mark.parametrize(
    ("content_type", "right"),
    [
        ("text/event-stream", True),
        ("TEXT/Event-Stream ; charset=iso-8859-1", True),
        ("application/json, text/event-stream", True),
        ("text/event-streamx", False),
        ("application/json", False),
        ("", False),
    ],
)
async def test_content_type(library: Any, ours: Any, content_type: str, right: bool) -> None:
    def response() -> Any:
        return library.Response(200, headers={"Content-Type": content_type}, content=STREAM)

    source = ours.EventSource(response())
    if right:
        assert list(source.iter_sse()) == EVENTS
        assert [event async for event in source.aiter_sse()] == EVENTS
        return
    events = source.iter_sse()  # nothing is wrong until the first event is asked for
    with pytest.raises(ours.SSEError, match="text/event-stream"):
        next(events)
    with pytest.raises(library.TransportError):
        await anext(ours.EventSource(response()).aiter_sse())
    with pytest.raises(ssewire.SSEError):
        list(ours.EventSource(response()))


def test_the_error_is_httpx2_s_own_too() -> None:
    assert issubclass(for_httpx2.SSEError, httpx2.SSEError)


@both
def test_the_error_knows_its_request(library: Any, ours: Any) -> None:
    request = library.Request("GET", "http://127.0.0.1/")
    with pytest.raises(ours.SSEError) as caught:
        list(ours.EventSource(library.Response(200, request=request)))
    assert caught.value.request is request


@both
async def test_headers_of_the_request(library: Any, ours: Any) -> None:
    seen: list[Any] = []

    def answer(request: Any) -> Any:
        seen.append(request.headers)
        return library.Response(200, headers={"Content-Type": "text/event-stream"}, content=b"")

    both_types = "application/json, text/event-stream"
    given: list[Any] = [
        {},
        {"headers": {"X-Key": "k", "Accept": "application/json"}},
        {"headers": [("accept", both_types), ("cache-control", "no-cache")]},
        {"headers": None},
    ]
    before = repr(given)
    with library.Client(transport=library.MockTransport(answer)) as client:
        for arguments in given:
            with ours.connect_sse(client, "POST", "http://127.0.0.1/", **arguments) as source:
                assert list(source.iter_sse()) == []
    async with (
        library.AsyncClient(transport=library.MockTransport(answer)) as client,
        ours.aconnect_sse(client, "GET", "http://127.0.0.1/", json={"a": 1}) as source,
    ):
        assert [event async for event in source.aiter_sse()] == []
    assert repr(given) == before  # httpx-sse writes into the caller's
    assert [(headers["accept"], headers["cache-control"]) for headers in seen] == [
        ("text/event-stream", "no-store"),
        ("text/event-stream", "no-store"),
        (both_types, "no-cache"),
        ("text/event-stream", "no-store"),
        ("text/event-stream", "no-store"),
    ]
    assert seen[1]["x-key"] == "k"


@both
def test_the_largest_event(library: Any, ours: Any) -> None:
    headers = {"Content-Type": "text/event-stream"}
    response = library.Response(200, headers=headers, content=b"data: a\n\ndata: " + b"b" * 99)
    events = ours.EventSource(response, max_event_size=50).iter_sse()
    with pytest.raises(EventTooLarge):
        list(events)


@both
async def test_an_early_break_closes_the_response(library: Any, ours: Any) -> None:
    ends: list[str] = []
    with ReplayServer(log=ends.append) as server:
        url = f"{server.url}/streams/chat?fault=stall:5"
        with library.Client() as client:
            with ours.connect_sse(client, "GET", url) as source:
                for _ in source.iter_sse():
                    break
            # By now, and not when the client is closed.
            assert comes_true(lambda: len(ends) == 1)
        async with library.AsyncClient() as client:
            async with ours.aconnect_sse(client, "GET", url) as source:
                events = source.aiter_sse()
                await anext(events)
                await events.aclose()
            await asyncio.sleep(0.01)
            assert comes_true(lambda: len(ends) == 2)
        assert all(end.endswith("client left") for end in ends)


def test_sseclient() -> None:
    for given in ([STREAM], iter([STREAM[:9], STREAM[9:]])):
        assert list(SSEClient(given).events()) == EVENTS
    with BareServer(bytewise) as server, requests.Session() as session:
        response = session.get(server.url, stream=True, timeout=LONG)
        client = SSEClient(response)
        assert list(client.events()) == EVENTS
        client.close()
        # Closed while it is read: that is the end of it.
        client = SSEClient(session.get(server.url, stream=True, timeout=LONG))
        assert next(client.events()).data == "one"
        client.close()
        client.close()
        del response, client


def test_sseclient_refuses_other_encodings() -> None:
    assert SSEClient([], "UTF8")
    with pytest.raises(ValueError, match="UTF-8"):
        SSEClient([], "latin-1")
    with pytest.raises(TypeError):
        SSEClient(5)
