//! A payload, as it is read.

use crate::json::{Invalid, Reader, Value};

/// A payload; what is not there is `null`.
#[derive(Debug, Default)]
pub(crate) struct Event<'p> {
    pub(crate) kind: Value<'p>,
    pub(super) output_index: Value<'p>,
    pub(super) content_index: Value<'p>,
    pub(super) summary_index: Value<'p>,
    pub(super) delta: Value<'p>,
    pub(super) text: Value<'p>,
    pub(super) refusal: Value<'p>,
    pub(super) arguments: Value<'p>,
    pub(super) input: Value<'p>,
    pub(super) part: Value<'p>,
    pub(super) item: Value<'p>,
    pub(super) annotation: Value<'p>,
    pub(super) response: Value<'p>,
    pub(crate) error: Value<'p>,
    pub(crate) object: Value<'p>,
    pub(crate) x_groq: Value<'p>,
    /// Whether there is a list of choices, and whether there are choices of any form.
    pub(crate) has_choices: bool,
    pub(crate) is_chunk: bool,
}

impl<'p> Event<'p> {
    /// Reads a payload that is one JSON object.
    pub(crate) fn read(&mut self, payload: &'p [u8]) -> Result<(), Invalid> {
        let event = self;
        let mut reader = Reader::new(payload);
        reader.members(|name, reader| {
            let value = reader.value()?;
            match name {
                b"type" => event.kind = value,
                b"output_index" => event.output_index = value,
                b"content_index" => event.content_index = value,
                b"summary_index" => event.summary_index = value,
                b"delta" => event.delta = value,
                b"text" => event.text = value,
                b"refusal" => event.refusal = value,
                b"arguments" => event.arguments = value,
                b"input" => event.input = value,
                b"part" => event.part = value,
                b"item" => event.item = value,
                b"annotation" => event.annotation = value,
                b"response" => event.response = value,
                b"error" => event.error = value,
                b"object" => event.object = value,
                b"x_groq" => event.x_groq = value,
                b"choices" => (event.has_choices, event.is_chunk) = (value.array().is_some(), true),
                _ => {}
            }
            Ok(())
        })?;
        reader.end()
    }
}
