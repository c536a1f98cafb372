//! Deltas to chat chunks.

#[cfg(test)]
mod tests;

use indexmap::IndexMap;

use crate::shape::chunk::write as chunk;
use crate::write::bytes::{Dropped, count, digits, or_empty, put, string};
use crate::write::id;
use crate::write::{Finish, Id, Page, Said};

const DELTA: &[u8] = b"{\"index\":0,\"delta\":{";
const TAIL: &[u8] = b"},\"finish_reason\":null}]}\n\n";
const CALL_TAIL: &[u8] = b"}}]},\"finish_reason\":null}]}\n\n";

/// Writes an answer as chat chunks with one choice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer {
    /// The answer's, without a prefix.
    id: String,
    /// A chunk up to the first member of its delta; and how much of that is before the choices.
    head: Vec<u8>,
    choices: usize,
    /// By number, in order of arrival; and the one that got the last piece.
    calls: IndexMap<u32, Call>,
    last: usize,
    annotations: u64,
    finished: bool,
    pub(crate) dropped: Dropped,
}

#[derive(Clone, Debug)]
struct Call {
    /// A delta up to a piece of the arguments.
    head: Vec<u8>,
    custom: bool,
    said: bool,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub(crate) fn write(&mut self, said: &Said<'_>, out: &mut Vec<u8>) {
        match *said {
            Said::Text { piece, .. } => put(out, [&self.head, b"\"content\":", piece, TAIL]),
            Said::Reasoning { piece, .. } => {
                put(out, [&self.head, b"\"reasoning_content\":", piece, TAIL]);
            }
            Said::Refusal { piece, .. } => put(out, [&self.head, b"\"refusal\":", piece, TAIL]),
            Said::ToolArguments { call, piece } => self.arguments(call, piece, out),
            _ => self.write_rare(said, out),
        }
    }

    fn write_rare(&mut self, said: &Said<'_>, out: &mut Vec<u8>) {
        match *said {
            Said::Start { id, model, created } => self.start(id, model, created, out),
            Said::ToolCall { call, id, name, custom } => self.open(call, id, name, custom, out),
            Said::Citation { page, .. } => self.annotation(page, out),
            Said::Signature { .. } => count(&mut self.dropped, "signature"),
            Said::Finish { why, sequence } => {
                if sequence.is_some() {
                    count(&mut self.dropped, "stop_sequence");
                }
                self.finish(Some(why), out);
            }
            Said::Error(error) => chunk::error(error, out),
            Said::Ping => out.extend_from_slice(b": ping\n\n"),
            Said::Done(usage) => {
                self.finish(None, out);
                if let Some(usage) = usage {
                    chunk::usage(&self.head[..self.choices], usage, out);
                }
                out.extend_from_slice(chunk::DONE);
            }
            _ => {}
        }
    }

    fn start(&mut self, id: Id<'_>, model: &str, created: u64, out: &mut Vec<u8>) {
        self.id = id.bare().into();
        let id = id.with("chatcmpl-");
        self.head = chunk::head(&id, "chat.completion.chunk", created, model);
        self.choices = self.head.len();
        self.head.extend_from_slice(DELTA);
        put(out, [&self.head, b"\"role\":\"assistant\",\"content\":\"\"", TAIL]);
    }

    fn open(&mut self, call: u32, id: &str, name: &str, custom: bool, out: &mut Vec<u8>) {
        let number = self.calls.len() as u64;
        let id = string(&id::of_call(id, "call_", &self.id, number));
        let (kind, input): (&[u8], &[u8]) =
            if custom { (b"custom", b"input") } else { (b"function", b"arguments") };
        let mut entry = b"\"tool_calls\":[{\"index\":".to_vec();
        entry.extend_from_slice(&digits(number));
        put(out, [&self.head, &entry, b",\"id\":", &id, b",\"type\":\"", kind, b"\",\"", kind]);
        put(out, [b"\":{\"name\":", &string(name), b",\"", input, b"\":\"\"", CALL_TAIL]);
        put(&mut entry, [b",\"", kind, b"\":{\"", input, b"\":"]);
        self.last = self.calls.len();
        self.calls.insert(call, Call { head: entry, custom, said: false });
    }

    #[inline]
    fn arguments(&mut self, call: u32, piece: &[u8], out: &mut Vec<u8>) {
        if self.calls.get_index(self.last).is_none_or(|(last, _)| *last != call) {
            let Some(place) = self.calls.get_index_of(&call) else {
                return;
            };
            self.last = place;
        }
        let call = &mut self.calls[self.last];
        call.said = true;
        put(out, [&self.head, &call.head, piece, CALL_TAIL]);
    }

    /// Annotations have an index, as clients merge lists by it.
    fn annotation(&mut self, page: Page<'_>, out: &mut Vec<u8>) {
        if or_empty(page.cited_text) != b"\"\"" {
            count(&mut self.dropped, "cited_text");
        }
        let (start, end) = page.span.unwrap_or_default();
        put(out, [&self.head, b"\"annotations\":[{\"index\":", &digits(self.annotations)]);
        put(
            out,
            [b",\"type\":\"url_citation\",\"url_citation\":{\"start_index\":", &digits(start)],
        );
        put(out, [b",\"end_index\":", &digits(end), b",\"title\":", or_empty(page.title)]);
        put(out, [b",\"url\":", or_empty(page.url), b"}}]", TAIL]);
        self.annotations += 1;
    }

    /// Says why the answer stopped, once. Calls that got no arguments get empty ones first: clients
    /// parse them.
    fn finish(&mut self, why: Option<Finish>, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.finished, true) {
            return;
        }
        for call in self.calls.values().filter(|call| !call.said && !call.custom) {
            put(out, [&self.head, &call.head, b"\"{}\"", CALL_TAIL]);
        }
        let reason: &[u8] = match why {
            Some(Finish::Length) => b"length",
            Some(Finish::ContentFilter) => b"content_filter",
            Some(Finish::Pause) => {
                count(&mut self.dropped, "pause");
                b"stop"
            }
            Some(Finish::Stop) | None if self.calls.is_empty() => b"stop",
            Some(Finish::ToolCalls | Finish::Stop) | None => b"tool_calls",
        };
        put(out, [&self.head, b"},\"finish_reason\":\"", reason, b"\"}]}\n\n"]);
    }
}
