//! Deltas to responses: items that open and grow, and say everything again when they close.

mod call;
mod event;
mod item;
mod response;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;

use super::Sort;
use crate::write::bytes::{Dropped, count, digits, or_empty, put};
use crate::write::{Finish, Page, Said};
use call::Call;
use event::{Sequence, event};
use item::Item;

/// Writes an answer as events of a response. It has to keep the answer, which the last event tells
/// whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer {
    /// The answer's id, without a prefix; itself, its time and its model, as JSON.
    id: String,
    own_id: Vec<u8>,
    created: Vec<u8>,
    model: Vec<u8>,
    sequence: Sequence,
    /// The items by their index, as they closed; nothing in the place of those that are open.
    output: Vec<Vec<u8>>,
    item: Option<Item>,
    /// By number, in order of arrival; and the one that got the last piece.
    calls: IndexMap<u32, Call>,
    last: usize,
    finish: Option<Finish>,
    pub(crate) dropped: Dropped,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Goes on where somebody else has written so many events.
    pub(crate) fn skip(&mut self, events: u64) {
        self.sequence = Sequence::at(events);
    }

    #[inline]
    pub(crate) fn write(&mut self, said: &Said<'_>, out: &mut Vec<u8>) {
        match *said {
            Said::Text { index, piece } => self.piece(Sort::Text, index, piece, out),
            Said::Reasoning { index, piece } => self.piece(Sort::Summary, index, piece, out),
            Said::Refusal { index, piece } => self.piece(Sort::Refusal, index, piece, out),
            Said::ToolArguments { call, piece } => self.arguments(call, piece, out),
            _ => self.write_rare(said, out),
        }
    }

    fn write_rare(&mut self, said: &Said<'_>, out: &mut Vec<u8>) {
        match *said {
            Said::Start { id, model, created } => self.start(id, model, created, out),
            Said::Signature { index, piece } => {
                self.open_item(true, index, out);
                if let Some(item) = &mut self.item {
                    item.signature = Some(piece.into());
                }
            }
            Said::ToolCall { call, id, name, custom } => self.call(call, id, name, custom, out),
            Said::Citation { index, page } => self.citation(index, page, out),
            Said::Finish { why, sequence } => {
                if sequence.is_some() {
                    count(&mut self.dropped, "stop_sequence");
                }
                self.finish.get_or_insert(why);
            }
            Said::Error(error) => self.fail(error, out),
            Said::Ping => out.extend_from_slice(b": ping\n\n"),
            Said::Done(usage) => self.done(usage, out),
            _ => {}
        }
    }

    /// Whether a text is open.
    pub(crate) fn is_in_text(&self) -> bool {
        self.item.as_ref().is_some_and(|item| item.is_in_text(0))
    }

    /// A page that the text cites, as long as that text is open.
    fn citation(&mut self, index: u64, page: Page<'_>, out: &mut Vec<u8>) {
        let (start, end) = page.span.unwrap_or_default();
        let mut annotation = b"{\"type\":\"url_citation\",\"start_index\":".to_vec();
        put(&mut annotation, [&digits(start), b",\"end_index\":", &digits(end), b",\"title\":"]);
        put(&mut annotation, [or_empty(page.title), b",\"url\":", or_empty(page.url), b"}"]);
        if !self.annotate(index, &annotation, out) {
            count(&mut self.dropped, "citation");
        } else if or_empty(page.cited_text) != b"\"\"" {
            count(&mut self.dropped, "cited_text");
        }
    }

    /// The place of an item that opens.
    fn add_item(&mut self) -> u64 {
        self.output.push(Vec::new());
        self.output.len() as u64 - 1
    }

    fn item_id(&self, prefix: &str, index: u64) -> String {
        format!("{prefix}_{}_{index}", self.id)
    }

    /// Says that an item is closed.
    fn done_item(&mut self, index: u64, json: Vec<u8>, out: &mut Vec<u8>) {
        let parts = [b",\"output_index\":", &*digits(index), b",\"item\":", &json, b"}"];
        event("response.output_item.done", &mut self.sequence, parts, out);
        if let Some(place) = usize::try_from(index).ok().and_then(|at| self.output.get_mut(at)) {
            *place = json;
        }
    }
}
