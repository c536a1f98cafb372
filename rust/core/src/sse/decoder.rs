//! The decoder: what it remembers from one chunk to the next. How it reads on in a chunk is in
//! `events`.

use std::borrow::Cow;
use std::sync::Arc;

use super::block::Block;
use super::event::{Event, LastEventId, Parts};
use super::events::Events;
use super::line;
use super::options::{EventTooLarge, Options, Oversize};

/// Decodes one stream after another; see the crate's documentation.
#[derive(Clone, Debug)]
pub struct Decoder {
    pub(super) options: Options,
    pub(super) state: State,
    /// The last line ended in a CR with which its chunk ended: a LF that comes next belongs to it.
    pub(super) after_cr: bool,
    /// The bytes of the open block so far, or the beginning of a name.
    pub(super) held: Vec<u8>,
    pub(super) block: Block,
    /// The size of the block before.
    pub(super) last_size: usize,
    /// Where the chunk that comes next begins in the stream.
    pub(super) offset: u64,
    last_event_id: Option<Arc<LastEventId>>,
    /// Boxed, as few streams set it.
    retry: Option<Box<u128>>,
    truncated: bool,
    /// Whether any line was one that an event stream has: a field or a comment.
    pub(super) recognised: bool,
    pub(super) comments: u64,
    pub(super) skipped: u64,
    pub(super) work: Work,
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The stream's first bytes; so many of them were a byte order mark's.
    Start {
        bom: usize,
    },
    /// A line outside of any block.
    Between,
    /// A line outside of any block whose beginning, in `held`, may become a field's name.
    Name,
    /// A line outside of any block that means nothing.
    Ignored(Ignored),
    /// The block in `held`, which began at `offset` in the stream; its unfinished line begins at
    /// `line` in `held`.
    Held {
        offset: u64,
        line: usize,
    },
    /// A block that was too large: at a line's start, or within a line.
    TooLarge {
        within: Option<Ignored>,
    },
    Failed(EventTooLarge),
    Finished,
}

/// A line that is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ignored {
    pub(super) comment: bool,
}

/// How much a decoder has done, to show that it is linear whatever the cuts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Bytes looked at; at most twice those that were fed.
    pub bytes_scanned: u64,
    /// Bytes copied; at most those that were fed.
    pub bytes_copied: u64,
}

impl Decoder {
    /// A decoder at the start of a stream.
    pub fn new(options: Options) -> Self {
        Self {
            last_event_id: LastEventId::shared(options.last_event_id.as_bytes()),
            options,
            state: State::Start { bom: 0 },
            after_cr: false,
            held: Vec::new(),
            block: Block::EMPTY,
            last_size: 0,
            offset: 0,
            retry: None,
            truncated: false,
            recognised: false,
            comments: 0,
            skipped: 0,
            work: Work::default(),
        }
    }

    /// Reads on in the stream. The iterator yields each event that ends in the chunk; those that
    /// are not asked for are lost when it is dropped. An error is its last item, and the first of
    /// every later `feed` until [`Decoder::reset`]. After [`Decoder::finish`] there is nothing to
    /// yield.
    pub fn feed<'d, 'c>(&'d mut self, chunk: &'c [u8]) -> Events<'d, 'c> {
        let offset = self.offset;
        self.offset += chunk.len() as u64;
        Events::new(self, chunk, offset)
    }

