//! Bytes in, bytes out: what a proxy sends on of a stream, and what it knows of it.
//!
//! Follow a byte: [`Relay::feed`] hands the chunk to the way that the relay goes, which feeds it to
//! the dispatcher and writes what is to be sent to `out`; then it passes the gate.
//!
//! ```text
//!           ┌─ nothing changes ──► passing ─────┐
//! chunk ──► ┼─ some bytes do ────► editing ─────┼──► gate ──► sent on
//!           └─ another shape ────► translate ───┘
//! ```
//!
//! What is sent on never depends on how the stream was cut.

mod edit;
mod edited;
mod editing;
mod ending;
mod gate;
mod known;
mod options;
mod output;
mod patch;
mod rewrite;
mod several;
mod text;
mod translate;
mod usage;
mod way;

pub use options::{AddToUsage, RelayOptions};
pub use text::TextRules;

use std::collections::BTreeMap;

use crate::Answer;
use crate::answer::Outcome;
use crate::dispatch::{DispatchError, Dispatcher};
use crate::shape::Shape;
use gate::Gate;
use way::{Way, pass};

/// The most room that is kept from one read to the next.
const KEPT: usize = 64 << 10;

/// Passes a stream on.
#[derive(Clone, Debug)]
pub struct Relay {
    options: RelayOptions,
    dispatcher: Dispatcher,
    way: Way,
    gate: Gate,
    out: Vec<u8>,
    /// Events of the caller's own, for the next boundary.
    inserted: Vec<u8>,
    /// Where something went before the source's first byte: how much of its mark has come, which
    /// is in the way then.
    mark: Option<usize>,
    /// What was sent on in part, when the stream was over.
    torn: Option<Torn>,
    /// Nothing more is sent on.
    over: bool,
    /// An error was sent.
    failed: bool,
}

/// What was sent on in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Torn {
    /// An event.
    Event,
    /// The ending, of which nothing but the blank line is missing.
    Ending,
}

/// What is to be sent on for a chunk.
#[derive(Debug, PartialEq, Eq)]
pub enum Sent<'a> {
    /// The chunk.
    Same,
    /// These bytes.
    Bytes(&'a [u8]),
}

impl Relay {
    /// A relay at the start of a stream.
    pub fn new(options: RelayOptions) -> Self {
        Self {
            dispatcher: Dispatcher::new(options.dispatch.clone()),
            way: Way::new(&options),
            gate: Gate::new(options.hold),
            options,
            out: Vec::new(),
            inserted: Vec::new(),
            mark: None,
            torn: None,
            over: false,
            failed: false,
        }
    }

