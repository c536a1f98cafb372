//! `PayloadObject`: an object within a payload, which is read when it is asked for.

use std::borrow::Cow;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use ssewire_core::Path;
use ssewire_core::json::{Reader, Str, Value};

use crate::item::{self, Item, member};
use crate::names::{DELTA, TYPE};
use crate::raw::{self, FreeList, Raw, Slots, Type};
use crate::roles::Role;
use crate::step::Step;
use crate::{docs, dump, json};

/// `PayloadObject`.
pub(crate) static NODE: Type<Node> = Type::new();

/// The contents of a `PayloadObject`.
pub(crate) struct Node {
    /// The item whose payload this is part of.
    item: Py<PyAny>,
    place: Place,
}

/// Where the object is.
#[derive(Clone, Copy)]
enum Place {
    /// From byte to byte; nowhere, if that is nothing.
    At { start: usize, end: usize, role: Role },
    /// Where that step leads, which nobody has gone yet.
    Step(Step),
}

/// The object to which a step leads.
#[inline]
pub(crate) fn step<'py>(item: &Bound<'py, PyAny>, step: Step) -> PyResult<Bound<'py, PyAny>> {
    let node = Node { item: item.clone().unbind(), place: Place::Step(step) };
    NODE.object(item.py(), node)
}

/// A value of an item's payload as a Python object.
pub(crate) fn python<'py>(
    item: &Bound<'py, PyAny>,
    value: Value<'_>,
    role: Role,
) -> PyResult<Bound<'py, PyAny>> {
    let py = item.py();
    match value {
        Value::Object(raw) if role == Role::Dict => json::parse(py, raw),
        Value::Object(raw) => {
            let payload = item::of(item)?.payload(py);
            let start = raw.as_ptr().addr() - payload.as_ptr().addr();
            let place = Place::At { start, end: start + raw.len(), role };
            NODE.object(py, Node { item: item.clone().unbind(), place })
        }
        Value::Array(_) => {
            let mut elements = Vec::new();
            let mut error = None;
            value.elements(|element| {
                if error.is_some() {
                    return;
                }
                // What is deeper than one list in another is no form that any payload has.
                let element = match element {
                    Value::Array(raw) => json::parse(py, raw),
                    element => python(item, element, role),
                };
                match element {
                    Ok(element) => elements.push(element),
                    Err(found) => error = Some(found),
                }
            });
            error.map_or_else(|| Ok(PyList::new(py, elements)?.into_any()), Err)
        }
        scalar => json::scalar(py, scalar),
    }
}

/// The names of an object's members.
pub(crate) fn member_names(object: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let _ = Reader::new(object).members(|name, reader| {
        names.push(String::from_utf8_lossy(name).into_owned());
        reader.value().map(|_| ())
    });
    names
}

impl Node {
    #[inline]
    fn item<'a>(&'a self, py: Python<'a>) -> PyResult<&'a Item> {
        item::of(self.item.bind(py))
    }

    /// The object's bytes, and what it is.
    fn found<'a>(&'a self, py: Python<'a>) -> PyResult<(&'a [u8], Role)> {
        let payload = self.item(py)?.payload(py);
        let step = match self.place {
            Place::At { start, end, role } => return Ok((&payload[start..end], role)),
            Place::Step(step) => step,
        };
        let [choices, delta] = Value::of(payload).unwrap_or_default().pick(["choices", "delta"]);
        let mut choice = Value::Null;
        choices.elements(|element| choice = element);
        Ok(match step {
            Step::Choice => (choice.raw(), Role::Choice),
            Step::ChoiceDelta => (choice.pick(["delta"])[0].raw(), Role::ChoiceDelta),
            Step::BlockDelta => (delta.raw(), Role::BlockDelta),
        })
    }

    /// What a template knows without looking.
    #[inline]
    fn known<'py>(
        &self,
        py: Python<'py>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Place::Step(step) = self.place else {
            return Ok(None);
        };
        let item = self.item(py)?;
        Ok(match (step, item.path()) {
            (Step::Choice, path) if path != Path::ChoiceText && DELTA.is(name) => {
                Some(self::step(self.item.bind(py), Step::ChoiceDelta)?)
            }
            (step, path) if step.ends_at(path, name) => Some(item.piece(py)?),
            (Step::BlockDelta, path) if TYPE.is(name) => Step::block_type(path, py)?,
            _ => None,
        })
    }

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

