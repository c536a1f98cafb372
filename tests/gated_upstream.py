"""A model's server that sends one event after another only when the test says so."""

from __future__ import annotations

import json
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self

    from ssewire.replay import Recording

PATIENCE = 30  # seconds: whoever waits so long waits for what never comes
LOOK = 0.02  # seconds between two looks whether the client is still there


class Asked(NamedTuple):
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: Any


class Answer(NamedTuple):
    """What a request gets.

    Attributes:
        recording: its events.
        status: of HTTP; with any other than 200 the stream is the whole body, as JSON.
        breaks: whether the connection is cut after the events, instead of the body's end.
    """

    recording: Recording
    status: int = 200
    breaks: bool = False


class GatedUpstream:
    """Answers one request after the other, each event by event; the last answer again and again.

    Attributes:
        asked: the requests, in order.
        left: set when a client has gone before the end.
    """

    def __init__(self, *answers: Answer | Recording) -> None:
        self._answers = [a if isinstance(a, Answer) else Answer(a) for a in answers]
        self._gate = threading.Semaphore(0)
        self._all = threading.Event()
        self.asked: list[Asked] = []
        self.left = threading.Event()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                upstream.asked.append(Asked(self.path, dict(self.headers), json.loads(body)))
                upstream._serve(self, len(upstream.asked) - 1)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def send(self, events: int) -> None:
        """Let so many more events go."""
        for _ in range(events):
            self._gate.release()

    def send_all(self) -> None:
        """Let all go that is asked for from now on."""
        self._all.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._all.set()
        self._server.shutdown()
        self._thread.join(PATIENCE)
        self._server.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler, number: int) -> None:
        answer = self._answers[min(number, len(self._answers) - 1)]
        handler.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        handler.close_connection = True
        handler.send_response(answer.status)
        if answer.status != 200:
            handler.send_header("content-type", "application/json")
            handler.send_header("content-length", str(len(answer.recording.stream)))
            handler.end_headers()
            handler.wfile.write(answer.recording.stream)
            return
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        try:
            for lead, raw in answer.recording.blocks:
                while not (self._all.is_set() or self._gate.acquire(timeout=LOOK)):
                    if _has_left(handler.connection):
                        self.left.set()
                        return
                data = lead + raw
                handler.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
            if not answer.breaks:
                handler.wfile.write(b"0\r\n\r\n")
        except ConnectionError:
            self.left.set()


def _has_left(connection: socket.socket) -> bool:
    readable, _, _ = select.select([connection], [], [], 0)
    if not readable:
        return False
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except ConnectionError:
        return True
