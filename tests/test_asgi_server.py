"""`ssewire.asgi` behind a real server, in several frameworks, with real clients."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, Any

import aiohttp
import fastapi
import httpx
import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import StreamingResponse
from starlette.routing import Route

from client_case import LONG, RECORDINGS, WatchedServer, comes_true, open_files
from ssewire import Dispatcher, IdleTimeout, NotAnEventStream, Relay, StreamError, TruncatedStream
from ssewire.asgi import ClientDisconnect, EventStreamResponse, relay_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from ssewire import Outcome

TEXT = "Hello, wörld 🌍!"


class RelayedResponse(EventStreamResponse, fastapi.Response):
    """As the documentation of `ssewire.asgi` has it."""


class Gateway:
    """An endpoint of every framework, in front of a replay server that it asks the same."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.asked = 0
        self.url = ""
        self.loop: asyncio.AbstractEventLoop | None = None
        self.ends: list[tuple[Outcome, BaseException | None]] = []

    def tasks(self) -> list[str]:
        """What runs in the loop of the server that is of ours."""
        tasks = asyncio.all_tasks(self.loop) if self.loop else ()
        return [str(task) for task in tasks if "ssewire" in str(task.get_coro())]

    async def _httpx(self, url: str) -> tuple[Any, Any]:
        client = httpx.AsyncClient(timeout=LONG, verify=False)
        return client.send(client.build_request("GET", url), stream=True), client.aclose

    async def _httpx2(self, url: str) -> tuple[Any, Any]:
        client = httpx2.AsyncClient(timeout=LONG, verify=False)
        return await client.send(client.build_request("GET", url), stream=True), client.aclose

    async def _aiohttp(self, url: str) -> tuple[Any, Any]:
        session = aiohttp.ClientSession()
        return session.get(url), session.close

    async def options(self, path: str, query: str) -> dict[str, Any]:
        self.asked += 1
        _, client, shape = path.rsplit("/", 2)
        opened, close = await getattr(self, f"_{client}")(
            f"{self.upstream}/streams/{shape}?{query}"
        )
        return {
            "upstream": opened,
            "relay": Relay(RECORDINGS[shape].shape or "auto"),
            "close": close,
            "idle_timeout": 0.2 if "stall:4" in query else LONG,
            "on_end": lambda *end: self.ends.append(end),
        }

    async def bare(self, scope: Any, receive: Any, send: Any) -> None:
        query = scope["query_string"].decode()
        response = EventStreamResponse(**await self.options(scope["path"], query))
        await response(scope, receive, send)

    async def endpoint(self, request: Request) -> Any:
        return RelayedResponse(**await self.options(request.url.path, request.url.query))

    async def refused(self, _request: Request) -> Any:
        async def refuse() -> Any:
            raise HTTPException(429, "too many")

        self.asked += 1
        return EventStreamResponse(refuse(), Relay("chat"), on_end=lambda *e: self.ends.append(e))

    async def generated(self, request: Request) -> Any:
        options = await self.options(request.url.path, request.url.query)
        return StreamingResponse(relay_stream(**options), media_type="text/event-stream")

    async def through(self, request: Request, following: Any) -> Any:
        response = await following(request)
        response.headers["x-passed"] = "through"
        return response

    def app(self) -> Any:
        api = fastapi.FastAPI()

        @api.get("/{client}/{shape}")
        async def endpoint(request: fastapi.Request) -> fastapi.Response:
            response: fastapi.Response = await self.endpoint(request)
            return response

        wrapped = [
            Middleware(BaseHTTPMiddleware, dispatch=self.through),
            Middleware(GZipMiddleware, minimum_size=1),
        ]
        endpoints = Route("/{client}/{shape}", self.endpoint)
        frameworks: dict[str, Any] = {
            "/bare": self.bare,
            "/fastapi": api,
            "/starlette": Starlette(routes=[Route("/refused", self.refused), endpoints]),
            "/middleware": Starlette(routes=[endpoints], middleware=wrapped),
            "/generated": Starlette(routes=[Route("/{client}/{shape}", self.generated)]),
        }

        async def app(scope: Any, receive: Any, send: Any) -> None:
            self.loop = asyncio.get_running_loop()
            path = scope["path"]
            name = "/" + path.split("/")[1]
            inner = {**scope, "root_path": name} if name != "/bare" else scope
            await frameworks[name](inner, receive, send)

        return app


FRAMEWORKS = ("bare", "starlette", "middleware", "fastapi", "generated")
CLIENTS = ("httpx", "httpx2", "aiohttp")
# Every framework with one client, and every client with one framework.
WAYS = [f"{framework}/httpx" for framework in FRAMEWORKS]
WAYS += ["bare/httpx2", "fastapi/httpx2", "bare/aiohttp", "generated/aiohttp"]
every_way = pytest.mark.parametrize("way", WAYS)


@pytest.fixture(scope="module")
def upstream() -> Iterator[WatchedServer]:
    with WatchedServer() as server:
        yield server


