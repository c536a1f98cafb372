"""One dispatcher through any sequence of calls, beside the oracle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from answers import WAYS, assert_same, call, real, reference, seen, state_of
from answers_grammar import pieces
from reference import TooLarge
from reference_dispatch import Invalid
from ssewire import EventTooLarge, InvalidPayload, ServerSentEvent
from streams_grammar import JUNK, RUNS, answer_streams, any_payloads, framed

if TYPE_CHECKING:
    from collections.abc import Callable

    from answers import RealDispatcher
    from answers_grammar import Payload
    from reference_dispatch import ReferenceDispatcher

options = st.fixed_dictionaries(
    {"strict": st.booleans(), "flush_at_end": st.booleans()},
    optional={
        "max_event_size": st.sampled_from([60, 300]),
        "oversize": st.sampled_from(["raise", "skip"]),
    },
)
makers = st.sampled_from([make for each in RUNS.values() for make in each])
kinds = st.sampled_from(["text", "finish", "usage", "done", "other", "invalid", "error"])


def answered(feed: Callable[[], Any]) -> object:
    try:
        return [seen(item) for item in feed()]
    except (EventTooLarge, TooLarge) as error:
        return "too large", error.limit, error.offset
    except (InvalidPayload, Invalid) as error:
        return "invalid", error.offset
    except ValueError:
        return "misused"


class DispatcherMachine(RuleBasedStateMachine):
    dispatcher: RealDispatcher
    oracle: ReferenceDispatcher
    heard: list[Any]
    expected: list[Any]
    listening: list[str]

    @initialize(way=st.sampled_from(WAYS), options=options, templates=st.booleans())
    def construct(self, way: str, options: dict[str, Any], templates: bool) -> None:
        self.dispatcher = real(way, _templates=templates, **options)
        self.oracle = reference(way, **options)
        self.heard, self.expected, self.listening = [], [], []

    def expect(self, answer: object) -> None:
        """What the handlers are to hear of these items."""
        if not isinstance(answer, list):
            return
        told = [delta for item in answer for delta in item.deltas]
        for delta in told:
            self.expected += [(delta["kind"], delta["text"])] * self.listening.count(delta["kind"])

    def feed(self, chunk: bytes | None) -> None:
        expected = call(self.oracle, chunk)
        assert_same(call(self.dispatcher, chunk), expected)
        self.expect(expected)

    @rule(kind=kinds)
    def listen(self, kind: str) -> None:
        self.dispatcher.on(kind, lambda delta: self.heard.append((delta.kind, delta.text)))
        self.listening.append(kind)

    @rule(chunk=st.sampled_from([*JUNK, b"", b"\n", b"data: [DONE]\n\n"]))
    def feed_junk(self, chunk: bytes) -> None:
        self.feed(chunk)

    @rule(body=answer_streams(), place=st.integers(0, 10_000))
    def feed_stream(self, body: bytes, place: int) -> None:
        self.feed(body[:place])
        self.feed(body[place:])

    @rule(payload=any_payloads, text=st.booleans())
    def feed_payload(self, payload: Payload, text: bool) -> None:
        wire = json.dumps(payload)
        given: Any = wire if text else wire.encode()
        expected = answered(lambda: self.oracle.feed_payload(wire.encode()))
        assert_same(answered(lambda: self.dispatcher.feed_payload(given)), expected)
        self.expect(expected)

    @rule(payload=any_payloads, name=st.sampled_from(["message", "ping", "message_start", "error"]))
    def feed_event(self, payload: Payload, name: str) -> None:
        event = ServerSentEvent(name, json.dumps(payload))
        expected = answered(lambda: self.oracle.feed_event(name, event.data))
        assert_same(answered(lambda: self.dispatcher.feed_event(event)), expected)
        self.expect(expected)

    @rule(make=makers, texts=st.lists(pieces, min_size=1, max_size=12))
    def feed_run(self, make: Callable[[str], Payload], texts: list[str]) -> None:
        for text in texts:
            self.feed(framed(make(text), {}, b"\n\n", None))

    @rule(make=makers, text=pieces)
    def feed_text(self, make: Callable[[str], Payload], text: str) -> None:
        chunk = framed(make(text), {}, b"\n\n", None)
        expected = call(self.oracle, chunk)
        found: object
        try:
            found = self.dispatcher.feed_text(chunk)
        except (EventTooLarge, InvalidPayload, ValueError):
            assert not isinstance(expected, list)
            return
        assert isinstance(expected, list)
        deltas = [delta for item in expected for delta in item.deltas if delta["kind"] == "text"]
        if self.oracle.shape in ("chat", "completions"):
            deltas = [delta for delta in deltas if delta["index"] == 0]
        assert found == "".join(delta["text"] for delta in deltas)
        self.expect(expected)

    @rule()
    def finish(self) -> None:
        self.feed(None)

    @rule()
    def reset(self) -> None:
        self.dispatcher.reset()
        self.oracle.reset()

    @invariant()
    def both_tell_the_same(self) -> None:
        if hasattr(self, "dispatcher"):
            assert_same(state_of(self.dispatcher), state_of(self.oracle))
            assert_same(self.heard, self.expected)


TestDispatcherMachine = DispatcherMachine.TestCase
TestDispatcherMachine.settings = settings(stateful_step_count=20)
