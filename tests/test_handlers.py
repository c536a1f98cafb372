"""`on()`: functions that are called in order while the dispatcher is fed."""

from __future__ import annotations

from typing import Any

import pytest

from answer_case import choice, chunk, finishes, says
from answers import NAMES, body_of, real, stream
from replay import in_steps
from ssewire import Chunk, Delta, ServerSentEvent, StreamEvent

START = {"type": "message_start", "message": {"id": "m"}}
TEXT = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}
STOP = {"type": "message_stop"}
KINDS = [
    *("start", "text", "reasoning", "signature", "refusal", "tool_call", "tool_arguments"),
    *("audio", "citation", "finish", "usage", "error", "done", "invalid", "other"),
]


def test_as_a_function_and_as_a_decorator() -> None:
    dispatcher, calls = real(), []

    def first(delta: Delta) -> None:
        calls.append(("first", delta.text))

    dispatcher.on("text", first)

    @dispatcher.on("text")
    def second(delta: Delta) -> None:
        calls.append(("second", delta.text))

    dispatcher.feed(stream(says("a"), says("b")))
    assert calls == [("first", "a"), ("second", "a"), ("first", "b"), ("second", "b")]
    second(dispatcher.feed(stream(says("c")))[0].deltas[0])
    assert calls[-1] == ("second", "c")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("step", [100, 1 << 30])
def test_every_delta_in_order(name: str, step: int) -> None:
    dispatcher = real()
    seen: list[Any] = []
    for kind in KINDS:
        dispatcher.on(kind, seen.append)
    items = [item for piece in in_steps(body_of(name), step) for item in dispatcher.feed(piece)]
    items += dispatcher.finish()
    assert seen == [delta for item in items for delta in item.deltas]


def test_native_types_get_the_item() -> None:
    dispatcher = real()
    seen: list[tuple[str, Any]] = []
    for name in ("message_start", "content_block_delta", "start", "text", "message_stop", "done"):
        dispatcher.on(name, lambda each, name=name: seen.append((name, each)))
    items = dispatcher.feed(stream(START, TEXT, STOP))
    # An item's own type comes before its deltas.
    assert seen == [
        ("message_start", items[0]),
        ("start", items[0].deltas[0]),
        ("content_block_delta", items[1]),
        ("text", items[1].deltas[0]),
        ("message_stop", items[2]),
        ("done", items[2].deltas[0]),
    ]


def test_native_types_of_the_event_name() -> None:
    dispatcher = real()
    seen: list[Any] = []
    dispatcher.on("message_stop", seen.append)
    dispatcher.on("vertex_event", seen.append)
    items = dispatcher.feed(
        b"event: message_stop\ndata: {}\n\nevent: ping\ndata: " + b'{"type":"vertex_event"}\n\n'
    )
    assert seen == items
    assert all(isinstance(item, StreamEvent | Chunk) for item in items)


def test_the_name_of_a_kind_gets_only_deltas() -> None:
    dispatcher = real()
    seen: list[Any] = []
    dispatcher.on("error", seen.append)
    dispatcher.on("text", seen.append)
    dispatcher.feed(stream({"type": "text"}, {"type": "error", "error": {"message": "m"}}))
    assert [type(each) for each in seen] == [Delta]


def test_all_of_a_read_is_folded_before_its_handlers() -> None:
    dispatcher = real()
    outcomes = []
    dispatcher.on("text", lambda _: outcomes.append(dispatcher.outcome.text))
    dispatcher.feed(stream(says("a"), says("b")))
    dispatcher.feed(stream(says("c")))
    assert outcomes == ["ab", "ab", "abc"]


@pytest.mark.parametrize("feed", ["feed", "feed_text", "feed_event", "feed_payload"])
def test_every_way_in_calls_them(feed: str) -> None:
    dispatcher = real()
    seen: list[Any] = []
    dispatcher.on("text", lambda delta: seen.append(delta.text))
    body = stream(says("Hi"))
    payload = body[6:-2]
    argument: Any = ServerSentEvent(data=payload.decode()) if feed == "feed_event" else body
    getattr(dispatcher, feed)(payload if feed == "feed_payload" else argument)
    assert seen == ["Hi"]


def test_handlers_outlive_a_reset() -> None:
    dispatcher = real()
    seen: list[Any] = []
    dispatcher.on("text", lambda delta: seen.append(delta.text))
    dispatcher.feed(stream(says("a")))
    dispatcher.reset()
    dispatcher.feed(stream(says("b")))
    assert seen == ["a", "b"]


class Refused(Exception):
    pass


def failing_on(texts: list[str], seen: list[Any]) -> Any:
    def handler(delta: Delta) -> None:
        seen.append(delta.text)
        if delta.text in texts:
            texts.remove(str(delta.text))
            raise Refused(delta.text)

    return handler


def test_a_handler_that_raises_loses_nothing() -> None:
    dispatcher = real()
    first: list[Any] = []
    second: list[Any] = []
    dispatcher.on("text", failing_on(["b"], first))
    dispatcher.on("text", lambda delta: second.append(delta.text))
    with pytest.raises(Refused):
        dispatcher.feed(stream(says("a"), says("b"), says("c")))
    assert (first, second) == (["a", "b"], ["a"])
    assert dispatcher.outcome.text == "abc"
    items = dispatcher.feed(stream(says("d")))
    # The one that raised is not called again; those behind it are.
    assert (first, second) == (["a", "b", "c", "d"], ["a", "b", "c", "d"])
    assert [item.text for item in items] == ["a", "b", "c", "d"]
    assert dispatcher.outcome.text == "abcd"


def test_each_call_raises_once() -> None:
    dispatcher = real()
    seen: list[Any] = []
    dispatcher.on("text", failing_on(["a", "b", "c"], seen))
    for _ in range(2):
        with pytest.raises(Refused):
            dispatcher.feed(stream(says("a"), says("b")) if not seen else b"")
    with pytest.raises(Refused):
        dispatcher.feed(stream(says("c")))
    assert [item.text for item in dispatcher.finish()] == ["a", "b", "c"]
    assert seen == ["a", "b", "c"]


def test_items_that_wait_come_with_finish() -> None:
    dispatcher = real()
    dispatcher.on("finish", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        dispatcher.feed(stream(says("a"), finishes(), "[DONE]"))
    assert [item.deltas[-1].kind for item in dispatcher.finish()] == ["text", "finish", "done"]
    assert dispatcher.outcome.complete


@pytest.mark.parametrize("call", ["feed", "feed_text", "feed_payload", "finish", "reset"])
def test_no_feeding_from_inside(call: str) -> None:
    dispatcher = real()
    raised = []

    def handler(_: Delta) -> None:
        arguments = [] if call in ("finish", "reset") else [b""]
        with pytest.raises(RuntimeError) as error:
            getattr(dispatcher, call)(*arguments)
        raised.append(error.value)

    dispatcher.on("text", handler)
    (item,) = dispatcher.feed(stream(says("a")))
    assert item.text == "a"
    assert len(raised) == 1
    assert dispatcher.outcome.text == "a"


def test_on_from_inside_counts_from_the_next_read() -> None:
    dispatcher = real()
    seen: list[Any] = []

    def handler(_: Delta) -> None:
        if not seen:
            dispatcher.on("finish", seen.append)

    dispatcher.on("start", handler)
    dispatcher.feed(stream(chunk(choice(finish="stop"))))
    dispatcher.feed(stream(finishes("length")))
    assert [delta.reason for delta in seen][-1] == "length"


@pytest.mark.parametrize("arguments", [(), (5,), ("text", 5), (None, print)])
def test_misuse(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        real().on(*arguments)
