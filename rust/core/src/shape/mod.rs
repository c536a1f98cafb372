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
    /// Responses of `OpenAI`.
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

/// The shape that such events are of, if they are of one; `ping`, `error` and others tell nothing.
pub(crate) fn shape_of_type(kind: &[u8]) -> Option<Shape> {
    match kind {
        b"message_start"
        | b"content_block_start"
        | b"content_block_delta"
        | b"content_block_stop"
        | b"message_delta"
        | b"message_stop" => Some(Shape::Messages),
        _ => kind.starts_with(b"response.").then_some(Shape::Responses),
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
    has_sequence_number: bool,
}

impl<'p> Signs<'p> {
    /// Looks at a payload that is valid JSON.
    pub(crate) fn of(payload: Value<'p>, name: &[u8]) -> Self {
        let (mut has_choices, mut has_sequence_number) = (false, false);
        if let Some(raw) = payload.object() {
            let _ = crate::json::Reader::new(raw).members(|name, reader| {
                has_choices |= name == b"choices";
                has_sequence_number |= name == b"sequence_number";
                reader.value().map(|_| ())
            });
        }
        let [kind, object, choices, usage] = payload.pick(["type", "object", "choices", "usage"]);
        let kind = match kind {
            Value::String(kind) if !kind.is_empty() => Some(kind.text().into_owned()),
            _ if has_choices || name == b"message" => None,
            _ => Some(String::from_utf8_lossy(name).into_owned()),
        };
        let has_usage = usage.object().is_some();
        Self { kind, object, choices, has_choices, has_usage, has_sequence_number }
    }

    /// The shape of the event family that the type tells, if it tells one.
    fn of_type(&self) -> Option<Shape> {
        let kind = self.kind.as_deref().filter(|_| !self.has_choices)?;
        let numbered = kind == "error" && self.has_sequence_number;
        if numbered { Some(Shape::Responses) } else { shape_of_type(kind.as_bytes()) }
    }

    /// The shape, if this tells it.
    pub(crate) fn shape(&self) -> Option<Shape> {
        if let Some(shape) = self.of_type() {
            return Some(shape);
        }
        if let Some(object) = self.object.string() {
            if ["chat.completion.chunk", "chat.completion", "error"].iter().any(|o| object.is(o)) {
                return Some(Shape::Chat);
            }
            if object.is("text_completion") {
                return Some(Shape::Completions);
            }
        }
        let (mut shape, mut seen) = (None, false);
        self.choices.elements(|choice| {
            if choice.object().is_none() || std::mem::replace(&mut seen, true) {
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
            shape = if delta { Some(Shape::Chat) } else { text.then_some(Shape::Completions) };
        });
        shape
    }

    /// Whether the payload is of the chunk family, shape or no shape.
    pub(crate) fn is_chunk(&self) -> bool {
        let choices = self.has_choices && matches!(self.choices, Value::Null | Value::Array(_));
        self.of_type().is_none() && (choices || self.has_usage)
    }
}
