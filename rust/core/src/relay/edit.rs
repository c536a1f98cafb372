//! Edits in place: which bytes of an event are to be others.

use super::options::{AddToUsage, RelayOptions};
use super::patch::{Patches, member};
use crate::dispatch::Item;
use crate::json::{Reader, Value, quoted, trim, write_string};
use crate::shape::{Family, Shape};
use crate::sse::Event;

/// The members of a chunk that say nothing beside its usage.
const ENVELOPE: [&[u8]; 12] = [
    b"id",
    b"object",
    b"created",
    b"model",
    b"choices",
    b"usage",
    b"system_fingerprint",
    b"service_tier",
    b"provider",
    b"obfuscation",
    b"p",
    b"type",
];

/// What is to be changed in every event.
#[derive(Clone, Debug, Default)]
pub(super) struct Edits {
    /// As JSON.
    model: Option<Vec<u8>>,
    id: Option<Vec<u8>>,
    strip_usage: bool,
    adds_to_usage: bool,
    drop: Vec<String>,
}

/// What becomes of an event.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It goes on, changed or not: the patches are in the places of its data.
    Send(Patches),
    /// It does not.
    Drop,
}

impl Edits {
    pub(super) fn new(options: &RelayOptions) -> Self {
        let json = |text: &Option<String>| text.as_deref().map(|text| quoted(Some(text)));
        Self {
            model: json(&options.model),
            id: json(&options.id),
            strip_usage: options.strip_usage,
            adds_to_usage: options.adds_to_usage,
            drop: options.drop.clone(),
        }
    }

    /// Whether nothing is ever changed.
    pub(super) fn is_empty(&self) -> bool {
        let none = self.model.is_none() && self.id.is_none() && self.drop.is_empty();
        none && !self.strip_usage && !self.adds_to_usage
    }

    /// Whether some events are left out for what they are.
    pub(super) fn drops(&self) -> bool {
        !self.drop.is_empty()
    }

    /// Whether events of this name are left out.
    pub(super) fn drops_name(&self, name: &str) -> bool {
        self.drop.iter().any(|own| own == name)
    }

    /// Whether an item is left out for what it is.
    pub(super) fn drops_item(&self, item: &Item<'_>) -> bool {
        let deltas = item.deltas.as_slice();
        let drops_all = || deltas.iter().all(|delta| self.drops_name(delta.kind.name()));
        self.drops_name(&item.native_type()) || !deltas.is_empty() && drops_all()
    }

    /// Whether an event of a shape may be changed.
    pub(super) fn may_change(&self, shape: Option<Shape>) -> bool {
        let chunks = shape.is_none_or(|shape| shape.family() == Family::Chunks);
        let any = self.model.is_some() || self.id.is_some() || self.adds_to_usage || self.drops();
        any || self.strip_usage && chunks
    }

    /// What becomes of an event. `usage` is the usage so far.
    pub(super) fn look(
        &self,
        event: &Event<'_>,
        shape: Option<Shape>,
        usage: impl Fn() -> Option<Vec<u8>>,
        add: &mut AddToUsage<'_>,
    ) -> Verdict {
        let data = event.data_bytes();
        let mut look = Look { edits: self, shape, patches: Patches::default(), usage: &usage, add };
        // Several payloads in one event come one behind the other.
        let (mut at, mut drops) = (0, 0);
        loop {
            let mut reader = Reader::new(&data[at..]);
            let Ok(value) = reader.value() else {
                break;
            };
            let end = at + reader.at();
            let Value::Object(payload) = value else {
                at = end;
                continue;
            };
            let payload = end - payload.len()..end;
            if look.payload(&data[payload.clone()], payload.start) {
                drops += 1;
            }
            at = end;
            let only = drops == 1 && trim(&data[..payload.start]).is_empty();
            if only && trim(&data[end..]).is_empty() {
                return Verdict::Drop;
            }
        }
        Verdict::Send(look.patches)
    }
}

/// A look at one event.
struct Look<'a, 'f> {
    edits: &'a Edits,
    shape: Option<Shape>,
    patches: Patches,
    usage: &'a dyn Fn() -> Option<Vec<u8>>,
    add: &'a mut AddToUsage<'f>,
}

