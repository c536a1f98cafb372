//! Bytes to items: the decoder, the reader of payloads and the templates in one object.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::{error, fmt};

use crate::answer::Outcome;
use crate::delta::{Delta, Deltas, Kind, Place};
use crate::error::StreamError;
use crate::json::{Reader, Value, string_at, trim};
use crate::reading::{Read, Reading};
use crate::shape::{Family, Shape};
use crate::sse::{Decoder, Event, EventTooLarge, Events, LastEventId, Options, Parts};
use crate::template::{Hit, Lesson, Path, Template, Templates};
use crate::{Answer, Detail};

/// The most bytes that one payload may have; a larger one counts as invalid.
pub const MAX_PAYLOAD: usize = u32::MAX as usize;

/// How a [`Dispatcher`] is to work.
#[derive(Clone, Debug)]
pub struct DispatchOptions {
    /// Of its decoder.
    pub decoder: Options,
    /// The only family that is read, if the others are not.
    pub family: Option<Family>,
    /// The shape, if it need not be found out.
    pub shape: Option<Shape>,
    /// Whether a payload that is no JSON is an error.
    pub strict: bool,
    /// Whether templates are used; without them everything is the same but slower.
    pub templates: bool,
}

impl Default for DispatchOptions {
    fn default() -> Self {
        let (decoder, family, shape) = (Options::default(), None, None);
        Self { decoder, family, shape, strict: false, templates: true }
    }
}

/// Why a dispatcher does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DispatchError {
    /// An event is larger than is allowed.
    TooLarge(EventTooLarge),
    /// A payload is no JSON, and that is not allowed.
    Invalid(InvalidPayload),
}

/// A payload that is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPayload {
    /// Where in the stream its event began, in bytes; the same for every cut.
    pub offset: u64,
    /// The beginning of the payload.
    pub snippet: String,
}

impl InvalidPayload {
    /// How many characters of the payload are in `snippet`.
    const SNIPPET: usize = 100;

    fn new(offset: u64, data: &[u8]) -> Self {
        let data = &data[..data.len().min(4 * Self::SNIPPET)];
        let snippet = String::from_utf8_lossy(data).chars().take(Self::SNIPPET).collect();
        Self { offset, snippet }
    }
}

impl fmt::Display for DispatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(error) => error.fmt(f),
            Self::Invalid(InvalidPayload { offset, snippet }) => {
                write!(f, "the payload of the event at byte {offset} is not JSON: {snippet:?}")
            }
        }
    }
}

impl error::Error for DispatchError {}

/// One payload: what it said, and the event that it came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'c> {
    /// The event.
    pub event: Event<'c>,
    /// Where the payload is.
    pub payload: Payload,
    /// What it said.
    pub deltas: Deltas,
    /// What kind of payload it is.
    pub family: Family,
    /// Where the text is, if a template knows.
    pub path: Path,
}

impl Item<'_> {
    /// The same as an item that a template found, if it is one and has bytes of its own.
    ///
    /// # Errors
    ///
    /// The item as it is.
    pub fn into_repeat(self) -> Result<(Repeat, Vec<u8>), Self> {
        let Self { event, payload, deltas, family, path } = self;
        let delta = match &deltas {
            Deltas::One(delta) if path != Path::Unknown && event.is_held() => delta,
            _ => return Err(Self { event, payload, deltas, family, path }),
        };
        let &Delta { kind, index, call, text, .. } = delta;
        let (raw, parts, id) = event.into_parts();
        let raw = raw.into_owned();
        let written = text.raw(&raw[parts.data_range(&raw)]);
        let plain = written.is_ascii() && memchr::memchr(b'\\', written).is_none();
        let (start, length) = (0, raw.len());
        let found =
            Repeat { start, length, parts, id, kind, index, call, text, plain, family, path };
        Ok((found, raw))
    }
}

/// Where a payload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// In the bytes of its event.
    In(Range<usize>),
    /// In bytes of its own: it had several lines.
    Own(Box<[u8]>),
}

impl Item<'_> {
    /// The payload.
    pub fn payload(&self) -> &[u8] {
        match &self.payload {
            Payload::In(range) => &self.event.raw()[range.clone()],
            Payload::Own(bytes) => bytes,
        }
    }
}

