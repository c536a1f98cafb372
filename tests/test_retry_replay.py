"""Tried again over real HTTP: faults of the replay server, one for each attempt."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import openai
import pytest

from ssewire import (
    AsyncStream,
    Dispatcher,
    IdleTimeout,
    InternalServerError,
    NotAnEventStream,
    SSEError,
    Stream,
    TruncatedStream,
)
from ssewire.replay import Recording, ReplayServer
from ssewire.replay.recording import builtin_recordings
from ssewire.retry import AsyncRetryingStream, Policy, RetryingStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ssewire.retry import Attempt

CHAT = builtin_recordings()["chat"]
BLOCKS = [lead + raw for lead, raw in CHAT.blocks]
CUT = 6
REST = Recording("rest", b"".join(BLOCKS[CUT:]))
URL = "/v1/chat/completions"
FAULTS: dict[str, type[SSEError]] = {
    "reset": TruncatedStream,
    "cut-between": TruncatedStream,
    "cut-inside": TruncatedStream,
    "error-event": InternalServerError,
    "stall": IdleTimeout,
}
faults = pytest.mark.parametrize("fault", FAULTS)
SILENCE = {"stall": 0.2}  # seconds; the others never wait for that


def text_of(body: bytes) -> str:
    dispatcher = Dispatcher()
    dispatcher.feed(body)
    return dispatcher.outcome.text


WHOLE = text_of(CHAT.stream)
BEGINNING = text_of(b"".join(BLOCKS[:CUT]))


@pytest.fixture(scope="module")
def server() -> Iterator[ReplayServer]:
    with ReplayServer([CHAT, REST]) as server:
        yield server


@pytest.fixture
def client(server: ReplayServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client:
        yield client


def asked(
    fault: str, attempt: Attempt, partial: str, after: int = CUT
) -> tuple[str, dict[str, str]]:
    """Where to ask and the headers: the first two times it fails, then comes what is left."""
    if attempt.number < 3 and attempt.partial is None:
        return URL, {"x-replay-fault": f"{fault}:{after if attempt.number == 2 else 0}"}
    return ("/streams/rest" if partial == "continue" else URL), {}


def before(fault: str, seconds: float = 30) -> Any:
    return {"idle_timeout": SILENCE.get(fault, seconds)}


class TestHttpx:
    @faults
    @pytest.mark.parametrize("partial", ["start_over", "continue"])
    def test_sync(self, client: httpx.Client, fault: str, partial: Any) -> None:
        def request(attempt: Attempt) -> Stream[Any]:
            url, headers = asked(fault, attempt, partial)
            response = client.send(client.build_request("POST", url, headers=headers), stream=True)
            return Stream(response, **before(fault))

        stream = RetryingStream(request, Policy(attempts=4, partial=partial, initial=0))
        text = "".join(stream.text())
        assert [type(one.error) for one in stream.attempts[1:]] == [FAULTS[fault]] * 2
        assert [one.partial for one in stream.attempts] == [None, None, partial]
        assert text == (WHOLE if partial == "continue" else BEGINNING + WHOLE)
        assert stream.outcome.text == WHOLE
        assert stream.outcome.complete

    @faults
    def test_give_up(self, client: httpx.Client, fault: str) -> None:
        def request(attempt: Attempt) -> Any:
            url, headers = asked(fault, attempt, "give_up")
            return client.stream("POST", url, headers=headers)

        stream = RetryingStream(request, Policy(attempts=4, initial=0), **before(fault))
        with pytest.raises(FAULTS[fault]) as caught:
            list(stream)
        assert len(stream.attempts) == 2
        assert caught.value.outcome is not None
        assert caught.value.outcome.text == BEGINNING
        # Nothing is left open: the one connection that there may be is free.
        client.get("/streams/rest").raise_for_status()

    @faults
    @pytest.mark.parametrize("partial", ["start_over", "continue"])
    async def test_async(self, server: ReplayServer, fault: str, partial: Any) -> None:
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(
            base_url=server.url, trust_env=False, timeout=30, limits=limits
        ) as client:

            async def request(attempt: Attempt) -> AsyncStream[Any]:
                url, headers = asked(fault, attempt, partial)
                asking = client.build_request("POST", url, headers=headers)
                return AsyncStream(await client.send(asking, stream=True), **before(fault))

            stream = AsyncRetryingStream(request, Policy(attempts=4, partial=partial, initial=0))
            text = "".join([text async for text in stream.text()])
        assert [type(one.error) for one in stream.attempts[1:]] == [FAULTS[fault]] * 2
        assert text == (WHOLE if partial == "continue" else BEGINNING + WHOLE)
        assert stream.outcome.text == WHOLE

    async def test_async_context_manager(self, server: ReplayServer) -> None:
        async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as client:

            def request(attempt: Attempt) -> Any:
                url, headers = asked("reset", attempt, "continue")
                return client.stream("POST", url, headers=headers)

            stream = AsyncRetryingStream(request, Policy(partial="continue", initial=0))
            assert (await stream.until_done()).text == WHOLE

    def test_closed_in_another_thread(self, client: httpx.Client) -> None:
        stream = RetryingStream(
            lambda _attempt: client.stream("POST", f"{URL}?fault=stall:{CUT}"),
            Policy(partial="continue"),
        )
        come, got = threading.Event(), []

        def read() -> None:
            for text in stream.text():
                got.append(text)
                if "".join(got) == BEGINNING:
                    come.set()

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        assert come.wait(30)
        stream.close()
        reader.join(30)
        assert not reader.is_alive()
        assert "".join(got) == BEGINNING
        assert len(stream.attempts) == 1

    def test_nobody_is_there(self, client: httpx.Client) -> None:
        def request(attempt: Attempt) -> Any:
            if attempt.number == 1:
                return httpx.get("http://127.0.0.1:1/", trust_env=False)
            return client.stream("POST", URL)

        stream = RetryingStream(request, Policy(initial=0))
        assert stream.until_done().text == WHOLE
        assert isinstance(stream.attempts[1].error, httpx.ConnectError)

    def test_asked_to_wait(self) -> None:
        answers = iter(
            [
                httpx.Response(429, headers={"retry-after": "7"}, json={"error": {"message": "m"}}),
                httpx.Response(503, headers={"retry-after-ms": "70"}, text="no"),
                httpx.Response(
                    200, content=CHAT.stream, headers={"content-type": "text/event-stream"}
                ),
            ]
        )
        waits: list[float] = []
        with httpx.Client(transport=httpx.MockTransport(lambda _request: next(answers))) as client:
            stream = RetryingStream(
                lambda _attempt: client.stream("POST", "http://localhost/"),
                Policy(maximum=0),
                sleep=waits.append,
            )
            assert stream.until_done().text == WHOLE
        assert waits == [7, 0.07]
        assert all(isinstance(one.error, NotAnEventStream) for one in stream.attempts[1:])


class TestAiohttp:
    @faults
    async def test_request_as_it_is(self, server: ReplayServer, fault: str) -> None:
        async with aiohttp.ClientSession(server.url) as session:

            def request(attempt: Attempt) -> Any:
                url, headers = asked(fault, attempt, "continue")
                return session.post(url, headers=headers)

            policy = Policy(partial="continue", initial=0)
            stream = AsyncRetryingStream(request, policy, **before(fault))
            assert "".join([text async for text in stream.text()]) == WHOLE
            assert len(stream.attempts) == 3


def sdk_request(client: openai.OpenAI, fault: str) -> Callable[[Attempt], Any]:
    def request(attempt: Attempt) -> Any:
        return client.chat.completions.create(
            model="m",
            messages=attempt.continue_from([{"role": "user", "content": "q"}]),
            stream=True,
            extra_headers={} if attempt.partial else {"x-replay-fault": f"{fault}:{CUT}"},
        )

    return request


@pytest.mark.parametrize("fault", ["reset", "error-event"])
def test_sdk(server: ReplayServer, fault: str) -> None:
    # It has to be closed: the garbage collector may come to its sockets before it comes to itself.
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client:
        stream = RetryingStream(sdk_request(client, fault), Policy(partial="start_over", initial=0))
        assert stream.until_done().text == WHOLE
        assert isinstance(stream.attempts[1].error, FAULTS[fault])
