"""One decoder through any sequence of calls, beside the oracle."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from grammar import FRAGMENTS, grammatical_streams
from reference import ReferenceDecoder
from replay import call
from ssewire import Decoder

options = st.fixed_dictionaries(
    {
        "last_event_id": st.sampled_from(["", "7"]),
        "max_event_size": st.integers(1, 40) | st.none(),
        "oversize": st.sampled_from(["raise", "skip"]),
        "flush_at_end": st.booleans(),
    }
)


class DecoderMachine(RuleBasedStateMachine):
    decoder: Decoder
    reference: ReferenceDecoder

    @initialize(options=options)
    def construct(self, options: dict[str, Any]) -> None:
        self.decoder = Decoder(**options)
        self.reference = ReferenceDecoder(**options)

    @rule(chunk=st.sampled_from([*FRAGMENTS, b""]))
    def feed_fragment(self, chunk: bytes) -> None:
        assert call(self.decoder, chunk) == call(self.reference, chunk)

    @rule(chunk=grammatical_streams())
    def feed_stream(self, chunk: bytes) -> None:
        assert call(self.decoder, chunk) == call(self.reference, chunk)

    @rule()
    def finish(self) -> None:
        assert call(self.decoder, None) == call(self.reference, None)

    @rule()
    def reset(self) -> None:
        self.decoder.reset()
        self.reference.reset()

    @invariant()
    def held_bytes_are_told(self) -> None:
        if hasattr(self, "decoder"):
            assert self.decoder.pending == self.reference.pending


TestDecoderMachine = DecoderMachine.TestCase
TestDecoderMachine.settings = settings(stateful_step_count=30)