/// An item that a template found: see [`Items::repeat`].
#[derive(Clone, Debug)]
pub struct Repeat {
    /// Where in the chunk its event begins.
    pub start: usize,
    /// How long that is.
    pub length: usize,
    /// Where in the event its parts are; the data is the payload.
    pub parts: Parts,
    /// The last event id, if it is not empty.
    pub id: Option<Arc<LastEventId>>,
    /// What the only delta is about.
    pub kind: Kind,
    /// See [`Delta::index`].
    pub index: Option<u64>,
    /// See [`Delta::call`].
    pub call: Option<u32>,
    /// Where in the payload its text is.
    pub text: Place,
    /// Whether the text is ASCII without escapes.
    pub plain: bool,
    /// What kind of payload it is.
    pub family: Family,
    /// Where the text is, for whoever looks for it by name.
    pub path: Path,
}

/// A payload of an event from elsewhere: where in its data it is, and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where in the data the payload is.
    pub place: Range<usize>,
    /// What it said.
    pub deltas: Deltas,
    /// What kind of payload it is.
    pub family: Family,
}

/// Reads a stream to items and an answer.
#[derive(Clone, Debug)]
pub struct Dispatcher {
    options: DispatchOptions,
    decoder: Decoder,
    state: State,
}

/// All but the decoder.
#[derive(Clone, Debug)]
struct State {
    strict: bool,
    reading: Reading,
    templates: Templates,
    /// How many events a template matched.
    hits: u64,
    /// After `[DONE]`: "Nothing after it is read."
    ended: bool,
    /// The comments that were read before that.
    comments: Option<u64>,
    failed: Option<DispatchError>,
    /// The bytes so far, as long as they may be no event stream.
    body: Vec<u8>,
}

impl Dispatcher {
    /// A dispatcher at the start of a stream.
    pub fn new(options: DispatchOptions) -> Self {
        let decoder = Options { error_field: true, ..options.decoder.clone() };
        Self { decoder: Decoder::new(decoder), state: State::new(&options), options }
    }

    /// Reads on in the stream: an item for each payload that ends in the chunk. An error is the
    /// last item, and the first of every later `feed` until [`Dispatcher::reset`].
    pub fn feed<'d, 'c>(&'d mut self, chunk: &'c [u8]) -> Items<'d, 'c> {
        let Self { options, decoder, state } = self;
        if !decoder.recognised() {
            let room = options.decoder.max_event_size.saturating_sub(state.body.len());
            state.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        } else if !state.body.is_empty() {
            state.body = Vec::new();
        }
        Items { events: decoder.feed(chunk), state, more: VecDeque::new(), failed: false }
    }

    /// The same for whoever wants nothing but the text of the message, or of choice 0: appends what
    /// is new of it.
    ///
    /// # Errors
    ///
    /// [`DispatchError`] after the text before it.
    pub fn feed_text(&mut self, chunk: &[u8], text: &mut Vec<u8>) -> Result<(), DispatchError> {
        let mut items = self.feed(chunk);
        loop {
            while items.repeated_text(text) {}
            let Some(item) = items.next() else {
                return Ok(());
            };
            let item = item?;
            for delta in item.deltas.as_slice() {
                let ours = item.family == Family::Events || delta.index == Some(0);
                if delta.kind == Kind::Text
                    && ours
                    && let Some(piece) = string_at(item.payload(), delta.text.range().start)
                {
                    piece.append_to(text);
                }
            }
            if let Ok((_, raw)) = item.into_repeat() {
                items.recycle(raw);
            }
        }
    }

