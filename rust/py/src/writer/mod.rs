//! `ChunkWriter` and `EventWriter`: the core's writer behind a lock that never waits.

mod classes;

pub(crate) use classes::{ChunkWriter, EventWriter};

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use ssewire_core::json::quoted;
use ssewire_core::{Finish, Id, Page, Said, Shape, StreamError, Usage};

/// What `ChunkWriter` and `EventWriter` have in common.
///
/// Every method returns the bytes to send. What a shape needs around what is said comes with it: a
/// start if there was none, the end of a block before another begins, everything that repeats the
/// whole. After `done()` and `fail()` each raises `ValueError`.
#[pyclass(frozen, subclass, module = "ssewire._core")]
pub(crate) struct Writer(Mutex<Inner>);

struct Inner {
    writer: ssewire_core::Writer,
    id: String,
    model: String,
    created: u64,
    calls: u32,
}

#[pymethods]
impl Writer {
    /// Begin the answer, so that the client sees that there will be one.
    fn start<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let mut out = Vec::new();
        self.lock()?.start(&mut out);
        Ok(PyBytes::new(py, &out))
    }

    /// A piece of the text.
    ///
    /// Args:
    ///     piece: some characters; empty says nothing.
    ///     index: text under another index is another block, or another item; chunks have none.
    #[pyo3(signature = (piece, index=0))]
    fn text<'py>(&self, piece: &Bound<'py, PyString>, index: u64) -> PyResult<Bound<'py, PyBytes>> {
        self.write(piece.py(), &Said::Text { index, piece: &json(piece) })
    }

    /// A piece of the reasoning.
    ///
    /// Args:
    ///     piece: some characters.
    ///     index: reasoning under another index is another block.
    #[pyo3(signature = (piece, index=0))]
    fn reasoning<'py>(
        &self,
        piece: &Bound<'py, PyString>,
        index: u64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.write(piece.py(), &Said::Reasoning { index, piece: &json(piece) })
    }

    /// The signature of the reasoning, for shapes that have one.
    ///
    /// Args:
    ///     signature: all of it.
    ///     index: of the reasoning.
    #[pyo3(signature = (signature, index=0))]
    fn signature<'py>(
        &self,
        signature: &Bound<'py, PyString>,
        index: u64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.write(signature.py(), &Said::Signature { index, piece: &json(signature) })
    }

    /// A piece of a refusal in words. Messages have it as text.
    ///
    /// Args:
    ///     piece: some characters.
    ///     index: a refusal under another index is another item.
    #[pyo3(signature = (piece, index=0))]
    fn refusal<'py>(
        &self,
        piece: &Bound<'py, PyString>,
        index: u64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.write(piece.py(), &Said::Refusal { index, piece: &json(piece) })
    }

    /// A page that the text cites.
    ///
    /// Args:
    ///     url: its address.
    ///     title: its title.
    ///     cited_text: what is cited.
    ///     span: where in the text, in characters, the part begins that cites it, and where it ends.
    ///     index: of the text.
    #[pyo3(signature = (url, *, title=None, cited_text=None, span=None, index=0))]
    fn citation<'py>(
        &self,
        py: Python<'py>,
        url: &str,
        title: Option<&str>,
        cited_text: Option<&str>,
        span: Option<(u64, u64)>,
        index: u64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (url, title, cited_text) = (quoted(Some(url)), quoted(title), quoted(cited_text));
        let page = Page { url: &url, title: &title, cited_text: &cited_text, span };
        self.write(py, &Said::Citation { index, page })
    }

    /// A tool call opens; its arguments come with `tool_arguments()`.
    ///
    /// Args:
    ///     id: what the client sends back with the result.
    ///     name: the tool's.
    ///     custom: whether the arguments are free text instead of JSON.
    #[pyo3(signature = (id, name, *, custom=false))]
    fn tool_call<'py>(
        &self,
        py: Python<'py>,
        id: &str,
        name: &str,
        custom: bool,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let mut inner = self.lock()?;
        let call = inner.calls;
        inner.calls += 1;
        drop(inner);
        self.write(py, &Said::ToolCall { call, id, name, custom })
    }

    /// A piece of a call's arguments.
    ///
    /// Args:
    ///     piece: some characters of the JSON.
    ///     call: which call, counted from 0 in the order of `tool_call()`; the last one if not
    ///         given.
    ///
    /// Raises:
    ///     ValueError: there is no such call.
    #[pyo3(signature = (piece, call=None))]
    fn tool_arguments<'py>(
        &self,
        piece: &Bound<'py, PyString>,
        call: Option<u32>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let calls = self.lock()?.calls;
        let call = call.or(calls.checked_sub(1)).filter(|call| *call < calls);
        let call = call.ok_or_else(|| PyValueError::new_err("there is no such tool call"))?;
        self.write(piece.py(), &Said::ToolArguments { call, piece: &json(piece) })
    }

    /// Say why the answer stopped.
    ///
    /// Args:
    ///     reason: `"stop"`, `"length"`, `"tool_calls"`, `"content_filter"` or `"pause"`; what a
    ///         shape does not know becomes the nearest that it does.
    ///     sequence: the stop sequence that did it.
    ///
    /// Raises:
    ///     ValueError: there is no such reason.
    #[pyo3(signature = (reason="stop", *, sequence=None))]
    fn finish<'py>(
        &self,
        py: Python<'py>,
        reason: &str,
        sequence: Option<&str>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let why = match reason {
            "stop" => Finish::Stop,
            "length" => Finish::Length,
            "tool_calls" => Finish::ToolCalls,
            "content_filter" => Finish::ContentFilter,
            "pause" => Finish::Pause,
            _ => {
                return Err(PyValueError::new_err(
                    "reason must be 'stop', 'length', 'tool_calls', 'content_filter' or 'pause'",
                ));
            }
        };
        self.write(py, &Said::Finish { why, sequence })
    }

    /// End the answer, which is whole.
    ///
    /// Args:
    ///     usage: the counts, a `Tokens` or any object with its members. Without it chunks say
    ///         nothing of usage, messages zeros, and responses `null`.
    #[pyo3(signature = (usage=None))]
    fn done<'py>(
        &self,
        py: Python<'py>,
        usage: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let usage = usage.map(counts).transpose()?;
        self.write(py, &Said::Done(usage.as_ref()))
    }

    /// End the answer with an error.
    ///
    /// Args:
    ///     message: what the client may know.
    ///     type: the error's type.
    ///     status: the HTTP status that it would have had; in messages the type follows from it.
    #[pyo3(signature = (message, *, r#type="api_error", status=None))]
    #[pyo3(text_signature = "($self, message, *, type='api_error', status=None)")]
    fn fail<'py>(
        &self,
        py: Python<'py>,
        message: &str,
        r#type: &str,
        status: Option<u16>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let error = StreamError::new(r#type, message, status);
        self.write(py, &Said::Error(&error))
    }

    /// A sign of life: a comment, or a ping in messages.
    fn ping<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.write(py, &Said::Ping)
    }

    /// Whether the answer has ended.
    #[getter]
    fn ended(&self) -> PyResult<bool> {
        Ok(self.lock()?.writer.has_ended())
    }

    /// What the shape could not carry, by name, and how often.
    #[getter]
    fn dropped(&self) -> PyResult<BTreeMap<&'static str, u64>> {
        Ok(self.lock()?.writer.dropped().clone())
    }
}

