//! Templates: most events of a stream differ from the one before in a few bytes.
//!
//! A template is an event that the full reader has read, as literal bytes and slots:
//!
//! ```text
//! data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Hel"}}],"obfuscation":"x7"}␊␊
//! └──────────────── literal ────────────────────────────────┘└text┘└─── literal ────┘└──┘└─┘
//!                                                                              ignored string
//! ```
//!
//! An event that has the same literals, and in each slot what that slot's grammar allows, is as
//! valid as the one that was read, and says the same but for the text. So a match costs a comparison
//! and a string. It is a cache and no second grammar:
//!
//! - only an event of which reading it again would change nothing but one text becomes a template;
//! - nothing that steers meaning is a slot: only the text itself, members that the reader ignores,
//!   numbers that it ignores, and spaces before the last brace;
//! - what was learnt is used only while the answer has the parts that it had then (`generation`);
//! - whoever finds no match reads the event in full.

use std::ops::Range;

use crate::answer::Target;
use crate::delta::{Delta, Kind, Place};
use crate::json::{Reader, Str, Value, plain, string_at};
use crate::shape::{Family, Shape};
use crate::sse::{Event, Parts, Span};

/// How many templates are kept: as many as choices that take turns are likely.
const TEMPLATES: usize = 8;

/// After so many misses in a row only `TRIES` of `EVENTS` events are tried and learnt from, so that
/// a stream whose literals change every time costs little more than without templates.
const PATIENCE: u32 = 32;
const TRIES: u32 = 2;
const EVENTS: u32 = 64;

/// Members whose strings the readers ignore from the first payload on.
const IGNORED: [&[u8]; 2] = [b"obfuscation", b"p"];
/// Members that are ignored once their first value is known; slots only where they change.
const VOLATILE: [&[u8]; 3] = [b"id", b"created", b"item_id"];

/// The templates of a stream, the last one used first.
#[derive(Clone, Debug)]
pub(crate) struct Templates {
    enabled: bool,
    templates: Vec<Template>,
    /// Counts the events that gave the answer new parts.
    generation: u64,
    /// Misses in a row.
    misses: u32,
    /// Events that matched no template although there were some and they were tried.
    in_vain: u64,
    /// Values that `VOLATILE` members had in the event learnt last, and which have changed.
    seen: [Vec<u8>; VOLATILE.len()],
    changing: [bool; VOLATILE.len()],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    /// Each literal is followed by its slot.
    slots: Vec<(Box<[u8]>, Slot)>,
    /// The literal after the last slot.
    tail: Box<[u8]>,
    /// What comes after the data: the end of its line and a blank one.
    after_data: usize,
    data: usize,
    name: Span,
    pub(crate) kind: Kind,
    pub(crate) index: Option<u64>,
    pub(crate) call: Option<u32>,
    pub(crate) family: Family,
    pub(crate) path: Path,
    pub(crate) target: Target,
    generation: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    /// The text, not empty.
    Text,
    /// A string.
    Ignored,
    /// A number without sign, fraction and exponent.
    Unsigned,
    Spaces,
}

/// Where in its payload the text of an event is, for whoever looks for it by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Path {
    /// Nobody knows.
    #[default]
    Unknown,
    /// Somewhere else; but as of all the following, the payload itself has no member `text`,
    /// `deltas` or `event`.
    Elsewhere,
    /// `choices[0].delta.content`, of the only choice.
    Content,
    /// `choices[0].delta.reasoning_content`, of the only choice.
    ReasoningContent,
    /// `choices[0].delta.reasoning`, of the only choice.
    Reasoning,
    /// `choices[0].text`, of the only choice.
    ChoiceText,
    /// `delta.text` of a `content_block_delta`.
    BlockText,
    /// `delta.thinking` of a `content_block_delta`.
    BlockThinking,
    /// `delta.partial_json` of a `content_block_delta`.
    BlockJson,
    /// `delta` of a `response.output_text.delta`.
    OutputText,
}

