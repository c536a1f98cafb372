"""Upstreams that fail: the client gets an error in its shape, once, and nothing of the cause."""

from __future__ import annotations

import pytest

from asgi_case import END, ERROR, HEL, LO, TORN, WHOLE, Exchange, Lost
from ssewire import (
    EventTooLarge,
    IdleTimeout,
    NotAnEventStream,
    Relay,
    StreamError,
    TruncatedStream,
)

WITHOUT_DONE = END.removesuffix(b"data: [DONE]\n\n")


@pytest.mark.parametrize("raised", [Lost(), ConnectionResetError("key-1234")])
async def test_what_breaks_after_the_end_does_not_matter(raised: Exception) -> None:
    made = Exchange(*WHOLE, raised)
    await made.run()
    assert made.client.pieces == WHOLE
    assert made.ends.error is None


@pytest.mark.parametrize("tail", [[], [TORN], [b"\n"], [b": a comment\n"]])
@pytest.mark.parametrize("end", [[], [Lost()]])
async def test_upstream_that_breaks_off(tail: list[bytes], end: list[Exception]) -> None:
    made = Exchange(HEL, *tail, *end)
    await made.run()
    made.client.check_failed("ended before")
    assert made.client.body.startswith(HEL + b"".join(tail))
    assert isinstance(made.ends.error, TruncatedStream)
    assert made.ends.error.__cause__ is (end[0] if end else None)
    assert made.ends.text == "Hel"


@pytest.mark.parametrize("end", [[], [Lost()]])
async def test_upstream_that_says_nothing(end: list[Exception]) -> None:
    made = Exchange(*end)
    await made.run()
    made.client.check_failed("ended before")


async def test_the_error_has_the_clients_shape() -> None:
    made = Exchange(HEL, relay=Relay("chat", to="messages"))
    await made.run()
    assert made.client.is_whole
    assert made.client.body.count(b"event: error") == 1
    assert b"message_stop" not in made.client.body
    assert b"[DONE]" not in made.client.body


async def test_error_of_the_upstream_is_passed_on() -> None:
    made = Exchange(HEL, ERROR, b"data: [DONE]\n\n")
    await made.run()
    assert made.client.pieces == [HEL, ERROR, b"data: [DONE]\n\n"]
    assert isinstance(made.ends.error, StreamError)


async def test_a_whole_answer_without_done() -> None:
    made = Exchange(HEL, LO, WITHOUT_DONE)
    await made.run()
    assert made.client.pieces == [HEL, LO, WITHOUT_DONE]
    assert made.ends.error is None


@pytest.mark.parametrize("pieces", [[HEL, TORN * 9], [HEL + TORN * 9], [HEL, TORN * 9, LO]])
async def test_event_that_is_too_large(pieces: list[bytes]) -> None:
    made = Exchange(*pieces, relay=Relay("chat", max_event_size=2 * len(HEL)))
    await made.run()
    made.client.check_failed("cannot be read")
    assert made.client.body.startswith(HEL)
    assert isinstance(made.ends.error, EventTooLarge)
    assert made.ends.text == "Hel"


async def test_event_that_is_too_large_after_a_finish_reason() -> None:
    made = Exchange(HEL, WITHOUT_DONE, TORN * 9, relay=Relay("chat", max_event_size=2 * len(HEL)))
    await made.run()
    made.client.check_failed("cannot be read")
    assert isinstance(made.ends.error, EventTooLarge)


async def test_body_that_is_json() -> None:
    made = Exchange(b'{"error": {"message": "key-1234"}}')
    await made.run()
    assert made.client.is_whole
    assert made.client.body.endswith(b"data: [DONE]\n\n")
    assert isinstance(made.ends.error, NotAnEventStream)


class Bug(Exception):
    pass


async def test_a_bug_is_raised_after_the_end() -> None:
    made = Exchange(HEL, Bug("key-1234"))
    with pytest.raises(Bug):
        await made.run()
    await made.check_left()
    made.client.check_failed("ended before")
    assert isinstance(made.ends.error, Bug)


@pytest.mark.parametrize("pieces", [[], [HEL], [HEL, TORN]])
async def test_upstream_that_stalls(pieces: list[bytes]) -> None:
    made = Exchange(*pieces, ..., idle_timeout=0.01)
    await made.run()
    made.client.check_failed("too long")
    assert made.client.body.startswith(b"".join(pieces))
    assert isinstance(made.ends.error, IdleTimeout)


async def test_a_connection_that_cannot_be_closed_is_gone() -> None:
    made = Exchange(*WHOLE)

    async def close() -> None:
        made.body.closed += 1
        raise Lost

    made.response._relaying._upstream.source.close = close  # type: ignore[union-attr]
    await made.run()
    assert made.ends.error is None
