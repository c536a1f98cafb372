//! `Chunk` and `StreamEvent` as types: their attributes and members.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use ssewire_core::json::Value;
use ssewire_core::{Family, Path};

use super::{CHUNK, Item, STREAM_EVENT, member, of};
use crate::names::{CHOICES, DELTA, TEXT, TYPE};
use crate::node;
use crate::raw::{self, Constant, Slots};
use crate::step::Step;
use crate::{delta, dump, json, names};

impl Item {
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
                raw::list_of_one(choice)?.into_any()
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

    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "the form of a method")]
    pub(crate) fn deepcopy<'py>(
        &self,
        this: &Bound<'py, PyAny>,
        _args: &Bound<'py, PyTuple>,
        _kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Ok(this.clone())
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
