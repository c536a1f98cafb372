//! Payloads to deltas: which shape a payload has, whether it is an error, and what it adds to the
//! answer.

use std::borrow::Cow;

use crate::answer::{Answer, Body, Target};
use crate::delta::{Delta, Deltas, Detail, Kind, Sink};
use crate::error::{self, StreamError};
use crate::json::{Invalid, Value, trim};
use crate::shape::chunk::Chunk;
use crate::shape::responses::Responses;
use crate::shape::{Family, Shape, Signs, chat, completions, messages, responses, shape_of_type};

/// Reads payloads and folds them into the answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    /// The only family that is read, if the others are not.
    family: Option<Family>,
    pub(crate) answer: Answer,
}

/// What a payload said.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) deltas: Deltas,
    pub(crate) family: Family,
    /// Where text went, if the payload said nothing else and would say it again.
    pub(crate) target: Option<Target>,
    /// Whether the answer has no new parts.
    pub(crate) repeatable: bool,
}

impl Read {
    pub(crate) fn only(delta: Delta, family: Family) -> Self {
        Self { deltas: Deltas::One(delta), family, target: None, repeatable: false }
    }
}

impl Reading {
    pub(crate) fn new(family: Option<Family>, shape: Option<Shape>) -> Self {
        let mut reading = Self { family, answer: Answer::default() };
        if let Some(shape) = shape {
            reading.settle(shape);
        }
        reading
    }

    /// The family of the stream, as far as it is known.
    pub(crate) fn family(&self) -> Option<Family> {
        self.answer.shape.map(Shape::family).or(self.family)
    }

    /// Reads a payload of an event with that name.
    pub(crate) fn read(&mut self, payload: &[u8], name: &[u8]) -> Result<Read, Invalid> {
        let mut sink = Sink::new(payload);
        let family = self.family().unwrap_or(Family::Chunks);
        if self.answer.error.is_some() || !begins_object(payload) {
            let value = Value::of(payload)?;
            let of_event = family == Family::Events || self.family().is_none() && has_type(value);
            let family = if of_event { Family::Events } else { family };
            self.answer.pings += u64::from(value == Value::Null);
            if name == b"error"
                && self.answer.error.is_none()
                && let Value::String(message) = value
            {
                let error = StreamError::message(&message.text());
                return Ok(Read::only(self.fail(error), family));
            }
            return Ok(Read::only(Delta::new(Kind::Other, None), family));
        }
        let Some(shape) = self.answer.shape else {
            return self.first(payload, name);
        };
        let target = match shape {
            Shape::Chat | Shape::Completions => self.chunk(shape, payload, name, &mut sink)?,
            Shape::Messages => self.messages(payload, name, &mut sink)?,
            Shape::Responses => self.responses(payload, name, &mut sink)?,
        };
        let repeatable = sink.repeatable;
        let deltas = sink.into_deltas();
        let target = target.filter(|_| repeatable && matches!(deltas, Deltas::One(_)));
        Ok(Read { deltas, family, target, repeatable })
    }

    /// Reads the value of an `error` field: an object, or a message.
    pub(crate) fn read_error(&mut self, data: &[u8]) -> Read {
        let family = self.family().unwrap_or(Family::Chunks);
        if self.answer.error.is_some() {
            return Read::only(Delta::new(Kind::Other, None), family);
        }
        let error = match Value::of(data) {
            Ok(payload) if payload.object().is_some() => {
                let [error, x_groq] = payload.pick(["error", "x_groq"]);
                let error = error::find(payload, true, [error, Value::Null, x_groq]);
                StreamError::read(error.unwrap_or(payload), payload)
            }
            _ => StreamError::message(&String::from_utf8_lossy(data)),
        };
        Read::only(self.fail(error), family)
    }

    /// Notes an error; the answer ends with it.
    fn fail(&mut self, error: StreamError) -> Delta {
        self.answer.error = Some(Box::new(error.clone()));
        Delta::with(Kind::Error, None, Detail::Error(error))
    }

