//! What a `ServerSentEvent` holds and says. Its text is made when it is read.

mod class;

pub(crate) use class::add;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use jiter::{PythonParse, StringCacheMode};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};
use ssewire_core::{Fields, LastEventId, Parts};

use crate::raw::{self, Cached, FreeList, Raw, Slots, Type};

/// `ServerSentEvent`.
pub(crate) static EVENT: Type<Event> = Type::new();

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

#[derive(Clone)]
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

    /// An event that lies in `chunk`.
    pub(crate) fn part(
        chunk: &Bound<'_, PyBytes>,
        Range { start, end }: Range<usize>,
        parts: Parts,
        id: Option<Arc<LastEventId>>,
    ) -> Self {
        let chunk = chunk.clone().unbind();
        Self { source: Source::Chunk { chunk, start, end, parts }, id, data: Cached::empty() }
    }

    /// An event that ended with the stream.
    pub(crate) fn at_end(event: ssewire_core::Event<'static>) -> Self {
        let (raw, parts, id) = event.into_parts();
        let source = Source::Held { raw: raw.into_owned(), parts };
        Self { source, id, data: Cached::empty() }
    }

    /// An event that is made here.
    pub(crate) fn made(event: &str, data: &str) -> Self {
        let (event, data, id) = (event.to_owned(), data.to_owned(), String::new());
        let made = Made { event, data, id, retry: None, raw: None };
        Self { source: Source::Made(made.into()), id: None, data: Cached::empty() }
    }

    /// The same event for another object.
    pub(crate) fn share(&self, py: Python<'_>) -> Self {
        let source = match &self.source {
            Source::Chunk { chunk, start, end, parts } => {
                let chunk = chunk.bind(py).clone().unbind();
                Source::Chunk { chunk, start: *start, end: *end, parts: *parts }
            }
            Source::Held { raw, parts } => Source::Held { raw: raw.clone(), parts: *parts },
            Source::Made(made) => Source::Made(made.clone()),
        };
        Self { source, id: self.id.clone(), data: Cached::empty() }
    }

    /// The data as it came.
    pub(crate) fn data_bytes<'a>(&'a self, py: Python<'a>) -> Cow<'a, [u8]> {
        match &self.source {
            Source::Chunk { parts, .. } | Source::Held { parts, .. } => parts.data(self.block(py)),
            Source::Made(made) => made.data.as_bytes().into(),
        }
    }

    pub(crate) fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let data = self.data.get_or_init(py, || match &self.source {
            Source::Chunk { parts, .. } | Source::Held { parts, .. } => {
                raw::text(py, &parts.data(self.block(py)))
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
        let data = self.data_bytes(py);
        if let Ok(value) = parse.python_parse(py, &data) {
            return Ok(value);
        }
        // Lone surrogates, bytes that are not UTF-8, and the errors that people know.
        py.import("json")?.call_method1("loads", (self.data(py)?,))
    }

    pub(crate) fn reduce<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let raw = match &self.source {
            Source::Made(made) if made.raw.is_none() => py.None().into_bound(py),
            _ => self.raw(py)?,
        };
        let (event, data, id) = (self.event(py)?, self.data(py)?, self.id(py)?);
        let members = (event, data, id, self.retry(py)?, raw);
        Ok((EVENT.class(py)?, members).into_pyobject(py)?.into_any())
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
        Ok((raw::size::<Self>() + beyond).into_pyobject(py)?.into_any())
    }

    /// The bytes of an event that was received.
    #[inline]
    pub(crate) fn block<'a>(&'a self, py: Python<'a>) -> &'a [u8] {
        match &self.source {
            Source::Chunk { chunk, start, end, .. } => &chunk.as_bytes(py)[*start..*end],
            Source::Held { raw, .. } => raw,
            Source::Made(_) => &[],
        }
    }

    pub(crate) fn name<'a>(&'a self, py: Python<'a>) -> Cow<'a, str> {
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

impl Raw for Event {
    fn free() -> &'static FreeList {
        static FREE: FreeList = FreeList::new();
        &FREE
    }

    fn release(self, py: Python<'_>) {
        if let Source::Chunk { chunk, .. } = self.source {
            drop(chunk.into_bound(py));
        }
        self.data.release(py);
    }
}

impl Slots for Event {
    const MATCH_ARGS: &[&str] = &["event", "data", "id", "retry"];
    const HAS_ATTRIBUTES: bool = false;

    fn repr<'py>(&self, this: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = this.py();
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

    fn hash(&self, this: &Bound<'_, PyAny>) -> PyResult<isize> {
        let py = this.py();
        let members = [self.event(py)?, self.data(py)?, self.id(py)?, self.retry(py)?];
        PyTuple::new(py, members)?.hash()
    }

    fn equals(&self, this: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> PyResult<Option<bool>> {
        let (py, Some(other)) = (this.py(), EVENT.get(other)) else {
            return Ok(None);
        };
        Ok(Some(
            self.name(py) == other.name(py)
                && self.last_event_id() == other.last_event_id()
                && self.milliseconds(py) == other.milliseconds(py)
                && self.data(py)?.eq(other.data(py)?)?,
        ))
    }
}
