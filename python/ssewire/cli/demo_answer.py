"""`DemoAnswer`: an answer of the demo, as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ssewire import Dispatcher
from ssewire.cli.arrivals import Arrivals

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from ssewire import Chunk, Delta, Outcome, StreamEvent

REQUEST: dict[str, object] = {
    "model": "any",
    "max_tokens": 1024,
    "messages": [{"role": "user", "content": "Where do I find a quiet café?"}],
    "stream": True,
}


class DemoAnswer:
    """An answer, as it comes.

    Args:
        url: the address of the server.
        path: the path of the API.

    Attributes:
        url: as given.
        path: as given.
        model: who answers.
        pieces: kind and text of each piece of reasoning and text.
        arrivals: when its deltas came.
        bytes: how many were read.
    """

    def __init__(self, url: str, path: str) -> None:
        self.url = url
        self.path = path
        self.model = ""
        self.pieces: list[tuple[str, str]] = []
        self.arrivals = Arrivals()
        self.bytes = 0
        self._dispatcher = Dispatcher()
        self._dispatcher.on("start", self._start)
        self._dispatcher.on("reasoning", self._piece)
        self._dispatcher.on("text", self._piece)

    async def stream(
        self,
        client: httpx.AsyncClient,
        write: Callable[[list[Chunk | StreamEvent]], None] | None = None,
    ) -> None:
        """Send the request and read the answer.

        Args:
            client: what sends it.
            write: called with what each read brings.
        """
        self.arrivals = Arrivals()
        async with client.stream("POST", self.url + self.path, json=REQUEST) as response:
            async for chunk in response.aiter_bytes():
                self.bytes += len(chunk)
                items = self._dispatcher.feed(chunk)
                self.arrivals.add(items)
                if write is not None:
                    write(items)
        self._dispatcher.finish()

    @property
    def outcome(self) -> Outcome:
        """What it was, as far as it came."""
        return self._dispatcher.outcome

    def _start(self, delta: Delta) -> None:
        self.model = delta.model or ""

    def _piece(self, delta: Delta) -> None:
        self.pieces.append((delta.kind, delta.text or ""))
