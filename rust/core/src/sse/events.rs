//! `feed` to events. Follow a byte: [`Events::next`] looks at the state and hands the rest of the
//! chunk to the function that reads on in it:
//!
//! ```text
//! Start ──► Between ──► in_place ─────────────────────────────► Event (borrowed)
//!             ▲  │         └─ the chunk ends ─► Held ─► held ─► Event (owned)
//!             │  ├─ the chunk ends in a name ─► Name ──┘└─ too large ─► TooLarge ─► Between
//!             └─ Ignored ◄─ the chunk ends in a line that means nothing
//! ```
//!
//! Two things must stay true. What a byte means never depends on how the stream was cut: a chunk's
//! end changes only the state that the next one starts in. And no byte is searched for its line's
//! end twice, or copied twice: a line that goes on in the next chunk is searched from there on.

use super::block::Block;
use super::decoder::{Decoder, Ignored, State};
use super::event::Event;
use super::line::{self, Line};
use super::options::EventTooLarge;

/// The most room that is made for an event because the one before it was so large.
pub(super) const USUAL: usize = 4096;

/// From about this size on malloc gets memory from the system, which provides what is written to.
const MAPPED: usize = 128 << 10;

/// How much longer than the event before an event may be without its beginning having to move.
const LEEWAY: usize = 64;

const BOM: &[u8] = "\u{feff}".as_bytes();

/// The events that end in a chunk; made by [`Decoder::feed`].
#[derive(Debug)]
pub struct Events<'d, 'c> {
    pub(super) decoder: &'d mut Decoder,
    pub(super) chunk: &'c [u8],
    /// Where the chunk begins in the stream.
    pub(super) offset: u64,
    /// What is read of the chunk.
    pub(super) at: usize,
    failed: bool,
}

impl<'d, 'c> Events<'d, 'c> {
    pub(super) fn new(decoder: &'d mut Decoder, chunk: &'c [u8], offset: u64) -> Self {
        Self { decoder, chunk, offset, at: 0, failed: false }
    }
}

impl<'c> Iterator for Events<'_, 'c> {
    type Item = Result<Event<'c>, EventTooLarge>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let State::Failed(error) = self.decoder.state {
                return (!std::mem::replace(&mut self.failed, true)).then_some(Err(error));
            }
            if self.at == self.chunk.len() {
                return None;
            }
            if self.decoder.after_cr {
                self.drop_lf();
                continue;
            }
            let event = match self.decoder.state {
                State::Between => self.in_place(),
                State::Held { offset, line } => self.held(offset, line),
                State::Name => self.name(),
                State::Ignored(line) => {
                    self.ignored(line);
                    None
                }
                State::TooLarge { within } => self.too_large(within),
                State::Start { bom } => self.start(bom),
                State::Failed(_) | State::Finished => return None,
            };
            if event.is_some() {
                return event.map(Ok);
            }
        }
    }
}

impl Drop for Events<'_, '_> {
    fn drop(&mut self) {
        while !self.is_over()
            && let Some(Ok(_)) = self.next()
        {}
    }
}

