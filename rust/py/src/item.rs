//! `Chunk` and `StreamEvent`: what an item holds and says. Its payload is read when it is asked for.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use ssewire_core::json::{Reader, Value};
use ssewire_core::{Delta, Deltas, Family, Kind, Path, Payload, Repeat};

use crate::delta;
use crate::dump;
use crate::event::{EVENT, Event};
use crate::names::{CHOICES, DELTA, TEXT, TYPE};
use crate::node::{self, Step};
use crate::raw::{self, Constant, FreeList, Raw, Slots, Type};
use crate::roles::Role;
use crate::{json, names};

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
pub(crate) fn object<'py>(py: Python<'py>, item: Item) -> PyResult<Bound<'py, PyAny>> {
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
    pub(crate) fn native_type<'py>(&self, py: Python<'py>) -> String {
        let [kind] = Value::of(self.payload(py)).unwrap_or_default().pick(["type"]);
        match kind {
            Value::String(kind) if !kind.is_empty() => kind.text().into_owned(),
            _ => self.event_name(py).into_owned(),
        }
    }

    /// What a template knows without looking.
    #[inline]
    fn known<'py>(
        &self,
        this: &Bound<'py, PyAny>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = this.py();
        let is = |constant: &Constant| constant.is(name);
        Ok(Some(match self.path() {
            Path::Unknown => return Ok(None),
            _ if is(&TEXT) => self.text(py)?,
            Path::Content | Path::ReasoningContent | Path::Reasoning | Path::ChoiceText
                if is(&CHOICES) =>
            {
                let choice = node::step(this, Step::Choice)?;
                PyList::new(py, [choice])?.into_any()
            }
            Path::BlockText | Path::BlockThinking | Path::BlockJson if is(&DELTA) => {
                node::step(this, Step::BlockDelta)?
            }
            Path::BlockText | Path::BlockThinking | Path::BlockJson if is(&TYPE) => {
                names::BLOCK_DELTA.get(py)?.into_any()
            }
            Path::OutputText if is(&DELTA) => self.piece(py)?,
            Path::OutputText if is(&TYPE) => names::OUTPUT_TEXT_DELTA.get(py)?.into_any(),
            _ => return Ok(None),
        }))
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

impl Slots for Item {
    const MATCH_ARGS: &[&str] = &[];
    const HAS_ATTRIBUTES: bool = true;

    fn repr<'py>(&self, this: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = this.py();
        let kinds: Vec<&str> = self.deltas().iter().map(|delta| delta.kind.name()).collect();
        let payload = dump::shortened(self.payload(py));
        let class = this.get_type().name()?;
        let repr = format!("{class}({}: {payload})", kinds.join(", "));
        Ok(PyString::new(py, &repr).into_any())
    }

    fn hash(&self, this: &Bound<'_, PyAny>) -> PyResult<isize> {
        json::plain(this.py(), self.payload(this.py())).hash()
    }

    fn equals(&self, this: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> PyResult<Option<bool>> {
        let py = this.py();
        Ok(of(other).ok().map(|other| {
            self.family() == other.family()
                && self.payload(py) == other.payload(py)
                && self.event_name(py) == other.event_name(py)
        }))
    }

    #[inline]
    fn attribute<'py>(
        &self,
        this: &Bound<'py, PyAny>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        if let Some(known) = self.known(this, name)? {
            return Ok(Some(known));
        }
        let py = this.py();
        let Ok(name) = name.to_str() else {
            return Ok(None);
        };
        if dump::is_method(name) {
            return Ok(None);
        }
        let value = member(self.payload(py), name);
        if let Some(value) = value.filter(|value| *value != Value::Null) {
            return node::python(this, value, self.role().of_member(name)).map(Some);
        }
        Ok(Some(match name {
            // "treat as []"
            "choices" if self.family() == Family::Chunks => PyList::empty(py).into_any(),
            _ if value.is_some() => py.None().into_bound(py),
            "text" => self.text(py)?,
            "deltas" => delta::tuple(this, self.deltas().len())?.into_any(),
            "event" => self.event(py)?,
            _ if self.role().has(&self.native_type(py), name) => py.None().into_bound(py),
            _ => return Ok(None),
        }))
    }
}

impl dump::Dump for Item {
    fn json<'a>(&'a self, this: &'a Bound<'_, PyAny>) -> PyResult<&'a [u8]> {
        Ok(self.payload(this.py()))
    }

    fn names(&self, this: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
        Ok(self.member_names(this.py()))
    }
}

impl Item {
    pub(crate) fn to_json<'py>(
        &self,
        this: &Bound<'py, PyAny>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        dump::to_json(self, this, args, kwargs)
    }

    pub(crate) fn to_dict<'py>(
        &self,
        this: &Bound<'py, PyAny>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        dump::to_dict(self, this, args, kwargs)
    }
}

/// Adds `Chunk` and `StreamEvent` to the module.
pub(crate) fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let members = || {
        let mut members = dump::members!(Item);
        members.push(raw::Member::Method(
            c"json",
            crate::docs::ITEM_JSON,
            crate::raw_method!(Item, pyo3::ffi::PyObject, |item, this| {
                json::parse(this.py(), item.payload(this.py()))
            }),
        ));
        members.push(raw::Member::Getter(
            c"text",
            crate::docs::ITEM_TEXT,
            crate::raw_method!(Item, std::ffi::c_void, |item, this| item.text(this.py())),
        ));
        members.push(raw::Member::Getter(
            c"deltas",
            crate::docs::ITEM_DELTAS,
            crate::raw_method!(Item, std::ffi::c_void, |item, this| {
                Ok(delta::tuple(this, item.deltas().len())?.into_any())
            }),
        ));
        members.push(raw::Member::Getter(
            c"event",
            crate::docs::ITEM_EVENT,
            crate::raw_method!(Item, std::ffi::c_void, |item, this| item.event(this.py())),
        ));
        members
    };
    let chunk = [c"ssewire.Chunk", crate::docs::CHUNK];
    raw::add_class(module, &CHUNK, chunk, &members(), None)?;
    let event = [c"ssewire.StreamEvent", crate::docs::STREAM_EVENT];
    raw::add_class(module, &STREAM_EVENT, event, &members(), None)
}
