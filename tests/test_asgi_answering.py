"""Upstreams that are awaited: before they have answered, and answers that are no stream."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from asgi_case import (
    HEL,
    LO,
    OFTEN,
    WHOLE,
    Exchange,
    Lost,
    comments,
    until,
    without_comments,
)
from ssewire import IdleTimeout, NotAnEventStream
from stream_case import nothing_left

if TYPE_CHECKING:
    from stream_case import AsyncBody


class Thinking:
    """An upstream that has not answered."""

    def __init__(self) -> None:
        self.answers: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.asked = False

    async def __call__(self, body: AsyncBody) -> Any:
        self.asked = True
        answer = await self.answers
        if isinstance(answer, Exception):
            raise answer
        return body.source(lost=(Lost,), **answer)


async def test_before_the_upstream_has_answered() -> None:
    thinking = Thinking()
    made = Exchange(*WHOLE, given=thinking, keep_alive=OFTEN)
    task = made.start()
    await until(lambda: comments(made.client) >= 3)
    assert made.client.messages[0]["status"] == 200
    thinking.answers.set_result({})
    await task
    await made.check_left()
    assert without_comments(made.client) == WHOLE


async def test_an_answer_in_time_is_not_announced() -> None:
    thinking = Thinking()
    made = Exchange(*WHOLE, given=thinking)
    task = made.start()
    await until(lambda: thinking.asked)
    assert made.client.messages == []
    thinking.answers.set_result({})
    await task
    await made.check_left()
    assert made.client.pieces == WHOLE


class TooMany(Exception):
    """What a framework answers with a status."""


@pytest.mark.parametrize("late", [False, True])
async def test_an_upstream_that_refuses(late: bool) -> None:
    """Before anything was sent the framework answers; afterwards it is an error in the stream."""
    thinking = Thinking()
    made = Exchange(*WHOLE, given=thinking, keep_alive=OFTEN if late else None)
    task = made.start()
    await until(lambda: comments(made.client) if late else thinking.asked)
    raised = TooMany("key-1234")
    thinking.answers.set_result(raised)
    with pytest.raises(TooMany):
        await task
    await nothing_left()
    assert made.ends.error is raised
    if late:
        made.client.check_failed("ended before")
    else:
        assert made.client.messages == []


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 429, "headers": {"content-type": "application/json"}},
        {"status": 200, "headers": {"content-type": "text/html"}},
        {"status": 500},
    ],
)
async def test_an_upstream_without_a_stream(answer: dict[str, Any], late: bool) -> None:
    thinking = Thinking()
    refusal = b'{"error": {"message": "key-1234", "code": "rate_limit"}}'
    made = Exchange(refusal, given=thinking, keep_alive=OFTEN if late else None)
    task = made.start()
    await until(lambda: comments(made.client) if late else thinking.asked)
    thinking.answers.set_result(answer)
    if late:
        await task
        made.client.check_failed("cannot be read")
    else:
        with pytest.raises(NotAnEventStream):
            await task
        assert made.client.messages == []
    await made.check_left()
    error = made.ends.error
    assert isinstance(error, NotAnEventStream)
    assert (error.status, error.body) == (answer["status"], refusal)
    assert error.error is not None
    assert error.error.code == "rate_limit"


async def test_another_content_type_may_be_allowed() -> None:
    made = Exchange(
        *WHOLE,
        given=lambda body: body.source(status=200, headers={"Content-Type": "text/plain"}),
        check_content_type=False,
    )
    await made.run()
    assert made.client.pieces == WHOLE


@pytest.mark.parametrize("late", [False, True])
async def test_an_upstream_that_does_not_answer(late: bool) -> None:
    made = Exchange(
        HEL, LO, given=Thinking(), keep_alive=OFTEN if late else None, idle_timeout=10 * OFTEN
    )
    task = made.start()
    if late:
        await task
        made.client.check_failed("too long")
    else:
        with pytest.raises(IdleTimeout):
            await task
        assert made.client.messages == []
    await nothing_left()
    assert isinstance(made.ends.error, IdleTimeout)


async def test_head_does_not_even_ask() -> None:
    """A coroutine that is never awaited would be warned of."""
    thinking = Thinking()
    made = Exchange(*WHOLE, given=thinking)
    await made.start("HEAD")
    assert made.client.is_whole
    assert not thinking.asked
    assert made.ends.error is None


async def test_head_takes_back_a_task() -> None:
    tasks = []

    def given(body: AsyncBody) -> Any:
        tasks.append(asyncio.ensure_future(Thinking()(body)))
        return tasks[0]

    made = Exchange(*WHOLE, given=given)
    await made.start("HEAD")
    await nothing_left()
    assert tasks[0].cancelled()
