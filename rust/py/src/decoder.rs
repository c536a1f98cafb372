//! `Decoder`: the core's decoder behind a lock that never waits.

use std::sync::{Mutex, MutexGuard, TryLockError};

use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyMemoryView, PyString};
use ssewire_core::{Options, Oversize};

use crate::errors::event_too_large;
use crate::event::{EVENT, Event};
use crate::raw::{self, add_methods};
use crate::{docs, raw_feed};

/// A list for so many events is kept from one read to the next; more is rare, and then the cost of
/// a new one is lost among the events.
const KEPT_EVENTS: usize = 16;

/// Decodes a `text/event-stream` from bytes that are cut anywhere.
///
/// The rules are those of the WHATWG HTML standard, section "Server-sent events". No sequence of
/// bytes is an error, except for an event that is larger than `max_event_size`. A decoder is for
/// one stream at a time and one thread at a time.
///
/// Args:
///     last_event_id: the last event id to begin with, as after a reconnection.
///     max_event_size: the most bytes that one event may have, from its first field to the end of
///         its blank line; 64 MiB if not given, no limit if `None`.
///     oversize: what to do with a larger event: `"raise"` an `EventTooLarge`, or `"skip"` it,
///         count it in `skipped` and go on after its blank line.
///     flush_at_end: whether `finish()` returns the event whose blank line never came. By the
///         standard it is dropped.
///
/// Raises:
///     ValueError: `max_event_size` below 1, or an `oversize` that does not exist.
#[pyclass(frozen, subclass, module = "ssewire._core")]
pub(crate) struct Decoder(Mutex<Inner>);

struct Inner {
    decoder: ssewire_core::Decoder,
    events: Vec<Py<PyAny>>,
}

#[pymethods]
impl Decoder {
    #[new]
    #[pyo3(signature = (
        *,
        last_event_id=String::new(),
        max_event_size=Some(Options::MAX_EVENT_SIZE as i128),
        oversize="raise",
        flush_at_end=false,
    ))]
    #[pyo3(text_signature = "(*, last_event_id='', max_event_size=67108864, \
                             oversize='raise', flush_at_end=False)")]
    fn new(
        last_event_id: String,
        max_event_size: Option<i128>,
        oversize: &str,
        flush_at_end: bool,
    ) -> PyResult<Self> {
        let options = options(last_event_id, max_event_size, oversize, flush_at_end)?;
        let decoder = ssewire_core::Decoder::new(options);
        Ok(Self(Inner { decoder, events: Vec::new() }.into()))
    }

    /// End the stream.
    ///
    /// Returns:
    ///     Nothing, or with `flush_at_end` the event whose blank line never came, if it has data.
    ///     It may be cut in half, its id too. A second call returns nothing.
    ///
    /// Raises:
    ///     EventTooLarge: if that is how the stream ended.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let event = self.lock()?.decoder.finish();
        let event = event.map_err(|error| event_too_large(py, error))?;
        let event = event.map(|event| EVENT.object(py, Event::at_end(event)));
        PyList::new(py, event.transpose()?)
    }

    /// Go back to the state after construction, ready for another stream. Counters too.
    fn reset(&self) -> PyResult<()> {
        self.lock()?.decoder.reset();
        Ok(())
    }

    /// The last event id of the stream so far, or `""`.
    ///
    /// It is taken over at the blank line, of a block without data too, and stays until another
    /// block sets it.
    #[getter]
    fn last_event_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        Ok(PyString::new(py, self.lock()?.decoder.last_event_id()))
    }

    /// The reconnection time that the stream has set, in milliseconds, or `None`.
    ///
    /// Only ASCII digits count; numbers from 2**128 on are 2**128 - 1.
    #[getter]
    fn retry(&self) -> PyResult<Option<u128>> {
        Ok(self.lock()?.decoder.retry())
    }

    /// The number of bytes that are held because their event is not complete.
    #[getter]
    fn pending(&self) -> PyResult<usize> {
        Ok(self.lock()?.decoder.pending())
    }

    /// After `finish()`: whether the stream ended within an event or a line.
    #[getter]
    fn truncated(&self) -> PyResult<bool> {
        Ok(self.lock()?.decoder.truncated())
    }

    /// The number of comment lines so far: signs of life that are no events.
    #[getter]
    fn comments(&self) -> PyResult<u64> {
        Ok(self.lock()?.decoder.comments())
    }

    /// The number of events that were dropped because of `oversize="skip"`.
    #[getter]
    fn skipped(&self) -> PyResult<u64> {
        Ok(self.lock()?.decoder.skipped())
    }

    /// Bytes scanned and bytes copied since construction or `reset()`: for the tests.
    fn _work(&self) -> PyResult<(u64, u64)> {
        let work = self.lock()?.decoder.work();
        Ok((work.bytes_scanned, work.bytes_copied))
    }

    fn __sizeof__(&self) -> PyResult<usize> {
        let inner = self.lock()?;
        let list = inner.events.capacity() * size_of::<Py<PyAny>>();
        Ok(size_of::<Self>() + raw::HEADER + inner.decoder.capacity() + list)
    }
}