    /// Ends the stream.
    ///
    /// # Errors
    ///
    /// [`DispatchError`] if that ended the stream before.
    pub fn finish(&mut self) -> Result<Vec<Item<'static>>, DispatchError> {
        let finished = self.decoder.is_finished();
        let event = self.decoder.finish().map_err(DispatchError::TooLarge)?;
        if let Some(error) = &self.state.failed
            && !finished
        {
            return Err(error.clone());
        }
        self.state.end_body(self.decoder.recognised());
        self.state.templates.clear();
        Ok(event.map(|event| self.state.at_end(event)).unwrap_or_default())
    }

    /// Reads the data of an event from elsewhere.
    ///
    /// # Errors
    ///
    /// [`DispatchError::Invalid`] if it is no JSON and that is not allowed; it is not remembered.
    pub fn read(&mut self, data: &[u8], name: &[u8]) -> Result<Vec<Part>, DispatchError> {
        if self.state.ended {
            return Ok(Vec::new());
        }
        self.state.reading.answer.events += 1;
        self.state.data(data, name, self.decoder.offset(), false)
    }

    /// Back to the start of a stream, with nothing remembered.
    pub fn reset(&mut self) {
        self.decoder.reset();
        self.state = State::new(&self.options);
    }

    /// The shape, as far as it is known.
    pub fn shape(&self) -> Option<Shape> {
        self.state.reading.answer.shape
    }

    /// The decoder.
    pub fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// The answer so far.
    pub fn answer(&self) -> &Answer {
        &self.state.reading.answer
    }

    /// The outcome so far.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = self.answer().outcome();
        outcome.comments = self.state.comments.unwrap_or_else(|| self.decoder.comments());
        outcome
    }

    /// The bytes of a body that is no event stream, so far.
    pub fn body(&self) -> Option<&[u8]> {
        let none = self.decoder.recognised() || self.state.reading.answer.events > 0;
        (!none && !trim(&self.state.body).is_empty()).then_some(&self.state.body)
    }

    /// How many events a template matched, and how many none did although some were tried: for
    /// tests, which without these could not tell that templates are used at all.
    #[doc(hidden)]
    pub fn template_counts(&self) -> (u64, u64) {
        (self.state.hits, self.state.templates.tried_in_vain())
    }

    /// The memory that is held beside the answer.
    pub fn capacity(&self) -> usize {
        self.decoder.capacity() + self.state.body.capacity() + self.state.templates.capacity()
    }
}

impl State {
    fn new(options: &DispatchOptions) -> Self {
        Self {
            strict: options.strict,
            reading: Reading::new(options.family, options.shape),
            templates: Templates::new(options.templates),
            hits: 0,
            ended: false,
            comments: None,
            failed: None,
            body: Vec::new(),
        }
    }

