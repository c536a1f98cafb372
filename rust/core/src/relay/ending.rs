//! What a relay sends of its own: signs of life, events of the caller, an error and its ending.

use super::options::AddToUsage;
use super::way::Way;
use super::{Relay, Torn};
use crate::error::StreamError;
use crate::shape::Shape;
use crate::write::Writer;

const BOM: &[u8] = "\u{feff}".as_bytes();

impl Relay {
    /// Whether what was sent on ends between two events, so that another may follow.
    pub fn is_at_boundary(&self) -> bool {
        let decoder = self.dispatcher.decoder();
        match &self.way {
            Way::Translate(_) | Way::Unknown(_) => true,
            _ if self.over || self.torn.is_some() || self.dispatcher.has_failed() => {
                self.torn.is_none()
            }
            Way::Pass => decoder.at_boundary(),
            Way::Edit(editing) if editing.is_over() => true,
            Way::Edit(editing) => decoder.at_boundary() || editing.holds(),
        }
    }

    /// The shape that the client reads.
    pub fn client_shape(&self) -> Option<Shape> {
        self.options.to.or(self.shape()).or(self.options.dispatch.shape)
    }

    /// A sign of life in the client's shape: a ping, or a comment. Nothing away from a boundary,
    /// and nothing after the end.
    pub fn keep_alive(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.over || !self.is_at_boundary() || self.has_ended() {
            return out;
        }
        self.precede();
        if let Way::Translate(translation) = &mut self.way
            && self.gate.is_open()
        {
            translation.ping(&mut out);
            return out;
        }
        // A ping is no way to begin a message.
        let begun = self.answer().events > 0 && self.gate.is_open();
        let named = self.shape() == Some(Shape::Messages) && begun;
        out.extend_from_slice(if named { PING } else { COMMENT });
        out
    }

    /// An event of the caller's own, which comes at once, or with the next chunk if that is not
    /// possible.
    pub fn insert(&mut self, event: Vec<u8>) -> Vec<u8> {
        if self.over || self.way.is_over() {
            return Vec::new();
        }
        if self.is_at_boundary() {
            self.precede();
            if self.inserted.is_empty() && self.gate.is_open() {
                return event;
            }
        }
        self.inserted.extend(event);
        Vec::new()
    }

    /// Ends with an error in the client's shape: a torn event is closed first. What is held back
    /// is not sent. Nothing if there was an ending already.
    pub fn fail(&mut self, error: &StreamError) -> Vec<u8> {
        let mut out = Vec::new();
        let torn = (!self.is_at_boundary()).then(|| self.torn.unwrap_or_else(|| self.torn_now()));
        let failed = std::mem::replace(&mut self.failed, true);
        self.over = true;
        if failed || self.has_ended() {
            return out;
        }
        let sent_nothing = !self.gate.is_open();
        drop(self.gate.release());
        if let Some(torn) = torn
            && !sent_nothing
        {
            out.extend_from_slice(b"\n\n");
            // There may not be two endings.
            if torn == Torn::Ending {
                return out;
            }
        }
        match &mut self.way {
            Way::Translate(translation) if !sent_nothing => translation.error(error, &mut out),
            _ => {
                let mut more = 0;
                if let Way::Edit(editing) = &mut self.way
                    && !sent_nothing
                {
                    editing.release(&mut out);
                    more = editing.more_events();
                }
                let shape = self.client_shape().unwrap_or(Shape::Chat);
                let mut writer = Writer::new(shape);
                if !sent_nothing {
                    writer.skip(self.answer().events.saturating_add_signed(more));
                }
                writer.fail(error, &mut out);
            }
        }
        out
    }

    /// What the event is that is torn now: it may end the answer if it is closed.
    pub(super) fn torn_now(&self) -> Torn {
        let mut closed = self.dispatcher.clone();
        closed.feed(b"\n\n").for_each(drop);
        if closed.answer().has_ended() { Torn::Ending } else { Torn::Event }
    }

    /// Notes that what was sent on ends in an event.
    pub(super) fn tear(&mut self, torn: bool) {
        self.torn = self.torn.or(torn.then_some(Torn::Event));
    }

    /// Takes what is before the next boundary of a chunk, and then what was inserted. Returns the
    /// rest.
    pub(super) fn insert_within<'c>(
        &mut self,
        mut chunk: &'c [u8],
        add: &mut AddToUsage<'_>,
    ) -> &'c [u8] {
        while !self.inserted.is_empty() && !self.way.is_over() {
            if self.is_at_boundary() {
                self.out.append(&mut self.inserted);
                break;
            }
            let Some(end) = memchr::memchr2(b'\n', b'\r', chunk) else {
                break;
            };
            let crlf = chunk[end..].starts_with(b"\r\n");
            let (line, rest) = chunk.split_at(end + 1 + usize::from(crlf));
            let Self { way, dispatcher, options, out, .. } = self;
            match way.feed(dispatcher, options, line, add, out) {
                Ok(true) => out.extend_from_slice(line),
                Ok(false) => {}
                // It says so again.
                Err(failed) => {
                    self.tear(failed.torn);
                    break;
                }
            }
            chunk = rest;
        }
        chunk
    }

    /// Whether the ending was sent.
    fn has_ended(&self) -> bool {
        match &self.way {
            Way::Translate(translation) => translation.has_ended(),
            Way::Edit(editing) if editing.is_over() => true,
            _ => self.gate.is_open() && self.answer().has_ended() && !self.answer().no_stream,
        }
    }

    /// Something goes before what the source sends.
    fn precede(&mut self) {
        if self.dispatcher.decoder().offset() == 0 {
            self.mark.get_or_insert(0);
        }
        let unknown = match &mut self.way {
            Way::Unknown(bytes) => Some(bytes),
            _ => None,
        };
        // Of the mark, only the beginning may have come.
        if let Some(bytes) = &unknown
            && !bytes.is_empty()
            && BOM.starts_with(bytes)
        {
            self.mark = Some(bytes.len());
            self.dispatcher.reset();
        }
        for held in [unknown, Some(self.gate.held())].into_iter().flatten() {
            let mark = held.len().min(BOM.len());
            if held[..mark] == BOM[..mark] {
                held.drain(..mark);
            }
        }
    }

    /// The chunk without the byte order mark of the stream's beginning: something went before it.
    pub(super) fn without_mark<'c>(&mut self, chunk: &'c [u8]) -> &'c [u8] {
        let Some(at) = &mut self.mark else {
            return chunk;
        };
        let mark = &BOM[*at..];
        let same = chunk.iter().zip(mark).take_while(|(own, mark)| own == mark).count();
        *at += same;
        if same < chunk.len() {
            self.mark = None;
        }
        &chunk[same..]
    }
}

const PING: &[u8] = b"event: ping\ndata: {\"type\": \"ping\"}\n\n";
const COMMENT: &[u8] = b": ping\n\n";
