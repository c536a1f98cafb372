//! `feed` and `finish` of a relay, and the lock that every method takes.

use std::sync::{MutexGuard, TryLockError};

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use ssewire_core::Sent;

use super::Relay;
use super::usage_extra::Extra;
use crate::decoder::bytes_of;
use crate::errors::raise;
use crate::raw::add_methods;
use crate::{docs, raw_feed};

/// A relay, and what it has sent that did not get to the caller, as an exception did instead: it
/// goes before everything else.
pub(super) struct State {
    pub(super) relay: ssewire_core::Relay,
    pub(super) kept: Vec<u8>,
}

impl State {
    pub(super) fn new(relay: ssewire_core::Relay) -> Self {
        Self { relay, kept: Vec::new() }
    }

    /// What the relay sends.
    pub(super) fn sends<'py>(
        &mut self,
        py: Python<'py>,
        send: impl FnOnce(&mut ssewire_core::Relay) -> Vec<u8>,
    ) -> Bound<'py, PyBytes> {
        bytes(py, &mut self.kept, &send(&mut self.relay))
    }
}

/// These bytes, behind those that were kept.
#[inline]
pub(super) fn bytes<'py>(py: Python<'py>, kept: &mut Vec<u8>, sent: &[u8]) -> Bound<'py, PyBytes> {
    if kept.is_empty() {
        return PyBytes::new(py, sent);
    }
    let mut all = std::mem::take(kept);
    all.extend_from_slice(sent);
    PyBytes::new(py, &all)
}

impl Relay {
    /// `finish`.
    pub(super) fn end<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let extra = Extra::new(py, self.usage_extra.as_ref());
        let mut state = self.lock()?;
        let State { relay, kept } = &mut *state;
        let sent = relay.finish(&mut |usage| extra.add(usage));
        if let Some(stops) = extra.stops() {
            kept.extend_from_slice(sent.unwrap_or_default());
            return Err(stops);
        }
        sent.map(|sent| bytes(py, kept, sent)).map_err(|error| raise(py, error))
    }

    /// `feed`; `add_feed` makes it a method.
    #[inline(always)]
    fn feed<'py>(&self, chunk: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = chunk.py();
        let chunk = match chunk.cast_exact::<PyBytes>() {
            Ok(chunk) => chunk.clone(),
            Err(_) => bytes_of(chunk)?,
        };
        let mut state = self.lock()?;
        let State { relay, kept } = &mut *state;
        if relay.is_over() {
            return Err(PyValueError::new_err(
                "feed() after finish() or fail(): the stream has ended; reset() makes ready for \
                 another",
            ));
        }
        let extra = Extra::new(py, self.usage_extra.as_ref());
        let sent = relay.feed(chunk.as_bytes(), &mut |usage| extra.add(usage));
        if let Some(stops) = extra.stops() {
            kept.extend_from_slice(match sent {
                Ok(Sent::Same) => chunk.as_bytes(),
                Ok(Sent::Bytes(sent)) => sent,
                // It comes again.
                Err(_) => b"",
            });
            return Err(stops);
        }
        match sent {
            Ok(Sent::Same) if kept.is_empty() => Ok(chunk.into_any()),
            Ok(Sent::Same) => Ok(bytes(py, kept, chunk.as_bytes()).into_any()),
            Ok(Sent::Bytes(sent)) => Ok(bytes(py, kept, sent).into_any()),
            Err(error) => Err(raise(py, error)),
        }
    }

    #[inline(always)]
    pub(super) fn lock(&self) -> PyResult<MutexGuard<'_, State>> {
        match self.inner.try_lock() {
            Ok(relay) => Ok(relay),
            // PyO3 panics when there is no memory. The rest is as it should be.
            Err(TryLockError::Poisoned(relay)) => Ok(relay.into_inner()),
            Err(TryLockError::WouldBlock) => Err(PyRuntimeError::new_err(
                "this relay is in use, by another thread or within its own feed(): a stream needs \
                 one of its own",
            )),
        }
    }
}

/// Makes `feed` a method.
pub(crate) fn add_feed(py: Python<'_>) -> PyResult<()> {
    let methods = [(c"feed", docs::RELAY_FEED, raw_feed!(Relay, Relay::feed) as _)];
    add_methods(&py.get_type::<Relay>(), &methods)
}
