//! `Dispatcher`: the core's dispatcher behind a lock that never waits, and the handlers.

mod families;
mod feeding;

pub(crate) use families::{ChunkDispatcher, EventDispatcher};
pub(crate) use feeding::add_feed;

use std::collections::VecDeque;
use std::mem::take;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};
use pyo3::{PyTraverseError, PyVisit};
use ssewire_core::{Answer, DispatchError, DispatchOptions, Shape};

use crate::decoder::{bytes_of, options};
use crate::event::{EVENT, Event};
use crate::handlers::Handlers;
use crate::raw;
use crate::{json, outcome};

/// Reads a stream of either API family, cut anywhere, to items, deltas and an outcome.
///
/// The shape (chat, completions, messages, responses) is found out from the first payload that
/// tells it. Nothing that a server sends makes it raise, except for an event that is larger than
/// `max_event_size`, and with `strict` a payload that is no JSON. What went wrong is in `outcome`. A
/// dispatcher is for one stream at a time and one thread at a time.
///
/// Args:
///     strict: whether a payload that is not JSON raises `InvalidPayload`.
///     last_event_id: see `Decoder`.
///     max_event_size: see `Decoder`.
///     oversize: see `Decoder`.
///     flush_at_end: see `Decoder`.
#[pyclass(frozen, subclass, module = "ssewire")]
pub(crate) struct Dispatcher {
    inner: Mutex<Inner>,
    /// Whether handlers are being called. It is not behind the lock, for that may be another
    /// thread's just when they are done.
    handling: AtomicBool,
}

/// Handlers, and what each is to be called with.
type Calls = VecDeque<(Py<PyAny>, Py<PyAny>)>;

struct Inner {
    dispatcher: ssewire_core::Dispatcher,
    handlers: Handlers,
    /// Items whose handlers have still to be called, or that have still to be returned.
    items: Vec<Py<PyAny>>,
    /// How many of them have had all their calls made, and the calls that are left of the next one.
    handled: usize,
    calls: Option<Box<Calls>>,
    finished: bool,
    /// How the stream ended, until `finish` has said so.
    failed: Option<Box<DispatchError>>,
}