impl Look<'_, '_> {
    /// Looks at the payload that begins at `base` in the data. Whether it is nothing but usage
    /// that is to be left out.
    fn payload(&mut self, payload: &[u8], base: usize) -> bool {
        let chunks = self.shape.is_none_or(|shape| shape.family() == Family::Chunks);
        let strips = self.edits.strip_usage && chunks;
        let mut usages = Vec::new();
        let (mut says_more, mut kind) = (false, Value::Null);
        let _ = Reader::new(payload).members(|name, reader| {
            let value = reader.value()?;
            let place = reader.at() - value.raw().len()..reader.at();
            match name {
                b"model" => self.set(self.edits.model.as_deref(), base, place),
                b"id" if chunks => self.set(self.edits.id.as_deref(), base, place),
                b"message" | b"response" => self.inner(value, base + place.start),
                b"type" => kind = value,
                b"usage" if value.object().is_some() => usages.push(place),
                b"x_groq" if strips => {
                    self.strip_inner(payload, value, base, place.start);
                }
                b"choices" if strips => {
                    says_more |= self.strip_choices(payload, value, base, place.start);
                }
                _ => {}
            }
            let of_usage = name == b"x_groq" && value.pick(["usage"])[0] != Value::Null;
            says_more |= value.is_truthy() && !of_usage && !ENVELOPE.contains(&name);
            Ok(())
        });
        if strips {
            let mut gone = 0;
            for usage in &usages {
                let place = member(payload, usage.clone(), gone);
                gone = place.end;
                self.patches.add(base + place.start..base + place.end, Vec::new());
            }
            return !usages.is_empty() && !says_more;
        }
        if self.edits.adds_to_usage {
            if chunks {
                for usage in usages {
                    self.add_to(payload, usage, base);
                }
            } else if let Some(usage) = usages.pop()
                && kind.string().is_some_and(|kind| kind.is("message_delta"))
            {
                self.add_to(payload, usage, base);
            }
        }
        false
    }

    /// The object of `message_start` or of a response event, which begins at `base`.
    fn inner(&mut self, object: Value<'_>, base: usize) {
        let Some(raw) = object.object() else {
            return;
        };
        let (mut usage, mut status) = (None, Value::Null);
        let _ = Reader::new(raw).members(|name, reader| {
            let value = reader.value()?;
            let place = reader.at() - value.raw().len()..reader.at();
            match name {
                b"model" => self.set(self.edits.model.as_deref(), base, place),
                b"id" => self.set(self.edits.id.as_deref(), base, place),
                b"status" => status = value,
                b"usage" if value.object().is_some() => usage = Some(place),
                _ => {}
            }
            Ok(())
        });
        // A response has usage only when it is over.
        if let Some(usage) = usage
            && self.edits.adds_to_usage
            && self.shape == Some(Shape::Responses)
        {
            self.add_to(raw, usage, base);
        }
    }

    fn set(&mut self, new: Option<&[u8]>, base: usize, place: std::ops::Range<usize>) {
        if let Some(new) = new {
            self.patches.add(base + place.start..base + place.end, new.to_vec());
        }
    }

    /// Takes usage out of an object in the payload that begins at `start` in it.
    fn strip_inner(&mut self, payload: &[u8], object: Value<'_>, base: usize, start: usize) {
        let Some(raw) = object.object() else {
            return;
        };
        let mut gone = 0;
        let _ = Reader::new(raw).members(|name, reader| {
            let value = reader.value()?;
            if name == b"usage" && value.object().is_some() {
                let end = start + reader.at();
                let place = member(payload, end - value.raw().len()..end, gone);
                gone = place.end;
                self.patches.add(base + place.start..base + place.end, Vec::new());
            }
            Ok(())
        });
    }

    /// The same for the choices. Whether there are any.
    fn strip_choices(
        &mut self,
        payload: &[u8],
        choices: Value<'_>,
        base: usize,
        start: usize,
    ) -> bool {
        let Some(raw) = choices.array() else {
            return false;
        };
        let mut any = false;
        let _ = Reader::new(raw).elements(|reader| {
            let value = reader.value()?;
            any = true;
            self.strip_inner(payload, value, base, start + reader.at() - value.raw().len());
            Ok(())
        });
        any
    }

    /// Gives a usage object its new members.
    fn add_to(&mut self, payload: &[u8], usage: std::ops::Range<usize>, base: usize) {
        let raw = &payload[usage.clone()];
        let known = match self.shape {
            Some(Shape::Messages) => (self.usage)(),
            _ => None,
        };
        let members = (self.add)(known.as_deref().unwrap_or(raw));
        let mut new = Vec::new();
        for (name, value) in members {
            let mut replaced = false;
            let _ = Reader::new(raw).members(|own, reader| {
                let old = reader.value()?;
                if own == name.as_bytes() {
                    let end = base + usage.start + reader.at();
                    self.patches.add(end - old.raw().len()..end, value.clone());
                    replaced = true;
                }
                Ok(())
            });
            if !replaced {
                new.push((name, value));
            }
        }
        if new.is_empty() {
            return;
        }
        let mut text = Vec::new();
        let mut comma = Value::Object(raw).is_truthy();
        for (name, value) in new {
            if std::mem::replace(&mut comma, true) {
                text.push(b',');
            }
            write_string(&name, &mut text);
            text.push(b':');
            text.extend_from_slice(&value);
        }
        let end = base + usage.end - 1;
        self.patches.add(end..end, text);
    }
}
