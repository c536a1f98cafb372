//! How a dispatcher is fed: items made, handlers called.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{MutexGuard, TryLockError};

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};
use ssewire_core::{Path, Payload};

use super::{Dispatcher, Inner};
use crate::decoder::bytes_of;
use crate::errors::raise;
use crate::event::Event;
use crate::item::{self, Item, Read};
use crate::pace::Pace;
use crate::raw::{self, add_methods};
use crate::{docs, raw_feed};

/// A list for so many items is kept from one read to the next.
const KEPT_ITEMS: usize = 16;

impl Dispatcher {
    /// `feed`; `add_feed` makes it a method. A pace notes the read, so that both take one lock.
    #[inline(always)]
    pub(crate) fn feed<'py>(
        &self,
        chunk: &Bound<'py, PyAny>,
        pace: Option<&Pace>,
    ) -> PyResult<Bound<'py, PyList>> {
        match chunk.cast_exact::<PyBytes>() {
            Ok(chunk) => self.feed_bytes(chunk, pace),
            Err(_) => self.feed_bytes(&bytes_of(chunk)?, pace),
        }
    }

    fn feed_bytes<'py>(
        &self,
        chunk: &Bound<'py, PyBytes>,
        pace: Option<&Pace>,
    ) -> PyResult<Bound<'py, PyList>> {
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
            let list = list?;
            if let Some(pace) = pace {
                pace.note(inner.dispatcher.answer());
            }
            return Ok(list);
        }
        let (list, inner) = self.deliver(py, guard)?;
        if let Some(pace) = pace {
            pace.note(inner.dispatcher.answer());
        }
        Ok(list)
    }

    /// `feed_text`; `add_feed` makes it a method.
    pub(super) fn feed_text<'py>(&self, chunk: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
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
            for own in self.feed_bytes(&chunk, None)? {
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
    pub(super) fn read<'py>(
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
        Ok(self.deliver(py, inner)?.0)
    }

    /// `finish`.
    pub(super) fn end<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let mut guard = self.idle()?;
        let inner = &mut *guard;
        inner.finished = true;
        match inner.dispatcher.finish() {
            Ok(items) => {
                for own in items {
                    let ssewire_core::Item { event, payload, deltas, family, path } = own;
                    let event = Event::at_end(event);
                    let own = Item::Read(Read { event, payload, deltas, family, path }.into());
                    inner.items.push(item::object(py, own)?.unbind());
                }
            }
            Err(error) => inner.failed = Some(error.into()),
        }
        // What was good comes first.
        if inner.items.is_empty()
            && let Some(error) = inner.failed.take()
        {
            return Err(raise(py, *error));
        }
        Ok(self.deliver(py, guard)?.0)
    }

    /// Calls the handlers of the items that are new, and returns the items and the lock.
    fn deliver<'a, 'py>(
        &'a self,
        py: Python<'py>,
        mut inner: MutexGuard<'a, Inner>,
    ) -> PyResult<(Bound<'py, PyList>, MutexGuard<'a, Inner>)> {
        let _handling = Handling::new(&self.handling);
        while !inner.handlers.is_empty() && inner.handled < inner.items.len() {
            let item = inner.items[inner.handled].clone_ref(py).into_bound(py);
            let mut calls = match inner.calls.take() {
                Some(calls) => calls,
                None => VecDeque::from(inner.handlers.calls(&item)?).into(),
            };
            let Some((handler, argument)) = calls.pop_front() else {
                inner.handled += 1;
                continue;
            };
            inner.calls = Some(calls);
            // A handler may look at the outcome.
            drop(inner);
            // A `Py` would put off its end, as PyO3 does not know that it was called.
            let (handler, argument) = (handler.into_bound(py), argument.into_bound(py));
            handler.call1((argument,))?;
            inner = self.lock()?;
        }
        let list = raw::list(py, &mut inner.items)?;
        inner.handled = 0;
        Ok((list, inner))
    }

    /// The lock, if nobody is being called.
    #[inline(always)]
    pub(super) fn idle(&self) -> PyResult<MutexGuard<'_, Inner>> {
        let inner = self.lock()?;
        if self.handling.load(Ordering::Relaxed) {
            return Err(PyRuntimeError::new_err(
                "this dispatcher is feeding: a handler cannot feed it",
            ));
        }
        Ok(inner)
    }

    /// The lock, if the stream goes on and nobody is being called.
    #[inline(always)]
    pub(super) fn ready(&self) -> PyResult<MutexGuard<'_, Inner>> {
        let inner = self.idle()?;
        if inner.finished && !inner.dispatcher.has_failed() {
            return Err(PyValueError::new_err(
                "feed() after finish(): the stream has ended; reset() makes ready for another",
            ));
        }
        Ok(inner)
    }

    #[inline(always)]
    pub(super) fn lock(&self) -> PyResult<MutexGuard<'_, Inner>> {
        self.try_lock().ok_or_else(|| {
            PyRuntimeError::new_err(
                "this dispatcher is in use, by another thread or within its own feed(): \
                 a stream needs one of its own",
            )
        })
    }

    /// The lock, if nobody has it.
    #[inline(always)]
    pub(super) fn try_lock(&self) -> Option<MutexGuard<'_, Inner>> {
        match self.inner.try_lock() {
            Ok(inner) => Some(inner),
            // PyO3 panics when there is no memory for a list. The rest is as it should be.
            Err(TryLockError::Poisoned(inner)) => Some(inner.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

/// Handlers are being called for as long as this lives.
struct Handling<'a>(&'a AtomicBool);

impl<'a> Handling<'a> {
    fn new(handling: &'a AtomicBool) -> Self {
        // `Relaxed`, for who sets it has the lock, and so has who asks.
        handling.store(true, Ordering::Relaxed);
        Self(handling)
    }
}

impl Drop for Handling<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Makes `feed` and `feed_text` methods.
pub(crate) fn add_feed(py: Python<'_>) -> PyResult<()> {
    #[inline(always)]
    fn feed<'py>(own: &Dispatcher, chunk: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Ok(own.feed(chunk, None)?.into_any())
    }
    let methods = [
        (c"feed", docs::DISPATCH_FEED, raw_feed!(Dispatcher, feed) as _),
        (c"feed_text", docs::FEED_TEXT, raw_feed!(Dispatcher, Dispatcher::feed_text) as _),
    ];
    add_methods(&py.get_type::<Dispatcher>(), &methods)
}
