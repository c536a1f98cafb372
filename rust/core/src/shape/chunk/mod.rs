//! What chat and completions have in common: the payload around its choices, and what all the
//! payloads together say.

mod answer;
pub(crate) mod write;

pub(crate) use answer::{Audio, Choice, Chunks};

use smallvec::SmallVec;

use crate::json::{Invalid, Reader, Value};

/// A payload; what is not there is `null`.
#[derive(Debug, Default)]
pub(crate) struct Chunk<'p> {
    pub(crate) id: Value<'p>,
    pub(crate) object: Value<'p>,
    pub(crate) kind: Value<'p>,
    pub(crate) created: Value<'p>,
    pub(crate) model: Value<'p>,
    pub(crate) service_tier: Value<'p>,
    pub(crate) system_fingerprint: Value<'p>,
    pub(crate) moderation: Value<'p>,
    pub(crate) usage: Value<'p>,
    pub(crate) error: Value<'p>,
    pub(crate) x_groq: Value<'p>,
    pub(crate) choices: SmallVec<[Parts<'p>; 1]>,
    /// Whether there is a list of choices, and whether there are choices of any form.
    pub(crate) has_choices: bool,
    pub(crate) is_chunk: bool,
}

/// One of its choices.
#[derive(Debug, Default)]
pub(crate) struct Parts<'p> {
    pub(crate) index: Value<'p>,
    pub(crate) delta: Message<'p>,
    /// Whether there is one, which is not `null`, and whether it is an object.
    pub(crate) has_delta: bool,
    pub(crate) is_delta: bool,
    pub(crate) message: Value<'p>,
    pub(crate) text: Value<'p>,
    pub(crate) finish_reason: Value<'p>,
    pub(crate) logprobs: Value<'p>,
    pub(crate) usage: Value<'p>,
}

/// A delta, or a whole message in its place.
#[derive(Debug, Default)]
pub(crate) struct Message<'p> {
    pub(crate) role: Value<'p>,
    pub(crate) content: Value<'p>,
    pub(crate) reasoning_content: Value<'p>,
    pub(crate) reasoning: Value<'p>,
    pub(crate) refusal: Value<'p>,
    pub(crate) tool_calls: Value<'p>,
    pub(crate) function_call: Value<'p>,
    pub(crate) audio: Value<'p>,
    pub(crate) annotations: Value<'p>,
}

impl<'p> Chunk<'p> {
    /// Reads a payload that is one JSON object.
    pub(crate) fn read(&mut self, payload: &'p [u8]) -> Result<(), Invalid> {
        let chunk = self;
        let mut reader = Reader::new(payload);
        reader.members(|name, reader| {
            if name == b"choices" {
                return chunk.read_choices(reader);
            }
            let value = reader.value()?;
            match name {
                b"id" => chunk.id = value,
                b"type" => chunk.kind = value,
                b"model" => chunk.model = value,
                b"usage" => chunk.usage = value,
                b"error" => chunk.error = value,
                b"object" => chunk.object = value,
                b"x_groq" => chunk.x_groq = value,
                b"created" => chunk.created = value,
                b"moderation" => chunk.moderation = value,
                b"service_tier" => chunk.service_tier = value,
                b"system_fingerprint" => chunk.system_fingerprint = value,
                _ => {}
            }
            Ok(())
        })?;
        reader.end()
    }

    #[inline]
    fn read_choices(&mut self, reader: &mut Reader<'p>) -> Result<(), Invalid> {
        self.choices.clear();
        self.is_chunk = true;
        self.has_choices = reader.peek() == Some(b'[');
        if !self.has_choices {
            return reader.value().map(|_| ());
        }
        reader.elements(|reader| {
            if reader.peek() != Some(b'{') {
                return reader.value().map(|_| ());
            }
            let place = self.choices.len();
            self.choices.push(Parts::default());
            self.choices[place].read(reader)
        })
    }

    /// "Usage in `choices[0].usage`", "in `x_groq.usage`: fall back to it".
    fn usage(&self) -> Option<Value<'p>> {
        let of_choice = || Some(self.choices.first()?.usage);
        let of_groq = || self.x_groq.pick(["usage"])[0];
        [self.usage, of_choice().unwrap_or_default(), of_groq()]
            .into_iter()
            .find(|usage| usage.object().is_some())
    }
}

impl<'p> Parts<'p> {
    fn read(&mut self, reader: &mut Reader<'p>) -> Result<(), Invalid> {
        let parts = self;
        reader.members(|name, reader| {
            if name == b"delta" {
                parts.has_delta = reader.peek() != Some(b'n');
                parts.is_delta = parts.delta.read(reader)?;
                return Ok(());
            }
            let value = reader.value()?;
            match name {
                b"index" => parts.index = value,
                b"message" => parts.message = value,
                b"text" => parts.text = value,
                b"finish_reason" => parts.finish_reason = value,
                b"logprobs" => parts.logprobs = value,
                b"usage" => parts.usage = value,
                _ => {}
            }
            Ok(())
        })
    }

    /// The index of the choice; "index defaults to 0".
    pub(crate) fn index(&self) -> u64 {
        self.index.index().unwrap_or(0)
    }
}

impl<'p> Message<'p> {
    /// Reads an object. Whether it was one: anything else says nothing.
    pub(crate) fn read(&mut self, reader: &mut Reader<'p>) -> Result<bool, Invalid> {
        *self = Self::default();
        let message = self;
        if reader.peek() != Some(b'{') {
            return reader.value().map(|_| false);
        }
        reader.members(|name, reader| {
            let value = reader.value()?;
            match name {
                b"content" => message.content = value,
                b"role" => message.role = value,
                b"reasoning_content" => message.reasoning_content = value,
                b"reasoning" => message.reasoning = value,
                b"refusal" => message.refusal = value,
                b"tool_calls" => message.tool_calls = value,
                b"function_call" => message.function_call = value,
                b"audio" => message.audio = value,
                b"annotations" => message.annotations = value,
                _ => {}
            }
            Ok(())
        })?;
        Ok(true)
    }
}
