"""An upstream of the gateway that answers what it is told, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.settings import Key, Model, Settings, Target, Upstream
from gateway_running import CLIENT_KEY, KEY, PATIENCE
from ssewire.replay import Recording

if TYPE_CHECKING:
    from typing_extensions import Self

    from gateway.requests import Shape

PATHS = {
    "chat": "/v1/chat/completions",
    "messages": "/v1/messages",
    "responses": "/v1/responses",
}
SHAPES: tuple[Shape, ...] = ("chat", "messages", "responses")
STREAMS = {shape: Recording.builtin(shape).stream for shape in SHAPES}
ASKED = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 99}
BODIES: dict[str, dict[str, Any]] = {
    "chat": ASKED,
    "messages": ASKED,
    "responses": {"input": "Hi"},
}
AS_CLIENT = {"authorization": f"Bearer {CLIENT_KEY}"}
AS_PAGE = {"sec-fetch-site": "same-origin"}


def body(shape: str, *, stream: bool = True, **more: Any) -> dict[str, Any]:
    return {"model": "m", **BODIES[shape], "stream": stream, **more}


def beginning(shape: Shape, events: int) -> bytes:
    """So many events of the recording, and no end."""
    blocks = Recording.builtin(shape).blocks[:events]
    return b"".join(block.lead + block.raw for block in blocks)


class Asked(NamedTuple):
    """A request that came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Says:
    """An answer.

    Attributes:
        data: its body.
        status: its status.
        headers: its headers.
        stays: whether the connection stays open after the body, until the client leaves.
    """

    data: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    stays: bool = False


class ScriptedUpstream:
    """Answers with one after the other; the last one again and again.

    Attributes:
        asked: what came.
        answered: set when it has said what it had to say.
        left: set when a client has left an answer that stayed open.
    """

    def __init__(self, *answers: Says) -> None:
        self.asked: list[Asked] = []
        self.answered = threading.Event()
        self.left = threading.Event()
        script = [*answers]
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                upstream.asked.append(Asked(self.path, headers, json.loads(data)))
                answer = script.pop(0) if len(script) > 1 else script[0]
                self.send_response(answer.status)
                for name, value in {"content-type": "text/event-stream", **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(answer.data)
                upstream.answered.set()
                if answer.stays:
                    self.connection.settimeout(PATIENCE)
                    with suppress(ConnectionError):
                        if self.connection.recv(1) != b"":
                            return
                    upstream.left.set()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def target(self, shape: Shape, model: str = "m", **more: Any) -> Target:
        return Target(Upstream(f"{shape}-upstream", self.url, shape, KEY, **more), model)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def settings(*targets: Target, **more: Any) -> Settings:
    """Those of a gateway with one model, `m`."""
    return Settings({"m": Model("m", targets)}, (Key("client", CLIENT_KEY),), **more)


def nowhere(shape: Shape) -> Target:
    """A target where nobody listens."""
    return Target(Upstream("nowhere", "http://127.0.0.1:9", shape, KEY), "m")