impl Path {
    /// The path of the text at `place` in a payload that is valid; `None` if a member has a name
    /// that it should not have.
    fn of(payload: &[u8], place: &Range<usize>, shape: Shape) -> Option<Self> {
        let here = |value: Value<'_>| Place::of(value.raw(), payload).range() == *place;
        let value = Value::of(payload).ok()?;
        let mut path = Self::Elsewhere;
        let mut clashes = false;
        each_member(value, |name, _| clashes |= matches!(name, b"text" | b"deltas" | b"event"));
        if clashes {
            return None;
        }
        let [kind, choices, delta] = value.pick(["type", "choices", "delta"]);
        match shape {
            Shape::Chat | Shape::Completions => {
                let (mut only, mut count) = (Value::Null, 0);
                choices.elements(|choice| (only, count) = (choice, count + 1));
                let [delta, text] = only.pick(["delta", "text"]);
                if count != 1 {
                } else if shape == Shape::Completions {
                    path = if here(text) { Self::ChoiceText } else { path };
                } else {
                    each_member(delta, |name, value| match name {
                        b"content" if here(value) => path = Self::Content,
                        b"reasoning_content" if here(value) => path = Self::ReasoningContent,
                        b"reasoning" if here(value) => path = Self::Reasoning,
                        _ => {}
                    });
                }
            }
            Shape::Messages if kind.string().and_then(Str::plain) == Some(b"content_block_delta") => {
                each_member(delta, |name, value| match name {
                    b"text" if here(value) => path = Self::BlockText,
                    b"thinking" if here(value) => path = Self::BlockThinking,
                    b"partial_json" if here(value) => path = Self::BlockJson,
                    _ => {}
                });
            }
            Shape::Responses
                if kind.string().and_then(Str::plain) == Some(b"response.output_text.delta") =>
            {
                path = if here(delta) { Self::OutputText } else { path };
            }
            Shape::Messages | Shape::Responses => {}
        }
        Some(path)
    }
}

fn each_member<'p>(object: Value<'p>, mut member: impl FnMut(&[u8], Value<'p>)) {
    if let Some(raw) = object.object() {
        let _ = Reader::new(raw).members(|name, reader| {
            member(name, reader.value()?);
            Ok(())
        });
    }
}

/// An event that matched the first template.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    /// How long the event is.
    pub(crate) length: usize,
    /// Where its text is, quotation marks included.
    start: usize,
    end: usize,
    /// Whether the text is ASCII without escapes.
    pub(crate) plain: bool,
}

impl Hit {
    /// Appends the text of the event that `bytes` begin with.
    #[inline]
    pub(crate) fn append(self, bytes: &[u8], text: &mut Vec<u8>) {
        if self.plain {
            text.extend_from_slice(&bytes[self.start + 1..self.end - 1]);
        } else if let Some(string) = string_at(bytes, self.start) {
            string.append_to(text);
        }
    }
}

/// What the full reader knows of an event that may become a template.
pub(crate) struct Lesson<'e> {
    pub(crate) event: &'e Event<'e>,
    /// Its data, one line that is one payload.
    pub(crate) data: Range<usize>,
    pub(crate) delta: &'e Delta,
    pub(crate) shape: Shape,
    pub(crate) target: Target,
}

impl Templates {
    pub(crate) fn new(enabled: bool) -> Self {
        Self {
            enabled,
            templates: Vec::new(),
            generation: 0,
            misses: 0,
            in_vain: 0,
            seen: Default::default(),
            changing: Default::default(),
        }
    }