    /// Reads a payload while the shape is not known.
    fn first(&mut self, payload: &[u8], name: &[u8]) -> Result<Read, Invalid> {
        let mut sink = Sink::new(payload);
        let value = Value::of(payload)?;
        let signs = Signs::of(value, name);
        self.answer.pings +=
            u64::from(is_ping(payload, signs.kind.as_deref().map_or(name, str::as_bytes)));
        let allowed = |shape: &Shape| self.family.is_none_or(|family| shape.family() == family);
        if let Some(shape) = signs.shape().filter(allowed) {
            self.settle(shape);
            return self.read(payload, name);
        }
        let chunks = self.family != Some(Family::Events);
        let of_event =
            self.family == Some(Family::Events) || self.family.is_none() && has_type(value);
        let family = if of_event { Family::Events } else { Family::Chunks };
        let mut chunk = Chunk::default();
        chunk.read(payload)?;
        if chunks
            && signs.is_chunk()
            && let Body::Chunks(body) = &mut self.answer.body
        {
            body.fold(&chunk, &mut sink);
            body.fold_usage(&chunk, &mut sink);
        }
        let is_error = signs.kind.as_deref() == Some("error") && !chunk.has_choices;
        if let Some(error) = error::find(value, is_error, [chunk.error, chunk.object, chunk.x_groq])
        {
            sink.push(self.fail(StreamError::read(error, value)));
        }
        Ok(Read { deltas: sink.into_deltas(), family, target: None, repeatable: false })
    }

    /// The shape is known from here on.
    fn settle(&mut self, shape: Shape) {
        self.answer.shape = Some(shape);
        match shape {
            Shape::Chat | Shape::Completions => {}
            Shape::Messages => self.answer.body = Body::Messages(Box::default()),
            Shape::Responses => self.answer.body = Body::Responses(Box::default()),
        }
    }

    fn chunk<'p>(
        &mut self,
        shape: Shape,
        payload: &'p [u8],
        name: &[u8],
        sink: &mut Sink<'p>,
    ) -> Result<Option<Target>, Invalid> {
        let mut chunk = Chunk::default();
        chunk.read(payload)?;
        let mut target = None;
        let Body::Chunks(body) = &mut self.answer.body else {
            return Ok(None);
        };
        let kind = type_of(chunk.kind, name);
        self.answer.pings += u64::from(is_ping(payload, &kind));
        if chunk.is_chunk || shape_of_type(&kind).is_none() {
            body.fold(&chunk, sink);
            if shape == Shape::Chat {
                target = chat::fold(&chunk, body, sink);
            } else {
                target = completions::fold(&chunk, body, sink);
            }
            body.fold_usage(&chunk, sink);
        }
        let name = if chunk.is_chunk { b"message" } else { name };
        let is_error = !chunk.has_choices && says_error(chunk.kind, name);
        let signs = [chunk.error, chunk.object, chunk.x_groq];
        if is_error || any(signs) {
            let value = Value::Object(trim(payload));
            if let Some(error) = error::find(value, is_error, signs) {
                sink.repeatable = false;
                sink.push(self.fail(StreamError::read(error, value)));
            }
        }
        Ok(target)
    }

    fn messages<'p>(
        &mut self,
        payload: &'p [u8],
        name: &[u8],
        sink: &mut Sink<'p>,
    ) -> Result<Option<Target>, Invalid> {
        let mut event = messages::Event::default();
        event.read(payload)?;
        let name = if event.is_chunk { b"message" } else { name };
        let is_error = !event.has_choices && says_error(event.kind, name);
        let signs = [event.error, event.object, event.x_groq];
        if self.is_error(is_error, signs, sink) || event.is_chunk {
            return Ok(None);
        }
        let Body::Messages(body) = &mut self.answer.body else {
            return Ok(None);
        };
        let kind = type_of(event.kind, name);
        self.answer.pings += u64::from(is_ping(payload, &kind));
        Ok(body.fold(&kind, &event, sink))
    }

    fn responses<'p>(
        &mut self,
        payload: &'p [u8],
        name: &[u8],
        sink: &mut Sink<'p>,
    ) -> Result<Option<Target>, Invalid> {
        let mut event = responses::Event::default();
        event.read(payload)?;
        let name = if event.is_chunk { b"message" } else { name };
        let is_error = !event.has_choices && says_error(event.kind, name);
        let signs = [event.error, event.object, event.x_groq];
        if self.is_error(is_error, signs, sink) || event.is_chunk {
            return Ok(None);
        }
        let Body::Responses(body) = &mut self.answer.body else {
            return Ok(None);
        };
        let kind = type_of(event.kind, name);
        self.answer.pings += u64::from(is_ping(payload, &kind));
        let target = body.fold(&kind, &event, sink);
        if *kind == *b"response.failed" {
            let error = StreamError::read(Responses::failure(&event), Value::Null);
            sink.push(self.fail(error));
        }
        Ok(target)
    }

    /// Whether a payload is an error, which is noted then.
    fn is_error<'p>(&mut self, is_error: bool, signs: [Value<'p>; 3], sink: &mut Sink<'p>) -> bool {
        if !is_error && !any(signs) {
            return false;
        }
        let payload = sink.payload();
        let Some(error) = error::find(payload, is_error, signs) else {
            return false;
        };
        sink.repeatable = false;
        sink.push(self.fail(StreamError::read(error, payload)));
        true
    }
}

