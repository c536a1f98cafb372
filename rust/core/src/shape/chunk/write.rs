//! What all chunks are written with, whatever their choices are.

use crate::error::StreamError;
use crate::json::Object;
use crate::write::Usage;
use crate::write::bytes::{add_extra, digits, put, string};

/// The last event.
pub(crate) const DONE: &[u8] = b"data: [DONE]\n\n";

/// A chunk up to the bracket that opens the list of its choices.
pub(crate) fn head(id: &str, object: &str, created: u64, model: &str) -> Vec<u8> {
    let mut head = Vec::new();
    put(&mut head, [b"data: {\"id\":", &string(id), b",\"object\":\"", object.as_bytes()]);
    put(&mut head, [b"\",\"created\":", &digits(created), b",\"model\":", &string(model)]);
    head.extend_from_slice(b",\"choices\":[");
    head
}

/// The chunk without choices that has the usage.
pub(crate) fn usage(head: &[u8], usage: &Usage, out: &mut Vec<u8>) {
    put(out, [head, b"],\"usage\":", &usage_object(usage).to_json(), b"}\n\n"]);
}

/// "Official form: `{"error":{"message":str,"type":str,"param":str|null,"code":str|null}}`"; then
/// the end.
pub(crate) fn error(error: &StreamError, out: &mut Vec<u8>) {
    out.extend_from_slice(b"data: {\"error\":");
    crate::write::error::write(error, out);
    put(out, [b"}\n\n", DONE]);
}

fn usage_object(usage: &Usage) -> Object {
    let (input, output) = (usage.input.unwrap_or(0), usage.output.unwrap_or(0));
    let total = usage.total.unwrap_or_else(|| input.saturating_add(output));
    let mut object = Object::default();
    for (name, count) in
        [("prompt_tokens", input), ("completion_tokens", output), ("total_tokens", total)]
    {
        object.set(name, &digits(count));
    }
    let mut details = Object::default();
    let counts = [("cached_tokens", usage.cached), ("cache_write_tokens", usage.cache_written)];
    for (name, count) in counts {
        if let Some(count) = count {
            details.set(name, &digits(count));
        }
    }
    if !details.is_empty() {
        object.set("prompt_tokens_details", &details.to_json());
    }
    if let Some(reasoning) = usage.reasoning {
        let mut details = Object::default();
        details.set("reasoning_tokens", &digits(reasoning));
        object.set("completion_tokens_details", &details.to_json());
    }
    add_extra(usage, &mut object);
    object
}
