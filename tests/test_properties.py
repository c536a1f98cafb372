"""Any stream, cut anywhere, is the same to the decoder and to the oracle."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from grammar import any_streams, chunks_of, grammatical_streams, values
from reference import ReferenceDecoder
from replay import bytewise, call, fields, in_steps, read
from ssewire import Decoder, ServerSentEvent, encode_event

texts = st.text()
one_line = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]))
ids = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]))
data = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n :"))
retries = st.integers(0, 2**128 - 1) | st.integers(0, 100_000)

options = st.fixed_dictionaries(
    {},
    optional={
        "last_event_id": st.sampled_from(["", "7", "\u2028"]),
        "max_event_size": st.integers(1, 80) | st.none(),
        "oversize": st.sampled_from(["raise", "skip"]),
        "flush_at_end": st.booleans(),
    },
)


@given(chunks_of(any_streams()), options)
def test_every_call_is_answered_as_by_the_reference(
    chunks: list[bytes], options: dict[str, Any]
) -> None:
    decoder, reference = Decoder(**options), ReferenceDecoder(**options)
    for chunk in (*chunks, b"", None, None):
        assert call(decoder, chunk) == call(reference, chunk)


@given(grammatical_streams(), st.booleans())
def test_a_cut_changes_nothing(body: bytes, flush_at_end: bool) -> None:
    whole = read(Decoder(flush_at_end=flush_at_end), [body])
    for step in (1, 2, 3, 7):
        assert read(Decoder(flush_at_end=flush_at_end), in_steps(body, step)) == whole


@given(any_streams(), st.integers(1, 80))
def test_a_cut_changes_no_verdict(body: bytes, limit: int) -> None:
    decoders = [Decoder(max_event_size=limit, oversize="skip") for _ in range(2)]
    assert read(decoders[0], [body]) == read(decoders[1], bytewise(body))
    assert decoders[0].skipped == decoders[1].skipped


@given(st.lists(st.binary(), max_size=8))
def test_nothing_that_a_server_sends_raises(chunks: list[bytes]) -> None:
    decoder = Decoder()
    for chunk in chunks:
        for event in decoder.feed(chunk):
            assert event.data is not None
            assert event.raw in b"".join(chunks)
    assert decoder.finish() == []


@given(values())
def test_text_is_decoded_with_replacement(value: bytes) -> None:
    text = value.removeprefix(b" ").decode("utf-8", "replace")
    (event,) = Decoder().feed(b"data:" + value + b"\n\n")
    assert event.data == text
    (event,) = Decoder().feed(b"event:" + value + b"\ndata\n\n")
    assert event.event == (text or "message")
    (event,) = Decoder().feed(b"id:" + value + b"\ndata\n\n")
    assert event.id == ("" if "\0" in text else text)


@given(chunks_of(any_streams()))
def test_raw_is_the_event_again(chunks: list[bytes]) -> None:
    decoder = Decoder()
    for chunk in chunks:
        for event in decoder.feed(chunk):
            again = Decoder(last_event_id=event.id)
            assert again.feed(event.raw) == [event]
            assert again.pending == 0
            assert not again.finish()
            assert not again.truncated


@given(
    data,
    st.none() | one_line,
    st.none() | ids,
    st.none() | retries,
    st.sampled_from([1, 2, 5, 10_000]),
)
def test_what_was_encoded_is_decoded(
    data: str, event: str | None, id_: str | None, retry: int | None, step: int
) -> None:
    encoded = encode_event(data, event=event, id=id_, retry=retry)
    received = data.replace("\r\n", "\n").replace("\r", "\n")
    expected = ServerSentEvent(event or "message", received, id_ or "", retry)
    decoder = Decoder()
    events = [event for chunk in in_steps(encoded, step) for event in decoder.feed(chunk)]
    assert events == [expected]
    assert events[0].raw == encoded
    assert decoder.finish() == []
    assert not decoder.truncated


@given(st.lists(st.builds(ServerSentEvent, one_line, data, ids, st.none() | retries)))
def test_encoded_events_do_not_touch(events: list[ServerSentEvent]) -> None:
    body = b"".join(
        encode_event(each.data, event=each.event, id=each.id, retry=each.retry) for each in events
    )
    received = [
        (each.event or "message", each.data.replace("\r\n", "\n").replace("\r", "\n"))
        for each in events
    ]
    decoder = Decoder()
    assert [fields(event)[:2] for event in decoder.feed(body)] == received
    assert decoder.last_event_id == (events[-1].id if events else "")
