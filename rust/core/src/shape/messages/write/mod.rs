//! Deltas to messages: blocks that open and close one after the other.

mod block;
mod call;
mod ending;
mod held;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};

use crate::write::bytes::{Dropped, count, or_empty, put, string};
use crate::write::{Finish, Id, Page, Said};
use block::{Block, Sort, TAIL};
use call::{Call, OpenCall};
use held::Held;

/// Writes an answer as events of a message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer {
    /// The answer's id, without a prefix.
    id: String,
    begun: bool,
    /// The block that is open, a delta of it up to its text, and how many blocks were opened.
    open: Option<Block>,
    head: Vec<u8>,
    blocks: u64,
    open_call: OpenCall,
    calls: HashMap<u32, Call>,
    /// What waits for the call that is open, in order.
    held: VecDeque<Held>,
    refused: bool,
    finish: Option<(Finish, Option<String>)>,
    pub(crate) dropped: Dropped,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub(crate) fn write(&mut self, said: &Said<'_>, out: &mut Vec<u8>) {
        match *said {
            Said::Text { index, piece } => self.piece(Sort::Text, index, piece, out),
            Said::Reasoning { index, piece } => self.piece(Sort::Thinking, index, piece, out),
            Said::ToolArguments { call, piece } => self.arguments(call, piece, out),
            _ => self.write_rare(said, out),
        }
    }

    fn write_rare(&mut self, said: &Said<'_>, out: &mut Vec<u8>) {
        match *said {
            Said::Start { id, model, .. } => self.start(id, model, out),
            Said::Refusal { index, piece } => {
                self.refused = true;
                self.piece(Sort::Refusal, index, piece, out);
            }
            Said::Signature { index, piece } => self.signature(index, piece, out),
            Said::ToolCall { call, id, name, custom } => self.call(call, id, name, custom, out),
            Said::CallEnd { call } => self.call_has_ended(call, out),
            Said::Citation { index, page } => self.citation(index, page, out),
            Said::Finish { why, sequence } => {
                self.release(out);
                if self.finish.is_none() {
                    self.finish = Some((why, sequence.map(Into::into)));
                }
            }
            Said::Error(error) => self.fail(error, out),
            Said::Ping if self.begun => {
                out.extend_from_slice(b"event: ping\ndata: {\"type\":\"ping\"}\n\n");
            }
            Said::Ping => out.extend_from_slice(b": ping\n\n"),
            Said::Done(usage) => self.done(usage, out),
            _ => {}
        }
    }

    fn start(&mut self, id: Id<'_>, model: &str, out: &mut Vec<u8>) {
        self.begun = true;
        self.id = id.bare().into();
        let id = string(&id.with("msg_"));
        put(
            out,
            [b"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":", &id],
        );
        put(out, [b",\"type\":\"message\",\"role\":\"assistant\",\"model\":", &string(model)]);
        out.extend_from_slice(
            b",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":",
        );
        out.extend_from_slice(b"{\"input_tokens\":0,\"cache_creation_input_tokens\":0,");
        out.extend_from_slice(b"\"cache_read_input_tokens\":0,\"output_tokens\":0}}}\n\n");
    }

    /// A piece of a text. One that comes within a call waits for its end.
    #[inline]
    fn piece(&mut self, sort: Sort, index: u64, piece: &[u8], out: &mut Vec<u8>) {
        if !self.open.is_some_and(|open| open.is(sort, index)) {
            if self.is_within_call() {
                return self.hold_piece(sort, index, piece);
            }
            self.open_block(sort, index, out);
        }
        put(out, [&self.head, piece, TAIL]);
    }

    /// The signature of the reasoning that is open, or of one that has no words.
    fn signature(&mut self, index: u64, piece: &[u8], out: &mut Vec<u8>) {
        if self.is_within_call() {
            self.held.push_back(Held::Signature(index, piece.into()));
        } else {
            self.write_signature(index, piece, out);
        }
    }

    fn write_signature(&mut self, index: u64, piece: &[u8], out: &mut Vec<u8>) {
        if !self.open.is_some_and(|open| open.is(Sort::Thinking, index)) {
            self.open_block(Sort::Thinking, index, out);
        }
        self.delta(b"{\"type\":\"signature_delta\",\"signature\":", &[piece], out);
    }

    /// A page that the text cites.
    fn citation(&mut self, index: u64, page: Page<'_>, out: &mut Vec<u8>) {
        let mut citation = b"\"cited_text\":".to_vec();
        let title = if page.title.is_empty() { b"null" } else { page.title };
        put(&mut citation, [or_empty(page.cited_text), b",\"url\":", or_empty(page.url)]);
        put(&mut citation, [b",\"title\":", title, b",\"encrypted_index\":\"\"}"]);
        if self.is_within_call() {
            self.held.push_back(Held::Citation(index, citation));
        } else {
            self.write_citation(index, &citation, out);
        }
    }

    /// Whether a text is open, or will be when what waits is written.
    pub(crate) fn is_in_text(&self) -> bool {
        match self.held.back() {
            Some(held) => held.is_of_text(),
            None => self.open.is_some_and(|open| open.is(Sort::Text, 0)),
        }
    }

    /// Writes a citation as long as its text is open: a block of nothing else would be refused when
    /// it is sent back.
    fn write_citation(&mut self, index: u64, citation: &[u8], out: &mut Vec<u8>) {
        if !self.open.is_some_and(|open| open.is(Sort::Text, index)) {
            return count(&mut self.dropped, "citation");
        }
        let kind =
            b"{\"type\":\"citations_delta\",\"citation\":{\"type\":\"web_search_result_location\",";
        self.delta(kind, &[citation], out);
    }
}
