//! How far an answer has come: has anything of it arrived, can anything more?

use super::{Answer, Body};
use crate::shape::chunk::{Choice, Chunks};
use crate::shape::messages::Messages;
use crate::shape::responses::Responses;

impl Answer {
    /// Whether any output has come: text, reasoning, a refusal, a call, audio.
    pub fn has_begun(&self) -> bool {
        match &self.body {
            Body::Chunks(chunks) => chunks.has_begun(),
            Body::Messages(messages) => messages.has_begun(),
            Body::Responses(responses) => responses.has_begun(),
        }
    }

    /// How many events said something: pings and empty payloads do not.
    #[inline]
    pub fn telling_events(&self) -> u64 {
        self.events.saturating_sub(self.pings)
    }

    /// Notes that an event is about to be read.
    #[inline]
    pub(crate) fn before_event(&mut self) {
        if self.error.is_none() {
            self.told_before = if self.has_ended() { u64::MAX } else { self.telling_events() };
        }
    }

    /// How many events said something before the one with the error: all that could, if the answer
    /// was over by then.
    pub(crate) fn told_before(&self) -> u64 {
        self.told_before
    }

    /// Whether the answer is over, so that reading on is of no use: its last event was seen, or an
    /// error. A `finish_reason` is no such event, for usage may follow.
    #[inline]
    pub fn has_ended(&self) -> bool {
        let last = match &self.body {
            Body::Chunks(_) => self.done_seen,
            Body::Messages(messages) => messages.stopped,
            Body::Responses(responses) => responses.terminal.is_some(),
        };
        last || self.error.is_some()
    }
}

impl Chunks {
    fn has_begun(&self) -> bool {
        self.choices.values().any(|choice| choice.has_begun())
    }
}

impl Choice {
    fn has_begun(&self) -> bool {
        self.text.is_said()
            || self.reasoning.is_said()
            || self.refusal.is_said()
            || !self.calls.is_empty()
            || self.function_call.is_some()
            || self.audio.is_some()
    }
}

impl Messages {
    fn has_begun(&self) -> bool {
        let said = |text: &super::Text| text.is_said();
        self.in_order()
            .iter()
            .any(|block| said(&block.text) || said(&block.thinking) || block.is_call())
    }
}

impl Responses {
    fn has_begun(&self) -> bool {
        self.parts_in_order().iter().any(|(_, text)| text.is_said())
            || !self.calls_in_order().is_empty()
    }
}
