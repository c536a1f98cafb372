//! `Chunk` and `StreamEvent`: what an item holds and says. Its payload is read when it is asked for.

mod class;

pub(crate) use class::add;

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use ssewire_core::json::{Reader, Value};
use ssewire_core::{Delta, Deltas, Family, Kind, Path, Payload, Repeat};

use crate::event::{EVENT, Event};
use crate::json;
use crate::node;
use crate::raw::{self, FreeList, Raw, Type};
use crate::roles::Role;

/// `Chunk`.
pub(crate) static CHUNK: Type<Item> = Type::new();
/// `StreamEvent`.
pub(crate) static STREAM_EVENT: Type<Item> = Type::new();

/// The contents of a `Chunk` or a `StreamEvent`.
pub(crate) enum Item {
    /// A template found it in a chunk: most items are of this kind, and small.
    Repeat { chunk: Py<PyBytes>, found: Repeat },
    /// It was read in full.
    Read(Box<Read>),
}

/// An item that was read in full.
pub(crate) struct Read {
    pub(crate) event: Event,
    pub(crate) payload: Payload,
    pub(crate) deltas: Deltas,
    pub(crate) family: Family,
    pub(crate) path: Path,
}

/// An item of the family that it is of.
#[inline]
pub(crate) fn object(py: Python<'_>, item: Item) -> PyResult<Bound<'_, PyAny>> {
    match item.family() {
        Family::Chunks => CHUNK.object(py, item),
        Family::Events => STREAM_EVENT.object(py, item),
    }
}

/// What an item holds.
#[inline]
pub(crate) fn of<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<&'a Item> {
    let item = CHUNK.get(object).or_else(|| STREAM_EVENT.get(object));
    item.ok_or_else(|| pyo3::exceptions::PyTypeError::new_err("this is no Chunk or StreamEvent"))
}

impl Item {
    /// The payload as it came.
    #[inline]
    pub(crate) fn payload<'a>(&'a self, py: Python<'a>) -> &'a [u8] {
        match self {
            Self::Repeat { chunk, found } => {
                let raw = &chunk.as_bytes(py)[found.start..found.start + found.length];
                &raw[found.parts.data_range(raw)]
            }
            Self::Read(read) => match &read.payload {
                Payload::In(range) => &read.event.block(py)[range.clone()],
                Payload::Own(bytes) => bytes,
            },
        }
    }

    /// Where the text is, if that is known.
    #[inline]
    pub(crate) fn path(&self) -> Path {
        match self {
            Self::Repeat { found, .. } => found.path,
            Self::Read(read) => read.path,
        }
    }

    #[inline]
    fn family(&self) -> Family {
        match self {
            Self::Repeat { found, .. } => found.family,
            Self::Read(read) => read.family,
        }
    }

    pub(crate) fn deltas(&self) -> Cow<'_, [Delta]> {
        match self {
            Self::Repeat { found, .. } => {
                let Repeat { kind, index, call, text, .. } = *found;
                vec![Delta { kind, index, call, text, detail: None }].into()
            }
            Self::Read(read) => read.deltas.as_slice().into(),
        }
    }

    /// The name of its event.
    pub(crate) fn event_name<'a>(&'a self, py: Python<'a>) -> Cow<'a, str> {
        match self {
            Self::Repeat { chunk, found } => {
                let raw = &chunk.as_bytes(py)[found.start..found.start + found.length];
                String::from_utf8_lossy(found.parts.name(raw))
            }
            Self::Read(read) => read.event.name(py),
        }
    }

    /// The text of the only delta.
    #[inline]
    pub(crate) fn piece<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let place = match self {
            Self::Repeat { chunk, found } if found.plain => {
                let payload = found.start + found.parts.data_start();
                let text = found.text.range();
                let text = &chunk.as_bytes(py)[payload + text.start + 1..payload + text.end - 1];
                return Ok(raw::text(py, text)?.into_any());
            }
            Self::Repeat { found, .. } => found.text,
            Self::Read(read) => match read.deltas.as_slice() {
                [delta] => delta.text,
                _ => return Ok(PyString::new(py, "").into_any()),
            },
        };
        json::said(py, place.raw(self.payload(py)))
    }

    /// The text that the payload adds: of the message, or of choice 0.
    #[inline]
    pub(crate) fn text<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if let Self::Repeat { found: Repeat { kind: Kind::Text, index, family, .. }, .. } = self
            && (*index == Some(0) || *family == Family::Events)
        {
            return self.piece(py);
        }
        let mut text = String::new();
        self.append_text(py, &mut text);
        Ok(PyString::new(py, &text).into_any())
    }

    /// Appends the same.
    pub(crate) fn append_text(&self, py: Python<'_>, text: &mut String) {
        for delta in self.deltas().iter().filter(|delta| self.is_text(delta)) {
            text.push_str(&delta.text.text(self.payload(py)).unwrap_or_default());
        }
    }

    fn is_text(&self, delta: &Delta) -> bool {
        delta.kind == Kind::Text && (self.family() == Family::Events || delta.index == Some(0))
    }

    fn role(&self) -> Role {
        match self.family() {
            Family::Chunks => Role::Chunk,
            Family::Events => Role::Event,
        }
    }

    /// The event, as an object of its own.
    fn event<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let event = match self {
            Self::Repeat { chunk, found } => {
                let Repeat { start, length, parts, id, .. } = found;
                Event::part(chunk.bind(py), *start..start + length, *parts, id.clone())
            }
            Self::Read(read) => read.event.share(py),
        };
        EVENT.object(py, event)
    }

    /// The type by which handlers know it: the payload's, else the event's name.
    pub(crate) fn native_type(&self, py: Python<'_>) -> String {
        let [kind] = Value::of(self.payload(py)).unwrap_or_default().pick(["type"]);
        match kind {
            Value::String(kind) if !kind.is_empty() => kind.text().into_owned(),
            _ => self.event_name(py).into_owned(),
        }
    }

    pub(crate) fn member_names(&self, py: Python<'_>) -> Vec<String> {
        let mut names = node::member_names(self.payload(py));
        names.extend(self.role().names(&self.native_type(py)).map(str::to_owned));
        names
    }
}

/// The value of a member of an object; the last, if there are several.
pub(crate) fn member<'a>(object: &'a [u8], wanted: &str) -> Option<Value<'a>> {
    let mut found = None;
    let read = Reader::new(object).members(|name, reader| {
        let value = reader.value()?;
        if name == wanted.as_bytes() {
            found = Some(value);
        }
        Ok(())
    });
    read.ok().and(found)
}

impl Raw for Item {
    fn free() -> &'static FreeList {
        static FREE: FreeList = FreeList::new();
        &FREE
    }

    fn release(self, py: Python<'_>) {
        match self {
            Self::Repeat { chunk, .. } => drop(chunk.into_bound(py)),
            Self::Read(read) => read.event.release(py),
        }
    }
}