    /// The template that matches the beginning of `bytes`.
    #[inline(always)]
    pub(crate) fn find(&mut self, bytes: &[u8]) -> Option<Hit> {
        if self.templates.is_empty() || !self.is_patient() {
            return None;
        }
        for place in 0..self.templates.len() {
            let template = &self.templates[place];
            if template.generation != self.generation {
                continue;
            }
            if let Some(hit) = template.match_at(bytes) {
                self.misses = 0;
                if place > 0 {
                    self.templates[..=place].rotate_right(1);
                }
                return Some(hit);
            }
        }
        None
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.enabled);
    }

    /// The template that matched last.
    #[inline]
    pub(crate) fn first(&self) -> &Template {
        &self.templates[0]
    }

    /// Notes an event that was read in full.
    pub(crate) fn missed(&mut self, repeatable: bool) {
        self.in_vain += u64::from(self.is_patient() && !self.templates.is_empty());
        self.misses = self.misses.wrapping_add(1);
        if self.misses >= PATIENCE + EVENTS {
            self.misses = PATIENCE;
        }
        self.generation += u64::from(!repeatable);
    }

    pub(crate) fn tried_in_vain(&self) -> u64 {
        self.in_vain
    }

    #[inline]
    fn is_patient(&self) -> bool {
        self.misses < PATIENCE + TRIES
    }

    /// Makes a template of an event that was read in full, if it can be one.
    pub(crate) fn learn(&mut self, lesson: &Lesson<'_>) {
        if !self.enabled || !self.is_patient() {
            return;
        }
        let Some(template) = self.template(lesson) else {
            return;
        };
        let same = |own: &Template| own.slots == template.slots && own.tail == template.tail;
        match self.templates.iter().position(same) {
            Some(place) => {
                self.templates.remove(place);
            }
            None if self.templates.len() == TEMPLATES => {
                self.templates.pop();
            }
            None => {}
        }
        self.templates.insert(0, template);
    }

    fn template(&mut self, lesson: &Lesson<'_>) -> Option<Template> {
        let raw = lesson.event.raw();
        let data = lesson.data.clone();
        let name = simple_name(raw, &data)?;
        let payload = &raw[data.clone()];
        let text = lesson.delta.text.range();
        if payload.get(text.start) != Some(&b'"') {
            return None;
        }
        let path = Path::of(payload, &text, lesson.shape)?;
        let mut places = vec![(text, Slot::Text)];
        self.find_slots(payload, &mut places);
        let last = payload.iter().rposition(|byte| *byte == b'}')?;
        if lesson.shape == Shape::Messages {
            let spaces = payload[..last].iter().rev().take_while(|byte| **byte == b' ').count();
            places.push((last - spaces..last, Slot::Spaces));
        }
        places.sort_by_key(|(place, _)| place.start);
        let (mut at, mut slots) = (0, Vec::with_capacity(places.len()));
        for (place, slot) in places {
            let place = data.start + place.start..data.start + place.end;
            slots.push((raw.get(at..place.start)?.into(), slot));
            at = place.end;
        }
        Some(Template {
            slots,
            tail: raw[at..].into(),
            after_data: raw.len() - data.end,
            data: data.start,
            name,
            kind: lesson.delta.kind,
            index: lesson.delta.index,
            call: lesson.delta.call,
            family: lesson.shape.family(),
            path,
            target: lesson.target,
            generation: self.generation,
        })
    }

    /// The slots among the members of the first level.
    fn find_slots(&mut self, payload: &[u8], places: &mut Vec<(Range<usize>, Slot)>) {
        let mut reader = Reader::new(payload);
        // The payload is valid.
        let _ = reader.members(|name, reader| {
            let value = reader.value()?;
            let place = Place::of(value.raw(), payload).range();
            let slot = match value {
                Value::String(_) => Slot::Ignored,
                Value::Number(digits) if digits.iter().all(u8::is_ascii_digit) => Slot::Unsigned,
                _ => return Ok(()),
            };
            if IGNORED.contains(&name) && slot == Slot::Ignored
                || name == b"sequence_number" && slot == Slot::Unsigned
            {
                places.push((place, slot));
            } else if let Some(n) = VOLATILE.iter().position(|own| *own == name)
                && value.is_truthy()
            {
                let changed = !self.seen[n].is_empty() && self.seen[n] != value.raw();
                self.changing[n] |= changed;
                self.seen[n].clear();
                self.seen[n].extend_from_slice(value.raw());
                if self.changing[n] {
                    places.push((place, slot));
                }
            }
            Ok(())
        });
    }

    pub(crate) fn capacity(&self) -> usize {
        let literals = |template: &Template| {
            let slots = template.slots.iter().map(|(literal, _)| literal.len()).sum::<usize>();
            slots + template.slots.capacity() * size_of::<(Box<[u8]>, Slot)>() + template.tail.len()
        };
        let seen = self.seen.iter().map(Vec::capacity).sum::<usize>();
        self.templates.iter().map(literals).sum::<usize>()
            + self.templates.capacity() * size_of::<Template>()
            + seen
    }
}

