//! What waits for the call that is open.

use super::Writer;
use super::block::{Sort, TAIL};
use crate::write::bytes::{inner, put};

/// Something that waits.
#[derive(Clone, Debug)]
pub(super) enum Held {
    /// A call.
    Call(u32),
    /// A text, and what is between the quotation marks of its pieces.
    Text(Sort, u64, Vec<u8>),
    /// The signature of a reasoning.
    Signature(u64, Vec<u8>),
    /// A page that a text cites.
    Citation(u64, Vec<u8>),
}

impl Held {
    /// Whether it leaves the text of the answer open.
    pub(super) fn is_of_text(&self) -> bool {
        matches!(self, Self::Text(Sort::Text, 0, _) | Self::Citation(0, _))
    }
}

impl Writer {
    /// Keeps a piece of a text.
    pub(super) fn hold_piece(&mut self, sort: Sort, index: u64, piece: &[u8]) {
        match self.held.back_mut() {
            Some(Held::Text(own, of, text)) if (*own, *of) == (sort, index) => {
                text.extend_from_slice(inner(piece));
            }
            _ => self.held.push_back(Held::Text(sort, index, inner(piece).into())),
        }
    }

    /// Writes what waits, up to the next call that is not whole.
    pub(super) fn release_next(&mut self, out: &mut Vec<u8>) {
        while !self.held.is_empty() && !self.is_within_call() {
            if let Some(held) = self.held.pop_front() {
                self.write_held(held, out);
            }
        }
    }

    /// Writes all that waits. The calls before the last one end as they are.
    pub(crate) fn release(&mut self, out: &mut Vec<u8>) {
        while let Some(held) = self.held.pop_front() {
            self.write_held(held, out);
        }
    }

    fn write_held(&mut self, held: Held, out: &mut Vec<u8>) {
        match held {
            Held::Call(call) => self.open_call(call, out),
            Held::Text(sort, index, text) => {
                if !self.open.is_some_and(|open| open.is(sort, index)) {
                    self.open_block(sort, index, out);
                }
                put(out, [&self.head, b"\"", &text, b"\"", TAIL]);
            }
            Held::Signature(index, signature) => self.write_signature(index, &signature, out),
            Held::Citation(index, citation) => self.write_citation(index, &citation, out),
        }
    }
}