    /// Reads an event to its items, the first of which is returned.
    fn event<'c>(
        &mut self,
        event: Event<'c>,
        offset: u64,
        more: &mut VecDeque<Item<'c>>,
    ) -> Result<Option<Item<'c>>, DispatchError> {
        let Some(range) = event.data_range() else {
            return self.lines(event, offset, false, more).map(|()| more.pop_front());
        };
        let data = &event.raw()[range.clone()];
        let name = event.name_bytes();
        if event.is_error_field() {
            let data = trim(data);
            let start = range.start + (data.as_ptr().addr() - event.raw()[range.clone()].as_ptr().addr());
            let payload = Payload::In(start..start + data.len());
            let Read { deltas, family, .. } = self.reading.read_error(data);
            return Ok(Some(Item { event, payload, deltas, family, path: Path::Unknown }));
        }
        self.reading.answer.events += 1;
        if data.first() == Some(&b'{') && data.len() <= MAX_PAYLOAD {
            if let Ok(read) = self.reading.read(data, name) {
                self.templates.missed(read.repeatable);
                if let (Some(target), Some(shape)) = (read.target, self.reading.answer.shape) {
                    let delta = &read.deltas.as_slice()[0];
                    let data = range.clone();
                    self.templates.learn(&Lesson { event: &event, data, delta, shape, target });
                }
                let Read { deltas, family, .. } = read;
                let payload = Payload::In(range);
                return Ok(Some(Item { event, payload, deltas, family, path: Path::Unknown }));
            }
        }
        let mut parts = self.data(data, name, offset, false)?;
        let part = parts.pop().filter(|_| parts.is_empty());
        Ok(part.map(|Part { place, deltas, family }| {
            let payload = Payload::In(range.start + place.start..range.start + place.end);
            Item { event, payload, deltas, family, path: Path::Unknown }
        }))
    }

    /// Reads an event whose data has several lines.
    fn lines<'c>(
        &mut self,
        event: Event<'c>,
        offset: u64,
        at_end: bool,
        more: &mut VecDeque<Item<'c>>,
    ) -> Result<(), DispatchError> {
        self.reading.answer.events += 1;
        let data = event.data_bytes();
        for part in self.data(&data, event.name_bytes(), offset, at_end)? {
            let payload = Payload::Own(data[part.place].into());
            let (event, deltas, family) = (event.clone(), part.deltas, part.family);
            more.push_back(Item { event, payload, deltas, family, path: Path::Unknown });
        }
        Ok(())
    }

    /// An event that ended with the stream, perhaps cut in half.
    fn at_end(&mut self, event: Event<'static>) -> Vec<Item<'static>> {
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
    fn data(
        &mut self,
        data: &[u8],
        name: &[u8],
        offset: u64,
        at_end: bool,
    ) -> Result<Vec<Part>, DispatchError> {
        let text = trim(data);
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let whole = place(data, text);
        if text.starts_with(b"[DONE]") {
            return Ok(vec![self.done(whole)]);
        }
        if data.len() <= MAX_PAYLOAD
            && let Ok(read) = self.reading.read(text, name)
        {
            self.templates.missed(read.repeatable);
            return Ok(vec![Part { place: whole, deltas: read.deltas, family: read.family }]);
        }
        self.templates.missed(false);
        if name == b"error" && self.reading.answer.error.is_none() {
            let Read { deltas, family, .. } = self.reading.read_error(text);
            return Ok(vec![Part { place: whole, deltas, family }]);
        }
        if self.strict && !at_end {
            let error = DispatchError::Invalid(InvalidPayload::new(offset, text));
            self.failed = Some(error.clone());
            return Err(error);
        }
        Ok(self.split(data, name, whole))
    }

    fn split(&mut self, data: &[u8], name: &[u8], whole: Range<usize>) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut at = whole.start;
        while at < whole.end {
            if data[at..].starts_with(b"[DONE]") {
                parts.push(self.done(at..whole.end));
                return parts;
            }
            let Some(length) = value_of_lines(&data[at..whole.end]) else {
                break;
            };
            let place = at..at + length;
            if let Ok(Read { deltas, family, .. }) = self.reading.read(&data[place.clone()], name) {
                parts.push(Part { place, deltas, family });
            }
            at += length;
            at += data[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
        }
        if at < whole.end {
            let family = self.reading.family().unwrap_or(Family::Chunks);
            let deltas = Deltas::One(Delta::new(Kind::Invalid, None));
            parts.push(Part { place: at..whole.end, deltas, family });
        }
        parts
    }

    fn done(&mut self, place: Range<usize>) -> Part {
        self.reading.answer.done_seen = true;
        let family = self.reading.family().unwrap_or(Family::Chunks);
        self.ended = family == Family::Chunks;
        let deltas = Deltas::One(Delta::new(Kind::Done, None));
        Part { place, deltas, family }
    }

    /// "A JSON body instead of a stream (error, or the whole answer)": the error is told.
    fn end_body(&mut self, recognised: bool) {
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
        self.reading.answer.error = error.map(|error| StreamError::read(error, value));
    }
}

/// The length of the JSON value at the beginning, if nothing but its line's end follows.
fn value_of_lines(data: &[u8]) -> Option<usize> {
    let mut reader = Reader::new(data);
    reader.value().ok()?;
    let blanks = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
    let rest = data[reader.at()..].iter().skip_while(blanks).next();
    matches!(rest, None | Some(b'\n')).then_some(reader.at())
}

/// Where `part` is in `data`.
fn place(data: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr() - data.as_ptr().addr();
    start..start + part.len()
}

/// The items that end in a chunk; made by [`Dispatcher::feed`].
#[derive(Debug)]
pub struct Items<'d, 'c> {
    events: Events<'d, 'c>,
    state: &'d mut State,
    /// Of an event that had several.
    more: VecDeque<Item<'c>>,
    failed: bool,
}

impl<'c> Iterator for Items<'_, 'c> {
    type Item = Result<Item<'c>, DispatchError>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        match self.repeated() {
            Some(item) => Some(Ok(item)),
            None => self.read(),
        }
    }
}

impl Drop for Items<'_, '_> {
    fn drop(&mut self) {
        while !self.events.is_over() && let Some(Ok(_)) = self.next() {}
    }
}

