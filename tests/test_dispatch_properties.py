"""Any stream, sound or damaged, cut anywhere: the same to the dispatchers and to the oracle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answers import WAYS, assert_same, call, read, real, reference, state_of
from answers_grammar import anything, pieces
from grammar import chunks_of, grammatical_streams
from replay import bytewise, in_steps
from streams_grammar import JUNK, PAYLOADS, RUNS, answer_streams, any_payloads, framed, runs

if TYPE_CHECKING:
    from answers_grammar import Payload

ways = st.sampled_from(["any", "any", *WAYS])
options = st.fixed_dictionaries(
    {},
    optional={
        "strict": st.booleans(),
        "max_event_size": st.sampled_from([40, 150, 400]),
        "oversize": st.sampled_from(["raise", "skip"]),
        "flush_at_end": st.booleans(),
    },
)


def compared(chunks: list[bytes], way: str, options: dict[str, Any], templates: bool) -> None:
    dispatcher = real(way, _templates=templates, **options)
    oracle = reference(way, **options)
    for chunk in (*chunks, None, None):
        assert_same(call(dispatcher, chunk), call(oracle, chunk))
        assert_same(state_of(dispatcher), state_of(oracle))


@pytest.mark.parametrize("shape", sorted(PAYLOADS))
@given(st.data(), ways, options, st.booleans())
def test_every_call_is_answered_as_by_the_reference(
    shape: str, data: st.DataObject, way: str, options: dict[str, Any], templates: bool
) -> None:
    compared(data.draw(chunks_of(answer_streams(shape))), way, options, templates)


@given(chunks_of(grammatical_streams()), ways, st.booleans())
def test_any_framing(chunks: list[bytes], way: str, templates: bool) -> None:
    compared(chunks, way, {}, templates)


@given(chunks_of(st.lists(st.sampled_from(JUNK), max_size=8).map(b"".join)), ways, options)
def test_junk(chunks: list[bytes], way: str, options: dict[str, Any]) -> None:
    compared(chunks, way, options, True)


@given(answer_streams(), ways, st.booleans())
def test_a_cut_changes_nothing(body: bytes, way: str, templates: bool) -> None:
    whole = read(real(way), [body])
    for chunks in (bytewise(body), in_steps(body, 7), in_steps(body, 200)):
        assert_same(read(real(way, _templates=templates), chunks), whole)


@pytest.mark.parametrize("shape", sorted(RUNS))
@given(st.data(), st.booleans())
def test_a_run_of_pieces_is_learnt_and_still_read_right(
    shape: str, data: st.DataObject, ascii_only: bool
) -> None:
    """The same literals again and again, and then nearly the same."""
    style = {"separators": (",", ":"), "ensure_ascii": ascii_only}
    payloads = [each for _ in range(2) for each in data.draw(runs(shape))]
    body = b"".join(framed(payload, style, b"\n\n", None) for payload in payloads)
    learnt, plainly, oracle = real(), real(_templates=False), reference()
    expected = read(oracle, [body])
    assert_same(read(learnt, [body]), expected)
    assert_same(read(plainly, [body]), expected)


@given(any_payloads, st.integers(8, 30), pieces, st.data())
def test_any_payload_many_times(payload: Payload, n: int, text: str, data: st.DataObject) -> None:
    """Whatever is repeated, and then once with another text in one place."""
    wire = json.dumps(payload)
    names = [name for name in ("Hello", " world", "[DONE]", "search") if json.dumps(name) in wire]
    other = wire
    if names:
        name = data.draw(st.sampled_from(names))
        other = wire.replace(json.dumps(name), json.dumps(text))
    blocks = [wire] * n + [other] * 3 + [wire] * 2
    body = "".join(f"data: {block}\n\n" for block in blocks).encode()
    compared([body], "any", {}, True)


@given(st.lists(any_payloads, max_size=4), ways)
def test_payloads_without_framing(payloads: list[Payload], way: str) -> None:
    dispatcher, oracle = real(way), reference(way)
    for payload in payloads:
        data = json.dumps(payload, ensure_ascii=False).encode("utf-8", "surrogatepass")
        found = dispatcher.feed_payload(data)
        expected = oracle.feed_payload(data)
        assert [item.to_json() for item in found] == [item.payload for item in expected]
        assert_same(state_of(dispatcher), state_of(oracle))


@given(st.lists(st.binary(max_size=40) | st.sampled_from(JUNK), max_size=8), ways)
def test_nothing_that_a_server_sends_raises(chunks: list[bytes], way: str) -> None:
    dispatcher = real(way)
    for chunk in chunks:
        for item in dispatcher.feed(chunk):
            assert item.deltas
    dispatcher.finish()
    assert dispatcher.outcome.to_dict()


@given(anything, ways)
def test_any_json_is_passed_on(value: object, way: str) -> None:
    wire = json.dumps(value)
    (item,) = real(way).feed(f"data: {wire}\n\n".encode())
    assert item.to_json() == wire
    assert_same(item.json(), json.loads(wire))
    assert_same(item.to_dict(), json.loads(wire))


@given(answer_streams())
def test_an_outcome_is_a_value(body: bytes) -> None:
    dispatcher, again = real(), real()
    before = dispatcher.outcome
    told = before.to_dict()
    dispatcher.feed(body)
    again.feed(body)
    assert before.to_dict() == told
    assert dispatcher.outcome == again.outcome
    assert dispatcher.outcome != before or dispatcher.outcome.to_dict() == told
