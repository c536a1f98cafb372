//! What all the payloads together say, beside what is told in the form of one shape.

use indexmap::IndexMap;

use super::Chunk;
use crate::answer::{Call, Calls, List, Text, word};
use crate::delta::{Delta, Detail, Kind, Sink};
use crate::json::{Object, Value, quoted};

/// What the payloads so far say, beside their choices' text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chunks {
    /// "take id, model and created from the first chunk where they are not empty"
    id: Option<Box<str>>,
    model: Option<Box<str>>,
    created: Option<Box<[u8]>>,
    /// Of these the last that are not `null`.
    service_tier: Option<Box<[u8]>>,
    system_fingerprint: Option<Box<[u8]>>,
    /// By index, in order of arrival.
    pub(crate) choices: IndexMap<u64, Box<Choice>>,
    /// The last usage object.
    pub(crate) usage: Option<Box<[u8]>>,
    moderation: Option<Box<[u8]>>,
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
    pub(crate) function_call: Option<Box<Call>>,
    pub(crate) audio: Option<Box<Audio>>,
    pub(crate) annotations: List,
    pub(crate) finish_reason: Option<String>,
    logprobs: Vec<(&'static str, Option<List>)>,
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
                *own = word(value).map(Into::into);
                sink.repeatable &= own.is_none();
            }
        }
        let is_time = matches!(chunk.created, Value::Number(_) | Value::String(_));
        if self.created.is_none() && is_time && chunk.created.is_truthy() {
            self.created = Some(chunk.created.raw().into());
            sink.repeatable = false;
        }
        for (own, value) in [
            (&mut self.service_tier, chunk.service_tier),
            (&mut self.system_fingerprint, chunk.system_fingerprint),
            (&mut self.moderation, chunk.moderation),
        ] {
            if !matches!(value, Value::Null) && own.as_deref() != Some(value.raw()) {
                *own = Some(value.raw().into());
                sink.repeatable = false;
            }
        }
    }

    /// Folds the usage, which comes after the choices.
    pub(crate) fn fold_usage<'p>(&mut self, chunk: &Chunk<'p>, sink: &mut Sink<'p>) {
        if let Some(usage) = chunk.usage() {
            self.usage = Some(usage.raw().into());
            sink.value(Kind::Usage, None, usage);
            sink.repeatable = false;
        }
    }

    /// The choice of that index: its place, and itself.
    #[inline]
    pub(crate) fn choice(&mut self, index: u64) -> (usize, &mut Choice) {
        let known = self.choices.get_index(self.last).is_some_and(|(own, _)| *own == index);
        if !known {
            if self.choices.is_empty() {
                self.choices.reserve_exact(1); // most answers have one
            }
            let entry = self.choices.entry(index);
            self.last = entry.index();
            entry.or_default();
        }
        (self.last, &mut self.choices[self.last])
    }

    /// When the answer began.
    pub(crate) fn created(&self) -> Option<u64> {
        Value::of(self.created.as_deref()?).ok()?.index()
    }

    /// The choices in order of their indices.
    pub(crate) fn in_order(&self) -> Vec<(u64, &Choice)> {
        let mut choices: Vec<_> =
            self.choices.iter().map(|(index, own)| (*index, &**own)).collect();
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
            let known = self.logprobs.iter().position(|(own, _)| *own == name);
            let place = known.unwrap_or(self.logprobs.len());
            if known.is_none() {
                self.logprobs.push((name, None));
            }
            if let Some(array) = value.array() {
                self.logprobs[place].1.get_or_insert_default().extend(array);
            }
        }
    }

    pub(crate) fn forget_logprobs(&mut self) {
        self.logprobs.iter_mut().for_each(|(_, list)| *list = list.take().map(|_| List::default()));
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