/// The place of the name in an event that is a `data` line, or an `event` line and a `data` line,
/// and a blank line, ended by LF or CRLF; `None` for any other.
fn simple_name(raw: &[u8], data: &Range<usize>) -> Option<Span> {
    let line_end: &[u8] = match &raw[data.end..] {
        b"\n\n" => b"\n",
        b"\r\n\r\n" => b"\r\n",
        _ => return None,
    };
    let before = raw[..data.start].strip_suffix(b" ").unwrap_or(&raw[..data.start]);
    let before = before.strip_suffix(b"data:")?;
    if before.is_empty() {
        return Some(Span::EMPTY);
    }
    let line = before.strip_suffix(line_end)?;
    let name = line.strip_prefix(b"event:")?;
    if memchr::memchr2(b'\n', b'\r', name).is_some() {
        return None;
    }
    let name = name.strip_prefix(b" ").unwrap_or(name);
    Some(Span::new(line.len() - name.len(), line.len()))
}

impl Template {
    #[inline(always)]
    fn match_at(&self, bytes: &[u8]) -> Option<Hit> {
        let (mut at, mut start, mut end, mut plain) = (0, 0, 0, false);
        for (literal, slot) in &self.slots {
            if !bytes[at..].starts_with(literal) {
                return None;
            }
            at += literal.len();
            match slot {
                Slot::Text => {
                    start = at;
                    (at, plain) = string(bytes, at)?;
                    end = at;
                }
                Slot::Ignored => at = string(bytes, at)?.0,
                Slot::Unsigned => at += unsigned(&bytes[at..])?,
                Slot::Spaces => at += spaces(&bytes[at..]),
            }
        }
        // An empty text is no delta.
        let whole = bytes[at..].starts_with(&self.tail) && end - start > 2;
        whole.then(|| Hit { length: at + self.tail.len(), start, end, plain })
    }

    /// Where the parts of the event are.
    #[inline]
    pub(crate) fn parts(&self, hit: Hit) -> Parts {
        Parts { data: Span::new(self.data, hit.length - self.after_data), name: self.name }
    }

    /// Where its data is.
    #[inline]
    pub(crate) fn data(&self, hit: Hit) -> Range<usize> {
        self.data..hit.length - self.after_data
    }

    /// Where in the data its text is.
    #[inline]
    pub(crate) fn text(&self, hit: Hit) -> Place {
        Place::new(hit.start - self.data, hit.end - self.data)
    }

    /// What it says.
    #[inline]
    pub(crate) fn delta(&self, hit: Hit) -> Delta {
        let Self { kind, index, call, .. } = *self;
        Delta { kind, index, call, text: self.text(hit), detail: None }
    }
}

/// The end of the string that begins at `at`, and whether it is ASCII without escapes.
#[inline(always)]
fn string(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let (end, ascii) = plain(bytes, at + 1);
    if bytes.get(end) == Some(&b'"') {
        return Some((end + 1, ascii));
    }
    escaped(bytes, at)
}

#[cold]
fn escaped(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    Some((at + string_at(bytes, at)?.quoted().len(), false))
}

/// The length of the number without sign, fraction and exponent that comes first.
#[inline]
fn unsigned(bytes: &[u8]) -> Option<usize> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits == 1 || digits > 1 && bytes[0] != b'0').then_some(digits)
}

/// How many spaces come first.
#[inline]
fn spaces(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| **byte == b' ').count()
}
