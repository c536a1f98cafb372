"""The client leaves, the server cancels, `send` fails: the upstream is given back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from asgi_case import HEL, LO, WHOLE, Client, Exchange
from ssewire.asgi import ClientDisconnect
from stream_case import AsyncBody, nothing_left

if TYPE_CHECKING:
    from collections.abc import Callable


async def awaited(body: AsyncBody) -> Any:
    await body.rest()
    return body.source()


GIVEN: dict[str, Callable[[AsyncBody], Any] | None] = {"ready": None, "awaited": awaited}
by_given = pytest.mark.parametrize("given", GIVEN)


def slow(given: str, **options: Any) -> Exchange:
    """Everything in it takes several turns of the loop."""
    return Exchange(*WHOLE, client=Client(turns=2), turns=2, given=GIVEN[given], **options)


async def turns_of(given: str) -> int:
    task = slow(given).start()
    turns = 0
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    return turns


async def after(turns: int) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


async def check_left(made: Exchange, given: str) -> None:
    """As `Exchange.check_left`; but what was not awaited needs no closing."""
    await nothing_left()
    assert made.body.closed == 1 or (given == "awaited" and not made.body.given)
    assert len(made.ends.told) == 1


@by_given
async def test_the_client_leaves_at_any_moment(given: str) -> None:
    ends = set()
    for turns in range(await turns_of(given)):
        made = slow(given)
        task = made.start()
        await after(turns)
        made.client.leaves.set()
        await task
        await check_left(made, given)
        ends.add(type(made.ends.error))
        whole = made.client.outcome.complete
        assert whole or isinstance(made.ends.error, ClientDisconnect)
        assert made.client.outcome.error is None
    assert ends == {ClientDisconnect, type(None)}


@by_given
async def test_cancellation_at_any_moment(given: str) -> None:
    ends = set()
    for turns in range(1, await turns_of(given)):
        made = slow(given)
        task = made.start()
        await after(turns)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await check_left(made, given)
        ends.add(type(made.ends.error))
        assert made.client.outcome.error is None
    assert asyncio.CancelledError in ends


@by_given
async def test_cancellation_again_and_again(given: str) -> None:
    """As anyio does in a scope that was cancelled."""
    for turns in range(1, await turns_of(given)):
        made = slow(given)
        task = made.start()
        await after(turns)
        while not task.done():
            task.cancel()
            await asyncio.sleep(0)
        assert task.cancelled()
        await check_left(made, given)


@by_given
async def test_both_at_any_moment(given: str) -> None:
    for turns in range(1, await turns_of(given)):
        made = slow(given, idle_timeout=60)
        task = made.start()
        await after(turns)
        made.client.leaves.set()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await check_left(made, given)


@by_given
@pytest.mark.parametrize("number", range(6))
async def test_send_that_fails(given: str, number: int) -> None:
    """As servers of ASGI 2.4 tell that the client is gone; the last message is number 4."""
    raised = ConnectionResetError()
    client = Client(fails={number: raised})
    made = Exchange(*WHOLE, client=client, given=GIVEN[given])
    await made.start()
    await check_left(made, given)
    if number < 4:
        assert isinstance(made.ends.error, ClientDisconnect)
        assert made.ends.error.__cause__ is raised
    else:
        assert made.ends.error is None, "it has all of the answer"


@pytest.mark.parametrize("number", range(5))
async def test_send_that_is_not_allowed(number: int) -> None:
    raised = RuntimeError("wrong state")
    made = Exchange(*WHOLE, client=Client(fails={number: raised}))
    with pytest.raises(RuntimeError, match="wrong state"):
        await made.start()
    await made.check_left()
    assert made.ends.error is raised


async def test_receive_that_fails() -> None:
    made = Exchange(HEL, ...)

    async def receive() -> Any:
        await made.body.waiting.wait()
        raise RuntimeError("gone")

    made.client.receive = receive  # type: ignore[method-assign]
    await made.run()
    assert isinstance(made.ends.error, ClientDisconnect)


async def test_the_client_leaves_while_the_upstream_thinks() -> None:
    made = Exchange(HEL, ...)
    task = made.start()
    await made.body.waiting.wait()
    made.client.leaves.set()
    await task
    await made.check_left()
    assert made.client.pieces == [HEL]
    assert not made.client.is_whole
    assert isinstance(made.ends.error, ClientDisconnect)
    assert made.ends.text == "Hel", "what has come is known"


async def test_the_client_leaves_before_the_upstream_answers() -> None:
    asked = asyncio.Event()

    async def never(_body: AsyncBody) -> Any:
        asked.set()
        await asyncio.Event().wait()

    made = Exchange(HEL, given=never)
    task = made.start()
    await asked.wait()
    made.client.leaves.set()
    await task
    await nothing_left()
    assert made.client.messages == []
    assert isinstance(made.ends.error, ClientDisconnect)


async def test_the_client_leaves_while_it_is_sent_to() -> None:
    made = Exchange(HEL, LO, ...)
    made.client.takes.clear()
    task = made.start()
    await made.client.blocked.wait()
    made.client.leaves.set()
    await task
    await made.check_left()
    assert isinstance(made.ends.error, ClientDisconnect)


async def test_the_client_leaves_after_the_end_of_the_answer() -> None:
    """As the SDKs do, while the upstream keeps the connection open."""
    made = Exchange(*WHOLE, ...)
    task = made.start()
    await made.body.waiting.wait()
    made.client.leaves.set()
    await task
    await made.check_left()
    assert made.ends.error is None


async def test_an_upstream_that_keeps_the_cancellation_to_itself() -> None:
    class Deaf(AsyncBody):
        async def __anext__(self) -> bytes:
            try:
                return await super().__anext__()
            except asyncio.CancelledError:
                raise StopAsyncIteration from None

    body, client = Deaf(HEL, ...), Client()
    made = Exchange(client=client, given=lambda _: body.source())
    task = made.start()
    await body.waiting.wait()
    client.leaves.set()
    await task
    await nothing_left()
    assert body.closed == 1
    assert client.pieces == [HEL]
    assert isinstance(made.ends.error, ClientDisconnect)


async def test_a_task_that_has_got_its_response_by_then() -> None:
    """A response that nobody will ever see is closed."""
    got = asyncio.get_running_loop().create_future()
    made = Exchange(*WHOLE, given=lambda _: got)
    task = made.start()
    await after(4)
    # It is heard of in this order, in one turn of the loop.
    made.client.leaves.set()
    got.set_result(made.body.source())
    await task
    await made.check_left()


async def test_end_of_the_program() -> None:
    """The loop cancels every task, in any order."""
    for turns in range(await turns_of("ready")):
        made = slow("ready")
        task = made.start()
        await after(turns)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for other in others:
            other.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        assert task.done()
        await nothing_left()
        if turns:  # or it did not even begin
            await made.check_left()


async def test_close_that_takes_long_is_waited_for() -> None:
    closing, may_end = asyncio.Event(), asyncio.Event()

    async def close() -> None:
        closing.set()
        await may_end.wait()

    made = Exchange(HEL, ..., close=close)
    task = made.start()
    await made.body.waiting.wait()
    made.client.leaves.set()
    await closing.wait()
    task.cancel()
    await after(10)
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    await made.check_left()
