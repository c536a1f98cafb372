"""The gateway of the examples, running in a thread, in front of the upstreams of a test."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import uvicorn

from gateway.app import create_app
from gateway.settings import Key, Settings, Target, Upstream
from gateway.settings import Model as Route

if TYPE_CHECKING:
    from typing_extensions import Self

PATIENCE = 30  # seconds: whoever waits so long waits for what never comes
KEY = "sk-upstream-0123456789abcdef"  # what only the gateway and its upstreams may know
CLIENT_KEY = "sk-client-0123456789abcdef"  # what a client that is not the page has to show


class Model(NamedTuple):
    """A model that the gateway offers, and the one upstream that has it.

    Attributes:
        id: its name, in the gateway and upstream.
        shape: the API that the upstream speaks.
        url: where that is.
    """

    id: str
    shape: Any
    url: str

    def route(self) -> Route:
        upstream = Upstream("test", self.url, self.shape, KEY)
        return Route(self.id, (Target(upstream, self.id),))


class GatewayServer:
    """Serves these models.

    Attributes:
        port: where it listens.
        url: the same as an address, without a slash at the end.
    """

    def __init__(self, *models: Model) -> None:
        settings = Settings(
            {model.id: model.route() for model in models}, (Key("test", CLIENT_KEY),)
        )
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            create_app(settings), log_level="warning", timeout_graceful_shutdown=1, ws="none"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Cut off what is open and stop listening."""
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._listener.close()
        assert not self._thread.is_alive()