impl Decoder {
    /// `Decoder.feed`; `add_feed` makes it a method.
    #[inline(always)]
    pub(crate) fn feed<'py>(&self, chunk: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        match chunk.cast_exact::<PyBytes>() {
            Ok(chunk) => self.feed_bytes(chunk),
            Err(_) => self.feed_bytes(&bytes_of(chunk)?),
        }
    }

    fn feed_bytes<'py>(&self, chunk: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyList>> {
        let py = chunk.py();
        let mut inner = self.lock()?;
        let Inner { decoder, events: kept } = &mut *inner;
        if decoder.is_finished() {
            return Err(PyValueError::new_err(
                "feed() after finish(): the stream has ended; reset() makes ready for another",
            ));
        }
        // Taken out, so that none is left for another stream if memory runs out.
        let mut events = std::mem::take(kept);
        for event in decoder.feed(chunk.as_bytes()) {
            match event {
                Ok(event) => events.push(EVENT.object(py, Event::new(event, chunk))?.unbind()),
                // What was good comes first. The decoder will say it again.
                Err(_) if !events.is_empty() => {}
                Err(error) => return Err(event_too_large(py, error)),
            }
        }
        let list = raw::list(py, &mut events);
        events.shrink_to(KEPT_EVENTS);
        *kept = events;
        list
    }

    #[inline(always)]
    fn lock(&self) -> PyResult<MutexGuard<'_, Inner>> {
        match self.0.try_lock() {
            Ok(inner) => Ok(inner),
            // PyO3 panics when there is no memory for a list. The decoder itself is as it should be.
            Err(TryLockError::Poisoned(inner)) => Ok(inner.into_inner()),
            Err(TryLockError::WouldBlock) => Err(PyRuntimeError::new_err(
                "this Decoder is in use, by another thread or within its own feed(): \
                 a stream needs a Decoder of its own",
            )),
        }
    }
}

/// The options of a decoder.
pub(crate) fn options(
    last_event_id: String,
    max_event_size: Option<i128>,
    oversize: &str,
    flush_at_end: bool,
) -> PyResult<Options> {
    let max_event_size = match max_event_size {
        None => usize::MAX,
        Some(size @ 1..) => usize::try_from(size).unwrap_or(usize::MAX),
        Some(_) => return Err(PyValueError::new_err("max_event_size must be at least 1")),
    };
    let oversize = match oversize {
        "raise" => Oversize::Raise,
        "skip" => Oversize::Skip,
        _ => return Err(PyValueError::new_err("oversize must be 'raise' or 'skip'")),
    };
    Ok(Options { last_event_id, max_event_size, oversize, flush_at_end, error_field: false })
}

/// The bytes of anything that has some; what may change is copied. Of `bytes` only exactly those
/// are taken as they are, for a subclass can refer back to its events: see `raw::Raw`.
pub(crate) fn bytes_of<'py>(chunk: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    if let Ok(chunk) = chunk.cast_exact::<PyBytes>() {
        return Ok(chunk.clone());
    }
    if chunk.is_instance_of::<PyString>() {
        return Err(PyTypeError::new_err(
            "feed() takes bytes, not str: text was decoded before, which can lose characters \
             that were cut in two; pass the bytes of the response",
        ));
    }
    if !raw::is_buffer(chunk) {
        let kind = chunk.get_type().name()?;
        let message = format!("feed() takes bytes or another buffer, not {kind}");
        return Err(PyTypeError::new_err(message));
    }
    Ok(PyMemoryView::from(chunk)?.call_method0("tobytes")?.cast_into()?)
}

/// Makes `feed` a method.
pub(crate) fn add_feed(py: Python<'_>) -> PyResult<()> {
    #[inline(always)]
    fn feed<'py>(decoder: &Decoder, chunk: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Ok(decoder.feed(chunk)?.into_any())
    }
    let call = raw_feed!(Decoder, feed);
    add_methods(&py.get_type::<Decoder>(), &[(c"feed", docs::FEED, call)])
}
