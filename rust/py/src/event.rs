//! What a `ServerSentEvent` holds and says. Its text is made when it is read.

use std::borrow::Cow;
use std::sync::Arc;

use jiter::{PythonParse, StringCacheMode};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyString, PyTuple};
use ssewire_core::{Fields, LastEventId, Parts};

use crate::encode::milliseconds;
use crate::object::{self, Cached};

/// The contents of a `ServerSentEvent`.
pub(crate) struct Event {
    source: Source,
    id: Option<Arc<LastEventId>>,
    data: Cached<PyString>,
}

enum Source {
    /// The event lies in a chunk, which it keeps alive.
    Chunk { chunk: Py<PyBytes>, start: usize, end: usize, parts: Parts },
    /// The event came in several chunks.
    Held { raw: Vec<u8>, parts: Parts },
    /// The event was made by its constructor.
    Made(Box<Made>),
}

struct Made {
    event: String,
    data: String,
    id: String,
    retry: Option<u128>,
    raw: Option<Vec<u8>>,
}

#[expect(clippy::unnecessary_wraps, reason = "what Python calls can fail, so all have one form")]
impl Event {
    /// An event that ended in `chunk`.
    pub(crate) fn new(event: ssewire_core::Event<'_>, chunk: &Bound<'_, PyBytes>) -> Self {
        let (raw, parts, id) = event.into_parts();
        let source = match raw {
            Cow::Borrowed(raw) => {
                let start = raw.as_ptr().addr() - chunk.as_bytes().as_ptr().addr();
                let (chunk, end) = (chunk.clone().unbind(), start + raw.len());
                Source::Chunk { chunk, start, end, parts }
            }
            Cow::Owned(raw) => Source::Held { raw, parts },
        };
        Self { source, id, data: Cached::empty() }
    }

    /// An event that ended with the stream.
    pub(crate) fn at_end(event: ssewire_core::Event<'static>) -> Self {
        let (raw, parts, id) = event.into_parts();
        let source = Source::Held { raw: raw.into_owned(), parts };
        Self { source, id, data: Cached::empty() }
    }

    /// Lets go of what is Python's, at once. (`Py` would put it off, as PyO3 does not know that it
    /// was called.)
    pub(crate) fn release(self, py: Python<'_>) {
        if let Source::Chunk { chunk, .. } = self.source {
            drop(chunk.into_bound(py));
        }
        self.data.release(py);
    }