impl<'c> Items<'_, 'c> {
    /// The next item, read in full.
    #[inline(never)]
    fn read(&mut self) -> Option<Result<Item<'c>, DispatchError>> {
        loop {
            if let Some(item) = self.more.pop_front() {
                return Some(Ok(item));
            }
            if let Some(error) = &self.state.failed {
                return (!std::mem::replace(&mut self.failed, true)).then(|| Err(error.clone()));
            }
            let event = match self.events.next()? {
                Ok(event) => event,
                Err(error) => return Some(Err(DispatchError::TooLarge(error))),
            };
            if self.state.ended {
                continue;
            }
            let event = match self.held(event) {
                Ok(item) => return Some(Ok(item)),
                Err(event) => event,
            };
            let offset = self.events.offset_of(&event);
            let read = self.state.event(event, offset, &mut self.more);
            if self.state.ended {
                self.state.comments = Some(self.events.comments());
            }
            match read {
                Ok(None) => {
                    if let Some(item) = self.repeated() {
                        return Some(Ok(item));
                    }
                }
                Ok(Some(item)) => return Some(Ok(item)),
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            }
        }
    }

    /// The next event, if a template matches the bytes of the chunk: framing and payload at once.
    #[inline(always)]
    fn repeated(&mut self) -> Option<Item<'c>> {
        let (start, hit) = self.hit()?;
        let parts = self.state.templates.first().parts(hit);
        let event = self.events.event(start..start + hit.length, parts);
        Some(self.state.repeated(hit, event))
    }

    /// The same for whoever keeps the chunk and wants no more than places in it. `None` says only
    /// that the next item is no such one.
    #[inline(always)]
    pub fn repeat(&mut self) -> Option<Repeat> {
        let (start, hit) = self.hit()?;
        let template = self.state.templates.first();
        let &Template { kind, index, call, family, path, .. } = template;
        let (length, plain) = (hit.length, hit.plain);
        let (parts, text) = (template.parts(hit), template.text(hit));
        let id = self.events.id();
        Some(Repeat { start, length, parts, id, kind, index, call, text, plain, family, path })
    }

    /// Takes back the bytes of an item, for one that comes.
    #[inline]
    pub fn recycle(&mut self, raw: Vec<u8>) {
        self.events.recycle(raw);
    }

    /// The next event, if a template matches the bytes of the chunk: where it begins. It is taken
    /// and folded.
    #[inline(always)]
    fn hit(&mut self) -> Option<(usize, Hit)> {
        if !self.more.is_empty() || !self.state.may_repeat() {
            return None;
        }
        let rest = self.events.rest()?;
        let hit = self.state.templates.find(rest)?;
        let start = self.events.take_block(hit.length)?;
        self.state.fold(rest, hit);
        Some((start, hit))
    }

    /// Takes the next event in the same way, and appends its text.
    #[inline]
    fn repeated_text(&mut self, text: &mut Vec<u8>) -> bool {
        if !self.more.is_empty() || !self.state.may_repeat() {
            return false;
        }
        let Some(rest) = self.events.rest() else {
            return false;
        };
        let Some(hit) = self.state.templates.find(rest) else {
            return false;
        };
        if self.events.take_block(hit.length).is_none() {
            return false;
        }
        let template = self.state.templates.first();
        if template.kind == Kind::Text
            && (template.family == Family::Events || template.index == Some(0))
        {
            hit.append(rest, text);
        }
        self.state.fold(rest, hit);
        true
    }

    /// The same for an event that came in several chunks, or with other line ends than before.
    fn held(&mut self, event: Event<'c>) -> Result<Item<'c>, Event<'c>> {
        if !self.state.may_repeat() {
            return Err(event);
        }
        match self.state.templates.find(event.raw()) {
            Some(hit) if hit.length == event.raw().len() => {
                self.state.fold(event.raw(), hit);
                Ok(self.state.repeated(hit, event))
            }
            _ => Err(event),
        }
    }
}

impl State {
    #[inline]
    fn may_repeat(&self) -> bool {
        !self.ended && self.failed.is_none() && self.reading.answer.error.is_none()
    }

    #[inline]
    fn fold(&mut self, bytes: &[u8], hit: Hit) {
        self.hits += 1;
        let answer = &mut self.reading.answer;
        answer.events += 1;
        hit.append(bytes, answer.text(self.templates.first().target));
    }

    /// The item of an event that matched.
    #[inline]
    fn repeated<'c>(&self, hit: Hit, event: Event<'c>) -> Item<'c> {
        let template = self.templates.first();
        let (family, path) = (template.family, template.path);
        let payload = Payload::In(template.data(hit));
        Item { event, payload, deltas: Deltas::One(template.delta(hit)), family, path }
    }
}

/// What [`Detail`] has for a delta that is an error.
impl Delta {
    /// The error, if it is one.
    pub fn error(&self) -> Option<&StreamError> {
        match self.detail.as_deref() {
            Some(Detail::Error(error)) => Some(error),
            _ => None,
        }
    }
}
