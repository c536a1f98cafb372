//! What all the payloads of a stream together say.

mod finish;
mod forget;
mod outcome;
mod stage;
mod text;
mod tokens;
mod tool_calls;

pub use outcome::{Outcome, ToolCall};
pub(crate) use text::List;
pub use text::Text;
pub use tokens::Tokens;
pub use tool_calls::Call;
pub(crate) use tool_calls::{Address, Calls, word};

use crate::delta::Kind;
use crate::error::StreamError;
use crate::shape::chunk::Chunks;
use crate::shape::messages::Messages;
use crate::shape::responses::Responses;
use crate::shape::{Shape, chat, completions};

/// The answer so far.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub(crate) shape: Option<Shape>,
    pub(crate) body: Body,
    /// Boxed, as few answers have one.
    pub(crate) error: Option<Box<StreamError>>,
    pub(crate) done_seen: bool,
    pub(crate) events: u64,
    /// The payloads that are only signs of life.
    pub(crate) pings: u64,
    /// See [`Answer::told_before`].
    told_before: u64,
    /// What came was no event stream.
    pub(crate) no_stream: bool,
    /// Whether only how the answer goes is of interest, and not what it says.
    pub(crate) forgets: bool,
    /// About how many bytes it remembers all the same.
    remembered: usize,
    /// How many it may remember, when that was looked at last.
    room: usize,
}

/// What is known in the form of its shape. As long as the shape is not known: that of chunks.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Chunks(Box<Chunks>),
    Messages(Box<Messages>),
    Responses(Box<Responses>),
}

impl Default for Body {
    fn default() -> Self {
        Self::Chunks(Box::default())
    }
}

/// A text that grows, by its places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Of the choice, block, part or call.
    pub(crate) slot: usize,
    pub(crate) kind: Kind,
    /// Of the call within it.
    pub(crate) call: usize,
}

impl Target {
    pub(crate) fn new(slot: usize, kind: Kind) -> Self {
        Self { slot, kind, call: 0 }
    }
}

impl Answer {
    /// Where to append what comes for a target that got something before.
    #[inline]
    pub(crate) fn text(&mut self, target: Target) -> &mut Vec<u8> {
        match &mut self.body {
            Body::Chunks(chunks) => {
                let choice = &mut chunks.choices[target.slot];
                match target.kind {
                    Kind::Reasoning => choice.reasoning.bytes(),
                    Kind::Refusal => choice.refusal.bytes(),
                    Kind::ToolArguments => choice.calls.arguments(target.call),
                    _ => choice.text.bytes(),
                }
            }
            Body::Messages(messages) => messages.text(target),
            Body::Responses(responses) => responses.text(target),
        }
    }

    /// The shape, as far as it is known.
    pub fn shape(&self) -> Option<Shape> {
        self.shape
    }

    /// When the answer began, in Unix seconds, if it says so.
    pub(crate) fn created(&self) -> Option<u64> {
        match &self.body {
            Body::Chunks(chunks) => chunks.created(),
            Body::Messages(_) => None,
            Body::Responses(responses) => responses.created(),
        }
    }

    /// The id of a call of choice 0, in order of arrival.
    pub(crate) fn call_id(&self, place: Option<u32>) -> Option<String> {
        match &self.body {
            Body::Chunks(chunks) => chunks.choices.get(&0)?.calls.id(place?),
            _ => None,
        }
    }

    /// The name of a call of choice 0, as far as it has come.
    pub(crate) fn call_name(&self, place: Option<u32>) -> Option<String> {
        let Body::Chunks(chunks) = &self.body else {
            return None;
        };
        let choice = chunks.choices.get(&0)?;
        match place {
            Some(place) => choice.calls.name(place),
            None => choice.function_call.as_ref()?.name.clone(),
        }
    }

    /// How many choices have come, where there are choices.
    pub(crate) fn choices(&self) -> usize {
        match &self.body {
            Body::Chunks(chunks) => chunks.choices.len(),
            _ => 0,
        }
    }

    /// The call of that block or item, in order of arrival.
    pub(crate) fn call_at(&self, index: u64) -> Option<u32> {
        let place = match &self.body {
            Body::Chunks(_) => None,
            Body::Messages(messages) => messages.call_at(index),
            Body::Responses(responses) => responses.call_at(index),
        };
        u32::try_from(place?).ok()
    }

    /// The official final object so far, as JSON; nothing while the shape is not known, or if
    /// the answer is not kept.
    pub fn snapshot(&self) -> Option<Vec<u8>> {
        if self.forgets {
            return None;
        }
        Some(match (&self.body, self.shape?) {
            (Body::Chunks(chunks), Shape::Completions) => completions::snapshot(chunks),
            (Body::Chunks(chunks), _) => chat::snapshot(chunks),
            (Body::Messages(messages), _) => messages.snapshot(),
            (Body::Responses(responses), _) => responses.snapshot(),
        })
    }
}
