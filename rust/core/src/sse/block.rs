//! The block that is being read: what its lines have said so far, as places in its bytes.

use super::event::{Parts, Span};
use super::line::{self, Field};

/// What the lines of an open block have said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) parts: Parts,
    pub(super) has_data: bool,
    /// Where the value of the last good `id` line is.
    pub(super) id: Option<(usize, usize)>,
    /// The name and the value of the last `error` line.
    pub(super) error: Option<Parts>,
}

impl Block {
    pub(super) const EMPTY: Self = Self {
        parts: Parts { data: Span::EMPTY, name: Span::EMPTY },
        has_data: false,
        id: None,
        error: None,
    };

    /// Takes the whole line `block[start..end]`. Returns the reconnection time if it sets one, and
    /// how many of its bytes were looked at.
    #[inline]
    pub(super) fn line(&mut self, block: &[u8], start: usize, end: usize) -> (Option<u128>, usize) {
        let line = &block[start..end];
        let Some((field, at)) = line::field(line) else {
            return (None, 0);
        };
        let value = &line[at..];
        match field {
            // "Append the field value to the data buffer, then append a single U+000A LINE FEED
            // (LF) character to the data buffer."
            Field::Data => {
                let first = !std::mem::replace(&mut self.has_data, true);
                let only = || Span::new(start + at, end);
                self.parts.data = if first { only() } else { Span::ELSEWHERE };
                (None, at)
            }
            // "Set the event type buffer to field value."
            Field::Event => {
                self.parts.name = Span::new(start + at, end);
                (None, at)
            }
            // "If the field value does not contain U+0000 NULL, then set the last event ID buffer
            // to the field value. Otherwise, ignore the field."
            Field::Id => {
                if memchr::memchr(0, value).is_none() {
                    self.id = Some((start + at, end));
                }
                (None, line.len())
            }
            Field::Retry => (line::digits(value), line.len()),
            Field::Error => {
                let name = Span::new(start, start + "error".len());
                self.error = Some(Parts { data: Span::new(start + at, end), name });
                (None, at)
            }
        }
    }
}
