//! Deltas: what one payload adds to the answer, in the same words for every shape.

use std::borrow::Cow;

use crate::error::StreamError;
use crate::json::Value;

/// What a delta is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// The answer, or one of several choices, begins.
    Start,
    /// A piece of the text.
    Text,
    /// A piece of the reasoning.
    Reasoning,
    /// The signature of the reasoning.
    Signature,
    /// A piece of a refusal in words.
    Refusal,
    /// A tool call opens.
    ToolCall,
    /// A piece of a tool call's arguments.
    ToolArguments,
    /// A piece of audio.
    Audio,
    /// A citation or annotation.
    Citation,
    /// Why the answer stopped.
    Finish,
    /// Counts of tokens.
    Usage,
    /// The server says that something failed.
    Error,
    /// The end of the answer.
    Done,
    /// A payload that is no JSON.
    Invalid,
    /// Anything else.
    Other,
}

impl Kind {
    /// All kinds and their names.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::Start, "start"),
        (Self::Text, "text"),
        (Self::Reasoning, "reasoning"),
        (Self::Signature, "signature"),
        (Self::Refusal, "refusal"),
        (Self::ToolCall, "tool_call"),
        (Self::ToolArguments, "tool_arguments"),
        (Self::Audio, "audio"),
        (Self::Citation, "citation"),
        (Self::Finish, "finish"),
        (Self::Usage, "usage"),
        (Self::Error, "error"),
        (Self::Done, "done"),
        (Self::Invalid, "invalid"),
        (Self::Other, "other"),
    ];

    /// The name.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own)| *own == name).map(|(kind, _)| *kind)
    }
}

/// Where in the payload a JSON value is. Four bytes a side keep a delta small: see
/// [`crate::MAX_PAYLOAD`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    start: u32,
    end: u32,
}

impl Place {
    /// From `start` to `end`.
    #[expect(clippy::cast_possible_truncation, reason = "a payload is not larger")]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// The place of `part`, which is part of `payload`.
    pub fn of(part: &[u8], payload: &[u8]) -> Self {
        // `null` is not there: it has no bytes of its own.
        let start = part.as_ptr().addr().wrapping_sub(payload.as_ptr().addr());
        if start < payload.len() { Self::new(start, start + part.len()) } else { Self::default() }
    }

    /// Whether there is nothing: no value has no bytes.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Where it begins and ends.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The value, as it was written.
    pub fn raw(self, payload: &[u8]) -> &[u8] {
        payload.get(self.range()).unwrap_or_default()
    }

    /// What the value says, if there is one.
    pub fn text(self, payload: &[u8]) -> Option<Cow<'_, str>> {
        Value::of(self.raw(payload)).ok()?.text()
    }
}

/// What one payload adds to the answer, or a part of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// What it is about.
    pub kind: Kind,
    /// The choice (chat, completions), block (messages) or output item (responses).
    pub index: Option<u64>,
    /// For tool calls: which one, in order of arrival within its choice.
    pub call: Option<u32>,
    /// For textual kinds: the piece.
    pub text: Place,
    /// What else its kind needs.
    pub detail: Option<Box<Detail>>,
}

/// What some kinds of delta have beside text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Of [`Kind::Start`].
    Start {
        /// The answer's id.
        id: Option<String>,
        /// The model that answers.
        model: Option<String>,
        /// Whose message this is.
        role: Option<String>,
    },
    /// Of [`Kind::ToolCall`].
    Call {
        /// The id to send back.
        id: Option<String>,
        /// The tool's name.
        name: Option<String>,
        /// The kind of call, in the shape's own word.
        kind: String,
    },
    /// Of [`Kind::Finish`]: the reason, in the shape's own word.
    Reason(String),
    /// Of [`Kind::Usage`], [`Kind::Citation`] and [`Kind::Audio`]: the value.
    Value(Place),
    /// Of [`Kind::Error`].
    Error(StreamError),
}

impl Delta {
    pub(crate) fn new(kind: Kind, index: Option<u64>) -> Self {
        Self { kind, index, call: None, text: Place::default(), detail: None }
    }

    pub(crate) fn with(kind: Kind, index: Option<u64>, detail: Detail) -> Self {
        Self { detail: Some(detail.into()), ..Self::new(kind, index) }
    }

    /// The error, if it is one.
    pub fn error(&self) -> Option<&StreamError> {
        match self.detail.as_deref() {
            Some(Detail::Error(error)) => Some(error),
            _ => None,
        }
    }
}

/// The deltas of a payload; nearly always one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deltas {
    /// One.
    One(Delta),
    /// Several.
    Many(Vec<Delta>),
}

impl Deltas {
    /// All of them.
    pub fn as_slice(&self) -> &[Delta] {
        match self {
            Self::One(delta) => std::slice::from_ref(delta),
            Self::Many(deltas) => deltas,
        }
    }
}

/// Takes the deltas of one payload as they are read.
#[derive(Debug)]
pub(crate) struct Sink<'p> {
    payload: &'p [u8],
    deltas: Option<Deltas>,
    /// Whether reading the payload again would change nothing but the text that is appended.
    pub(crate) repeatable: bool,
}

impl<'p> Sink<'p> {
    pub(crate) fn new(payload: &'p [u8]) -> Self {
        Self { payload, deltas: None, repeatable: true }
    }

    pub(crate) fn push(&mut self, delta: Delta) {
        self.deltas = Some(match self.deltas.take() {
            None => Deltas::One(delta),
            Some(Deltas::One(first)) => Deltas::Many(vec![first, delta]),
            Some(Deltas::Many(mut deltas)) => {
                deltas.push(delta);
                Deltas::Many(deltas)
            }
        });
    }

    /// A piece of text, which is not empty.
    #[inline]
    pub(crate) fn piece(&mut self, kind: Kind, index: u64, call: Option<usize>, text: Value<'p>) {
        let text = Place::of(text.raw(), self.payload);
        let call = call.and_then(|call| u32::try_from(call).ok());
        self.push(Delta { kind, index: Some(index), call, text, detail: None });
    }

    /// The payload, which is valid JSON.
    pub(crate) fn payload(&self) -> Value<'p> {
        Value::of(self.payload).unwrap_or_default()
    }

    /// Gives the last delta a text.
    pub(crate) fn text_of_last(&mut self, text: Value<'p>) {
        let last = match &mut self.deltas {
            None => return,
            Some(Deltas::One(delta)) => delta,
            Some(Deltas::Many(deltas)) => deltas.last_mut().expect("there are several"),
        };
        last.text = Place::of(text.raw(), self.payload);
    }

    /// A delta that has a value.
    pub(crate) fn value(&mut self, kind: Kind, index: Option<u64>, value: Value<'p>) {
        let place = Place::of(value.raw(), self.payload);
        self.push(Delta::with(kind, index, Detail::Value(place)));
    }

    /// What the payload said; [`Kind::Other`] if that was nothing.
    pub(crate) fn into_deltas(self) -> Deltas {
        self.deltas.unwrap_or_else(|| Deltas::One(Delta::new(Kind::Other, None)))
    }
}
