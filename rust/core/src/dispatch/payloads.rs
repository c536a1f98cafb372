//! Events to items: the payloads in an event's data, each read in full.

use std::collections::VecDeque;
use std::ops::Range;

use smallvec::smallvec;

use super::item::{Item, Part, Payload, Payloads};
use super::options::{DispatchError, InvalidPayload, MAX_PAYLOAD, Start};
use crate::delta::{Delta, Deltas, Kind};
use crate::error::StreamError;
use crate::json::{Reader, Value, trim};
use crate::reading::{Read, Reading};
use crate::shape::{Family, Shape};
use crate::sse::Event;
use crate::template::{Hit, Lesson, Path, Templates};

/// All but the decoder.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) strict: bool,
    pub(super) reading: Reading,
    pub(super) templates: Templates,
    /// How many events a template matched.
    pub(super) hits: u64,
    /// After `[DONE]`: "Nothing after it is read."
    pub(super) ended: bool,
    /// The comments that were read before that.
    pub(super) comments: Option<u64>,
    pub(super) failed: Option<Box<DispatchError>>,
    /// Whether `finish` has said so.
    pub(super) told: bool,
    /// The bytes so far, as long as they may be no event stream.
    pub(super) body: Vec<u8>,
}

impl State {
    pub(super) fn new(options: Start) -> Self {
        let mut reading = Reading::new(options.family, options.shape);
        reading.answer.forgets = !options.keep;
        Self {
            strict: options.strict,
            reading,
            templates: Templates::new(options.templates),
            hits: 0,
            ended: false,
            comments: None,
            failed: None,
            told: false,
            body: Vec::new(),
        }
    }

    /// Reads an event to its items, the first of which is returned.
    #[inline(never)]
    pub(super) fn event<'c>(
        &mut self,
        event: Event<'c>,
        offset: u64,
        more: &mut VecDeque<Item<'c>>,
    ) -> Result<Option<Item<'c>>, DispatchError> {
        let Some(range) = event.data_range() else {
            return self.lines(event, offset, false, more).map(|()| more.pop_front());
        };
        self.reading.answer.before_event();
        let data = &event.raw()[range.clone()];
        let name = event.name_bytes();
        if event.is_error_field() {
            let Read { deltas, family, .. } = self.reading.read_error(data);
            let payload = Payload::In(range);
            return Ok(Some(Item { event, payload, deltas, family, path: Path::Unknown }));
        }
        self.reading.answer.events += 1;
        if data.first() == Some(&b'{')
            && data.len() <= MAX_PAYLOAD
            && let Ok(read) = self.reading.read(data, name)
        {
            self.templates.missed(read.repeatable);
            self.forget(data.len());
            if let (Some(target), Some(shape)) = (read.target, self.reading.answer.shape) {
                let delta = &read.deltas.as_slice()[0];
                let data = range.clone();
                self.templates.learn(&Lesson { event: &event, data, delta, shape, target });
            }
            let Read { deltas, family, .. } = read;
            let payload = Payload::In(range);
            return Ok(Some(Item { event, payload, deltas, family, path: Path::Unknown }));
        }
        let parts = self.data(data, name, offset, false);
        let length = data.len();
        self.forget(length);
        let mut parts = parts?;
        let part = parts.pop().filter(|_| parts.is_empty());
        Ok(part.map(|Part { place, deltas, family }| {
            let payload = Payload::In(range.start + place.start..range.start + place.end);
            Item { event, payload, deltas, family, path: Path::Unknown }
        }))
    }

    /// Reads an event whose data has several lines.
    pub(super) fn lines<'c>(
        &mut self,
        event: Event<'c>,
        offset: u64,
        at_end: bool,
        more: &mut VecDeque<Item<'c>>,
    ) -> Result<(), DispatchError> {
        self.reading.answer.before_event();
        self.reading.answer.events += 1;
        let event = event.shared();
        let data = event.data_bytes();
        let parts = self.data(&data, event.name_bytes(), offset, at_end);
        self.forget(data.len());
        for part in parts? {
            let payload = Payload::Own(data[part.place].into());
            let (event, deltas, family) = (event.clone(), part.deltas, part.family);
            more.push_back(Item { event, payload, deltas, family, path: Path::Unknown });
        }
        Ok(())
    }

    /// An event that ended with the stream, perhaps cut in half.
    pub(super) fn at_end(&mut self, event: Event<'static>) -> Vec<Item<'static>> {
        if self.ended {
            return Vec::new();
        }
        let mut items = VecDeque::new();
        if event.is_error_field() {
            items.extend(self.event(event, 0, &mut VecDeque::new()).ok().flatten());
        } else {
            // With `at_end` nothing fails.
            let _ = self.lines(event, 0, true, &mut items);
        }
        items.into()
    }

    /// Reads the data of an event: nothing if it is blank, `[DONE]`, or one payload; "when the
    /// joined data does not parse, split it at line boundaries where the part so far is a complete
    /// JSON value or `[DONE]`".
    pub(super) fn data(
        &mut self,
        data: &[u8],
        name: &[u8],
        offset: u64,
        at_end: bool,
    ) -> Result<Payloads, DispatchError> {
        let text = trim(data);
        if text.is_empty() {
            return Ok(Payloads::new());
        }
        let whole = place(data, text);
        if text.starts_with(b"[DONE]") {
            return Ok(smallvec![self.done(whole)]);
        }
        if data.len() <= MAX_PAYLOAD
            && let Ok(read) = self.reading.read(text, name)
        {
            self.templates.missed(read.repeatable);
            return Ok(smallvec![Part { place: whole, deltas: read.deltas, family: read.family }]);
        }
        self.templates.missed(false);
        if name == b"error" {
            let Read { deltas, family, .. } = self.reading.read_error(data);
            return Ok(smallvec![Part { place: whole, deltas, family }]);
        }
        if self.strict && !at_end {
            let error = DispatchError::Invalid(InvalidPayload::new(offset, text));
            self.failed = Some(error.clone().into());
            return Err(error);
        }
        Ok(self.split(data, name, whole))
    }

    pub(super) fn split(&mut self, data: &[u8], name: &[u8], whole: Range<usize>) -> Payloads {
        let mut parts = Payloads::new();
        let mut at = whole.start;
        while at < whole.end {
            if data[at..].starts_with(b"[DONE]") {
                parts.push(self.done(at..whole.end));
                return parts;
            }
            let Some(length) = value_of_lines(&data[at..whole.end]) else {
                break;
            };
            if length > MAX_PAYLOAD {
                break;
            }
            let place = at..at + length;
            if let Ok(Read { deltas, family, .. }) = self.reading.read(&data[place.clone()], name) {
                parts.push(Part { place, deltas, family });
            }
            at += length;
            at += data[at..]
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
                .count();
        }
        if at < whole.end {
            let family = self.reading.family().unwrap_or(Family::Chunks);
            let deltas = Deltas::One(Delta::new(Kind::Invalid, None));
            parts.push(Part { place: at..whole.end, deltas, family });
        }
        parts
    }

    pub(super) fn done(&mut self, place: Range<usize>) -> Part {
        self.reading.answer.done_seen = true;
        let family = self.reading.family().unwrap_or(Family::Chunks);
        // "Nothing after it is read", but for the shapes that know no `[DONE]`.
        let shape = self.reading.answer.shape.map(Shape::family);
        self.ended = shape != Some(Family::Events);
        let deltas = Deltas::One(Delta::new(Kind::Done, None));
        Part { place, deltas, family }
    }

    /// "A JSON body instead of a stream (error, or the whole answer)": the error is told.
    pub(super) fn end_body(&mut self, recognised: bool) {
        if recognised || self.reading.answer.events > 0 {
            self.body = Vec::new();
            return;
        }
        if trim(&self.body).is_empty() {
            return;
        }
        self.reading.answer.no_stream = true;
        let body = self.body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&self.body);
        let Ok(value) = Value::of(body) else {
            return;
        };
        let [error, object, x_groq, kind, choices] =
            value.pick(["error", "object", "x_groq", "type", "choices"]);
        let is_error = kind.string().is_some_and(|kind| kind.is("error"));
        let is_error = is_error && choices.array().is_none();
        let error = crate::error::find(value, is_error, [error, object, x_groq]);
        let error = error.filter(|_| value.object().is_some());
        self.reading.answer.error = error.map(|error| StreamError::read(error, value).into());
    }
}

