//! Deltas to bytes: an answer written as a stream of one shape.

pub(crate) mod bytes;
pub(crate) mod error;
pub(crate) mod growing;
pub(crate) mod id;
mod late;
mod said;
#[cfg(test)]
pub(crate) mod telling;

pub use id::Id;
pub use said::{Finish, Page, Said, Usage};

use std::collections::BTreeMap;

use crate::error::StreamError;
use crate::shape::{Shape, chat, completions, messages, responses};
use late::Late;

/// Writes an answer as a stream of one shape, each event as soon as it can be written.
#[derive(Clone, Debug)]
pub struct Writer {
    body: Body,
    begun: bool,
    ended: bool,
    late: Late,
    /// What an answer begins with that does not say so.
    start: Option<Box<(String, String, u64)>>,
}

/// Boxed, as their sizes differ.
#[derive(Clone, Debug)]
enum Body {
    Chat(Box<chat::Writer>),
    Completions(Box<completions::Writer>),
    Messages(Box<messages::Writer>),
    Responses(Box<responses::Writer>),
}

impl Writer {
    /// A writer at the start of an answer.
    pub fn new(shape: Shape) -> Self {
        let body = match shape {
            Shape::Chat => Body::Chat(chat::Writer::new().into()),
            Shape::Completions => Body::Completions(completions::Writer::new().into()),
            Shape::Messages => Body::Messages(messages::Writer::new().into()),
            Shape::Responses => Body::Responses(responses::Writer::new().into()),
        };
        Self { body, begun: false, ended: false, late: Late::default(), start: None }
    }

    /// The same, with the id, the model and the time of an answer that begins without saying so.
    pub(crate) fn with_start(shape: Shape, id: String, model: String, created: u64) -> Self {
        Self { start: Some(Box::new((id, model, created))), ..Self::new(shape) }
    }

    /// Writes what is said to the end of `out`. What the shape needs around it comes with it: a
    /// start if there was none, the end of what was open. After the end nothing is written.
    #[inline]
    pub fn write(&mut self, said: &Said<'_>, out: &mut Vec<u8>) {
        if self.ended {
            return;
        }
        match *said {
            Said::Text { piece, .. }
            | Said::Reasoning { piece, .. }
            | Said::Signature { piece, .. }
            | Said::Refusal { piece, .. } => {
                if piece.len() > 2 {
                    self.begin(out);
                    self.body.write(said, out);
                }
            }
            Said::ToolArguments { call, piece } => {
                if piece.len() <= 2 {
                } else if self.late.is_open(call) {
                    self.body.write(said, out);
                } else {
                    self.late.hold(call, bytes::inner(piece));
                }
            }
            _ => self.write_rare(said, out),
        }
    }

    fn write_rare(&mut self, said: &Said<'_>, out: &mut Vec<u8>) {
        match *said {
            Said::Start { .. } => {
                if std::mem::replace(&mut self.begun, true) {
                    return;
                }
            }
            // They need no answer to be about.
            Said::Ping => {}
            Said::Error(_) => {
                if self.begun {
                    self.release(out);
                }
                self.ended = true;
            }
            Said::ToolCall { call, .. } => {
                if self.late.open(call) {
                    self.begin(out);
                    self.body.write(said, out);
                    self.late_arguments(call, out);
                }
                return;
            }
            Said::Finish { .. } => {
                self.begin(out);
                self.late_calls(out);
            }
            Said::Done(_) => {
                self.begin(out);
                self.late_calls(out);
                self.ended = true;
            }
            _ => self.begin(out),
        }
        self.body.write(said, out);
    }

    /// Goes on where somebody else has written so many events.
    pub(crate) fn skip(&mut self, events: u64) {
        if let Body::Responses(responses) = &mut self.body {
            responses.skip(events);
        }
    }

    /// Ends the answer with an error.
    pub fn fail(&mut self, error: &StreamError, out: &mut Vec<u8>) {
        self.write(&Said::Error(error), out);
    }

    /// Writes what is held back because something before it is not whole: for an answer that was
    /// cut off.
    pub fn release(&mut self, out: &mut Vec<u8>) {
        if self.ended {
            return;
        }
        self.late_calls(out);
        if let Body::Messages(messages) = &mut self.body {
            messages.release(out);
        }
    }

    /// What the shape could not carry: how many of what.
    pub fn dropped(&self) -> &BTreeMap<&'static str, u64> {
        match &self.body {
            Body::Chat(chat) => &chat.dropped,
            Body::Completions(completions) => &completions.dropped,
            Body::Messages(messages) => &messages.dropped,
            Body::Responses(responses) => &responses.dropped,
        }
    }

    /// Whether the start was written.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// Whether what is said now may cite a page.
    pub(crate) fn is_in_text(&self) -> bool {
        match &self.body {
            Body::Chat(_) | Body::Completions(_) => true,
            Body::Messages(messages) => messages.is_in_text(),
            Body::Responses(responses) => responses.is_in_text(),
        }
    }

    /// Whether the end was written, or an error.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    #[inline]
    fn begin(&mut self, out: &mut Vec<u8>) {
        if !self.begun {
            self.begun = true;
            let start = self.start.take().unwrap_or_default();
            let id = if start.0.is_empty() { Id::Foreign("") } else { Id::Exact(&start.0) };
            let (model, created) = (&*start.1, start.2);
            self.body.write(&Said::Start { id, model, created }, out);
        }
    }

    /// The calls whose name never came.
    fn late_calls(&mut self, out: &mut Vec<u8>) {
        while let Some(call) = self.late.first() {
            self.late.open(call);
            self.begin(out);
            self.body.write(&Said::ToolCall { call, id: "", name: "", custom: false }, out);
            self.late_arguments(call, out);
        }
    }

    fn late_arguments(&mut self, call: u32, out: &mut Vec<u8>) {
        if let Some(piece) = self.late.take(call) {
            self.body.write(&Said::ToolArguments { call, piece: &piece }, out);
        }
    }
}

impl Body {
    #[inline]
    fn write(&mut self, said: &Said<'_>, out: &mut Vec<u8>) {
        match self {
            Self::Chat(writer) => writer.write(said, out),
            Self::Completions(writer) => writer.write(said, out),
            Self::Messages(writer) => writer.write(said, out),
            Self::Responses(writer) => writer.write(said, out),
        }
    }
}
