//! Learning: which parts of an event may differ in the next one.

use std::hash::{DefaultHasher, Hasher};
use std::ops::Range;

use super::Templates;
use super::path::Path;
use super::pattern::{Slot, Template};
use crate::answer::Target;
use crate::delta::{Delta, Place};
use crate::json::{Reader, Value};
use crate::shape::Shape;
use crate::sse::{Event, Span};

/// Members whose strings the readers ignore from the first payload on.
const IGNORED: [&[u8]; 2] = [b"obfuscation", b"p"];
/// Members that are ignored once their first value is known; slots only where they change.
pub(super) const VOLATILE: [&[u8]; 3] = [b"id", b"created", b"item_id"];

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
    /// The template that an event makes, if it can be one.
    pub(super) fn template(&mut self, lesson: &Lesson<'_>) -> Option<Template> {
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
            tag: self.learnt,
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
                let now = hash(value.raw());
                let before = self.seen[n].replace(now);
                self.changing[n] |= before.is_some_and(|before| before != now);
                if self.changing[n] {
                    places.push((place, slot));
                }
            }
            Ok(())
        });
    }
}

/// Two values that share one are taken for one that has not changed: its event then misses.
fn hash(value: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(value);
    hasher.finish()
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