#[pymethods]
impl Dispatcher {
    #[new]
    #[expect(clippy::used_underscore_binding, reason = "private, but for Python a keyword")]
    #[pyo3(signature = (
        *,
        strict=false,
        last_event_id=String::new(),
        max_event_size=Some(ssewire_core::Options::MAX_EVENT_SIZE as i128),
        oversize="raise",
        flush_at_end=false,
        _templates=true,
    ))]
    #[pyo3(text_signature = "(*, strict=False, last_event_id='', max_event_size=67108864, \
                             oversize='raise', flush_at_end=False, _templates=True)")]
    fn new(
        strict: bool,
        last_event_id: String,
        max_event_size: Option<i128>,
        oversize: &str,
        flush_at_end: bool,
        _templates: bool,
    ) -> PyResult<Self> {
        let decoder = options(last_event_id, max_event_size, oversize, flush_at_end)?;
        let options = DispatchOptions { decoder, strict, templates: _templates, ..default() };
        Ok(Self::of(options))
    }

    /// End the stream.
    ///
    /// Returns:
    ///     Nothing, or with `flush_at_end` the items of the event whose blank line never came; and
    ///     those that a handler's exception kept back. A second call returns nothing.
    ///
    /// Raises:
    ///     EventTooLarge: if that is how the stream ended; with the call after the one that
    ///         returned items, if there were any.
    ///     InvalidPayload: the same.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.end(py)
    }

    /// Go back to the state after construction, ready for another stream. Handlers stay.
    fn reset(&self) -> PyResult<()> {
        let mut inner = self.idle()?;
        inner.dispatcher.reset();
        (inner.items, inner.handled, inner.calls) = (Vec::new(), 0, None);
        (inner.finished, inner.failed) = (false, None);
        Ok(())
    }

    /// Read an event that came from elsewhere.
    ///
    /// Args:
    ///     event: a `ServerSentEvent`, or any object with `event` (`str` or `None`) and `data` (`str`),
    ///         such as those of other decoders.
    ///
    /// Returns:
    ///     The items of the event; nearly always one.
    ///
    /// Raises:
    ///     InvalidPayload: if `strict` and the data is not JSON.
    ///     TypeError: if it is no event.
    fn feed_event<'py>(&self, event: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        let py = event.py();
        if let Some(own) = EVENT.get(event) {
            let name = own.name(py).into_owned();
            return self.read(py, &own.data_bytes(py), &name, |_| Ok(own.share(py)));
        }
        let (Ok(name), Ok(data)) = (event.getattr("event"), event.getattr("data")) else {
            return Err(PyTypeError::new_err(
                "feed_event() takes a ServerSentEvent, or another object with event and data",
            ));
        };
        let name: Option<String> = name.extract()?;
        let data: String = data.extract()?;
        let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| "message".into());
        let made = Event::made(&name, &data);
        self.read(py, data.as_bytes(), &name, |_| Ok(made.share(py)))
    }

    /// Read a payload that came without an event around it.
    ///
    /// Such as a recorded line, or the inner JSON of a Bedrock event.
    ///
    /// Args:
    ///     data: the JSON, as `str`, `bytes` or another buffer.
    ///
    /// Returns:
    ///     The items of the payload; nearly always one.
    ///
    /// Raises:
    ///     InvalidPayload: if `strict` and the data is not JSON.
    fn feed_payload<'py>(&self, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        let py = data.py();
        let bytes = match data.cast::<PyString>() {
            Ok(text) => {
                text.call_method1("encode", ("utf-8", "replace"))?.cast_into::<PyBytes>()?
            }
            Err(_) => bytes_of(data)?,
        };
        let bytes = bytes.as_bytes();
        self.read(py, bytes, "message", |place| {
            Ok(Event::made("message", &String::from_utf8_lossy(&bytes[place])))
        })
    }

    /// Have a function called for every delta of a kind, or every item of a native type.
    ///
    /// The handlers of an item's native type are called with the item, then for each of its deltas
    /// those of the delta's kind with the `Delta`; in order, after the read was taken in. If one
    /// raises, that comes out of `feed`; the items that it kept back come with the next call, and
    /// with them the calls that are left.
    ///
    /// Args:
    ///     kind: a kind of delta (see `Delta.kind`), or the type of a native event, such as
    ///         `"content_block_start"` or `"response.completed"`.
    ///     handler: the function; without it, this is a decorator.
    ///
    /// Returns:
    ///     The handler, or the decorator.
    #[pyo3(signature = (kind, handler=None))]
    fn on<'py>(
        this: &Bound<'py, Self>,
        kind: String,
        handler: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some(handler) = handler else {
            // Unlike a closure, the garbage collector can look into it.
            let on = this.py().get_type::<Self>().getattr("on")?;
            return this.py().import("functools")?.call_method1("partial", (on, this, kind));
        };
        if !handler.is_callable() {
            return Err(PyTypeError::new_err("a handler has to be callable"));
        }
        this.get().lock()?.handlers.add(&kind, handler.clone().unbind());
        Ok(handler)
    }

    /// `"chat"`, `"completions"`, `"messages"`, `"responses"`, or `None` while unknown.
    #[getter]
    fn shape(&self) -> PyResult<Option<&'static str>> {
        Ok(self.lock()?.dispatcher.shape().map(Shape::name))
    }

    /// Whether any output has come: text, reasoning, a refusal, a call, audio.
    #[getter]
    fn begun(&self) -> PyResult<bool> {
        self.look(Answer::has_begun)
    }

    /// Whether the answer is over, so that reading on is of no use.
    ///
    /// Its last event was seen, or an error. A `finish_reason` is no such event: usage may follow.
    #[getter]
    fn ended(&self) -> PyResult<bool> {
        self.look(Answer::has_ended)
    }

    /// The `Outcome` so far, at any moment, also after an error.
    ///
    /// It costs as much as the answer is long.
    #[getter]
    fn outcome<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (own, body) = {
            let dispatcher = &self.lock()?.dispatcher;
            (dispatcher.outcome(), dispatcher.body().map(|body| PyBytes::new(py, body)))
        };
        // Without the lock: that is Python's code, within which anything may happen.
        outcome::new(py, own, body)
    }

    /// The message so far in the official final form of its API.
    ///
    /// That is a ChatCompletion, Completion, Message or Response. It costs as much as the answer is
    /// long.
    ///
    /// Returns:
    ///     A dict; `None` as long as the shape is not known.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let snapshot = self.lock()?.dispatcher.answer().snapshot();
        snapshot.map_or_else(|| Ok(py.None().into_bound(py)), |json| json::parse(py, &json))
    }

    /// Bytes scanned and bytes copied by the decoder: for the tests.
    fn _work(&self) -> PyResult<(u64, u64)> {
        let work = self.lock()?.dispatcher.decoder().work();
        Ok((work.bytes_scanned, work.bytes_copied))
    }

    fn __sizeof__(&self) -> PyResult<usize> {
        let inner = self.lock()?;
        let list = inner.items.capacity() * size_of::<Py<PyAny>>();
        Ok(size_of::<Self>() + raw::HEADER + inner.dispatcher.capacity() + list)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // Who is in use is alive.
        let Some(inner) = self.try_lock() else {
            return Ok(());
        };
        inner.handlers.traverse(&visit)?;
        inner
            .calls
            .iter()
            .flat_map(|calls| calls.iter())
            .try_for_each(|(handler, _)| visit.call(handler))
    }

    fn __clear__(&self) {
        let own = self.try_lock().map(|mut inner| (take(&mut inner.handlers), inner.calls.take()));
        // Without the lock: a handler that goes may look at us.
        drop(own);
    }
}

fn default() -> DispatchOptions {
    DispatchOptions::default()
}

impl Dispatcher {
    /// What the answer so far is, for whoever asks between two reads.
    #[inline]
    pub(crate) fn look<T>(&self, at: impl FnOnce(&Answer) -> T) -> PyResult<T> {
        Ok(at(self.lock()?.dispatcher.answer()))
    }

    fn of(options: DispatchOptions) -> Self {
        let inner = Inner {
            dispatcher: ssewire_core::Dispatcher::new(options),
            handlers: Handlers::default(),
            items: Vec::new(),
            handled: 0,
            calls: None,
            finished: false,
            failed: None,
        };
        Self { inner: inner.into(), handling: false.into() }
    }
}
