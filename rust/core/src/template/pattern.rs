//! One template, and what it matches.

use std::ops::Range;

use crate::answer::Target;
use crate::delta::{Delta, Kind, Place};
use crate::dispatch::MAX_PAYLOAD;
use crate::json::{plain, string_at};
use crate::shape::Family;
use crate::sse::{Parts, Span};

use super::path::Path;

/// An event as literals and slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    /// Each literal is followed by its slot.
    pub(super) slots: Vec<(Box<[u8]>, Slot)>,
    /// The literal after the last slot.
    pub(super) tail: Box<[u8]>,
    /// What comes after the data: the end of its line and a blank one.
    pub(super) after_data: usize,
    pub(super) data: usize,
    pub(super) name: Span,
    pub(crate) kind: Kind,
    pub(crate) index: Option<u64>,
    pub(crate) call: Option<u32>,
    pub(crate) family: Family,
    pub(crate) path: Path,
    pub(crate) target: Target,
    pub(super) generation: u64,
    /// Tells it from all others of the stream.
    pub(crate) tag: u64,
}

/// What may differ from one event to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// The text, not empty.
    Text,
    /// A string.
    Ignored,
    /// A number without sign, fraction and exponent.
    Unsigned,
    Spaces,
}

/// An event that matched the first template.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    /// How long the event is.
    pub(crate) length: usize,
    /// Where its text is, quotation marks included.
    start: usize,
    end: usize,
    /// Whether the text is ASCII without escapes.
    pub(crate) plain: bool,
}

impl Hit {
    /// Where the text is in the event, quotation marks included.
    #[inline]
    pub(crate) fn text(self) -> Range<usize> {
        self.start..self.end
    }

    /// Appends the text of the event that `bytes` begin with.
    #[inline(always)]
    pub(crate) fn append(self, bytes: &[u8], text: &mut Vec<u8>) {
        if self.plain {
            text.extend_from_slice(&bytes[self.start + 1..self.end - 1]);
        } else if let Some(string) = string_at(bytes, self.start) {
            string.append_to(text);
        }
    }
}

impl Template {
    #[inline(always)]
    pub(super) fn match_at(&self, bytes: &[u8]) -> Option<Hit> {
        let (mut at, mut start, mut end, mut plain) = (0, 0, 0, false);
        for (literal, slot) in &self.slots {
            if !bytes[at..].starts_with(literal) {
                return None;
            }
            at += literal.len();
            match slot {
                Slot::Text => {
                    start = at;
                    (at, plain) = string(bytes, at)?;
                    end = at;
                }
                Slot::Ignored => at = string(bytes, at)?.0,
                Slot::Unsigned => at += unsigned(&bytes[at..])?,
                Slot::Spaces => at += spaces(&bytes[at..]),
            }
        }
        // An empty text is no delta.
        let whole = bytes[at..].starts_with(&self.tail) && end - start > 2;
        let length = at + self.tail.len();
        (whole && length <= MAX_PAYLOAD).then_some(Hit { length, start, end, plain })
    }

    /// Where the parts of the event are.
    #[inline]
    pub(crate) fn parts(&self, hit: Hit) -> Parts {
        self.parts_of(hit.length)
    }

    /// The same for an event of that length.
    #[inline]
    pub(crate) fn parts_of(&self, length: usize) -> Parts {
        Parts { data: Span::new(self.data, length - self.after_data), name: self.name }
    }

    /// Where its data is.
    #[inline]
    pub(crate) fn data(&self, hit: Hit) -> Range<usize> {
        self.data..hit.length - self.after_data
    }

    /// Where in the data its text is.
    #[inline]
    pub(crate) fn text(&self, hit: Hit) -> Place {
        Place::new(hit.start - self.data, hit.end - self.data)
    }

    /// What it says.
    #[inline]
    pub(crate) fn delta(&self, hit: Hit) -> Delta {
        let Self { kind, index, call, .. } = *self;
        Delta { kind, index, call, text: self.text(hit), detail: None }
    }
}

/// The end of the string that begins at `at`, and whether it is ASCII without escapes.
#[inline(always)]
fn string(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let (end, ascii) = plain(bytes, at + 1);
    if bytes.get(end) == Some(&b'"') {
        return Some((end + 1, ascii));
    }
    escaped(bytes, at)
}

#[cold]
fn escaped(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    Some((at + string_at(bytes, at)?.quoted().len(), false))
}

/// The length of the number without sign, fraction and exponent that comes first.
#[inline]
fn unsigned(bytes: &[u8]) -> Option<usize> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits == 1 || digits > 1 && bytes[0] != b'0').then_some(digits)
}

/// How many spaces come first.
#[inline]
fn spaces(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| **byte == b' ').count()
}
