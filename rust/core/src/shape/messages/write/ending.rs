//! The end: why the answer stopped and what it used are known together, and come last.

use super::Writer;
use crate::error::StreamError;
use crate::json::Object;
use crate::write::bytes::{add_extra, count, digits, or_empty, put, string};
use crate::write::error::{kind_of_messages, message};
use crate::write::{Finish, Usage};

impl Writer {
    pub(super) fn done(&mut self, usage: Option<&Usage>, out: &mut Vec<u8>) {
        self.release(out);
        self.close(out);
        let (reason, sequence) = self.stop_reason();
        let sequence = crate::json::quoted(sequence);
        out.extend_from_slice(b"event: message_delta\ndata: {\"type\":\"message_delta\",");
        put(out, [b"\"delta\":{\"stop_reason\":\"", reason, b"\",\"stop_sequence\":", &sequence]);
        put(out, [b"},\"usage\":", &usage_object(usage).to_json(), b"}\n\n"]);
        out.extend_from_slice(b"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    }

    /// The stop reason, and the stop sequence if it was one.
    fn stop_reason(&self) -> (&'static [u8], Option<&str>) {
        let why = self.finish.as_ref();
        let sequence = why.and_then(|(_, sequence)| sequence.as_deref());
        match why.map_or(Finish::Stop, |(why, _)| *why) {
            Finish::Length => (b"max_tokens", None),
            Finish::ToolCalls => (b"tool_use", None),
            Finish::ContentFilter => (b"refusal", None),
            Finish::Pause => (b"pause_turn", None),
            Finish::Stop if self.refused => (b"refusal", None),
            Finish::Stop if sequence.is_some() => (b"stop_sequence", sequence),
            Finish::Stop if !self.calls.is_empty() => (b"tool_use", None),
            Finish::Stop => (b"end_turn", None),
        }
    }

    pub(super) fn fail(&mut self, error: &StreamError, out: &mut Vec<u8>) {
        for (value, name) in [(&error.code, "error_code"), (&error.param, "error_param")] {
            if or_empty(value) != b"\"\"" {
                count(&mut self.dropped, name);
            }
        }
        let kind = string(kind_of_messages(error));
        out.extend_from_slice(b"event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":");
        put(out, [&kind, b",\"message\":", &message(error), b"}}\n\n"]);
    }
}

/// The usage object; `output_tokens` is in every one of them.
fn usage_object(usage: Option<&Usage>) -> Object {
    let mut object = Object::default();
    let Some(usage) = usage else {
        object.set("output_tokens", b"0");
        return object;
    };
    let more = usage.cached.unwrap_or(0).saturating_add(usage.cache_written.unwrap_or(0));
    for (name, count) in [
        ("input_tokens", usage.input.map(|input| input.saturating_sub(more))),
        ("cache_creation_input_tokens", usage.cache_written),
        ("cache_read_input_tokens", usage.cached),
        ("output_tokens", Some(usage.output.unwrap_or(0))),
    ] {
        if let Some(count) = count {
            object.set(name, &digits(count));
        }
    }
    if let Some(reasoning) = usage.reasoning {
        let mut details = Object::default();
        details.set("thinking_tokens", &digits(reasoning));
        object.set("output_tokens_details", &details.to_json());
    }
    add_extra(usage, &mut object);
    object
}
