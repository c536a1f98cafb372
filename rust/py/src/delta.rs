//! `Delta`: one of the deltas of an item.

use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use ssewire_core::{Detail, Kind};

use crate::item;
use crate::{json, outcome};

/// What one payload adds to the answer, or a part of that; in the same words for every shape.
///
/// Members that a kind does not have are `None`.
#[pyclass(frozen, module = "ssewire")]
pub(crate) struct Delta {
    item: Py<PyAny>,
    place: usize,
}

/// The deltas of an item.
pub(crate) fn tuple<'py>(item: &Bound<'py, PyAny>, count: usize) -> PyResult<Bound<'py, PyTuple>> {
    let deltas: PyResult<Vec<_>> = (0..count).map(|place| new(item, place)).collect();
    PyTuple::new(item.py(), deltas?)
}

/// One of them.
pub(crate) fn new<'py>(item: &Bound<'py, PyAny>, place: usize) -> PyResult<Bound<'py, Delta>> {
    Bound::new(item.py(), Delta { item: item.clone().unbind(), place })
}

impl Delta {
    fn own(&self, py: Python<'_>) -> PyResult<ssewire_core::Delta> {
        Ok(item::of(self.item.bind(py))?.deltas()[self.place].clone())
    }

    fn detail(&self, py: Python<'_>) -> PyResult<Option<Box<Detail>>> {
        Ok(self.own(py)?.detail)
    }
}

#[pymethods]
impl Delta {
    /// What it is about, in a word.
    ///
    /// `"start"`, `"text"`, `"reasoning"`, `"signature"`, `"refusal"`, `"tool_call"`,
    /// `"tool_arguments"`, `"audio"`, `"citation"`, `"finish"`, `"usage"`, `"error"`, `"done"`,
    /// `"invalid"` (a payload that is no JSON) or `"other"` (anything else).
    #[getter]
    fn kind<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        Ok(pyo3::types::PyString::intern(py, self.own(py)?.kind.name()))
    }

    /// The index of the choice (chat, completions), block (messages) or output (responses).
    #[getter]
    fn index(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        Ok(self.own(py)?.index)
    }

    /// The piece, for the textual kinds.
    ///
    /// These are text, reasoning, signature, refusal, tool_arguments and audio (base64).
    #[getter]
    fn text<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text = self.own(py)?.text;
        if text.is_empty() {
            return Ok(py.None().into_bound(py));
        }
        json::said(py, text.raw(item::of(self.item.bind(py))?.payload(py)))
    }

    /// Of tool_call and tool_arguments: which call, in order of arrival within its choice.
    #[getter]
    fn call(&self, py: Python<'_>) -> PyResult<Option<u32>> {
        Ok(self.own(py)?.call)
    }

    /// Of start: the answer's id. Of tool_call: the id to send back.
    #[getter]
    fn id(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(match self.detail(py)?.map(|detail| *detail) {
            Some(Detail::Start { id, .. } | Detail::Call { id, .. }) => id,
            _ => None,
        })
    }

    /// Of tool_call: the tool's name.
    #[getter]
    fn name(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(match self.detail(py)?.map(|detail| *detail) {
            Some(Detail::Call { name, .. }) => name,
            _ => None,
        })
    }

    /// Of tool_call: the kind of call, in the shape's own word.
    #[getter]
    fn r#type(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(match self.detail(py)?.map(|detail| *detail) {
            Some(Detail::Call { kind, .. }) => Some(kind),
            _ => None,
        })
    }

    /// Of start: whose message this is.
    #[getter]
    fn role(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(match self.detail(py)?.map(|detail| *detail) {
            Some(Detail::Start { role, .. }) => role,
            _ => None,
        })
    }

    /// Of start: the model that answers.
    #[getter]
    fn model(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(match self.detail(py)?.map(|detail| *detail) {
            Some(Detail::Start { model, .. }) => model,
            _ => None,
        })
    }

    /// Of finish: the reason, in the shape's own word.
    #[getter]
    fn reason(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(match self.detail(py)?.map(|detail| *detail) {
            Some(Detail::Reason(reason)) => Some(reason),
            _ => None,
        })
    }

    /// Of usage, citation and audio: the value as it was sent.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.detail(py)?.map(|detail| *detail) {
            Some(Detail::Value(place)) => {
                json::parse(py, place.raw(item::of(self.item.bind(py))?.payload(py)))
            }
            _ => Ok(py.None().into_bound(py)),
        }
    }

    /// Of error: the error, an `ErrorInfo`.
    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.own(py)?.error() {
            Some(error) => outcome::error_info(py, error),
            None => Ok(py.None().into_bound(py)),
        }
    }

    /// The item whose payload said it.
    #[getter]
    fn item<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.item.bind(py).clone()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let own = self.own(py)?;
        let mut members = vec![format!("kind='{}'", own.kind.name())];
        if let Some(index) = own.index {
            members.push(format!("index={index}"));
        }
        if let Some(call) = own.call {
            members.push(format!("call={call}"));
        }
        let text = self.text(py)?;
        if !text.is_none() {
            members.push(format!("text={}", text.repr()?));
        }
        for (name, value) in [
            ("id", self.id(py)?),
            ("name", self.name(py)?),
            ("type", self.r#type(py)?),
            ("role", self.role(py)?),
            ("model", self.model(py)?),
            ("reason", self.reason(py)?),
        ] {
            if let Some(value) = value {
                members.push(format!("{name}={}", PyString::new(py, &value).repr()?));
            }
        }
        for (name, value) in [("value", self.value(py)?), ("error", self.error(py)?)] {
            if !value.is_none() {
                members.push(format!("{name}={}", value.repr()?));
            }
        }
        Ok(format!("Delta({})", members.join(", ")))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = other.py();
        let Ok(other) = other.cast::<Self>() else {
            return Ok(false);
        };
        let other = other.get();
        Ok(self.place == other.place && self.item.bind(py).eq(other.item.bind(py))?)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        (self.place, self.item.bind(py).hash()?).into_pyobject(py)?.hash()
    }
}

/// The kind of that name.
pub(crate) fn kind(name: &str) -> Option<Kind> {
    Kind::named(name)
}
