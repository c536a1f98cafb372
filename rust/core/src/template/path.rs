//! Where the text of an event is among the members of its payload.

use std::ops::Range;

use crate::delta::Place;
use crate::json::{Reader, Str, Value};
use crate::shape::Shape;

/// Where in its payload the text of an event is, for whoever looks for it by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Path {
    /// Nobody knows.
    #[default]
    Unknown,
    /// Somewhere else; but as of all the following, the payload itself has no member `text`,
    /// `deltas` or `event`.
    Elsewhere,
    /// `choices[0].delta.content`, of the only choice.
    Content,
    /// `choices[0].delta.reasoning_content`, of the only choice.
    ReasoningContent,
    /// `choices[0].delta.reasoning`, of the only choice.
    Reasoning,
    /// `choices[0].text`, of the only choice.
    ChoiceText,
    /// `delta.text` of a `content_block_delta`, whose `delta.type` is `text_delta`.
    BlockText,
    /// `delta.thinking` of a `content_block_delta`, whose `delta.type` is `thinking_delta`.
    BlockThinking,
    /// `delta.partial_json` of a `content_block_delta`, whose `delta.type` is `input_json_delta`.
    BlockJson,
    /// `delta` of a `response.output_text.delta`.
    OutputText,
}

impl Path {
    /// The path of the text at `place` in a payload that is valid; `None` if a member has a name
    /// that it should not have.
    pub(super) fn of(payload: &[u8], place: &Range<usize>, shape: Shape) -> Option<Self> {
        let here = |value: Value<'_>| Place::of(value.raw(), payload).range() == *place;
        let value = Value::of(payload).ok()?;
        let mut path = Self::Elsewhere;
        let mut clashes = false;
        each_member(value, |name, _| clashes |= matches!(name, b"text" | b"deltas" | b"event"));
        if clashes {
            return None;
        }
        let [kind, choices, delta] = value.pick(["type", "choices", "delta"]);
        match shape {
            Shape::Chat | Shape::Completions => {
                let (mut only, mut count) = (Value::Null, 0);
                choices.elements(|choice| (only, count) = (choice, count + 1));
                let [delta, text] = only.pick(["delta", "text"]);
                if count != 1 {
                } else if shape == Shape::Completions {
                    path = if here(text) { Self::ChoiceText } else { path };
                } else {
                    each_member(delta, |name, value| match name {
                        b"content" if here(value) => path = Self::Content,
                        b"reasoning_content" if here(value) => path = Self::ReasoningContent,
                        b"reasoning" if here(value) => path = Self::Reasoning,
                        _ => {}
                    });
                }
            }
            Shape::Messages
                if kind.string().and_then(Str::plain) == Some(b"content_block_delta") =>
            {
                let is =
                    |kind: &str| delta.pick(["type"])[0].string().is_some_and(|own| own.is(kind));
                each_member(delta, |name, value| match name {
                    b"text" if here(value) && is("text_delta") => path = Self::BlockText,
                    b"thinking" if here(value) && is("thinking_delta") => {
                        path = Self::BlockThinking;
                    }
                    b"partial_json" if here(value) && is("input_json_delta") => {
                        path = Self::BlockJson;
                    }
                    _ => {}
                });
            }
            Shape::Responses
                if kind.string().and_then(Str::plain) == Some(b"response.output_text.delta") =>
            {
                path = if here(delta) { Self::OutputText } else { path };
            }
            Shape::Messages | Shape::Responses => {}
        }
        Some(path)
    }
}

fn each_member<'p>(object: Value<'p>, mut member: impl FnMut(&[u8], Value<'p>)) {
    if let Some(raw) = object.object() {
        let _ = Reader::new(raw).members(|name, reader| {
            member(name, reader.value()?);
            Ok(())
        });
    }
}
