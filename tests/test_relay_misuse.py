"""What a relay refuses, and what it needs: limits, wrong use, threads, memory."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from answer_case import DONE, chunk, finishes, says
from answers import stream
from relay_case import sent
from replay import bytewise, in_steps
from ssewire import EventTooLarge, Relay, SSEError

HELLO = stream(says("Hel"), says("lo"), finishes(), DONE)


def fed(relay: Relay, chunks: list[bytes]) -> tuple[bytes, SSEError | None]:
    """What was sent on until an error came, and the error, which may come one call late."""
    out = b""
    try:
        for each in (*chunks, b""):
            out += relay.feed(each)
    except SSEError as error:
        return out, error
    return out, None


def test_events_that_are_too_large() -> None:
    good = stream(says("a"))
    body = good + b"data: " + b"x" * 500 + b"\n\n" + good
    limit = len(good) + 20
    for chunks in ([body], bytewise(body), in_steps(body, 100)):
        for options in ({}, {"model": "m"}, {"to": "messages"}):
            relay = Relay(max_event_size=limit, **options)  # type: ignore[arg-type]
            out, error = fed(relay, chunks)
            assert isinstance(error, EventTooLarge)
            assert (error.limit, error.offset) == (limit, len(good))
            assert relay.outcome.text == "a"
            if "to" not in options:
                assert out.startswith(good)
            with pytest.raises(EventTooLarge):
                relay.feed(good)
            relay.reset()
            assert relay.feed(good)


def test_what_is_not_json() -> None:
    body = stream(says("a"), b"data: {oops\n\n", says("b"), DONE)
    assert sent([body]) == body
    assert sent([body], model="m") == body


@pytest.mark.parametrize("wrong", ["data: a\n\n", "", None, 1, [100], object()])
def test_anything_but_bytes_is_a_type_error(wrong: Any) -> None:
    relay = Relay()
    with pytest.raises(TypeError):
        relay.feed(wrong)
    relay.feed(HELLO)
    assert relay.outcome.text == "Hello"


def test_feeding_after_the_end() -> None:
    relay = Relay()
    relay.feed(HELLO)
    assert relay.finish() == b""
    with pytest.raises(ValueError, match="finish"):
        relay.feed(b"")


@pytest.mark.parametrize(
    "options",
    [
        *({"shape": "chats"}, {"to": "completions"}, {"to": "x"}, {"usage": "drop"}),
        *({"max_event_size": -1}, {"replace": {"": "x"}}, {"stop": [""]}),
        *({"replace": {"a": "b"}, "replace_in": ["words"]}, {"hold": -1}, {"created": -1}),
    ],
    ids=str,
)
def test_wrong_options(options: dict[str, Any]) -> None:
    with pytest.raises((ValueError, OverflowError)):
        Relay(**options)


@pytest.mark.parametrize(
    "options",
    [
        *({"model": 1}, {"id": b"x"}, {"replace": ["a"]}, {"replace": {"a": 1}}, {"stop": "END"}),
        *({"usage_extra": 1}, {"nothing": 1}, {"drop": "ping"}, {"replace": {1: "a"}}),
    ],
    ids=str,
)
def test_options_of_a_wrong_type(options: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Relay(**options)


def test_feeding_a_relay_from_inside() -> None:
    refused: list[BaseException] = []

    def extra(_: object) -> dict[str, Any]:
        try:
            relay.feed(b"")
        except RuntimeError as error:
            refused.append(error)
        return {"cost": 1}

    relay = Relay(usage_extra=extra)
    out = relay.feed(stream(chunk(usage={"prompt_tokens": 1})))
    assert b'"cost":1' in out.replace(b" ", b"")
    assert len(refused) == 1


def test_an_error_of_the_caller_does_not_break_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def extra(_: object) -> dict[str, Any]:
        raise LookupError("no price")

    told: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    body = stream(chunk(usage={"prompt_tokens": 1}))
    assert sent([body], usage_extra=extra) == body
    assert [str(each.exc_value) for each in told] == ["no price"]


@pytest.mark.parametrize("order", [KeyboardInterrupt, SystemExit])
def test_an_order_to_stop_comes_out_and_no_bytes_are_lost(order: type[BaseException]) -> None:
    def extra(_: object) -> dict[str, Any]:
        raise order

    first, second = stream(chunk(usage={"prompt_tokens": 1})), stream(says("a"))
    relay = Relay(usage_extra=extra)
    with pytest.raises(order):
        relay.feed(first)
    assert relay.feed(second) == first + second
    assert relay.feed(second) is second
    with pytest.raises(order):
        relay.feed(first)
    assert relay.fail("over").startswith(first + b"data: ")

    relay = Relay("chat", to="messages", usage_extra=extra)
    out = relay.feed(stream(says("a"), finishes(usage={"prompt_tokens": 1})))
    with pytest.raises(order):
        relay.finish()
    rest = relay.finish()
    assert b"message_start" in out
    assert b"message_stop" in rest
    assert relay.finish() == b""


def test_all_threads_with_one_relay() -> None:
    relay = Relay(model="m")
    together = threading.Barrier(4)
    event = stream(says("a", model="x"))

    def feed(_: int) -> int:
        together.wait()
        taken = 0
        for _ in range(500):
            try:
                out = relay.feed(event)
            except RuntimeError:
                continue
            assert out == event.replace(b'"x"', b'"m"')
            taken += 1
        return taken

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(feed, range(4))) == relay.outcome.n_events


# In a process of its own, whose peak is not that of all the tests before.
MEASURE = """
import re
from pathlib import Path
from ssewire import Relay

def peak():
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\\s*(\\d+) kB", status)[1]) * 1024

PIECES = {{
    "chat": (b'data: {{"id":"c","object":"chat.completion.chunk","choices":[{{"index":0,"delta":'
             b'{{"content":"%s"}},"finish_reason":null}}]}}\\n\\n'),
    "messages": (b'event: content_block_delta\\ndata: {{"type":"content_block_delta","index":0,'
                 b'"delta":{{"type":"text_delta","text":"%s"}}}}\\n\\n'),
    "responses": (b'event: response.output_text.delta\\ndata: {{"type":"response.output_text.delta",'
                  b'"item_id":"m","output_index":0,"content_index":0,"delta":"%s"}}\\n\\n'),
}}
event = PIECES["{shape}"] % (b"x" * 1000)
relay = Relay({options})
for _ in range(1000):
    relay.feed(event)
before = peak()
for _ in range(30_000):
    relay.feed(event)
print(relay.outcome.n_events, peak() - before)
"""
EDITS = 'keep_text=False, model="m", usage="strip", replace={"secret": "s"}, stop=["END"]'


def growth(shape: str, options: str) -> int:
    code = MEASURE.format(shape=shape, options=options)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    events, grown = map(int, done.stdout.split())
    assert events == 31_000
    return grown


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is asked for as on Linux")
@pytest.mark.parametrize("shape", ["chat", "messages", "responses"])
def test_memory_does_not_grow_with_the_answer(shape: str) -> None:
    assert growth(shape, "keep_text=False") <= 2 << 20
    assert growth(shape, "") >= 20 << 20, "the test measures nothing"


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is asked for as on Linux")
@pytest.mark.parametrize(
    "options", [EDITS.replace('"strip"', '"pass"'), 'keep_text=False, to="messages"']
)
def test_nor_with_edits_and_translation(options: str) -> None:
    assert growth("chat", options) <= 2 << 20
