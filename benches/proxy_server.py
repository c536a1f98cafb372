"""A proxy in a process of its own, with a route for each way to send a stream on.

As a program: `/observe/PATH` is what the upstream, the only argument, has at `/PATH`, through a relay
that observes. Prints its URL and serves until its input ends.
"""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    import httpx2
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from ssewire import Relay

RAW, GENERATOR = "raw", "observe-by-generator"
OBSERVE, EDIT, TRANSLATE = "observe", "edit", "translate"
WAYS = (RAW, OBSERVE, GENERATOR, EDIT, TRANSLATE)


def relays() -> dict[str, Callable[[], Relay]]:
    from ssewire import Relay

    return {
        OBSERVE: lambda: Relay(keep_text=False),
        GENERATOR: lambda: Relay(keep_text=False),
        EDIT: lambda: Relay(model="a-name-of-the-proxy", usage="strip", keep_text=False),
        TRANSLATE: lambda: Relay(to="messages", keep_text=False),
    }


def app(upstream: str) -> ASGIApp:
    import httpx2
    from starlette.applications import Starlette
    from starlette.background import BackgroundTask
    from starlette.responses import StreamingResponse
    from starlette.routing import Route

    from ssewire.asgi import EventStreamResponse

    # As many as there are streams at once.
    client = httpx2.AsyncClient(timeout=120, limits=httpx2.Limits(max_connections=None))
    new = relays()

    async def fed(relay: Relay, response: httpx2.Response) -> AsyncIterator[bytes]:
        feed = relay.feed
        async for chunk in response.aiter_raw():
            if piece := feed(chunk):
                yield piece
        if piece := relay.finish():
            yield piece

    async def send_on(request: Request) -> Response:
        way, path = request.path_params["way"], request.path_params["path"]
        sent = {name: value for name, value in request.headers.items() if name[:2] == "x-"}
        asked = client.build_request("POST", f"{upstream}/{path}", headers=sent, json={})
        response = await client.send(asked, stream=True)
        if way not in (RAW, GENERATOR):
            return EventStreamResponse(response, new[way]())  # type: ignore[return-value]
        chunks = response.aiter_raw() if way == RAW else fed(new[way](), response)
        closing = BackgroundTask(response.aclose)
        return StreamingResponse(chunks, media_type="text/event-stream", background=closing)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    route = Route("/{way}/{path:path}", send_on, methods=["POST"])
    return Starlette(routes=[route], lifespan=lifespan)


@contextmanager
def proxy(upstream: str) -> Iterator[tuple[str, int]]:
    """Runs it. Yields its URL, and the id of its process."""
    command = [sys.executable, __file__, upstream]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout
        assert it.stdin
        try:
            yield it.stdout.readline().strip(), it.pid
        finally:
            it.stdin.close()


def main() -> None:
    import uvicorn

    # It warns of each write to a client that has just left.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    config = uvicorn.Config(app(sys.argv[1]), log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    print("http://{}:{}".format(*listening.getsockname()), flush=True)

    def wait() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=wait, daemon=True).start()
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
