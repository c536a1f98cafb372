"""What a dispatcher and its handlers leave behind: no reference, no lock, no unsaid error."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from answer_case import choice, chunk, says
from answers import real, stream
from ssewire import Delta, Dispatcher, EventTooLarge
from ssewire.outcome import ToolCall

START = {"type": "message_start", "message": {"id": "m"}}
TEXT = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}
CALL = {"index": 0, "id": "x", "type": "function", "function": {"name": "f", "arguments": "{}"}}
LARGE = b"data: " + b"x" * 400 + b"\n\n"


class Handler:
    """Refers to its dispatcher, so that only the garbage collector can end both."""

    def __init__(self, dispatcher: Any = None, error: Exception | None = None) -> None:
        self.dispatcher = dispatcher
        self.error = error

    def __call__(self, _: object) -> None:
        if self.error is not None:
            raise self.error


def is_collected(handler: weakref.ref[Any]) -> bool:
    # No method of ssewire may have to be called for it.
    gc.collect()
    return handler() is None


def test_a_handler_that_was_called_is_collected() -> None:
    dispatcher = real()
    handler = Handler(dispatcher)
    dispatcher.on("content_block_delta", handler)
    dispatcher.feed(stream(START, TEXT))
    gone = weakref.ref(handler)
    del dispatcher, handler
    assert is_collected(gone)


def test_a_handler_that_is_still_to_be_called_is_collected() -> None:
    dispatcher = real()
    handler = Handler(dispatcher)
    dispatcher.on("text", Handler(error=ZeroDivisionError()))
    dispatcher.on("text", handler)
    with pytest.raises(ZeroDivisionError):
        dispatcher.feed(stream(says("a")))
    gone = weakref.ref(handler)
    del dispatcher, handler
    assert is_collected(gone)


def test_a_decorator_is_collected() -> None:
    class Own(Dispatcher):
        decorator: Any

    dispatcher = Own()
    dispatcher.decorator = dispatcher.on("text")
    gone = weakref.ref(dispatcher)
    del dispatcher
    assert is_collected(gone)


def test_calls_keep_no_reference() -> None:
    dispatcher, handler = real(), Handler()
    dispatcher.on("content_block_delta", handler)
    dispatcher.feed(stream(START))
    before = sys.getrefcount(handler)
    for _ in range(100):
        dispatcher.feed(stream(TEXT))
    assert sys.getrefcount(handler) == before


@pytest.mark.parametrize(
    ("arguments", "named"), [((5,), {}), ((print, 1), {}), ((print,), {"x": 1}), ((), {"x": 1})]
)
def test_misuse_of_the_decorator(arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    decorator: Any = real().on("text")
    with pytest.raises(TypeError):
        decorator(*arguments, **named)


def test_the_error_at_the_end_comes_after_the_items() -> None:
    dispatcher = real(max_event_size=300)
    errors = [ValueError("first"), ValueError("second")]

    def handler(_: Delta) -> None:
        if errors:
            raise errors.pop(0)

    dispatcher.on("start", handler)
    dispatcher.on("text", handler)
    with pytest.raises(ValueError, match="first"):
        dispatcher.feed(stream(says("a"), LARGE))
    with pytest.raises(ValueError, match="second"):
        dispatcher.finish()
    assert [item.text for item in dispatcher.finish()] == ["a"]
    with pytest.raises(EventTooLarge):
        dispatcher.finish()
    assert dispatcher.finish() == []


def test_the_error_at_the_end_is_forgotten_with_the_stream() -> None:
    dispatcher = real(max_event_size=300)
    dispatcher.on("text", Handler(error=ZeroDivisionError()))
    for end in (dispatcher.finish, lambda: dispatcher.feed(LARGE)):
        with pytest.raises(ZeroDivisionError):
            dispatcher.feed(stream(says("a"), LARGE))
        assert [item.text for item in end()] == ["a"]
        dispatcher.reset()
        assert dispatcher.finish() == []
        dispatcher.reset()


def test_feeding_while_another_thread_makes_an_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    dispatcher = real()
    dispatcher.feed(stream(chunk(choice(tool_calls=[CALL]))))
    making, fed = threading.Event(), threading.Event()
    make = ToolCall.__init__

    def slow(call: ToolCall, *members: Any) -> None:
        making.set()
        fed.wait(60)
        make(call, *members)

    monkeypatch.setattr(ToolCall, "__init__", slow)
    dispatcher.on("text", lambda _: making.wait(60))
    with ThreadPoolExecutor(1) as pool:
        watcher = pool.submit(lambda: dispatcher.outcome)
        try:
            assert [item.text for item in dispatcher.feed(stream(says("a")))] == ["a"]
        finally:
            fed.set()
        assert len(watcher.result().tool_calls) == 1
    assert [item.text for item in dispatcher.feed(stream(says("b")))] == ["b"]


def test_an_outcome_is_made_by_code_that_asks_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    dispatcher = real()
    dispatcher.feed(stream(says("a"), chunk(choice(tool_calls=[CALL]))))
    make = ToolCall.__init__
    shapes = []

    def curious(call: ToolCall, *members: Any) -> None:
        shapes.append(dispatcher.shape)
        make(call, *members)

    monkeypatch.setattr(ToolCall, "__init__", curious)
    assert dispatcher.outcome.text == "a"
    assert shapes == ["chat"]
