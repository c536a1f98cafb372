//! What a dispatcher asks of the events of a chunk, to take blocks that it knows already.

use std::ops::Range;
use std::sync::Arc;

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