impl<'c> Events<'_, 'c> {
    /// "One leading U+FEFF BYTE ORDER MARK character must be ignored if any are present."
    fn start(&mut self, bom: usize) -> Option<Event<'c>> {
        let same = self.chunk.iter().zip(&BOM[bom..]).take_while(|(a, b)| a == b).count();
        self.at += same;
        self.decoder.state = match bom + same {
            3 | 0 => State::Between,
            // What was not a mark after all is a line of garbage.
            _ if self.at < self.chunk.len() => State::Ignored(Ignored { comment: false }),
            bom => State::Start { bom },
        };
        None
    }

    /// The LF of a CRLF that was cut in two. Within a block it is one of its bytes.
    #[cold]
    fn drop_lf(&mut self) {
        self.decoder.after_cr = false;
        if self.chunk[self.at] != b'\n' {
            return;
        }
        let state = self.decoder.state;
        match state {
            State::Held { offset, line } if self.hold(1, offset) => {
                self.decoder.state = State::Held { offset, line: line + 1 };
            }
            _ => self.at += 1,
        }
    }

    /// Lines outside of a block, and the blocks that lie whole in the chunk, until there is an
    /// event or the chunk ends.
    #[inline]
    fn in_place(&mut self) -> Option<Event<'c>> {
        while self.at < self.chunk.len() {
            match Line::begins(&self.chunk[self.at..], self.decoder.options.error_field) {
                Line::Field(_) => {
                    let event = self.block();
                    if event.is_some() || self.decoder.state != State::Between {
                        return event;
                    }
                }
                Line::Blank => self.end_line(self.at),
                Line::Comment => {
                    self.decoder.recognised = true;
                    self.ignored(Ignored { comment: true });
                }
                Line::Unknown => self.ignored(Ignored { comment: false }),
                Line::Prefix => {
                    self.decoder.state = State::Name;
                    self.keep(self.chunk.len());
                }
            }
        }
        None
    }

    /// A block that begins here. If it does not end in the chunk, its bytes are held.
    #[inline]
    fn block(&mut self) -> Option<Event<'c>> {
        self.decoder.recognised = true;
        let start = self.at;
        let bytes = &self.chunk[start..];
        let offset = self.offset + start as u64;
        let mut block = Block::EMPTY;
        while let Some(end) = self.line_end() {
            let line = self.at;
            if end - start >= self.decoder.options.max_event_size {
                self.fail(offset);
                return None;
            }
            self.end_line(end);
            if line == end {
                let raw = &bytes[..self.at - start];
                self.decoder.last_size = raw.len();
                return self.decoder.dispatch(block, raw.into());
            }
            self.decoder.take_line(&mut block, bytes, line - start, end - start);
        }
        if bytes.len() > self.decoder.options.max_event_size {
            self.fail(offset);
            return None;
        }
        self.decoder.state = State::Held { offset, line: self.at - start };
        self.decoder.block = block;
        // The events of a stream are alike, so the last one tells how much room this one needs.
        let room = bytes.len().max(self.decoder.last_size.min(USUAL)) + LEEWAY;
        self.decoder.held.reserve_exact(room);
        self.at = start;
        self.keep(self.chunk.len());
        None
    }

    /// The rest of a block whose beginning is held, up to its end or that of the chunk.
    fn held(&mut self, offset: u64, line: usize) -> Option<Event<'c>> {
        let mut line = line;
        while let Some(end) = self.line_end() {
            let start = self.at;
            let line_end = self.decoder.held.len() + end - start;
            if line_end >= self.decoder.options.max_event_size {
                self.decoder.state = State::Held { offset, line };
                self.fail(offset);
                return None;
            }
            self.end_line(end);
            let next = std::mem::replace(&mut self.at, start);
            self.keep(next);
            if line == line_end {
                let mut raw = std::mem::take(&mut self.decoder.held);
                // Shrinking costs more than decoding a small event, and makes malloc map fresh
                // pages for each large one: only where much is left over.
                if raw.capacity() < MAPPED && raw.capacity() > raw.len() + raw.len() / 4 + 64 {
                    raw.shrink_to_fit();
                }
                self.decoder.last_size = raw.len();
                let block = std::mem::replace(&mut self.decoder.block, Block::EMPTY);
                self.decoder.state = State::Between;
                return self.decoder.dispatch(block, raw.into());
            }
            let (held, mut block) = (std::mem::take(&mut self.decoder.held), self.decoder.block);
            self.decoder.take_line(&mut block, &held, line, line_end);
            line = held.len();
            (self.decoder.held, self.decoder.block) = (held, block);
        }
        self.decoder.state = State::Held { offset, line };
        self.hold(self.chunk.len() - self.at, offset);
        None
    }

    /// Holds the next `n` bytes, if the open block may grow so far.
    fn hold(&mut self, n: usize, offset: u64) -> bool {
        let (held, limit) = (&mut self.decoder.held, self.decoder.options.max_event_size);
        if held.len() + n > limit {
            self.fail(offset);
            return false;
        }
        if n > held.capacity() - held.len() {
            // Twice as much room, as a `Vec` does it, but not more than may be needed.
            held.reserve_exact(held.len().clamp(n, limit - held.len()));
        }
        self.keep(self.at + n);
        true
    }

    /// Holds the bytes up to `to`.
    #[inline]
    fn keep(&mut self, to: usize) {
        let bytes = &self.chunk[self.at..to];
        self.decoder.held.extend_from_slice(bytes);
        self.decoder.work.bytes_copied += bytes.len() as u64;
        self.at = to;
    }

    /// Where the line that is being read ends.
    #[inline]
    pub(super) fn line_end(&mut self) -> Option<usize> {
        let rest = &self.chunk[self.at..];
        let end = line::end(rest);
        let scanned = end.map_or(rest.len(), |end| end + 1);
        self.decoder.work.bytes_scanned += scanned as u64;
        end.map(|end| self.at + end)
    }

    /// Reads the line end at `end`.
    #[inline]
    pub(super) fn end_line(&mut self, end: usize) {
        let length = line::terminator(self.chunk, end);
        self.decoder.after_cr = length.is_none();
        self.at = end + length.unwrap_or(1);
    }
}
