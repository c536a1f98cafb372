//! What chat and completions have in common: the payload around its choices, and what all the
//! payloads together say.

use indexmap::IndexMap;
use smallvec::SmallVec;

use crate::answer::{Call, Calls, List, Text, word};
use crate::delta::{Delta, Detail, Kind, Sink};
use crate::json::{Invalid, Object, Reader, Value, quoted};

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

/// What the payloads so far say, beside their choices' text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chunks {
    /// "take id, model and created from the first chunk where they are not empty"
    id: Option<String>,
    model: Option<String>,
    created: Option<Vec<u8>>,
    /// Of these the last that are not `null`.
    service_tier: Option<Vec<u8>>,
    system_fingerprint: Option<Vec<u8>>,
    /// By index, in order of arrival.
    pub(crate) choices: IndexMap<u64, Choice>,
    /// The last usage object.
    pub(crate) usage: Option<Vec<u8>>,
    moderation: Option<Vec<u8>>,
    /// The choice of the chunk before.
    last: usize,
}

/// What is known of one choice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    pub(crate) started: bool,
    pub(crate) text: Text,
    pub(crate) reasoning: Text,
    /// The names under which the reasoning comes, and where in it each begins.
    pub(crate) reasoning_names: Vec<(&'static str, usize)>,
    pub(crate) refusal: Text,
    pub(crate) calls: Calls,
    pub(crate) function_call: Option<Call>,
    pub(crate) audio: Option<Audio>,
    pub(crate) annotations: List,
    pub(crate) finish_reason: Option<String>,
    logprobs: IndexMap<&'static str, Option<List>>,
}

/// Speech: "id once, transcript and data append, `expires_at` last value".
#[derive(Clone, Debug, Default)]
pub(crate) struct Audio {
    pub(crate) id: Option<String>,
    pub(crate) data: Text,
    pub(crate) transcript: Text,
    pub(crate) expires_at: Option<Vec<u8>>,
}

impl Chunks {
    /// Folds what is around the choices.
    pub(crate) fn fold<'p>(&mut self, chunk: &Chunk<'p>, sink: &mut Sink<'p>) {
        for (own, value) in [(&mut self.id, chunk.id), (&mut self.model, chunk.model)] {
            if own.is_none() {
                *own = word(value);
                sink.repeatable &= own.is_none();
            }
        }
        let is_time = matches!(chunk.created, Value::Number(_) | Value::String(_));
        if self.created.is_none() && is_time && chunk.created.is_truthy() {
            self.created = Some(chunk.created.raw().to_vec());
            sink.repeatable = false;
        }
        for (own, value) in [
            (&mut self.service_tier, chunk.service_tier),
            (&mut self.system_fingerprint, chunk.system_fingerprint),
            (&mut self.moderation, chunk.moderation),
        ] {
            if !matches!(value, Value::Null) && own.as_deref() != Some(value.raw()) {
                *own = Some(value.raw().to_vec());
                sink.repeatable = false;
            }
        }
    }

    /// Folds the usage, which comes after the choices.
    pub(crate) fn fold_usage<'p>(&mut self, chunk: &Chunk<'p>, sink: &mut Sink<'p>) {
        if let Some(usage) = chunk.usage() {
            self.usage = Some(usage.raw().to_vec());
            sink.value(Kind::Usage, None, usage);
            sink.repeatable = false;
        }
    }

    /// The choice of that index: its place, and itself.
    #[inline]
    pub(crate) fn choice(&mut self, index: u64) -> (usize, &mut Choice) {
        let known = self.choices.get_index(self.last).is_some_and(|(own, _)| *own == index);
        if !known {
            let entry = self.choices.entry(index);
            self.last = entry.index();
            entry.or_default();
        }
        (self.last, &mut self.choices[self.last])
    }

    /// The choices in order of their indices.
    pub(crate) fn in_order(&self) -> Vec<(u64, &Choice)> {
        let mut choices: Vec<_> = self.choices.iter().map(|(index, it)| (*index, it)).collect();
        choices.sort_by_key(|(index, _)| *index);
        choices
    }

    /// The final object, its choices made by `choice`.
    pub(crate) fn snapshot(&self, object: &str, choice: impl Fn(&Choice, &mut Object)) -> Object {
        let mut whole = Object::default();
        whole.set("id", &quoted(self.id.as_deref()));
        let mut choices = List::default();
        for (index, own) in self.in_order() {
            let mut json = Object::default();
            json.set("index", index.to_string().as_bytes());
            json.set("finish_reason", &quoted(own.finish_reason.as_deref()));
            json.set("logprobs", &own.logprobs_json());
            choice(own, &mut json);
            choices.push(Value::Object(&json.to_json()));
        }
        whole.set("choices", &choices.to_json());
        whole.set("created", self.created.as_deref().unwrap_or(b"null"));
        whole.set("model", &quoted(self.model.as_deref()));
        whole.set("object", format!("\"{object}\"").as_bytes());
        for (name, value) in [
            ("service_tier", &self.service_tier),
            ("system_fingerprint", &self.system_fingerprint),
            ("moderation", &self.moderation),
            ("usage", &self.usage),
        ] {
            if let Some(value) = value {
                whole.set(name, value);
            }
        }
        whole
    }
}

impl Choice {
    /// Notes why the choice has finished: "`finish_reason` `""`", "the string `"null"`: null".
    pub(crate) fn finish<'p>(&mut self, index: u64, reason: Value<'p>, sink: &mut Sink<'p>) {
        let Some(reason) = word(reason).filter(|reason| reason != "null") else {
            return;
        };
        if self.finish_reason.as_ref() != Some(&reason) {
            sink.push(Delta::with(Kind::Finish, Some(index), Detail::Reason(reason.clone())));
            self.finish_reason = Some(reason);
            sink.repeatable = false;
        }
    }

    /// "Extend the lists", which have these names.
    pub(crate) fn extend_logprobs<const N: usize>(
        &mut self,
        logprobs: Value<'_>,
        names: [&'static str; N],
        sink: &mut Sink<'_>,
    ) {
        if logprobs.object().is_none() {
            return;
        }
        sink.repeatable = false;
        for (name, value) in names.into_iter().zip(logprobs.pick(names)) {
            let list = self.logprobs.entry(name).or_default();
            if let Some(array) = value.array() {
                list.get_or_insert_default().extend(array);
            }
        }
    }

    fn logprobs_json(&self) -> Vec<u8> {
        if self.logprobs.is_empty() {
            return b"null".to_vec();
        }
        let mut json = Object::default();
        for (name, list) in &self.logprobs {
            json.set(name, &list.as_ref().map_or_else(|| b"null".to_vec(), List::to_json));
        }
        json.to_json()
    }
}