/// The type of an object, if it has one.
fn kind_of(raw: &[u8]) -> Cow<'_, str> {
    member(raw, "type").and_then(Value::string).map(Str::text).unwrap_or_default()
}

/// All the text of a response, which the SDK's class has as a property.
fn output_text(raw: &[u8]) -> String {
    let mut text = String::new();
    member(raw, "output").unwrap_or_default().elements(|item| {
        item.pick(["content"])[0].elements(|part| {
            let [kind, piece] = part.pick(["type", "text"]);
            if kind.string().is_some_and(|kind| kind.is("output_text"))
                && let Value::String(piece) = piece
            {
                text.push_str(&piece.text());
            }
        });
    });
    text
}

impl Raw for Node {
    fn free() -> &'static FreeList {
        static FREE: FreeList = FreeList::new();
        &FREE
    }

    fn release(self, py: Python<'_>) {
        drop(self.item.into_bound(py));
    }
}

impl Slots for Node {
    const MATCH_ARGS: &[&str] = &[];
    const HAS_ATTRIBUTES: bool = true;

    fn repr<'py>(&self, this: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let repr = format!("PayloadObject({})", dump::shortened(self.found(this.py())?.0));
        Ok(PyString::new(this.py(), &repr).into_any())
    }

    fn hash(&self, _this: &Bound<'_, PyAny>) -> PyResult<isize> {
        Err(PyTypeError::new_err("unhashable type: 'PayloadObject'"))
    }

    fn equals(&self, this: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> PyResult<Option<bool>> {
        let py = this.py();
        let Some(other) = NODE.get(other) else {
            return Ok(None);
        };
        let (own, other) = (self.found(py)?.0, other.found(py)?.0);
        Ok(Some(own == other || json::parse(py, own)?.eq(json::parse(py, other)?)?))
    }

    #[inline]
    fn attribute<'py>(
        &self,
        this: &Bound<'py, PyAny>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = this.py();
        if let Some(known) = self.known(py, name)? {
            return Ok(Some(known));
        }
        let Ok(name) = name.to_str() else {
            return Ok(None);
        };
        if dump::is_method(name) {
            return Ok(None);
        }
        let (raw, role) = self.found(py)?;
        // Names that are words of Python have a `_` in the SDKs.
        let value = member(raw, name).or_else(|| member(raw, name.strip_suffix('_')?));
        if let Some(value) = value.filter(|value| *value != Value::Null) {
            return python(self.item.bind(py), value, role.of_member(name)).map(Some);
        }
        if (role, name) == (Role::Response, "output_text") && value.is_none() {
            return Ok(Some(PyString::new(py, &output_text(raw)).into_any()));
        }
        if (role, name) == (Role::Choice, "delta") && member(raw, "text").is_none() {
            // "a null or missing delta is {}"
            let place = Place::At { start: 0, end: 0, role: Role::ChoiceDelta };
            return NODE.object(py, Node { item: self.item.clone_ref(py), place }).map(Some);
        }
        let plain = name.strip_suffix('_').unwrap_or(name);
        let known = value.is_some() || role.has(&kind_of(raw), plain);
        Ok(known.then(|| py.None().into_bound(py)))
    }
}

impl dump::Dump for Node {
    fn json<'a>(&'a self, this: &'a Bound<'_, PyAny>) -> PyResult<&'a [u8]> {
        let raw = self.found(this.py())?.0;
        Ok(if raw.is_empty() { b"{}" } else { raw })
    }

    fn names(&self, this: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
        let (raw, role) = self.found(this.py())?;
        let mut names = member_names(raw);
        names.extend(role.names(&kind_of(raw)).map(str::to_owned));
        Ok(names)
    }
}

/// Adds `PayloadObject` to the module.
pub(crate) fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let names = [c"ssewire.PayloadObject", docs::PAYLOAD_OBJECT];
    raw::add_class(module, &NODE, names, &dump::members!(Node), None)
}
