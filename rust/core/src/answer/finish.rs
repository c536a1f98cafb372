//! Why an answer stopped, in words that are the same for every shape.

use super::{Answer, Body};
use crate::shape::chunk::Chunks;
use crate::shape::responses::Responses;

impl Answer {
    /// The word for it, which an error has in any case; `None` if it is not known (yet).
    pub(crate) fn finish(&self) -> Option<&'static str> {
        match &self.body {
            _ if self.error.is_some() => Some("error"),
            Body::Chunks(chunks) => chunks.finish(),
            Body::Messages(messages) => messages.stop_reason.as_deref().and_then(word_for),
            Body::Responses(responses) => responses.finish(),
        }
    }
}

impl Chunks {
    fn finish(&self) -> Option<&'static str> {
        let first = self.choices.get(&0)?;
        let function = first.function_call.as_ref().is_some_and(|call| call.says());
        let called = function || !first.calls.is_empty();
        match word_for(first.finish_reason.as_deref()?) {
            Some("stop") if called => Some("tool_calls"),
            word => word,
        }
    }
}

impl Responses {
    fn finish(&self) -> Option<&'static str> {
        match (self.status.as_deref()?, self.incomplete_reason.as_deref()) {
            ("completed", _) if self.calls_a_tool() => Some("tool_calls"),
            ("completed", _) => Some("stop"),
            ("incomplete", Some("max_output_tokens")) => Some("length"),
            ("incomplete", Some("content_filter")) => Some("content_filter"),
            ("failed", _) => Some("error"),
            _ => None,
        }
    }

    /// Whether there is a call that the client is to make.
    fn calls_a_tool(&self) -> bool {
        self.calls_in_order().iter().any(|(_, call)| call.kind != "mcp_call")
    }
}

/// The normalised word for a `finish_reason` or `stop_reason`. "Unknown values map to null".
fn word_for(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "stop" | "end_turn" | "stop_sequence" | "eos" | "eos_token" | "STOP" | "COMPLETE"
        | "STOP_SEQUENCE" => "stop",
        "length" | "max_tokens" | "model_context_window_exceeded" | "compaction" | "MAX_TOKENS" => {
            "length"
        }
        "tool_calls" | "function_call" | "tool_use" | "TOOL_CALL" => "tool_calls",
        "content_filter"
        | "content-filter"
        | "sensitive"
        | "refusal"
        | "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "LANGUAGE"
        | "IMAGE_SAFETY"
        | "ERROR_TOXIC"
        | "guardrail_intervened"
        | "content_filtered" => "content_filter",
        "pause_turn" => "pause",
        "error"
        | "insufficient_system_resource"
        | "network_error"
        | "abort"
        | "ERROR"
        | "TIMEOUT"
        | "MALFORMED_FUNCTION_CALL" => "error",
        _ => return None,
    })
}
