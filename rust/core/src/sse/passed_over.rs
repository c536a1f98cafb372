//! What is passed over: lines that mean nothing, and blocks that are too large.

use super::block::Block;
use super::decoder::{Ignored, State};
use super::event::Event;
use super::events::Events;
use super::line::Line;
use super::options::{EventTooLarge, Oversize};

impl<'c> Events<'_, 'c> {
    /// A name that was cut in two: with the next byte it becomes a block's first line, or nothing.
    pub(super) fn name(&mut self) -> Option<Event<'c>> {
        let held = &mut self.decoder.held;
        held.push(self.chunk[self.at]);
        match Line::begins(held, self.decoder.options.error_field) {
            Line::Prefix => {
                self.at += 1;
                self.decoder.work.bytes_copied += 1;
            }
            Line::Field(_) => {
                held.pop();
                self.decoder.recognised = true;
                let offset = self.offset + self.at as u64 - held.len() as u64;
                self.decoder.state = State::Held { offset, line: 0 };
            }
            Line::Blank | Line::Comment | Line::Unknown => {
                held.clear();
                self.decoder.state = State::Ignored(Ignored { comment: false });
            }
        }
        None
    }

    /// A line, or the rest of one, that means nothing.
    pub(super) fn ignored(&mut self, line: Ignored) {
        if let Some(end) = self.line_end() {
            self.decoder.state = State::Between;
            self.decoder.comments += u64::from(line.comment);
            self.end_line(end);
        } else {
            self.decoder.state = State::Ignored(line);
            self.at = self.chunk.len();
        }
    }

    /// A line, or the rest of one, of a block that was too large. A blank one ends it.
    pub(super) fn too_large(&mut self, within: Option<Ignored>) -> Option<Event<'c>> {
        let blank = within.is_none() && matches!(self.chunk[self.at], b'\n' | b'\r');
        let comment = self.chunk[self.at] == b':';
        let line = within.unwrap_or(Ignored { comment });
        if blank {
            self.decoder.state = State::Between;
            self.end_line(self.at);
        } else {
            self.ignored(line);
            let within = (self.decoder.state != State::Between).then_some(line);
            self.decoder.state = State::TooLarge { within };
        }
        None
    }

    /// Gives up the open block, which began at `offset` in the stream, before the byte `at`.
    #[cold]
    pub(super) fn fail(&mut self, offset: u64) {
        let decoder = &mut *self.decoder;
        let within = match decoder.state {
            State::Held { line, .. } => decoder.held.get(line),
            _ => None,
        };
        let within = within.map(|first| Ignored { comment: *first == b':' });
        let limit = decoder.options.max_event_size;
        decoder.state = match decoder.options.oversize {
            Oversize::Raise => State::Failed(EventTooLarge { limit, offset }),
            Oversize::Skip => State::TooLarge { within },
        };
        decoder.skipped += u64::from(decoder.options.oversize == Oversize::Skip);
        decoder.held = Vec::new();
        decoder.block = Block::EMPTY;
    }
}
