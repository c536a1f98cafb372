//! `Dispatcher`, `ChunkDispatcher`, `EventDispatcher`: the core's dispatcher behind a lock that never
//! waits, and the handlers.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, TryLockError};

use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCFunction, PyList, PyString};
use pyo3::{PyTraverseError, PyVisit};
use ssewire_core::{DispatchOptions, Family, Path, Payload, Shape};

use crate::decoder::{bytes_of, options};
use crate::errors::raise;
use crate::event::{EVENT, Event};
use crate::handlers::Handlers;
use crate::item::{self, Item, Read};
use crate::raw::{self, add_methods};
use crate::{docs, json, outcome, raw_feed};

/// A list for so many items is kept from one read to the next.
const KEPT_ITEMS: usize = 16;

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
}

struct Inner {
    dispatcher: ssewire_core::Dispatcher,
    handlers: Handlers,
    /// Items whose handlers have still to be called, or that have still to be returned.
    items: Vec<Py<PyAny>>,
    /// How many of them have had all their calls made, and the calls that are left of the next one.
    handled: usize,
    calls: Option<VecDeque<(Py<PyAny>, Py<PyAny>)>>,
    /// Whether handlers are being called.
    handling: bool,
    finished: bool,
}

#[pymethods]
impl Dispatcher {
    #[new]
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
    ///     EventTooLarge: if that is how the stream ended.
    ///     InvalidPayload: the same.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let mut inner = self.idle()?;
        inner.finished = true;
        let ended = inner.dispatcher.finish();
        match ended {
            Ok(items) => {
                for own in items {
                    let ssewire_core::Item { event, payload, deltas, family, path } = own;
                    let event = Event::at_end(event);
                    let own = Item::Read(Read { event, payload, deltas, family, path }.into());
                    inner.items.push(item::object(py, own)?.unbind());
                }
            }
            Err(error) if inner.items.is_empty() => return Err(raise(py, error)),
            // What was good comes first.
            Err(_) => {}
        }
        self.deliver(py, inner)
    }

    /// Go back to the state after construction, ready for another stream. Handlers stay.
    fn reset(&self) -> PyResult<()> {
        let mut inner = self.idle()?;
        inner.dispatcher.reset();
        (inner.items, inner.handled, inner.calls) = (Vec::new(), 0, None);
        inner.finished = false;
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
        let add = |this: &Self, kind: &str, handler: Bound<'py, PyAny>| {
            if !handler.is_callable() {
                return Err(PyTypeError::new_err("a handler has to be callable"));
            }
            this.lock()?.handlers.add(kind, handler.clone().unbind());
            Ok(handler)
        };
        if let Some(handler) = handler {
            return add(this.get(), &kind, handler);
        }
        let owner = this.clone().unbind();
        let decorator = PyCFunction::new_closure(this.py(), None, None, move |args, _| {
            let handler = args.get_item(0)?;
            if !handler.is_callable() {
                return Err(PyTypeError::new_err("a handler has to be callable"));
            }
            owner.get().lock()?.handlers.add(&kind, handler.clone().unbind());
            Ok::<_, PyErr>(handler.unbind())
        })?;
        Ok(decorator.into_any())
    }

    /// `"chat"`, `"completions"`, `"messages"`, `"responses"`, or `None` while unknown.
    #[getter]
    fn shape(&self) -> PyResult<Option<&'static str>> {
        Ok(self.lock()?.dispatcher.shape().map(Shape::name))
    }

    /// The `Outcome` so far, at any moment, also after an error.
    ///
    /// It costs as much as the answer is long.
    #[getter]
    fn outcome<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        outcome::new(py, &self.lock()?.dispatcher)
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
        self.inner.try_lock().map_or(Ok(()), |inner| inner.handlers.traverse(&visit))
    }

    fn __clear__(&self) {
        if let Ok(mut inner) = self.inner.try_lock() {
            inner.handlers.clear();
        }
    }
}

fn default() -> DispatchOptions {
    DispatchOptions::default()
}

impl Dispatcher {
    fn of(options: DispatchOptions) -> Self {
        let inner = Inner {
            dispatcher: ssewire_core::Dispatcher::new(options),
            handlers: Handlers::default(),
            items: Vec::new(),
            handled: 0,
            calls: None,
            handling: false,
            finished: false,
        };
        Self { inner: inner.into() }
    }

