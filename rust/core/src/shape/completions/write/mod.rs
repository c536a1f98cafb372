//! Deltas to text completion chunks: the text, and nothing else.

#[cfg(test)]
mod tests;

use crate::shape::chunk::write as chunk;
use crate::write::bytes::{Dropped, count, put};
use crate::write::{Finish, Said};

const TAIL: &[u8] = b",\"index\":0,\"logprobs\":null,\"finish_reason\":null}]}\n\n";

/// Writes an answer as text completion chunks with one choice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer {
    /// A chunk up to its text; and how much of that is before the choices.
    head: Vec<u8>,
    choices: usize,
    finished: bool,
    pub(crate) dropped: Dropped,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub(crate) fn write(&mut self, said: &Said<'_>, out: &mut Vec<u8>) {
        match *said {
            Said::Text { piece, .. } => put(out, [&self.head, piece, TAIL]),
            _ => self.write_rare(said, out),
        }
    }

    fn write_rare(&mut self, said: &Said<'_>, out: &mut Vec<u8>) {
        let dropped = match *said {
            Said::Start { id, model, created } => {
                let id = id.with("cmpl-");
                self.head = chunk::head(&id, "text_completion", created, model);
                self.choices = self.head.len();
                self.head.extend_from_slice(b"{\"text\":");
                return;
            }
            Said::Finish { why, sequence } => {
                if sequence.is_some() {
                    count(&mut self.dropped, "stop_sequence");
                }
                return self.finish(why, out);
            }
            Said::Error(error) => return chunk::error(error, out),
            Said::Ping => return out.extend_from_slice(b": ping\n\n"),
            Said::Done(usage) => {
                self.finish(Finish::Stop, out);
                if let Some(usage) = usage {
                    chunk::usage(&self.head[..self.choices], usage, out);
                }
                return out.extend_from_slice(chunk::DONE);
            }
            Said::Text { .. } | Said::CallEnd { .. } => return,
            Said::Reasoning { .. } => "reasoning",
            Said::Signature { .. } => "signature",
            Said::Refusal { .. } => "refusal",
            Said::ToolCall { .. } => "tool_call",
            Said::ToolArguments { .. } => "tool_arguments",
            Said::Citation { .. } => "citation",
        };
        count(&mut self.dropped, dropped);
    }

    fn finish(&mut self, why: Finish, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.finished, true) {
            return;
        }
        let reason: &[u8] = match why {
            Finish::Stop | Finish::ToolCalls => b"stop",
            Finish::Length => b"length",
            Finish::ContentFilter => b"content_filter",
            Finish::Pause => {
                count(&mut self.dropped, "pause");
                b"stop"
            }
        };
        put(out, [&self.head, b"\"\",\"index\":0,\"logprobs\":null,\"finish_reason\":\"", reason]);
        out.extend_from_slice(b"\"}]}\n\n");
    }
}