/// The length of the JSON value at the beginning, if nothing but its line's end follows.
fn value_of_lines(data: &[u8]) -> Option<usize> {
    let mut reader = Reader::new(data);
    reader.value().ok()?;
    let blanks = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
    let rest = data[reader.at()..].iter().find(|byte| !blanks(byte));
    matches!(rest, None | Some(b'\n')).then_some(reader.at())
}

/// Where `part` is in `data`.
fn place(data: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr() - data.as_ptr().addr();
    start..start + part.len()
}

impl State {
    /// Keeps a chunk of what may be no event stream.
    #[inline]
    pub(super) fn keep_body(&mut self, unrecognised: Option<(&[u8], usize)>) {
        if let Some((chunk, limit)) = unrecognised {
            let room = limit.saturating_sub(self.body.len());
            self.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        } else if !self.body.is_empty() {
            self.body = Vec::new();
        }
    }

    fn forget(&mut self, bytes: usize) {
        if self.reading.answer.forgets {
            self.reading.answer.forget(bytes);
        }
    }

    #[inline]
    pub(super) fn may_repeat(&self) -> bool {
        !self.ended && self.failed.is_none() && self.reading.answer.error.is_none()
    }

    #[inline(always)]
    pub(super) fn fold(&mut self, bytes: &[u8], hit: Hit) {
        self.hits += 1;
        let answer = &mut self.reading.answer;
        answer.events += 1;
        if !answer.forgets {
            hit.append(bytes, answer.text(self.templates.first().target));
        }
    }

    /// The item of an event that matched.
    #[inline]
    pub(super) fn repeated<'c>(&self, hit: Hit, event: Event<'c>) -> Item<'c> {
        let template = self.templates.first();
        let (family, path) = (template.family, template.path);
        let payload = Payload::In(template.data(hit));
        Item { event, payload, deltas: Deltas::One(template.delta(hit)), family, path }
    }
}
