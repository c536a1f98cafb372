//! How many tokens an answer took, by the usage object of its shape.

use crate::json::Value;
use crate::shape::Shape;

/// Counts of tokens; `None` where they are not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Of the request, cached ones included.
    pub input: Option<u64>,
    /// Of the answer.
    pub output: Option<u64>,
    /// Of the request, read from a cache.
    pub cached: Option<u64>,
    /// Of the answer, spent on reasoning.
    pub reasoning: Option<u64>,
    /// All.
    pub total: Option<u64>,
}

impl Tokens {
    /// The counts of a usage object.
    pub(super) fn of(usage: &[u8], shape: Option<Shape>) -> Self {
        let Ok(usage) = Value::of(usage) else {
            return Self::default();
        };
        let number = |value: Value<'_>| value.string().is_none().then(|| value.index()).flatten();
        let numbers = |names: [&str; 4]| usage.pick(names).map(number);
        let within = |object: &str, name| number(usage.pick([object])[0].pick([name])[0]);
        let sum = |input: Option<u64>, output: Option<u64>| Some(input?.saturating_add(output?));
        match shape {
            Some(Shape::Messages) => {
                let [input, output, cached, written] = numbers([
                    "input_tokens",
                    "output_tokens",
                    "cache_read_input_tokens",
                    "cache_creation_input_tokens",
                ]);
                let more = cached.unwrap_or(0).saturating_add(written.unwrap_or(0));
                let input = input.map(|input| input.saturating_add(more));
                let reasoning = within("output_tokens_details", "thinking_tokens");
                Self { input, output, cached, reasoning, total: sum(input, output) }
            }
            Some(Shape::Responses) => {
                let [input, output, total, _] =
                    numbers(["input_tokens", "output_tokens", "total_tokens", ""]);
                let cached = within("input_tokens_details", "cached_tokens");
                let reasoning = within("output_tokens_details", "reasoning_tokens");
                Self { input, output, cached, reasoning, total: total.or(sum(input, output)) }
            }
            _ => {
                let [input, output, total, _] =
                    numbers(["prompt_tokens", "completion_tokens", "total_tokens", ""]);
                let cached = within("prompt_tokens_details", "cached_tokens");
                let reasoning = within("completion_tokens_details", "reasoning_tokens");
                Self { input, output, cached, reasoning, total: total.or(sum(input, output)) }
            }
        }
    }
}
