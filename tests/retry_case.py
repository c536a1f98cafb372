"""Sources that fail in a chosen way, and a clock that nobody waits for."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, ClassVar

from ssewire.retry import AsyncRetryingStream, Policy, RetryingStream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from ssewire.retry import Attempt

DONE = b"data: [DONE]\n\n"
ROLE = b'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n'
OVERLOADED = b'data: {"error":{"message":"busy","type":"server_error","code":503}}\n\n'
REFUSED = b'data: {"error":{"message":"no","type":"invalid_request_error","code":null}}\n\n'


def chunk(**delta: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    return b"data: %s\n\n" % json.dumps({"id": "c", "choices": [choice]}).encode()


def say(text: str) -> bytes:
    return chunk(content=text)


def stop(reason: str = "stop") -> bytes:
    choice = {"index": 0, "delta": {}, "finish_reason": reason}
    return b"data: %s\n\n" % json.dumps({"id": "c", "choices": [choice]}).encode() + DONE


class Body:
    """Pieces of a body, and exceptions between them; knows whether it was closed."""

    def __init__(self, *pieces: bytes | BaseException) -> None:
        self.pieces = iter(pieces)
        self.closed = 0

    def _give(self) -> bytes | None:
        piece = next(self.pieces, None)
        if isinstance(piece, BaseException):
            raise piece
        return piece

    def close(self) -> None:
        self.closed += 1

    def __iter__(self) -> Iterator[bytes]:
        while (piece := self._give()) is not None:
            yield piece

    async def aclose(self) -> None:
        self.closed += 1

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := self._give()) is not None:
            yield piece


class Server:
    """Answers each request with the next of what it was given: pieces of a body, or an exception."""

    def __init__(self, *answers: Sequence[bytes | BaseException] | BaseException) -> None:
        self.answers = list(answers)
        self.bodies: list[Body] = []
        self.attempts: list[Attempt] = []

    def __call__(self, attempt: Attempt) -> Body:
        assert all(body.closed for body in self.bodies), "the one before is still open"
        self.attempts.append(attempt)
        answer = self.answers[len(self.attempts) - 1]
        if isinstance(answer, BaseException):
            raise answer
        body = Body(*answer)
        self.bodies.append(body)
        return body

    async def arequest(self, attempt: Attempt) -> Body:
        return self(attempt)

    @property
    def all_closed(self) -> bool:
        return all(body.closed for body in self.bodies)


class Clock:
    """A clock that only sleeping and `pass_by` move."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.now += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)

    def pass_by(self, seconds: float, then: Callable[[Attempt], Any]) -> Callable[[Attempt], Any]:
        """A request that takes so long."""

        def request(attempt: Attempt) -> Any:
            self.now += seconds
            return then(attempt)

        return request


class AskedToWait(Exception):
    """An error of a server that wants to be left alone for five minutes."""

    headers: ClassVar = {"retry-after": "300"}


PATIENT = Policy(retryable=lambda error: isinstance(error, AskedToWait))


class Silent:
    """A body that says something and then nothing."""

    def __init__(self) -> None:
        self.waits = asyncio.Event()
        self.closed = False

    async def aclose(self) -> None:
        self.closed = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield say("a")
        self.waits.set()
        await asyncio.Event().wait()


async def others() -> set[asyncio.Task[Any]]:
    await asyncio.sleep(0)
    return asyncio.all_tasks() - {asyncio.current_task()}


def retrying(server: Any, clock: Clock | None = None, **policy: Any) -> RetryingStream:
    clock = clock or Clock()
    return RetryingStream(server, Policy(**policy), sleep=clock.sleep, clock=clock)


def aretrying(server: Any, clock: Clock | None = None, **policy: Any) -> AsyncRetryingStream:
    clock = clock or Clock()
    return AsyncRetryingStream(server, Policy(**policy), sleep=clock.asleep, clock=clock)
