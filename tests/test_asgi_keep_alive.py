"""Signs of life while the upstream says nothing, and before it has answered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from asgi_case import (
    COMMENT,
    END,
    HEL,
    LO,
    OFTEN,
    TORN,
    WHOLE,
    Client,
    Exchange,
    Lost,
    comments,
    until,
    without_comments,
)
from ssewire import IdleTimeout, Relay
from ssewire.asgi import ClientDisconnect
from stream_case import AsyncBody


class Gated(AsyncBody):
    """Waits before the piece of that number until it may go on."""

    def __init__(self, *pieces: Any, before: int = 0) -> None:
        super().__init__(*pieces)
        self.before = before
        self.may_go_on = asyncio.Event()

    async def __anext__(self) -> bytes:
        if self.given == self.before:
            self.waiting.set()
            await self.may_go_on.wait()
        return await super().__anext__()


class Asked:
    """A relay that counts how often it was asked for a sign of life."""

    def __init__(self) -> None:
        self._relay = Relay("chat")
        self.asked = 0

    def keep_alive(self) -> bytes:
        self.asked += 1
        return self._relay.keep_alive()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._relay, name)


def gated(*pieces: Any, before: int, **options: Any) -> tuple[Exchange, Gated]:
    body = Gated(*pieces, before=before)
    made = Exchange(given=lambda _: body.source(lost=(Lost,)), keep_alive=OFTEN, **options)
    made.body = body
    return made, body


@pytest.mark.parametrize("before", [0, 1, 2])
async def test_while_the_upstream_says_nothing(before: int) -> None:
    made, body = gated(*WHOLE, before=before)
    task = made.start()
    await until(lambda: comments(made.client) >= 3)
    body.may_go_on.set()
    await task
    await made.check_left()
    pieces = made.client.pieces
    assert [piece for piece in pieces[: before + 3] if piece != COMMENT] == WHOLE[:before]
    assert without_comments(made.client) == WHOLE
    assert made.ends.error is None


async def test_never_within_an_event() -> None:
    relay = Asked()
    made, body = gated(HEL, TORN, before=2, relay=relay)
    task = made.start()
    await body.waiting.wait()
    before = relay.asked
    await until(lambda: relay.asked >= before + 3)
    assert made.client.pieces[-1] == TORN
    # The event is whole now.
    body.pieces += [b'"}]}\n\n', ...]
    body.before = -1
    body.may_go_on.set()
    await until(lambda: made.client.pieces[-1] == COMMENT)
    made.client.leaves.set()
    await task
    await made.check_left()


async def test_never_while_something_else_is_sent() -> None:
    """A client that takes nothing gets no more to take."""
    relay = Asked()
    made = Exchange(*WHOLE, relay=relay, keep_alive=OFTEN)
    made.client.takes.clear()
    task = made.start()
    await made.client.blocked.wait()
    await asyncio.sleep(10 * OFTEN)
    assert relay.asked == 0
    made.client.takes.set()
    await task
    await made.check_left()


async def test_what_comes_while_one_is_sent_comes_after_it() -> None:
    made, body = gated(HEL, TORN, ..., before=1)
    task = made.start()
    await until(lambda: comments(made.client))
    made.client.takes.clear()
    await made.client.blocked.wait()  # it is a comment that is being sent
    body.may_go_on.set()
    await until(lambda: body.given == 2)
    await asyncio.sleep(3 * OFTEN)
    assert TORN not in made.client.pieces
    made.client.takes.set()
    await until(lambda: TORN in made.client.pieces)
    assert without_comments(made.client) == [HEL, TORN]
    assert made.client.pieces[-2:] == [COMMENT, TORN]
    made.client.leaves.set()
    await task
    await made.check_left()


@pytest.mark.parametrize("leaves", [True, False])
async def test_the_end_while_one_is_sent(leaves: bool) -> None:
    made, body = gated(HEL, END, before=1)
    task = made.start()
    await until(lambda: comments(made.client))
    made.client.takes.clear()
    await made.client.blocked.wait()
    if leaves:
        made.client.leaves.set()
    else:
        body.may_go_on.set()
        await until(lambda: body.given == 2)
        made.client.takes.set()
    await task
    await made.check_left()
    if leaves:
        assert isinstance(made.ends.error, ClientDisconnect)
    else:
        assert without_comments(made.client) == [HEL, END]
        assert made.client.is_whole


async def test_a_client_that_takes_longer_than_the_interval() -> None:
    made, body = gated(HEL, LO, END, before=1, client=Client(seconds=4 * OFTEN))
    task = made.start()
    client = made.client
    await until(lambda: comments(client) and client.sends > len(client.messages))
    body.may_go_on.set()
    await task
    await made.check_left()
    assert without_comments(client) == WHOLE
    assert made.ends.error is None


@pytest.mark.parametrize("raised", [ConnectionResetError(), RuntimeError("wrong state")])
async def test_one_that_cannot_be_sent(raised: Exception) -> None:
    client = Client(fails={2: raised})
    made, _ = gated(HEL, before=1, client=client)
    task = made.start()
    if isinstance(raised, OSError):
        await task
        assert isinstance(made.ends.error, ClientDisconnect)
    else:
        with pytest.raises(RuntimeError, match="wrong state"):
            await task
        assert made.ends.error is raised
    await made.check_left()


async def test_never_if_not_wanted() -> None:
    relay = Asked()
    made, body = gated(*WHOLE, before=1, relay=relay)
    made.response._keep_alive = None
    task = made.start()
    await body.waiting.wait()
    await asyncio.sleep(10 * OFTEN)
    body.may_go_on.set()
    await task
    assert (relay.asked, made.client.pieces) == (0, WHOLE)


async def test_none_after_silence_that_is_too_long() -> None:
    made = Exchange(HEL, ..., keep_alive=OFTEN, idle_timeout=10 * OFTEN)
    await made.run()
    assert comments(made.client) >= 1, "signs of life for the client are none of the upstream"
    made.client.check_failed("too long")
    assert isinstance(made.ends.error, IdleTimeout)
