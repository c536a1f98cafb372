//! Usage objects of any shape as counts.

use crate::answer::Tokens;
use crate::json::Value;
use crate::shape::Shape;
use crate::write::Usage;

impl Usage {
    /// The counts of a usage object, some of which are known already.
    pub(super) fn of(tokens: &Tokens, raw: &[u8], shape: Option<Shape>) -> Self {
        let usage = Value::of(raw).unwrap_or_default();
        let written = match shape {
            Some(Shape::Messages) => usage.pick(["cache_creation_input_tokens"])[0],
            Some(Shape::Responses) => within(usage, "input_tokens_details"),
            _ => within(usage, "prompt_tokens_details"),
        };
        let &Tokens { input, output, cached, reasoning, total } = tokens;
        let cache_written = written.index();
        Self { input, output, cached, cache_written, reasoning, total, extra: Vec::new() }
    }
}

fn within<'a>(usage: Value<'a>, details: &str) -> Value<'a> {
    usage.pick([details])[0].pick(["cache_write_tokens"])[0]
}