    /// Ends the stream. Returns the pending event if [`Options::flush_at_end`] asks for it.
    ///
    /// # Errors
    ///
    /// [`EventTooLarge`] if that ended the stream before; [`Decoder::feed`] goes on saying so.
    pub fn finish(&mut self) -> Result<Option<Event<'static>>, EventTooLarge> {
        if let State::Failed(error) = self.state {
            let again = std::mem::replace(&mut self.truncated, true);
            return if again { Ok(None) } else { Err(error) };
        }
        let state = std::mem::replace(&mut self.state, State::Finished);
        if matches!(state, State::Finished | State::Between | State::Start { bom: 0 }) {
            return Ok(None);
        }
        self.truncated = true;
        let held = std::mem::take(&mut self.held);
        let mut block = std::mem::replace(&mut self.block, Block::EMPTY);
        if !self.options.flush_at_end {
            return Ok(None);
        }
        let line = match state {
            State::Held { line, .. } => line,
            State::Name => 0,
            State::Ignored(line) | State::TooLarge { within: Some(line) } => {
                self.comments += u64::from(line.comment);
                return Ok(None);
            }
            _ => return Ok(None),
        };
        // A bare name, which is a field only now, may be larger than a very small limit.
        let limit = self.options.max_event_size;
        if held.len() > limit && line::field(&held).is_some() {
            self.skipped += u64::from(self.options.oversize == Oversize::Skip);
            let offset = self.offset - held.len() as u64;
            return match self.options.oversize {
                Oversize::Raise => Err(EventTooLarge { limit, offset }),
                Oversize::Skip => Ok(None),
            };
        }
        if line < held.len() {
            self.take_line(&mut block, &held, line, held.len());
        }
        // Without data there is no event, so nothing is dispatched: the id is not taken over.
        let is_event = block.has_data || self.options.error_field && block.error.is_some();
        Ok(if is_event { self.dispatch(block, held.into()) } else { None })
    }

    /// Back to the start of a stream, with nothing remembered.
    pub fn reset(&mut self) {
        *self = Self::new(std::mem::take(&mut self.options));
    }

    /// The last event id, as of the last blank line.
    pub fn last_event_id(&self) -> &str {
        self.last_event_id.as_ref().map_or("", |id| id.as_str())
    }

    /// The reconnection time in milliseconds, as of the last line.
    pub fn retry(&self) -> Option<u128> {
        self.retry.as_deref().copied()
    }

    /// The bytes that are held because their event is not complete.
    pub fn pending(&self) -> usize {
        self.held.len()
    }

    /// Whether the bytes so far end between two events and two lines.
    pub(crate) fn at_boundary(&self) -> bool {
        matches!(self.state, State::Between | State::Start { bom: 0 })
    }

    /// The memory that is held for them.
    pub fn capacity(&self) -> usize {
        self.held.capacity()
    }

    /// After [`Decoder::finish`]: whether the stream ended within an event or a line.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// How many comment lines have ended.
    pub fn comments(&self) -> u64 {
        self.comments
    }

    /// How many events [`Oversize::Skip`] has dropped.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Whether any line so far was one that an event stream has: a field or a comment.
    pub fn recognised(&self) -> bool {
        self.recognised
    }

    /// What has ended the stream.
    pub(crate) fn failed(&self) -> Option<EventTooLarge> {
        if let State::Failed(error) = self.state { Some(error) } else { None }
    }

    /// How many bytes were fed.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether [`Decoder::finish`] was called.
    pub fn is_finished(&self) -> bool {
        self.state == State::Finished
    }

    /// What was done so far.
    pub fn work(&self) -> Work {
        self.work
    }

    /// "When a blank line is encountered": an event if there was data, its bytes `raw`.
    #[inline]
    pub(super) fn dispatch<'c>(&mut self, block: Block, raw: Cow<'c, [u8]>) -> Option<Event<'c>> {
        // "Set the last event ID string of the event source to the value of the last event ID
        // buffer. The buffer does not get reset".
        if let Some((start, end)) = block.id
            && raw[start..end] != *self.last_event_id().as_bytes()
        {
            self.last_event_id = LastEventId::shared(&raw[start..end]);
        }
        // "If the data buffer is an empty string, set the data buffer and the event type buffer
        // to the empty string and return." It is not empty if there was a data line.
        if block.has_data {
            return Some(self.event(raw, block.parts));
        }
        let error = block.error.filter(|_| self.options.error_field)?;
        Some(self.event(raw, error))
    }

    #[inline]
    pub(super) fn id(&self) -> Option<Arc<LastEventId>> {
        self.last_event_id.clone()
    }

    #[inline]
    pub(super) fn event<'c>(&self, raw: Cow<'c, [u8]>, parts: Parts) -> Event<'c> {
        Event::new(raw, parts, self.last_event_id.clone())
    }

    /// Takes a line of the open block.
    #[inline]
    pub(super) fn take_line(&mut self, block: &mut Block, bytes: &[u8], start: usize, end: usize) {
        let (retry, seen) = block.line(bytes, start, end);
        // "Set the event stream's reconnection time to that integer."
        if let Some(retry) = retry {
            self.retry = Some(retry.into());
        }
        self.comments += u64::from(bytes[start] == b':');
        self.work.bytes_scanned += seen as u64;
    }
}