impl Writer {
    fn new(shape: Shape, id: String, model: String, created: u64) -> Self {
        let writer = ssewire_core::Writer::new(shape);
        Self(Inner { writer, id, model, created, calls: 0 }.into())
    }

    fn write<'py>(&self, py: Python<'py>, said: &Said<'_>) -> PyResult<Bound<'py, PyBytes>> {
        let mut inner = self.lock()?;
        if inner.writer.has_ended() {
            return Err(PyValueError::new_err("the answer has ended: another needs a new writer"));
        }
        let mut out = Vec::new();
        if !matches!(said, Said::Ping | Said::Error(_)) {
            inner.start(&mut out);
        }
        inner.writer.write(said, &mut out);
        Ok(PyBytes::new(py, &out))
    }

    fn lock(&self) -> PyResult<MutexGuard<'_, Inner>> {
        match self.0.try_lock() {
            Err(TryLockError::WouldBlock) => {
                Err(PyRuntimeError::new_err("this writer is in use by another thread"))
            }
            Ok(inner) => Ok(inner),
            Err(TryLockError::Poisoned(inner)) => Ok(PoisonError::into_inner(inner)),
        }
    }
}

impl Inner {
    fn start(&mut self, out: &mut Vec<u8>) {
        if !self.writer.has_begun() && !self.writer.has_ended() {
            let Self { writer, id, model, created, .. } = self;
            writer.write(&Said::Start { id: Id::Exact(id), model, created: *created }, out);
        }
    }
}

/// The counts of a `Tokens`.
fn counts(tokens: &Bound<'_, PyAny>) -> PyResult<Usage> {
    let count = |name: &str| tokens.getattr(name)?.extract::<Option<u64>>();
    Ok(Usage {
        input: count("input")?,
        output: count("output")?,
        cached: count("cached")?,
        cache_written: None,
        reasoning: count("reasoning")?,
        total: count("total")?,
        extra: Vec::new(),
    })
}

/// A piece as JSON.
fn json(piece: &Bound<'_, PyString>) -> Vec<u8> {
    quoted(Some(&piece.to_string_lossy()))
}
