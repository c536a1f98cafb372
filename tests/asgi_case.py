"""The server's side of ASGI in memory, and upstreams in pieces."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from retry_case import chunk, say, stop
from ssewire import Decoder, Dispatcher, Relay
from ssewire.asgi import EventStreamResponse
from stream_case import LONG, AsyncBody, nothing_left

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from ssewire import Outcome

HEL, LO, END = say("Hel"), say("lo"), stop()
WHOLE = [HEL, LO, END]
TORN = chunk(content="torn")[:-20]
ERROR = b'data: {"error":{"message":"key-1234 is wrong","type":"server_error","code":500}}\n\n'
COMMENT = Relay("chat").keep_alive()
OFTEN = 0.005  # seconds between two signs of life
SCOPE = {"type": "http", "method": "GET", "asgi": {"version": "3.0", "spec_version": "2.3"}}


class Lost(Exception):
    """What a client library raises; what it says is not for the client."""

    def __init__(self) -> None:
        super().__init__("https://upstream.example/?key=key-1234")


class Client:
    """A client behind its server: what it got, and when it leaves.

    Args:
        turns: how many turns of the loop each message takes, either way.
        fails: what `send` raises instead of the message of that number.
        seconds: how long it takes for each message that it is sent.
    """

    def __init__(
        self, turns: int = 0, fails: dict[int, Exception] | None = None, seconds: float = 0
    ) -> None:
        self.messages: list[MutableMapping[str, Any]] = []
        self.leaves, self.blocked = asyncio.Event(), asyncio.Event()
        self.takes = asyncio.Event()
        self.takes.set()
        self.received = self.sends = 0
        self._turns = turns
        self._seconds = seconds
        self._fails = fails or {}
        self._sending = False

    async def receive(self) -> MutableMapping[str, Any]:
        self.received += 1
        for _ in range(self._turns):
            await asyncio.sleep(0)
        if self.received == 1:
            return {"type": "http.request", "body": b"{}", "more_body": False}
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        assert not self._sending, "two at a time"
        assert not self.is_whole, "more after the end"
        expected = "http.response.body" if self.messages else "http.response.start"
        assert message["type"] == expected
        self._sending = True
        try:
            self.sends += 1
            for _ in range(self._turns):
                await asyncio.sleep(0)
            if self.sends - 1 in self._fails:
                raise self._fails[self.sends - 1]
            if self._seconds:
                await asyncio.sleep(self._seconds)
            if not self.takes.is_set():
                self.blocked.set()
                await self.takes.wait()
            self.messages.append(dict(message))
        finally:
            self._sending = False

    @property
    def pieces(self) -> list[bytes]:
        """The bodies, without the last one, which is empty."""
        pieces = [message["body"] for message in self.messages[1:]]
        assert all(type(piece) is bytes for piece in pieces)
        return [piece for piece in pieces if piece]

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def is_whole(self) -> bool:
        return len(self.messages) > 1 and not self.messages[-1]["more_body"]

    @property
    def outcome(self) -> Outcome:
        dispatcher = Dispatcher()
        dispatcher.feed(self.body)
        dispatcher.finish()
        return dispatcher.outcome

    def check_failed(self, *parts: str) -> None:
        """It got a whole stream that ends with one error in plain words, not with the cause."""
        assert self.is_whole
        decoder = Decoder()
        events = decoder.feed(self.body)
        decoder.finish()
        assert not decoder.truncated
        assert sum('"error"' in event.data for event in events) == 1
        assert self.body.count(b"[DONE]") == 1
        assert events[-1].data == "[DONE]"
        message = self.outcome.error and self.outcome.error.message
        assert message
        assert all(part in message for part in parts)
        assert b"key-1234" not in self.body
        assert b"Traceback" not in self.body


class Ends:
    """Remembers what `on_end` is told."""

    def __init__(self) -> None:
        self.told: list[tuple[Outcome, BaseException | None]] = []

    def __call__(self, outcome: Outcome, error: BaseException | None) -> None:
        self.told.append((outcome, error))

    @property
    def error(self) -> BaseException | None:
        (end,) = self.told
        return end[1]

    @property
    def text(self) -> str:
        (end,) = self.told
        return end[0].text


class Exchange:
    """One response to one client.

    Args:
        *pieces: of the upstream: bytes, errors to raise, or `...` to wait for ever.
        client: the client; one that takes everything at once if not given.
        turns: how many turns of the loop each piece takes.
        lost: what the upstream's library raises when the connection breaks.
        given: made from the body, what the response gets as its upstream.
        relay: what the body is fed to.
        **options: of the response.
    """

    def __init__(
        self,
        *pieces: Any,
        client: Client | None = None,
        turns: int = 1,
        given: Callable[[AsyncBody], Any] | None = None,
        relay: Any = None,
        **options: Any,
    ) -> None:
        self.body = AsyncBody(*pieces, turns=turns)
        self.client = client or Client()
        self.ends = Ends()
        self.relay: Any = relay or Relay("chat")
        upstream = given(self.body) if given else self.body.source(lost=(Lost,))
        self.response = EventStreamResponse(upstream, self.relay, on_end=self.ends, **options)

    def start(self, method: str = "GET") -> asyncio.Task[None]:
        scope = {**SCOPE, "method": method}
        run = self.response(scope, self.client.receive, self.client.send)
        return asyncio.get_running_loop().create_task(run)

    async def run(self, method: str = "GET") -> None:
        await asyncio.wait_for(self.start(method), LONG)
        await self.check_left()

    async def check_left(self) -> None:
        """Nothing is left: the upstream is given back, all is told, no task runs."""
        await nothing_left()
        assert self.body.closed == 1
        assert len(self.ends.told) == 1


async def until(condition: Callable[[], object]) -> None:
    """Let the loop go on until it holds."""

    async def turn() -> None:
        while not condition():
            await asyncio.sleep(0.001)

    await asyncio.wait_for(turn(), LONG)


def without_comments(client: Client) -> list[bytes]:
    return [piece for piece in client.pieces if piece != COMMENT]


def comments(client: Client) -> int:
    return client.pieces.count(COMMENT)
