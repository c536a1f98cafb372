"""A relay that changes nothing: the same bytes, and everything known about them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from answer_case import DONE, finishes, says
from answers import NAMES, assert_same, body_of, expected_of, stream
from grammar import any_streams, chunks_of
from relay_case import in_step, outcome_in, relayed, sent, some_cuts
from replay import in_steps
from ssewire import Dispatcher, Relay
from streams_grammar import answer_streams

by_name = pytest.mark.parametrize("name", NAMES)
HELLO = stream(says("Hel"), says("lo"), finishes(), DONE)
# What a text is told of: without it, the rest of an outcome is the same.
TOLD = ("text", "texts", "reasoning", "refusal", "tool_calls")


@by_name
def test_what_comes_is_what_goes(name: str) -> None:
    body = body_of(name)
    for chunks in some_cuts(body, 2000):
        relay = Relay()
        for each in chunks:
            assert relay.feed(each) is each
        assert relay.finish() == b""


@given(chunks_of(any_streams() | answer_streams()))
def test_any_bytes_at_all(chunks: list[bytes]) -> None:
    relay = Relay()
    for each in chunks:
        assert relay.feed(each) is each
    assert relay.finish() == b""


@pytest.mark.parametrize("kind", [bytearray, memoryview, lambda body: memoryview(bytearray(body))])
def test_other_buffers_come_back_as_bytes(kind: Any) -> None:
    relay = Relay()
    for each in in_steps(HELLO, 50):
        out = relay.feed(kind(each))
        assert type(out) is bytes
        assert out == each
    assert relay.outcome.text == "Hello"


def test_a_buffer_may_change_afterwards() -> None:
    relay = Relay()
    buffer = bytearray(HELLO[:40])
    out = relay.feed(buffer)
    buffer[:] = b"?" * len(buffer)
    assert out == HELLO[:40]
    relay.feed(HELLO[40:])
    assert relay.outcome.text == "Hello"


def test_an_empty_chunk() -> None:
    relay = Relay()
    assert relay.feed(b"") == b""
    assert relay.feed(bytearray()) == b""
    relay.feed(HELLO)
    assert relay.feed(b"") == b""


@by_name
def test_the_outcome_is_the_dispatchers(name: str) -> None:
    body = body_of(name)
    expected = outcome_in(body)
    for step in (1, 7, 1460, 1 << 30):
        _, relay = relayed(in_steps(body, step))
        assert_same(relay.outcome.to_dict(), expected)
        assert relay.finish() == b""
        assert_same(relay.outcome.to_dict(), expected)
        assert relay.shape == (None if expected_of(name)["shape"] == "none" else relay.shape)


@by_name
def test_the_outcome_at_any_moment(name: str) -> None:
    """So also after an abort: nothing waits for the end."""
    body = body_of(name)
    every, relay, dispatcher = 1 + len(body) // 60, Relay(), Dispatcher()
    for place, (relay, dispatcher, _) in enumerate(in_step(body)):
        if place % every == 0:
            assert_same(relay.outcome.to_dict(), dispatcher.outcome.to_dict())
            assert relay.shape == dispatcher.shape
    assert relay.snapshot() == dispatcher.snapshot()


@given(chunks_of(answer_streams()))
def test_the_outcome_of_any_stream(chunks: list[bytes]) -> None:
    relay, dispatcher = Relay(), Dispatcher()
    for each in chunks:
        relay.feed(each)
        dispatcher.feed(each)
    assert_same(relay.outcome.to_dict(), dispatcher.outcome.to_dict())
    relay.finish()
    dispatcher.finish()
    assert_same(relay.outcome.to_dict(), dispatcher.outcome.to_dict())


@by_name
def test_to_its_own_shape_changes_nothing(name: str) -> None:
    shape = expected_of(name)["shape"]
    if shape not in ("chat", "messages", "responses"):
        return
    for way in ("auto", shape):
        assert sent(in_steps(body_of(name), 100), shape=way, to=shape) == body_of(name)


@by_name
def test_begun_and_ended(name: str) -> None:
    dispatcher, content = Dispatcher(), False
    relay = Relay()
    for each in in_steps(body_of(name), 20):
        relay.feed(each)
        for item in dispatcher.feed(each):
            kinds = {delta.kind for delta in item.deltas}
            content = content or bool(
                kinds & {"text", "reasoning", "refusal", "tool_call", "audio"}
            )
        outcome = dispatcher.outcome
        assert relay.begun == content
        told = outcome.terminal not in (None, "finish_reason", "stop_reason")
        if not outcome.error:
            assert relay.ended == told
    if dispatcher.outcome.error and not name.startswith("body_"):
        assert relay.ended


def test_shapes_that_are_known_beforehand() -> None:
    assert Relay().shape is None
    assert Relay(shape="chat").shape == "chat"
    relay = Relay(shape="completions")
    relay.feed(HELLO)
    assert relay.shape == "completions"


def test_reset() -> None:
    relay = Relay(model="other", usage="strip")
    fresh = Relay().outcome.to_dict()
    expected = sent([HELLO], model="other", usage="strip")
    for _ in range(2):
        relay.feed(HELLO[:70])
        relay.reset()
        assert relay.outcome.to_dict() == fresh
        assert (relay.shape, relay.begun, relay.ended, relay.at_boundary) == (
            *(None, False, False, True),
        )
        assert relay.feed(HELLO) + relay.finish() == expected
        assert relay.outcome.text == "Hello"
        relay.reset()


@by_name
def test_without_texts(name: str) -> None:
    body = body_of(name)
    out, relay = relayed(in_steps(body, 64), keep_text=False)
    assert out == body
    expected, found = outcome_in(body), relay.outcome.to_dict()
    assert not found["text"]
    assert not any(found["texts"].values())
    assert not any(call["arguments"] for call in found["tool_calls"])
    for told in TOLD:
        del expected[told], found[told]
    assert_same(found, expected)
