"""Recorded streams: every dispatcher answers as its oracle, whatever the cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from answers import (
    NAMES,
    WAYS,
    assert_same,
    body_of,
    call,
    expected_of,
    read,
    real,
    reference,
    state_of,
)
from replay import cut_once, in_steps

if TYPE_CHECKING:
    from answers import RealDispatcher

by_name = pytest.mark.parametrize("name", NAMES)
STEPS = (1 << 30, 1, 7, 64, 1460)


def kinds_and_texts(dispatcher: RealDispatcher, chunks: list[bytes]) -> list[Any]:
    items = [item for chunk in chunks for item in dispatcher.feed(chunk)]
    items += dispatcher.finish()
    return [[(delta.kind, delta.index, delta.text) for delta in item.deltas] for item in items]


@by_name
@pytest.mark.parametrize("way", WAYS)
def test_same_as_reference(name: str, way: str) -> None:
    body = body_of(name)
    expected = read(reference(way), [body])
    for step in STEPS:
        for templates in (True, False):
            assert_same(read(real(way, _templates=templates), in_steps(body, step)), expected)


@by_name
@pytest.mark.parametrize("step", [64, 1460])
@pytest.mark.parametrize("flush_at_end", [False, True])
def test_every_call_is_answered_as_by_the_reference(
    name: str, step: int, flush_at_end: bool
) -> None:
    dispatcher, oracle = (each(flush_at_end=flush_at_end) for each in (real, reference))
    for chunk in (*in_steps(body_of(name), step), None):
        assert_same(call(dispatcher, chunk), call(oracle, chunk))
        assert_same(state_of(dispatcher), state_of(oracle))


@by_name
@pytest.mark.parametrize("step", [1, 100, 1 << 30])
def test_strict(name: str, step: int) -> None:
    dispatcher, oracle = real(strict=True), reference(strict=True)
    for chunk in (*in_steps(body_of(name), step), None):
        assert_same(call(dispatcher, chunk), call(oracle, chunk))
    assert_same(state_of(dispatcher), state_of(oracle))


@by_name
def test_every_cut(name: str) -> None:
    body = body_of(name)
    dispatcher = real()
    expected = kinds_and_texts(dispatcher, [body])
    outcome = dispatcher.outcome
    # Of long bodies not every byte, but every kind of place.
    for chunks in list(cut_once(body))[:: 1 + len(body) // 2000]:
        dispatcher = real()
        assert kinds_and_texts(dispatcher, chunks) == expected, chunks
        assert dispatcher.outcome == outcome, chunks


@by_name
def test_the_outcome_that_is_written_down(name: str) -> None:
    expected = expected_of(name)
    dispatcher = real()
    read(dispatcher, [body_of(name)])
    outcome = dispatcher.outcome.to_dict()
    assert outcome["text"] in expected.get("final_text_any_of", [expected["final_text"]])
    for member in ("reasoning", "refusal", "tool_calls", "finish_reason", "usage", "terminal"):
        assert outcome[member] == expected[member], member
    for member in ("complete", "done_seen", "n_events", "n_comments"):
        assert outcome[member] == expected[member], member
    error = outcome["error"] and {k: v for k, v in outcome["error"].items() if k != "raw"}
    assert error == expected["error"]


@by_name
@pytest.mark.parametrize("step", [50, 1 << 30])
def test_feed_text(name: str, step: int) -> None:
    body, dispatcher = body_of(name), real()
    texts = [dispatcher.feed_text(chunk) for chunk in in_steps(body, step)]
    dispatcher.finish()
    whole = real()
    items = whole.feed(body) + whole.finish()
    assert dispatcher.outcome == whole.outcome
    if dispatcher.shape != "responses":  # whose parts may be told in another order
        assert "".join(texts) == dispatcher.outcome.text
    # `[DONE]` and bad payloads have no members; the text of a known event may be a member of its
    # own, so it is put together from the deltas.
    pieces = [d.text for item in items for d in item.deltas if d.kind == "text" and not d.index]
    if dispatcher.shape in ("chat", "completions"):
        assert "".join(texts) == "".join(piece or "" for piece in pieces)


@by_name
def test_fresh_after_reset(name: str) -> None:
    body, dispatcher = body_of(name), real()
    dispatcher.feed(body[: len(body) // 2])
    dispatcher.reset()
    first = read(dispatcher, [body])
    dispatcher.reset()
    assert read(dispatcher, in_steps(body, 99)) == first
    assert dispatcher.finish() == []


@by_name
def test_payload_by_payload(name: str) -> None:
    """An answer does not depend on the framing, but for names and errors in fields."""
    if name in ("chat_error_field", "chat_no_blank_lines") or name.startswith("body_"):
        return
    whole = real()
    items = whole.feed(body_of(name)) + whole.finish()
    expected = whole.outcome.to_dict()
    for of_event in (True, False):
        again = real()
        for item in items:
            if of_event:
                again.feed_event(item.event)
            else:
                again.feed_payload(item.to_json().encode())
        again.finish()
        comments = {"n_comments": expected["n_comments"]}
        assert again.outcome.to_dict() | comments == expected
        assert again.snapshot() == whole.snapshot()
