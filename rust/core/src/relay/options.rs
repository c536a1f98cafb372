//! What a relay can be told.

use super::text::TextRules;
use crate::dispatch::DispatchOptions;
use crate::shape::Shape;

/// How a [`super::Relay`] is to work.
#[derive(Clone, Debug, Default)]
pub struct RelayOptions {
    /// Of its dispatcher.
    pub dispatch: DispatchOptions,
    /// The shape to translate to; none, and the stream's own, change nothing.
    pub to: Option<Shape>,
    /// What to write in place of each model's name.
    pub model: Option<String>,
    /// What to write in place of the answer's id.
    pub id: Option<String>,
    /// Whether usage in chunks is left out.
    pub strip_usage: bool,
    /// When the answer began, in Unix seconds, for shapes that say so.
    pub created: u64,
    /// Native types of events, and kinds of deltas, whose events are left out.
    pub drop: Vec<String>,
    /// Whether usage gets more members: see [`AddToUsage`].
    pub adds_to_usage: bool,
    /// What is replaced in texts, and what ends them.
    pub text: TextRules,
    /// How many events are held back at most until the first content.
    pub hold: u64,
    /// Whether an event goes on only when it is whole.
    pub whole_events: bool,
}

/// Asked for the members to add to a usage object, which is the argument, when it is sent.
pub type AddToUsage<'a> = dyn FnMut(&[u8]) -> Vec<(String, Vec<u8>)> + 'a;
