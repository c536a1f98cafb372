//! What a dispatcher asks of the events of a chunk, to take blocks that it knows already.

use std::ops::Range;
use std::sync::Arc;

use super::block::Block;
use super::decoder::{Decoder, State};
use super::event::{Event, LastEventId, Parts};
use super::events::{Events, USUAL};

impl Decoder {
    /// Whether the next byte is the first of a block's line, or of one outside of any block.
    #[inline]
    pub(crate) fn is_between(&self) -> bool {
        matches!(self.state, State::Between) && !self.after_cr
    }

    /// Whether an event may be so long.
    #[inline]
    pub(crate) fn allows(&self, length: usize) -> bool {
        length <= self.options.max_event_size
    }

    /// Goes past the next `length` bytes, which somebody knows to be an event, ended by a LF, with
    /// only `event` and `data` in it.
    #[inline]
    pub(crate) fn skip_known(&mut self, length: usize) {
        self.offset += length as u64;
        self.last_size = length;
        self.work.bytes_scanned += length as u64;
    }
}

/// So far the end of a block is looked for in a chunk that has its rest.
const NEAR: usize = 4096;

impl Decoder {
    /// The block whose beginning is held, with its rest, which the chunk begins with; and how many
    /// bytes that are. Nothing has happened to the block so far: see `take_back` and `take_held`.
    #[inline]
    pub(crate) fn held_with(&mut self, chunk: &[u8]) -> Option<(&[u8], usize)> {
        if self.after_cr || !matches!(self.state, State::Held { .. }) {
            return None;
        }
        let near = &chunk[..chunk.len().min(NEAR)];
        let mut before = self.held.last() == Some(&b'\n');
        let mut at = 0;
        let rest = loop {
            let end = at + memchr::memchr(b'\n', &near[at..])?;
            if end == at && (before || at > 0) {
                break end + 1;
            }
            (before, at) = (true, end + 1);
        };
        if self.held.len() + rest > self.options.max_event_size {
            return None;
        }
        self.held.extend_from_slice(&chunk[..rest]);
        Some((&self.held, rest))
    }

    /// Gives back the last bytes of the block.
    pub(crate) fn take_back(&mut self, rest: usize) {
        self.held.truncate(self.held.len() - rest);
    }

    /// Ends the block, for somebody who knows that it is an event with only `event` and `data` in
    /// it.
    #[inline]
    pub(crate) fn take_held(&mut self, rest: usize) {
        self.last_size = self.held.len();
        self.held.clear();
        (self.state, self.block) = (State::Between, Block::EMPTY);
        self.offset += rest as u64;
        self.work.bytes_scanned += rest as u64;
        self.work.bytes_copied += rest as u64;
    }
}

impl<'c> Events<'_, 'c> {
    /// The rest of the chunk, if the decoder is between two blocks.
    #[inline]
    pub(crate) fn rest(&self) -> Option<&'c [u8]> {
        (self.decoder.is_between() && !self.is_over()).then(|| &self.chunk[self.at..])
    }

    /// Takes the next `length` bytes as an event, for somebody who knows that they are one, ended
    /// by a LF, with only `event` and `data` in it; not if they are more than is allowed. Returns
    /// where they begin.
    #[inline(always)]
    pub(crate) fn take_block(&mut self, length: usize) -> Option<usize> {
        if !self.decoder.allows(length) {
            return None;
        }
        let start = self.at;
        self.at += length;
        self.decoder.last_size = length;
        self.decoder.work.bytes_scanned += length as u64;
        Some(start)
    }

    /// The event of a block that was taken.
    #[inline]
    pub(crate) fn event(&self, block: Range<usize>, parts: Parts) -> Event<'c> {
        self.decoder.event(self.chunk[block].into(), parts)
    }

    /// The chunk, if no line so far was one that an event stream has; and how much may be held.
    pub(crate) fn unrecognised(&self) -> Option<(&'c [u8], usize)> {
        let limit = self.decoder.options.max_event_size;
        (!self.decoder.recognised).then_some((self.chunk, limit))
    }

    /// How many comment lines have ended.
    pub(crate) fn comments(&self) -> u64 {
        self.decoder.comments
    }

    /// Takes back the bytes of an event that came in several chunks: the next such event can have
    /// them.
    #[inline]
    pub(crate) fn recycle(&mut self, mut raw: Vec<u8>) {
        if raw.capacity() <= USUAL && self.decoder.held.capacity() == 0 {
            raw.clear();
            self.decoder.held = raw;
        }
    }

    /// The last event id, if it is not empty.
    #[inline]
    pub(crate) fn id(&self) -> Option<Arc<LastEventId>> {
        self.decoder.id()
    }

    /// Whether there is nothing left to read.
    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.at == self.chunk.len()
    }

    /// The same, and there was something.
    #[inline]
    pub(crate) fn are_read(&self) -> bool {
        self.at > 0 && self.is_over()
    }

    /// Where in the stream an event began that has just come.
    pub(crate) fn offset_of(&self, event: &Event<'_>) -> u64 {
        (self.offset + self.at as u64).saturating_sub(event.raw().len() as u64)
    }
}
