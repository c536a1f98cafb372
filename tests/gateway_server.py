"""The gateway of the examples, running in a thread, in front of the upstreams of a test."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, NamedTuple

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.applications import Starlette
    from typing_extensions import Self

PATIENCE = 30  # seconds: whoever waits so long waits for what never comes
KEY = "sk-upstream-0123456789abcdef"  # what only the gateway and its upstreams may know


class Model(NamedTuple):
    """A model that the gateway offers.

    Attributes:
        id: its name, in the gateway and upstream.
        shape: the API that its upstream speaks.
        url: where that is.
    """

    id: str
    shape: str
    url: str
    upstream: str = "test"
    key: str = KEY


def _app(models: Sequence[Model]) -> Starlette:
    import standin

    return standin.make(models)


class GatewayServer:
    """Serves these models.

    Attributes:
        url: where, without a slash at the end.
    """

    def __init__(self, *models: Model) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            _app(models), log_level="warning", timeout_graceful_shutdown=1, ws="none"
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
