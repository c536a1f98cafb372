//! The four shapes, and how to tell them apart.

pub(crate) mod chat;
pub(crate) mod chunk;
pub(crate) mod completions;
pub(crate) mod messages;
pub(crate) mod responses;

use crate::json::Value;

/// The form of the payloads of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// `chat.completion.chunk`
    Chat,
    /// `text_completion`
    Completions,
    /// Anthropic messages.
    Messages,
    /// OpenAI Responses.
    Responses,
}

/// Shapes that work alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Payloads without a type, ended by `[DONE]`.
    Chunks,
    /// Payloads with a type, which the event's name repeats.
    Events,
}

impl Shape {
    /// All shapes and their names.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Chat, "chat"),
        (Self::Completions, "completions"),
        (Self::Messages, "messages"),
        (Self::Responses, "responses"),
    ];

    /// The name.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The family.
    pub fn family(self) -> Family {
        match self {
            Self::Chat | Self::Completions => Family::Chunks,
            Self::Messages | Self::Responses => Family::Events,
        }
    }
}

/// What a payload's first level tells about its shape.
#[derive(Debug)]
pub(crate) struct Signs<'p> {
    /// The payload's type, or the event's name where the payload has none.
    pub(crate) kind: Option<String>,
    object: Value<'p>,
    choices: Value<'p>,
    has_choices: bool,
    has_usage: bool,
    sequence_number: Value<'p>,
}

impl<'p> Signs<'p> {
    /// Looks at a payload that is valid JSON.
    pub(crate) fn of(payload: Value<'p>, name: &[u8]) -> Self {
        let mut has_choices = false;
        if let Some(raw) = payload.object() {
            let _ = crate::json::Reader::new(raw).members(|name, reader| {
                has_choices |= name == b"choices";
                reader.value().map(|_| ())
            });
        }
        let [kind, object, choices, usage, sequence_number] =
            payload.pick(["type", "object", "choices", "usage", "sequence_number"]);
        has_choices &= matches!(choices, Value::Null | Value::Array(_));
        let kind = match kind {
            Value::String(kind) if !kind.is_empty() => Some(kind.text().into_owned()),
            _ if has_choices || name == b"message" => None,
            _ => Some(String::from_utf8_lossy(name).into_owned()),
        };
        let has_usage = usage.object().is_some();
        Self { kind, object, choices, has_choices, has_usage, sequence_number }
    }

    /// The shape, if this tells it.
    pub(crate) fn shape(&self) -> Option<Shape> {
        match self.kind.as_deref() {
            Some(
                "message_start" | "content_block_start" | "content_block_delta"
                | "content_block_stop" | "message_delta" | "message_stop",
            ) => return Some(Shape::Messages),
            Some("error") if self.sequence_number != Value::Null => return Some(Shape::Responses),
            Some(kind) if kind.starts_with("response.") => return Some(Shape::Responses),
            _ => {}
        }
        if let Some(object) = self.object.string() {
            if ["chat.completion.chunk", "chat.completion", "error"].iter().any(|o| object.is(o)) {
                return Some(Shape::Chat);
            }
            if object.is("text_completion") {
                return Some(Shape::Completions);
            }
        }
        let mut shape = None;
        self.choices.elements(|choice| {
            if shape.is_some() || choice.object().is_none() {
                return;
            }
            let (mut delta, mut text) = (false, false);
            let _ = crate::json::Reader::new(choice.raw()).members(|name, reader| {
                let value = reader.value()?;
                match name {
                    b"delta" => delta |= matches!(value, Value::Object(_) | Value::Null),
                    b"message" => delta |= value.object().is_some(),
                    b"text" => text = true,
                    _ => {}
                }
                Ok(())
            });
            shape = if delta {
                Some(Shape::Chat)
            } else {
                text.then_some(Shape::Completions)
            };
        });
        shape
    }

    /// Whether the payload is of the chunk family, shape or no shape.
    pub(crate) fn is_chunk(&self) -> bool {
        self.has_choices || self.has_usage && self.kind.is_none()
    }
}