@pytest.fixture(scope="module")
def serving(upstream: WatchedServer) -> Iterator[Gateway]:
    before = open_files()
    gateway = Gateway(upstream.url)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    config = uvicorn.Config(gateway.app(), log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    gateway.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    yield gateway
    server.should_exit = True
    thread.join(LONG)
    assert not thread.is_alive(), "a stream has not ended"
    listener.close()
    assert comes_true(lambda: open_files() <= before)


@pytest.fixture
def gateway(serving: Gateway, upstream: WatchedServer) -> Iterator[Gateway]:
    yield serving
    assert comes_true(lambda: len(serving.ends) == serving.asked), "each is told once"
    assert comes_true(lambda: not serving.tasks()), "a task is left"
    serving.asked = 0
    serving.ends.clear()
    upstream.ends.clear()


@pytest.fixture
def client(gateway: Gateway) -> Iterator[httpx.Client]:
    """A client of the gateway, which is looked at when it has gone."""
    with httpx.Client(base_url=gateway.url, timeout=LONG, verify=False) as client:
        yield client


def outcome_of(body: bytes) -> Outcome:
    dispatcher = Dispatcher()
    dispatcher.feed(body)
    dispatcher.finish()
    return dispatcher.outcome


def end_of(gateway: Gateway) -> BaseException | None:
    assert comes_true(lambda: len(gateway.ends) == 1)
    return gateway.ends[0][1]


@every_way
@pytest.mark.parametrize("shape", RECORDINGS)
def test_every_byte(client: httpx.Client, gateway: Gateway, way: str, shape: str) -> None:
    response = client.get(f"/{way}/{shape}?chunking=random:1")
    assert response.status_code == 200
    assert response.content == RECORDINGS[shape].stream
    assert end_of(gateway) is None
    assert gateway.ends[0][0].text == TEXT


@pytest.mark.parametrize("framework", ["bare", "starlette", "middleware", "fastapi"])
def test_headers(client: httpx.Client, framework: str) -> None:
    response = client.get(f"/{framework}/httpx/chat", headers={"accept-encoding": "gzip"})
    headers = response.headers
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-cache"
    assert headers["x-accel-buffering"] == "no"
    assert "content-length" not in headers
    assert "content-encoding" not in headers
    assert response.content == RECORDINGS["chat"].stream


FAULTS: dict[str, type[Exception]] = {
    "cut-between:4": TruncatedStream,
    "reset:4": TruncatedStream,
    "reset:0": TruncatedStream,
    "stall:4": IdleTimeout,
    "error-event:4": StreamError,
}


@every_way
@pytest.mark.parametrize("fault", FAULTS)
def test_faults(client: httpx.Client, gateway: Gateway, way: str, fault: str) -> None:
    response = client.get(f"/{way}/chat?fault={fault}")
    assert response.status_code == 200
    count = int(fault.partition(":")[2])
    good = b"".join(lead + raw for lead, raw in RECORDINGS["chat"].blocks[:count])
    assert response.content.startswith(good)
    seen = outcome_of(response.content)
    assert (seen.error is not None, seen.complete) == (True, False)
    assert response.content.count(b'"error"') == 1
    assert response.content.endswith(b"\n\n")
    assert isinstance(end_of(gateway), FAULTS[fault])
    assert seen.text == gateway.ends[0][0].text


@every_way
def test_the_client_leaves(
    client: httpx.Client, gateway: Gateway, upstream: WatchedServer, way: str
) -> None:
    """While the upstream says nothing: it hears of that all the same."""
    with client.stream("GET", f"/{way}/chat?fault=stall:5") as response:
        assert next(response.iter_raw())
    assert upstream.all_left(1)
    assert isinstance(end_of(gateway), (ClientDisconnect, asyncio.CancelledError))


def test_head(client: httpx.Client, gateway: Gateway, upstream: WatchedServer) -> None:
    response = client.head("/bare/httpx/chat")
    assert (response.status_code, response.content) == (200, b"")
    assert end_of(gateway) is None
    assert upstream.ends == [], "it was not even asked"


def test_a_status_of_the_framework(client: httpx.Client, gateway: Gateway) -> None:
    response = client.get("/starlette/refused")
    assert (response.status_code, response.text) == (429, "too many")
    assert isinstance(end_of(gateway), HTTPException)


@pytest.mark.parametrize("framework", ["bare", "starlette", "fastapi"])
def test_an_upstream_without_a_stream(
    client: httpx.Client, gateway: Gateway, framework: str
) -> None:
    response = client.get(f"/{framework}/httpx/chat?fault=nonsense")
    assert (response.status_code, response.text) == (500, "Internal Server Error")
    assert isinstance(end_of(gateway), NotAnEventStream)


async def test_many_at_once(gateway: Gateway, upstream: WatchedServer) -> None:
    """Of whom every other one leaves."""
    count = 60

    async def ask(client: httpx.AsyncClient, number: int) -> bool:
        fault = "?fault=stall:5" if number % 2 else ""
        framework = FRAMEWORKS[number % len(FRAMEWORKS)]
        path = f"/{framework}/{CLIENTS[number % len(CLIENTS)]}/chat{fault}"
        async with client.stream("GET", path) as response:
            if fault:
                async for _ in response.aiter_raw():
                    return True
            return await response.aread() == RECORDINGS["chat"].stream

    limits = httpx.Limits(max_connections=count)
    async with httpx.AsyncClient(base_url=gateway.url, timeout=LONG, limits=limits) as client:
        assert all(await asyncio.gather(*(ask(client, number) for number in range(count))))
    assert await asyncio.to_thread(comes_true, lambda: len(gateway.ends) == count)
    assert sum(error is None for _, error in gateway.ends) == count // 2
    assert comes_true(lambda: len(upstream.ends) == count)
    assert sum(end.endswith("client left") for end in upstream.ends) >= count // 2