    /// `feed`; `add_feed` makes it a method.
    #[inline(always)]
    fn feed<'py>(&self, chunk: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        match chunk.cast_exact::<PyBytes>() {
            Ok(chunk) => self.feed_bytes(chunk),
            Err(_) => self.feed_bytes(&bytes_of(chunk)?),
        }
    }

    fn feed_bytes<'py>(&self, chunk: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyList>> {
        let py = chunk.py();
        let mut guard = self.ready()?;
        let inner = &mut *guard;
        let mut found = inner.dispatcher.feed(chunk.as_bytes());
        let failed = loop {
            while let Some(found) = found.repeat() {
                let own = Item::Repeat { chunk: chunk.clone().unbind(), found };
                inner.items.push(item::object(py, own)?.unbind());
            }
            match found.next() {
                Some(Ok(own)) => {
                    let own = match own.into_repeat() {
                        Ok((repeat, raw)) => {
                            let chunk = PyBytes::new(py, &raw).unbind();
                            found.recycle(raw);
                            Item::Repeat { chunk, found: repeat }
                        }
                        Err(ssewire_core::Item { event, payload, deltas, family, path }) => {
                            let event = Event::new(event, chunk);
                            Item::Read(Read { event, payload, deltas, family, path }.into())
                        }
                    };
                    inner.items.push(item::object(py, own)?.unbind());
                }
                Some(Err(error)) => break Some(error),
                None => break None,
            }
        };
        drop(found);
        if let Some(error) = failed.filter(|_| inner.items.is_empty()) {
            return Err(raise(py, error));
        }
        // What was good comes first. The dispatcher will say it again.
        if inner.handlers.is_empty() {
            let list = raw::list(py, &mut inner.items);
            inner.items.shrink_to(KEPT_ITEMS);
            return list;
        }
        self.deliver(py, guard)
    }

    /// `feed_text`; `add_feed` makes it a method.
    fn feed_text<'py>(&self, chunk: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = chunk.py();
        let chunk = match chunk.cast_exact::<PyBytes>() {
            Ok(chunk) => chunk.clone(),
            Err(_) => bytes_of(chunk)?,
        };
        let mut guard = self.ready()?;
        let inner = &mut *guard;
        if !inner.handlers.is_empty() || !inner.items.is_empty() {
            drop(guard);
            let mut text = String::new();
            for own in self.feed_bytes(&chunk)? {
                item::of(&own)?.append_text(py, &mut text);
            }
            return Ok(PyString::new(py, &text).into_any());
        }
        let mut text = Vec::new();
        let fed = inner.dispatcher.feed_text(chunk.as_bytes(), &mut text);
        match fed {
            Err(error) if text.is_empty() => Err(raise(py, error)),
            _ => Ok(raw::text(py, &text)?.into_any()),
        }
    }

    /// Reads data; `event` makes the event for the payload at that place in it.
    fn read<'py>(
        &self,
        py: Python<'py>,
        data: &[u8],
        name: &str,
        event: impl Fn(std::ops::Range<usize>) -> PyResult<Event>,
    ) -> PyResult<Bound<'py, PyList>> {
        let mut inner = self.ready()?;
        let parts = inner.dispatcher.read(data, name.as_bytes());
        for part in parts.map_err(|error| raise(py, error))? {
            let payload = Payload::Own(data[part.place.clone()].into());
            let event = event(part.place)?;
            let (deltas, family, path) = (part.deltas, part.family, Path::Unknown);
            let own = Item::Read(Read { event, payload, deltas, family, path }.into());
            inner.items.push(item::object(py, own)?.unbind());
        }
        self.deliver(py, inner)
    }

    /// Calls the handlers of the items that are new, and returns the items.
    fn deliver<'a, 'py>(
        &'a self,
        py: Python<'py>,
        mut inner: MutexGuard<'a, Inner>,
    ) -> PyResult<Bound<'py, PyList>> {
        inner.handling = true;
        let called = loop {
            if inner.handlers.is_empty() || inner.handled == inner.items.len() {
                break Ok(());
            }
            let item = inner.items[inner.handled].clone_ref(py).into_bound(py);
            let mut calls = match inner.calls.take() {
                Some(calls) => calls,
                None => match inner.handlers.calls(&item) {
                    Ok(calls) => calls.into(),
                    Err(error) => break Err(error),
                },
            };
            let Some((handler, argument)) = calls.pop_front() else {
                inner.handled += 1;
                continue;
            };
            inner.calls = Some(calls);
            // A handler may look at the outcome.
            drop(inner);
            let called = handler.bind(py).call1((argument,));
            inner = self.lock()?;
            if let Err(error) = called {
                break Err(error);
            }
        };
        inner.handling = false;
        called?;
        inner.handled = 0;
        raw::list(py, &mut inner.items)
    }

    /// The lock, if nobody is being called.
    fn idle(&self) -> PyResult<MutexGuard<'_, Inner>> {
        let inner = self.lock()?;
        if inner.handling {
            return Err(PyRuntimeError::new_err(
                "this dispatcher is feeding: a handler cannot feed it",
            ));
        }
        Ok(inner)
    }

    /// The lock, if the stream goes on and nobody is being called.
    fn ready(&self) -> PyResult<MutexGuard<'_, Inner>> {
        let inner = self.idle()?;
        if inner.finished && !inner.dispatcher.has_failed() {
            return Err(PyValueError::new_err(
                "feed() after finish(): the stream has ended; reset() makes ready for another",
            ));
        }
        Ok(inner)
    }

    fn lock(&self) -> PyResult<MutexGuard<'_, Inner>> {
        match self.inner.try_lock() {
            Ok(inner) => Ok(inner),
            // PyO3 panics when there is no memory for a list. The rest is as it should be.
            Err(TryLockError::Poisoned(inner)) => Ok(inner.into_inner()),
            Err(TryLockError::WouldBlock) => Err(PyRuntimeError::new_err(
                "this dispatcher is in use by another thread: a stream needs one of its own",
            )),
        }
    }
}

