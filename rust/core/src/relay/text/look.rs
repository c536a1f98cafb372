//! A look at the payload of a chunk: where in it are the things that a change of its texts concerns.

use std::ops::Range;

use crate::delta::Place;
use crate::json::{Reader, Value};
use crate::write::bytes::digits;

/// A payload of the chunk family.
#[derive(Debug, Default)]
pub(super) struct Look<'p> {
    pub(super) choices: Vec<Choice<'p>>,
    /// Where the list of them is.
    pub(super) list: Range<usize>,
    /// Whether there is something beside them that has to be said.
    pub(super) says_more: bool,
}

/// One of its choices.
#[derive(Debug, Default)]
pub(super) struct Choice<'p> {
    pub(super) index: u64,
    pub(super) place: Range<usize>,
    /// Of the value, if it is there.
    pub(super) finish_reason: Option<Range<usize>>,
    /// Of the value, if there are any.
    pub(super) logprobs: Option<Range<usize>>,
    /// The members of its delta, and of a whole message.
    pub(super) delta: Members<'p>,
    /// The calls of the delta.
    pub(super) calls: Vec<Call>,
    pub(super) message: Members<'p>,
    pub(super) says_more: bool,
}

/// A call in a delta.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) place: Range<usize>,
    /// As JSON.
    pub(super) index: Vec<u8>,
    /// Of what it has if its arguments are no JSON.
    pub(super) custom: Range<usize>,
}

/// The members of an object that is a part of the payload.
#[derive(Debug, Default)]
pub(super) struct Members<'p> {
    pub(super) place: Range<usize>,
    pub(super) all: Vec<(Vec<u8>, Value<'p>, Range<usize>)>,
}

/// What the events that a relay writes have of those of the source.
const ENVELOPE: [&[u8]; 7] =
    [b"id", b"object", b"created", b"model", b"system_fingerprint", b"service_tier", b"provider"];
/// What a delta has that other code looks after.
const KNOWN: [&[u8]; 10] = [
    b"role",
    b"content",
    b"reasoning_content",
    b"reasoning",
    b"reasoning_details",
    b"refusal",
    b"tool_calls",
    b"function_call",
    b"audio",
    b"annotations",
];
/// What says nothing.
const SILENT: [&[u8]; 3] = [b"obfuscation", b"p", b"type"];

impl<'p> Look<'p> {
    pub(super) fn at(payload: &'p [u8]) -> Self {
        let mut look = Self::default();
        each(payload, 0..payload.len(), |name, value, place| {
            if name == b"choices" {
                look.list = place.clone();
                each_element(payload, value, |value, place| {
                    if value.object().is_some() {
                        look.choices.push(Choice::at(payload, place));
                    }
                });
            } else {
                let known = ENVELOPE.contains(&name) || SILENT.contains(&name);
                look.says_more |= !known && value.is_truthy();
            }
        });
        look
    }

    /// The choice that has what is at this place.
    pub(super) fn choice_at(&self, at: usize) -> Option<&Choice<'p>> {
        let behind = self.choices.partition_point(|choice| choice.place.start <= at);
        let choice = self.choices[..behind].last()?;
        choice.place.contains(&at).then_some(choice)
    }
}

impl<'p> Choice<'p> {
    fn at(payload: &'p [u8], place: Range<usize>) -> Self {
        let mut choice = Self { place: place.clone(), ..Self::default() };
        each(payload, place, |name, value, place| match name {
            b"index" => choice.index = value.index().unwrap_or(0),
            b"finish_reason" => choice.finish_reason = Some(place),
            b"logprobs" => choice.logprobs = Some(place).filter(|_| value.is_truthy()),
            b"delta" => choice.delta = Members::at(payload, value, place),
            b"message" => choice.message = Members::at(payload, value, place),
            b"text" => {}
            _ => choice.says_more |= value.is_truthy(),
        });
        let unknown = |(name, value, _): &(Vec<u8>, Value<'_>, _)| {
            value.is_truthy() && !KNOWN.contains(&name.as_slice())
        };
        choice.says_more |= choice.delta.all.iter().any(unknown);
        if let Some((calls, _)) = choice.delta.get(b"tool_calls") {
            each_element(payload, calls, |call, place| {
                let [index, custom] = call.pick(["index", "custom"]);
                let index = index.index().map_or(b"0".to_vec(), digits);
                let custom = Place::of(custom.raw(), payload).range();
                choice.calls.push(Call { place, index, custom });
            });
        }
        choice
    }

    /// The call that has what is at this place.
    pub(super) fn call_at(&self, at: usize) -> Option<&Call> {
        let behind = self.calls.partition_point(|call| call.place.start <= at);
        let call = self.calls[..behind].last()?;
        call.place.contains(&at).then_some(call)
    }
}

impl<'p> Members<'p> {
    fn at(payload: &'p [u8], object: Value<'p>, place: Range<usize>) -> Self {
        let mut all = Vec::new();
        if object.object().is_some() {
            each(payload, place.clone(), |name, value, place| {
                all.push((name.to_vec(), value, place));
            });
        }
        Self { place, all }
    }

    pub(super) fn get(&self, name: &[u8]) -> Option<(Value<'p>, Range<usize>)> {
        let found = self.all.iter().rev().find(|(own, ..)| own == name);
        found.map(|(_, value, place)| (*value, place.clone()))
    }

    /// The name of the member that is at this place.
    pub(super) fn name_at(&self, at: usize) -> Option<&[u8]> {
        let found = self.all.iter().find(|(.., place)| place.start == at);
        found.map(|(name, ..)| name.as_slice())
    }
}

/// The members that are repeated in the events that a relay writes, as JSON, with a comma behind
/// each. `set` are values for `id` and `model`.
pub(super) fn envelope(payload: &[u8], set: [Option<&[u8]>; 2]) -> Vec<u8> {
    let mut out = Vec::new();
    each(payload, 0..payload.len(), |name, value, _| {
        let [id, model] = set;
        let set = match name {
            b"id" => id,
            b"model" => model,
            _ => None,
        };
        if ENVELOPE.contains(&name) {
            out.push(b'"');
            out.extend_from_slice(name);
            out.extend_from_slice(b"\":");
            out.extend_from_slice(set.unwrap_or(value.raw()));
            out.push(b',');
        }
    });
    out
}

/// The members of the object at a place, and where in the payload their values are.
pub(super) fn each<'p>(
    payload: &'p [u8],
    place: Range<usize>,
    mut member: impl FnMut(&[u8], Value<'p>, Range<usize>),
) {
    let _ = Reader::new(&payload[place.clone()]).members(|name, reader| {
        let value = reader.value()?;
        let end = place.start + reader.at();
        member(name, value, end - value.raw().len()..end);
        Ok(())
    });
}

/// The elements of a list in the payload, with their places.
pub(super) fn each_element<'p>(
    payload: &'p [u8],
    list: Value<'p>,
    mut element: impl FnMut(Value<'p>, Range<usize>),
) {
    list.elements(|value| element(value, Place::of(value.raw(), payload).range()));
}