    /// Reads on in the stream. `add` is asked for what is to be added to usage.
    ///
    /// # Errors
    ///
    /// [`DispatchError`] when what was good is sent on, and for ever after.
    #[inline]
    pub fn feed<'a>(
        &'a mut self,
        chunk: &[u8],
        add: &mut AddToUsage<'_>,
    ) -> Result<Sent<'a>, DispatchError> {
        if self.over {
            return Ok(Sent::Bytes(b""));
        }
        // Most reads are nothing but events like those before.
        let known = if self.sends_the_same() { self.known(chunk) } else { 0 };
        if known > 0 && known == chunk.len() {
            return Ok(Sent::Same);
        }
        self.feed_rest(chunk, known, add)
    }

    /// Whether nothing is in the way of a chunk that goes on as it is.
    #[inline]
    fn sends_the_same(&self) -> bool {
        let nothing_else = self.inserted.is_empty() && self.mark.is_none();
        matches!(self.way, Way::Pass) && self.gate.is_open() && nothing_else
    }

    /// Reads what is known at the beginning of a chunk.
    #[inline]
    fn known(&mut self, chunk: &[u8]) -> usize {
        let rest = self.dispatcher.skim_held(chunk, |_, _| true);
        rest + self.dispatcher.skim(&chunk[rest..], |_, _| true)
    }

    /// Reads on in a chunk, the first `known` bytes of which were read and go on as they are.
    #[inline(never)]
    fn feed_rest<'a>(
        &'a mut self,
        chunk: &[u8],
        known: usize,
        add: &mut AddToUsage<'_>,
    ) -> Result<Sent<'a>, DispatchError> {
        let whole = chunk.len();
        let chunk = self.without_mark(chunk);
        self.out.clear();
        let chunk = if self.inserted.is_empty() { chunk } else { self.insert_within(chunk, add) };
        let Self { dispatcher, options, out, .. } = self;
        let passes = if known > 0 {
            pass(dispatcher, chunk, known, out)
        } else {
            self.way.feed(dispatcher, options, chunk, add, out)
        };
        let passes = match passes {
            Ok(passes) => passes,
            Err(failed) => {
                self.tear(failed.torn);
                if self.out.is_empty() {
                    return Err(failed.error);
                }
                false
            }
        };
        if passes && self.gate.is_open() && self.out.is_empty() && chunk.len() == whole {
            return Ok(Sent::Same);
        }
        if passes {
            self.out.extend_from_slice(chunk);
        }
        Ok(Sent::Bytes(self.send()))
    }

    /// Ends the stream. Returns what is left to be sent on; nothing, if that was done before.
    ///
    /// # Errors
    ///
    /// [`DispatchError`] if that ended the stream before.
    pub fn finish(&mut self, add: &mut AddToUsage<'_>) -> Result<&[u8], DispatchError> {
        self.out.clear();
        if self.over {
            return Ok(b"");
        }
        let tail = self.way.holds() && !self.options.whole_events;
        let torn = (tail || !self.is_at_boundary()).then(|| self.torn_now());
        self.over = true;
        let ended = self.dispatcher.finish();
        self.way.finish(&self.dispatcher, &self.options, add, &mut self.out);
        self.gate.whole = !self.gate.is_open() && self.dispatcher.outcome().complete;
        self.torn = self.torn.or(torn.filter(|_| !self.way.is_over()));
        if let Err(error) = ended
            && self.out.is_empty()
            && !self.way.is_over()
        {
            return Err(error);
        }
        Ok(self.send())
    }

    /// What passes the gate.
    fn send(&mut self) -> &[u8] {
        self.gate.pass(self.dispatcher.answer(), &mut self.out);
        self.out.shrink_to(KEPT);
        &self.out
    }

    /// Back to the start of a stream, with nothing remembered.
    pub fn reset(&mut self) {
        *self = Self::new(std::mem::take(&mut self.options));
    }

    /// The shape of the source, as far as it is known.
    pub fn shape(&self) -> Option<Shape> {
        self.dispatcher.shape()
    }

    /// The stop string that has ended the text.
    pub fn stopped(&self) -> Option<&str> {
        self.way.stopped()
    }

    /// Whether nothing more is to be sent on: the answer is over, or a stop string has ended it.
    pub fn is_answered(&self) -> bool {
        self.answer().has_ended() || self.way.is_over()
    }

    /// The answer so far.
    pub fn answer(&self) -> &Answer {
        self.dispatcher.answer()
    }

    /// The outcome so far.
    pub fn outcome(&self) -> Outcome {
        self.dispatcher.outcome()
    }

    /// What reads the stream.
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher
    }

    /// Whether [`Relay::finish`] or [`Relay::fail`] was called.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Whether output is held back.
    pub fn is_held(&self) -> bool {
        !self.gate.is_open()
    }

    /// Lets through what is held back, and from now on everything.
    pub fn release(&mut self) -> Vec<u8> {
        self.gate.release()
    }

    /// What translation could not carry, by name, and how often.
    pub fn dropped(&self) -> BTreeMap<String, u64> {
        match &self.way {
            Way::Translate(translation) => translation.dropped(),
            _ => BTreeMap::new(),
        }
    }

    /// The memory that is held beside the answer.
    pub fn capacity(&self) -> usize {
        self.dispatcher.capacity()
            + self.way.capacity()
            + self.gate.capacity()
            + self.out.capacity()
            + self.inserted.capacity()
    }
}