/// Whether one of them may tell an error: the usual `object` of a chunk does not.
fn any(signs: [Value<'_>; 3]) -> bool {
    let [error, object, x_groq] = signs;
    let telling = object.string().is_some_and(|object| object.is("error"));
    telling || !matches!((error, x_groq), (Value::Null, Value::Null))
}

/// Reads the members of a payload as the readers of a shape do, and folds nothing: for the
/// benchmarks. Whether it is valid.
pub fn read_members(shape: Shape, payload: &[u8]) -> bool {
    match shape {
        Shape::Chat | Shape::Completions => {
            let mut chunk = Chunk::default();
            chunk.read(payload).is_ok() && std::hint::black_box(&chunk).has_choices
        }
        Shape::Messages => {
            let mut event = messages::Event::default();
            event.read(payload).is_ok() && std::hint::black_box(&event).kind != Value::Null
        }
        Shape::Responses => {
            let mut event = responses::Event::default();
            event.read(payload).is_ok() && std::hint::black_box(&event).kind != Value::Null
        }
    }
}

fn begins_object(payload: &[u8]) -> bool {
    trim(payload).first() == Some(&b'{')
}

/// Whether the payload is an object as events are: with a type, without choices.
fn has_type(payload: Value<'_>) -> bool {
    let [kind, choices] = payload.pick(["type", "choices"]);
    kind.string().is_some() && choices == Value::Null
}

/// The type of an event; without one its name.
fn type_of<'a>(kind: Value<'a>, name: &'a [u8]) -> Cow<'a, [u8]> {
    match kind {
        Value::String(kind) if !kind.is_empty() => match kind.plain() {
            Some(plain) => plain.into(),
            None => kind.text().into_owned().into_bytes().into(),
        },
        _ => name.into(),
    }
}

/// Whether a payload is nothing but a sign of life.
fn is_ping(payload: &[u8], kind: &[u8]) -> bool {
    kind == b"ping" || payload.len() <= 8 && trim(payload) == b"{}"
}

/// Whether the type is `error`; without a type the event's name decides.
fn says_error(kind: Value<'_>, name: &[u8]) -> bool {
    match kind {
        Value::String(kind) if !kind.is_empty() => kind.is("error"),
        _ => name == b"error",
    }
}
