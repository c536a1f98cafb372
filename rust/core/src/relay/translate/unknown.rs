//! What a translation does not know.

use super::Translation;
use crate::answer::word;
use crate::dispatch::Item;
use crate::json::Value;

impl Translation {
    /// Counts what is unknown.
    pub(super) fn other(&mut self, payload: &[u8], item: &Item<'_>) {
        let value = Value::of(payload).unwrap_or_default();
        let [kind, content_block, delta, inner] =
            value.pick(["type", "content_block", "delta", "item"]);
        let kind = word(kind).unwrap_or_else(|| item.event.name().into_owned());
        let kind_of = |value: Value<'_>| word(value.pick(["type"])[0]).unwrap_or_default();
        let (kind, known): (String, &[&str]) = match kind.as_str() {
            "content_block_start" => (kind_of(content_block), &["text", "thinking"]),
            "content_block_delta" => (
                kind_of(delta),
                &["text_delta", "thinking_delta", "input_json_delta", "signature_delta"],
            ),
            "response.output_item.added" => (kind_of(inner), &["message", "reasoning"]),
            _ => (
                kind,
                &["message", "message_start", "content_block_stop", "message_delta", "error"],
            ),
        };
        if !known.contains(&kind.as_str()) && !kind.starts_with("response.") {
            self.drop(&kind);
        }
    }
}
