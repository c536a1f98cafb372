//! A payload, as it is read.

use crate::json::{Invalid, Reader, Value};

/// A payload; what is not there is `null`.
#[derive(Debug, Default)]
pub(crate) struct Event<'p> {
    pub(crate) kind: Value<'p>,
    pub(super) index: Value<'p>,
    pub(super) delta: BlockDelta<'p>,
    pub(super) content_block: Value<'p>,
    pub(super) message: Value<'p>,
    pub(super) usage: Value<'p>,
    pub(crate) error: Value<'p>,
    pub(crate) object: Value<'p>,
    pub(crate) x_groq: Value<'p>,
    /// Whether there is a list of choices, and whether there are choices of any form.
    pub(crate) has_choices: bool,
    pub(crate) is_chunk: bool,
}

#[derive(Debug, Default)]
pub(super) struct BlockDelta<'p> {
    pub(super) whole: Value<'p>,
    pub(super) kind: Value<'p>,
    pub(super) text: Value<'p>,
    pub(super) thinking: Value<'p>,
    pub(super) partial_json: Value<'p>,
    pub(super) signature: Value<'p>,
    pub(super) citation: Value<'p>,
}

impl<'p> Event<'p> {
    /// Reads a payload that is one JSON object.
    pub(crate) fn read(&mut self, payload: &'p [u8]) -> Result<(), Invalid> {
        let event = self;
        let mut reader = Reader::new(payload);
        reader.members(|name, reader| {
            if name == b"delta" {
                return event.delta.read(reader, payload);
            }
            let value = reader.value()?;
            match name {
                b"type" => event.kind = value,
                b"index" => event.index = value,
                b"content_block" => event.content_block = value,
                b"message" => event.message = value,
                b"usage" => event.usage = value,
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

impl<'p> BlockDelta<'p> {
    fn read(&mut self, reader: &mut Reader<'p>, payload: &'p [u8]) -> Result<(), Invalid> {
        *self = Self::default();
        let delta = self;
        if reader.peek() != Some(b'{') {
            delta.whole = reader.value()?;
            return Ok(());
        }
        let start = reader.at();
        reader.members(|name, reader| {
            let value = reader.value()?;
            match name {
                b"type" => delta.kind = value,
                b"text" => delta.text = value,
                b"thinking" => delta.thinking = value,
                b"partial_json" => delta.partial_json = value,
                b"signature" => delta.signature = value,
                b"citation" => delta.citation = value,
                _ => {}
            }
            Ok(())
        })?;
        delta.whole = Value::Object(&payload[start..reader.at()]);
        Ok(())
    }
}