    pub(crate) fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let data = self.data.get_or_init(py, || match &self.source {
            Source::Chunk { parts, .. } | Source::Held { parts, .. } => {
                object::text(py, &parts.data(self.block(py)))
            }
            Source::Made(made) => Ok(PyString::new(py, &made.data)),
        });
        Ok(data?.into_any())
    }

    pub(crate) fn event<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(PyString::new(py, &self.name(py)).into_any())
    }

    pub(crate) fn id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(PyString::new(py, self.last_event_id()).into_any())
    }

    pub(crate) fn retry<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.milliseconds(py).into_pyobject(py)?)
    }

    pub(crate) fn raw<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let made = match &self.source {
            // An event that is its whole chunk is that chunk.
            Source::Chunk { chunk, start: 0, end, .. } if *end == chunk.as_bytes(py).len() => {
                return Ok(chunk.bind(py).clone().into_any());
            }
            Source::Chunk { .. } | Source::Held { .. } => {
                return Ok(PyBytes::new(py, self.block(py)).into_any());
            }
            Source::Made(made) => made,
        };
        if let Some(raw) = &made.raw {
            return Ok(PyBytes::new(py, raw).into_any());
        }
        let Made { event, data, id, retry, .. } = &**made;
        let or_none = |text: &'_ str, default| (text != default).then(|| text.to_owned());
        let (event, id) = (or_none(event, "message"), or_none(id, ""));
        let fields = Fields { event: event.as_deref(), id: id.as_deref(), retry: *retry };
        match ssewire_core::encode_event(data, &fields) {
            Ok(raw) => Ok(PyBytes::new(py, &raw).into_any()),
            Err(error) => Err(PyValueError::new_err(error.to_string())),
        }
    }

    pub(crate) fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let parse = PythonParse {
            allow_inf_nan: true,
            cache_mode: StringCacheMode::Keys,
            ..PythonParse::default()
        };
        let data = match &self.source {
            Source::Chunk { parts, .. } | Source::Held { parts, .. } => parts.data(self.block(py)),
            Source::Made(made) => made.data.as_bytes().into(),
        };
        if let Ok(value) = parse.python_parse(py, &data) {
            return Ok(value);
        }
        // Lone surrogates, bytes that are not UTF-8, and the errors that people know.
        py.import("json")?.call_method1("loads", (self.data(py)?,))
    }

    pub(crate) fn repr<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mut members = Vec::with_capacity(4);
        if self.name(py) != "message" {
            members.push(format!("event={}", self.event(py)?.repr()?));
        }
        let data = self.data(py)?;
        if data.is_truthy()? {
            members.push(format!("data={}", data.repr()?));
        }
        if !self.last_event_id().is_empty() {
            members.push(format!("id={}", self.id(py)?.repr()?));
        }
        if let Some(retry) = self.milliseconds(py) {
            members.push(format!("retry={retry}"));
        }
        let repr = format!("ServerSentEvent({})", members.join(", "));
        Ok(PyString::new(py, &repr).into_any())
    }

    pub(crate) fn reduce<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let raw = match &self.source {
            Source::Made(made) if made.raw.is_none() => py.None().into_bound(py),
            _ => self.raw(py)?,
        };
        let (event, data, id) = (self.event(py)?, self.data(py)?, self.id(py)?);
        let members = (event, data, id, self.retry(py)?, raw);
        Ok((object::class(py)?, members).into_pyobject(py)?.into_any())
    }

    pub(crate) fn sizeof<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let beyond = match &self.source {
            Source::Chunk { .. } => 0,
            Source::Held { raw, .. } => raw.capacity(),
            Source::Made(made) => {
                let raw = made.raw.as_ref().map_or(0, Vec::capacity);
                let text = made.event.capacity() + made.data.capacity() + made.id.capacity();
                size_of::<Made>() + text + raw
            }
        };
        Ok((object::SIZE + beyond).into_pyobject(py)?.into_any())
    }

    pub(crate) fn hash(&self, py: Python<'_>) -> PyResult<isize> {
        let members = [self.event(py)?, self.data(py)?, self.id(py)?, self.retry(py)?];
        PyTuple::new(py, members)?.hash()
    }

    pub(crate) fn equals(&self, other: &Self, py: Python<'_>) -> PyResult<bool> {
        Ok(self.name(py) == other.name(py)
            && self.last_event_id() == other.last_event_id()
            && self.milliseconds(py) == other.milliseconds(py)
            && self.data(py)?.eq(other.data(py)?)?)
    }

    /// The bytes of an event that was received.
    fn block<'a>(&'a self, py: Python<'a>) -> &'a [u8] {
        match &self.source {
            Source::Chunk { chunk, start, end, .. } => &chunk.as_bytes(py)[*start..*end],
            Source::Held { raw, .. } => raw,
            Source::Made(_) => &[],
        }
    }

    fn name<'a>(&'a self, py: Python<'a>) -> Cow<'a, str> {
        match &self.source {
            Source::Chunk { parts, .. } | Source::Held { parts, .. } => {
                String::from_utf8_lossy(parts.name(self.block(py)))
            }
            Source::Made(made) => made.event.as_str().into(),
        }
    }

    fn last_event_id(&self) -> &str {
        match &self.source {
            Source::Made(made) => &made.id,
            _ => self.id.as_ref().map_or("", |id| id.as_str()),
        }
    }

    fn milliseconds(&self, py: Python<'_>) -> Option<u128> {
        match &self.source {
            Source::Chunk { parts, .. } | Source::Held { parts, .. } => parts.retry(self.block(py)),
            Source::Made(made) => made.retry,
        }
    }
}

/// The constructor, as a function: PyO3 reads its arguments.
#[pyfunction(name = "ServerSentEvent")]
#[pyo3(signature = (event="message", data="", id="", retry=None, raw=None))]
pub(crate) fn made<'py>(
    py: Python<'py>,
    event: &str,
    data: &str,
    id: &str,
    retry: Option<&Bound<'py, PyInt>>,
    raw: Option<&[u8]>,
) -> PyResult<Bound<'py, PyAny>> {
    let made = Made {
        event: if event.is_empty() { "message" } else { event }.to_owned(),
        data: data.to_owned(),
        id: id.to_owned(),
        retry: milliseconds(retry)?,
        raw: raw.map(<[u8]>::to_vec),
    };
    let event = Event { source: Source::Made(made.into()), id: None, data: Cached::empty() };
    object::new(py, event)
}
