"""A server that sends what it is told, byte for byte: what the replay server never does."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typing_extensions import Self

# For 127.0.0.1, its own authority, until 2126; made by `openssl req -x509`.
CERTIFICATE = Path(__file__).with_name("loopback.pem")


class BareServer:
    """Answers each request with the same pieces, sent one by one as they are made.

    Args:
        answer: makes the pieces of one answer, headers included; the connection ends with them.
        tls: whether to speak TLS.

    Attributes:
        url: where it is.
        left: set when a client has closed the connection that was held open for it.
        connections: how many there were.
    """

    def __init__(self, answer: Callable[[], Iterable[bytes]], *, tls: bool = False) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._tls: ssl.SSLContext | None = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(CERTIFICATE)
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}/"
        self.left = threading.Event()
        self.connections = 0
        self._answers: list[tuple[threading.Thread, socket.socket]] = []
        self._thread = threading.Thread(target=self._accept, name="bare-server", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone does not wake up `accept`.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for thread, connection in self._answers:
            # It may wait for another request.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
            thread.join(10)
            assert not thread.is_alive()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._answers.append((thread, connection))
                self.connections += 1
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                with self._tls.wrap_socket(connection, server_side=True) as inner:
                    self._talk(inner)
            else:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        piece = END
        while piece == END:
            request = b""
            while not request.endswith(b"\r\n\r\n"):
                received = connection.recv(65536)
                if not received:
                    return
                request += received
            for piece in self._answer():
                connection.sendall(piece)
                if piece == HOLD:
                    # Until the client leaves: it sends nothing else.
                    try:
                        connection.recv(1)
                    finally:
                        self.left.set()
                    return


END = b"0\r\n\r\n"  # a last piece after which the connection takes another request
HOLD = b""  # a piece that says: send nothing more and keep the connection open


def head(
    *headers: str, status: str = "200 OK", content_type: str | None = "text/event-stream"
) -> bytes:
    """The head of an answer whose body ends with the connection, unless the headers say more."""
    lines = [f"HTTP/1.1 {status}", *headers]
    lines += [f"Content-Type: {content_type}"] if content_type is not None else []
    return "\r\n".join([*lines, "", ""]).encode()


def chunk(data: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%b\r\n" % (len(data), data)
