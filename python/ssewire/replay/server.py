"""`ReplayServer`: recordings behind the paths that the SDKs ask for."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from typing import TYPE_CHECKING

try:
    from aiohttp import web
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'the replay server needs aiohttp: pip install "ssewire[serve]"', name=error.name
    ) from None

from ssewire.replay.delivery import deliver
from ssewire.replay.options import NAMES, ReplayOptions
from ssewire.replay.plan import plan
from ssewire.replay.recording import builtin_recordings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from typing_extensions import Self

    from ssewire.replay.recording import Recording, Shape

ENDPOINTS: dict[str, Shape] = {
    "/v1/chat/completions": "chat",
    "/v1/completions": "completions",
    "/v1/messages": "messages",
    "/v1/responses": "responses",
}
HEADER_PREFIX = "x-replay-"
BACKLOG = 4096  # connections that wait to be accepted: clients may come all at once
GRACE = 0.05  # seconds that open answers have when the server is closed


class ReplayServer:
    """Serves recordings over HTTP from a thread of its own.

    A context manager, for `with` and for `async with`. Each recording is at `/streams/NAME`, and
    those of a known shape at the path of that API: `/v1/chat/completions`, `/v1/completions`,
    `/v1/messages`, `/v1/responses`. A request can change the options for itself, as a query
    (`?fault=reset:5`) or in headers (`x-replay-fault: reset:5`).

    Args:
        recordings: more than the built-in ones. The first of a shape takes the place of the
            built-in one at the path of its API.
        host: the address to listen at. While it is one of the loopback, requests for any other
            name are refused, so that no page in a browser can read the recordings.
        port: the port to listen at; 0 for any that is free.
        options: how the recordings are served; `ReplayOptions()` if not given.
        log: called with one line for each answer, from the thread of the server.

    Attributes:
        host: as given.
        port: the port that it listens at.
        endpoints: the recording behind each path.

    Raises:
        ValueError: two recordings have the same name.
        OSError: from `start()`, if it cannot listen there.
    """

    def __init__(
        self,
        recordings: Iterable[Recording] = (),
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        options: ReplayOptions | None = None,
        log: Callable[[str], None] | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.endpoints = _endpoints(recordings)
        self._options = options or ReplayOptions()
        self._log = log or _silent
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address of the server, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def start(self) -> None:
        """Listen, and return as soon as requests are accepted."""
        if self._thread is not None:
            raise RuntimeError("the server runs already")
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.create_server((self.host, self.port), family=family, backlog=BACKLOG)
        self.port = listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._closing = asyncio.Event()
        self._thread = threading.Thread(
            target=self._run, args=(listener,), name="ssewire-replay", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Cut off what is open and stop listening. A second call does nothing."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join()
            self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)

    def _run(self, listener: socket.socket) -> None:
        try:
            self._loop.run_until_complete(self._serve(listener))
        finally:
            self._loop.close()

    async def _serve(self, listener: socket.socket) -> None:
        # With `handler_cancellation` an answer ends as soon as its client leaves.
        server = web.Server(self._answer, access_log=None, handler_cancellation=True)
        runner = web.ServerRunner(server, shutdown_timeout=GRACE)
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            await self._closing.wait()
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if _is_loopback(self.host) and not _is_loopback(_name_in(request.host)):
            return _line(403, f"this server is for the loopback, not for {request.host!r}")
        recording = self.endpoints.get(request.path)
        if recording is None:
            return _line(404, f"nothing at {request.path}, only at {', '.join(self.endpoints)}")
        is_api = request.path in ENDPOINTS
        if request.method != "POST" and (is_api or request.method != "GET"):
            return _line(405, f"{request.path} is for {'POST' if is_api else 'GET or POST'}")
        try:
            options = self._options.updated(_given(request, is_api=is_api))
            answer = plan(recording, options)
        except ValueError as error:
            return _line(400, str(error))
        # Whatever was asked, of any size: the answer is recorded.
        async for _ in request.content.iter_any():
            pass

        def report(sent: int, ending: str) -> None:
            self._log(f"{request.method} {request.path_qs}: {sent:,} bytes, {ending}")

        return await deliver(answer, request, report)


def _endpoints(recordings: Iterable[Recording]) -> dict[str, Recording]:
    builtin = builtin_recordings()
    given: dict[str, Recording] = {}
    for recording in recordings:
        if recording.name in given:
            raise ValueError(f"two recordings are called {recording.name!r}")
        given[recording.name] = recording
    by_shape = {recording.shape: recording for recording in reversed(given.values())}
    apis = {path: by_shape.get(shape, builtin[shape]) for path, shape in ENDPOINTS.items()}
    streams = {f"/streams/{name}": recording for name, recording in builtin.items()}
    files = {f"/streams/{name}": recording for name, recording in given.items()}
    return apis | streams | files


def _given(request: web.BaseRequest, *, is_api: bool) -> Mapping[str, str]:
    """The options that a request sets, by name. A query is nearer than a header."""
    headers = {
        name.lower().removeprefix(HEADER_PREFIX): value
        for name, value in request.headers.items()
        if name.lower().startswith(HEADER_PREFIX)
    }
    # The SDKs add parameters of their own to the paths of their APIs, as `?beta=true`.
    query = {name: value for name, value in request.query.items() if not is_api or name in NAMES}
    return headers | query


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _name_in(host: str) -> str:
    """The `Host` of a request without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _line(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text + "\n")


def _silent(_line: str) -> None:
    pass
