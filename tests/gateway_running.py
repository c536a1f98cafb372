"""The gateway of the examples, running in a thread, by the settings of a test."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import uvicorn

from gateway.app import create_app

if TYPE_CHECKING:
    from typing_extensions import Self

    from gateway.settings import Settings

PATIENCE = 30  # seconds: whoever waits so long waits for what never comes
KEY = "sk-upstream-0123456789abcdef"  # what only the gateway and its upstreams may know
CLIENT_KEY = "sk-client-0123456789abcdef"  # what a client that is not the page has to show


class RunningGateway:
    """Listens at `url`, which has no slash at the end."""

    def __init__(self, settings: Settings) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        config = uvicorn.Config(
            create_app(settings), log_level="warning", timeout_graceful_shutdown=1, ws="none"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._listener.close()
        assert not self._thread.is_alive()