/// Reads streams of the chunk family: chat completions and text completions.
///
/// See `Dispatcher`, which finds out the family too.
///
/// Args:
///     shape: `"chat"`, `"completions"`, or `"auto"` to find out.
///     strict: see `Dispatcher`; the others too.
///     last_event_id: see `Decoder`.
///     max_event_size: see `Decoder`.
///     oversize: see `Decoder`.
///     flush_at_end: see `Decoder`.
#[pyclass(frozen, subclass, extends=Dispatcher, module = "ssewire")]
pub(crate) struct ChunkDispatcher;

#[pymethods]
impl ChunkDispatcher {
    #[new]
    #[pyo3(signature = (
        shape="auto",
        *,
        strict=false,
        last_event_id=String::new(),
        max_event_size=Some(ssewire_core::Options::MAX_EVENT_SIZE as i128),
        oversize="raise",
        flush_at_end=false,
        _templates=true,
    ))]
    #[pyo3(text_signature = "(shape='auto', *, strict=False, last_event_id='', \
                             max_event_size=67108864, oversize='raise', flush_at_end=False, \
                             _templates=True)")]
    fn new(
        shape: &str,
        strict: bool,
        last_event_id: String,
        max_event_size: Option<i128>,
        oversize: &str,
        flush_at_end: bool,
        _templates: bool,
    ) -> PyResult<PyClassInitializer<Self>> {
        let shape = shape_of(shape, Family::Chunks)?;
        let decoder = options(last_event_id, max_event_size, oversize, flush_at_end)?;
        let family = Some(Family::Chunks);
        let options = DispatchOptions { decoder, family, shape, strict, templates: _templates };
        Ok(PyClassInitializer::from(Dispatcher::of(options)).add_subclass(Self))
    }
}

/// Reads streams of typed events: Anthropic messages and OpenAI Responses.
///
/// See `Dispatcher`, which finds out the family too.
///
/// Args:
///     shape: `"messages"`, `"responses"`, or `"auto"` to find out.
///     strict: see `Dispatcher`; the others too.
///     last_event_id: see `Decoder`.
///     max_event_size: see `Decoder`.
///     oversize: see `Decoder`.
///     flush_at_end: see `Decoder`.
#[pyclass(frozen, subclass, extends=Dispatcher, module = "ssewire")]
pub(crate) struct EventDispatcher;

#[pymethods]
impl EventDispatcher {
    #[new]
    #[pyo3(signature = (
        shape="auto",
        *,
        strict=false,
        last_event_id=String::new(),
        max_event_size=Some(ssewire_core::Options::MAX_EVENT_SIZE as i128),
        oversize="raise",
        flush_at_end=false,
        _templates=true,
    ))]
    #[pyo3(text_signature = "(shape='auto', *, strict=False, last_event_id='', \
                             max_event_size=67108864, oversize='raise', flush_at_end=False, \
                             _templates=True)")]
    fn new(
        shape: &str,
        strict: bool,
        last_event_id: String,
        max_event_size: Option<i128>,
        oversize: &str,
        flush_at_end: bool,
        _templates: bool,
    ) -> PyResult<PyClassInitializer<Self>> {
        let shape = shape_of(shape, Family::Events)?;
        let decoder = options(last_event_id, max_event_size, oversize, flush_at_end)?;
        let family = Some(Family::Events);
        let options = DispatchOptions { decoder, family, shape, strict, templates: _templates };
        Ok(PyClassInitializer::from(Dispatcher::of(options)).add_subclass(Self))
    }
}

fn shape_of(name: &str, family: Family) -> PyResult<Option<Shape>> {
    if name == "auto" {
        return Ok(None);
    }
    let known = Shape::ALL.iter().filter(|(shape, _)| shape.family() == family);
    let mut names = vec!["'auto'".to_owned()];
    for (shape, own) in known {
        if *own == name {
            return Ok(Some(*shape));
        }
        names.push(format!("'{own}'"));
    }
    Err(PyValueError::new_err(format!("shape must be {}", names.join(" or "))))
}

/// Makes `feed` and `feed_text` methods.
pub(crate) fn add_feed(py: Python<'_>) -> PyResult<()> {
    #[inline(always)]
    fn feed<'py>(own: &Dispatcher, chunk: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Ok(own.feed(chunk)?.into_any())
    }
    let methods = [
        (c"feed", docs::DISPATCH_FEED, raw_feed!(Dispatcher, feed) as _),
        (c"feed_text", docs::FEED_TEXT, raw_feed!(Dispatcher, Dispatcher::feed_text) as _),
    ];
    add_methods(&py.get_type::<Dispatcher>(), &methods)
}
