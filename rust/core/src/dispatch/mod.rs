//! Bytes to items: the decoder, the reader of payloads and the templates in one object.

mod item;
mod items;
mod options;
mod payloads;

pub(crate) use item::Seen;
pub use item::{Item, Part, Payload, Payloads, Repeat};
pub use items::Items;
pub use options::{DispatchError, DispatchOptions, InvalidPayload, MAX_PAYLOAD};

use std::ops::Range;

use crate::Answer;
use crate::answer::Outcome;
use crate::delta::Kind;
use crate::json::{string_at, trim};
use crate::shape::{Family, Shape};
use crate::sse::{Decoder, Options};
use options::Start;
use payloads::State;

/// Reads a stream to items and an answer.
#[derive(Clone, Debug)]
pub struct Dispatcher {
    start: Start,
    decoder: Decoder,
    state: State,
}

impl Dispatcher {
    /// A dispatcher at the start of a stream.
    pub fn new(options: DispatchOptions) -> Self {
        let start = Start::of(&options);
        let decoder = Options { error_field: true, ..options.decoder };
        Self { decoder: Decoder::new(decoder), state: State::new(start), start }
    }

    /// Reads on in the stream: an item for each payload that ends in the chunk. An error is the
    /// last item, and the first of every later `feed` until [`Dispatcher::reset`].
    pub fn feed<'d, 'c>(&'d mut self, chunk: &'c [u8]) -> Items<'d, 'c> {
        let Self { decoder, state, .. } = self;
        Items::new(decoder.feed(chunk), state)
    }

    /// Reads the events at the beginning of the chunk that templates match, for whoever sends the
    /// bytes on: no items are made. `take` is asked first, with an event's place in the chunk and
    /// its template's tag, and ends it by saying no. Returns how many bytes were read; the rest is
    /// for `feed`.
    #[inline(always)]
    pub(crate) fn skim(
        &mut self,
        chunk: &[u8],
        mut take: impl FnMut(Range<usize>, u64) -> bool,
    ) -> usize {
        let Self { decoder, state, .. } = self;
        if !state.may_repeat() || !decoder.is_between() {
            return 0;
        }
        let mut at = 0;
        while at < chunk.len()
            && let rest = &chunk[at..]
            && let Some(hit) = state.templates.find(rest)
            && decoder.allows(hit.length)
            && take(at..at + hit.length, state.templates.first().tag)
        {
            state.fold(rest, hit);
            at += hit.length;
            decoder.skip_known(hit.length);
        }
        at
    }

    /// Reads the rest of an event whose beginning is held, if a template matches all of it and
    /// `take`, which gets the event and the template's tag, agrees. Returns how many bytes of the
    /// chunk were read.
    #[inline]
    pub(crate) fn skim_held(
        &mut self,
        chunk: &[u8],
        take: impl FnOnce(&[u8], u64) -> bool,
    ) -> usize {
        let Self { decoder, state, .. } = self;
        if !state.may_repeat() {
            return 0;
        }
        let Some((event, rest)) = decoder.held_with(chunk) else {
            return 0;
        };
        if let Some(hit) = state.templates.find(event)
            && hit.length == event.len()
            && take(event, state.templates.first().tag)
        {
            state.fold(event, hit);
            decoder.take_held(rest);
            return rest;
        }
        decoder.take_back(rest);
        0
    }

    /// The same for whoever wants nothing but the text of the message, or of choice 0: appends what
    /// is new of it.
    ///
    /// # Errors
    ///
    /// [`DispatchError`] after the text before it.
    pub fn feed_text(&mut self, chunk: &[u8], text: &mut Vec<u8>) -> Result<(), DispatchError> {
        let mut items = self.feed(chunk);
        loop {
            while items.repeated_text(text) {}
            let Some(item) = items.next() else {
                return Ok(());
            };
            let item = item?;
            for delta in item.deltas.as_slice() {
                let ours = item.family == Family::Events || delta.index == Some(0);
                if delta.kind == Kind::Text
                    && ours
                    && let Some(piece) = string_at(item.payload(), delta.text.range().start)
                {
                    piece.append_to(text);
                }
            }
            if let Ok((_, raw)) = item.into_repeat() {
                items.recycle(raw);
            }
        }
    }

    /// Ends the stream.
    ///
    /// # Errors
    ///
    /// [`DispatchError`] if that ended the stream before.
    pub fn finish(&mut self) -> Result<Vec<Item<'static>>, DispatchError> {
        let ended = self.decoder.finish();
        if let Some(error) = &self.state.failed {
            let again = std::mem::replace(&mut self.state.told, true);
            return if again { Ok(Vec::new()) } else { Err((**error).clone()) };
        }
        let event = if self.state.ended { None } else { ended.map_err(DispatchError::TooLarge)? };
        self.state.end_body(self.decoder.recognised());
        self.state.templates.clear();
        Ok(event.map(|event| self.state.at_end(event)).unwrap_or_default())
    }

    /// Reads the data of an event from elsewhere.
    ///
    /// # Errors
    ///
    /// [`DispatchError`] as [`Dispatcher::feed`] has it.
    pub fn read(&mut self, data: &[u8], name: &[u8]) -> Result<Payloads, DispatchError> {
        if self.state.ended {
            return Ok(Payloads::new());
        }
        // What failed first goes on failing: after an event that is too large no payload is read.
        if let Some(error) = &self.state.failed {
            return Err((**error).clone());
        }
        if let Some(error) = self.decoder.failed() {
            return Err(DispatchError::TooLarge(error));
        }
        self.state.reading.answer.events += 1;
        self.state.data(data, name, self.decoder.offset(), false)
    }

    /// Back to the start of a stream, with nothing remembered.
    pub fn reset(&mut self) {
        self.decoder.reset();
        self.state = State::new(self.start);
    }

    /// Whether an error has ended the stream, which [`Dispatcher::feed`] goes on saying.
    pub fn has_failed(&self) -> bool {
        self.decoder.failed().is_some() || self.state.failed.is_some()
    }

    /// The shape, as far as it is known.
    pub fn shape(&self) -> Option<Shape> {
        self.state.reading.answer.shape
    }

    /// The decoder.
    pub fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// The answer so far.
    pub fn answer(&self) -> &Answer {
        &self.state.reading.answer
    }

    /// The outcome so far.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = self.answer().outcome();
        outcome.comments = self.state.comments.unwrap_or_else(|| self.decoder.comments());
        outcome
    }

    /// The bytes of a body that is no event stream, so far.
    pub fn body(&self) -> Option<&[u8]> {
        let none = self.decoder.recognised() || self.state.reading.answer.events > 0;
        (!none && !trim(&self.state.body).is_empty()).then_some(&self.state.body)
    }

    /// How many events a template matched, and how many none did although some were tried: for
    /// tests, which without these could not tell that templates are used at all.
    #[doc(hidden)]
    pub fn template_counts(&self) -> (u64, u64) {
        (self.state.hits, self.state.templates.tried_in_vain())
    }

    /// The memory that is held beside the answer.
    pub fn capacity(&self) -> usize {
        self.decoder.capacity() + self.state.body.capacity() + self.state.templates.capacity()
    }
}
