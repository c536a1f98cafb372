//! The Response: with nothing in it at first, with everything at the end.

use super::Writer;
use super::event::event;
use crate::error::StreamError;
use crate::json::Object;
use crate::write::bytes::{add_extra, count, digits, string};
use crate::write::{Finish, Id, Usage};

/// Members that clients expect and nobody said anything about.
const UNSAID: &[u8] = b",\"parallel_tool_calls\":true,\"previous_response_id\":null,\
    \"temperature\":null,\"text\":{\"format\":{\"type\":\"text\"}},\"tool_choice\":\"auto\",\
    \"tools\":[],\"top_p\":null,\"truncation\":\"disabled\",\"usage\":";

impl Writer {
    pub(super) fn start(&mut self, id: Id<'_>, model: &str, created: u64, out: &mut Vec<u8>) {
        self.id = id.bare().into();
        self.own_id = string(&id.with("resp_"));
        self.created = digits(created);
        self.model = string(model);
        for kind in ["response.created", "response.in_progress"] {
            self.response(kind, "in_progress", b"null", b"null", out);
        }
    }

    pub(super) fn done(&mut self, usage: Option<&Usage>, out: &mut Vec<u8>) {
        let (status, details): (_, &[u8]) = match self.finish {
            Some(Finish::Length) => ("incomplete", b"{\"reason\":\"max_output_tokens\"}"),
            Some(Finish::ContentFilter) => ("incomplete", b"{\"reason\":\"content_filter\"}"),
            Some(Finish::Stop | Finish::ToolCalls) | None => ("completed", b"null"),
            Some(Finish::Pause) => {
                count(&mut self.dropped, "pause");
                ("completed", b"null")
            }
        };
        self.close_item(status.as_bytes(), out);
        self.close_calls(status.as_bytes(), out);
        let usage = usage.map(usage_object);
        let usage = usage.as_deref().unwrap_or(b"null");
        self.response(&format!("response.{status}"), status, details, usage, out);
    }

    fn response(
        &mut self,
        kind: &str,
        status: &str,
        details: &[u8],
        usage: &[u8],
        out: &mut Vec<u8>,
    ) {
        let id = self.own_id.clone();
        let output = std::mem::take(&mut self.output).join(&b","[..]);
        let parts = [
            b",\"response\":{\"id\":",
            &*id,
            b",\"object\":\"response\",\"created_at\":",
            &self.created,
            b",\"status\":\"",
            status.as_bytes(),
            b"\",\"error\":null,\"incomplete_details\":",
            details,
            b",\"instructions\":null,\"max_output_tokens\":null,\"metadata\":{},\"model\":",
            &self.model,
            b",\"output\":[",
            &output,
            b"]",
            UNSAID,
            usage,
            b"}}",
        ];
        event(kind, &mut self.sequence, parts, out);
    }

    /// The form that the service itself sends, not the flat one of its reference: only this one is
    /// an error to the official clients.
    pub(super) fn fail(&mut self, error: &StreamError, out: &mut Vec<u8>) {
        let mut object = Vec::new();
        crate::write::error::write(error, &mut object);
        event("error", &mut self.sequence, [b",\"error\":", &object, b"}"], out);
    }
}

/// The usage object; all its counts are required.
fn usage_object(usage: &Usage) -> Vec<u8> {
    let (input, output) = (usage.input.unwrap_or(0), usage.output.unwrap_or(0));
    let total = usage.total.unwrap_or_else(|| input.saturating_add(output));
    let details = |counts: &[(&str, Option<u64>)]| {
        let mut object = Object::default();
        for (name, count) in counts {
            object.set(name, &digits(count.unwrap_or(0)));
        }
        object.to_json()
    };
    let cached = [("cached_tokens", usage.cached), ("cache_write_tokens", usage.cache_written)];
    let mut object = Object::default();
    object.set("input_tokens", &digits(input));
    object.set("input_tokens_details", &details(&cached));
    object.set("output_tokens", &digits(output));
    object.set("output_tokens_details", &details(&[("reasoning_tokens", usage.reasoning)]));
    object.set("total_tokens", &digits(total));
    add_extra(usage, &mut object);
    object.to_json()
}
