//! `Pace`: when the reads of a stream brought output, for `ssewire.Progress`.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use pyo3::types::PyIterator;
use pyo3::{PyTraverseError, PyVisit};
use ssewire_core::Answer;

use crate::dispatcher::Dispatcher;
use crate::reads::{Reads, Stage};

/// The pace of a stream, measured from the making of this object.
///
/// Args:
///     dispatcher: what the stream is fed to.
#[pyclass(frozen, module = "ssewire._core")]
pub(crate) struct Pace {
    dispatcher: Py<Dispatcher>,
    start: Instant,
    /// Whether `State::over` is set, without its lock.
    over: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The events that said something, by the last read.
    events: u64,
    /// When the answer was over, or nobody wanted more of it.
    over: Option<Instant>,
    pace: ssewire_core::Pace,
}

/// Seconds.
fn seconds(nanoseconds: u64) -> f64 {
    Duration::from_nanos(nanoseconds).as_secs_f64()
}

#[pymethods]
impl Pace {
    #[new]
    fn new(dispatcher: Py<Dispatcher>) -> Self {
        let (start, over, state) = (Instant::now(), false.into(), Mutex::default());
        Self { dispatcher, start, over, state }
    }

    /// Note a read.
    ///
    /// One that brought no event but pings, or that came before the first output, does not count.
    ///
    /// Returns:
    ///     Whether the answer is over.
    pub(crate) fn mark(&self) -> PyResult<bool> {
        self.dispatcher().look(|answer| self.note(answer))
    }

    /// Read a body until the answer is over, and note each read.
    ///
    /// Args:
    ///     chunks: an iterator over the pieces of the body.
    ///     take: called with each piece; feeds the dispatcher. `None` for its `feed`.
    ///     told: called after each, without arguments.
    ///     ending: a generator, begun with the first read: it is sent what one of the three raised,
    ///         or `None`, and gives what comes after the reads. Without it, that is raised.
    ///
    /// Returns:
    ///     An iterator over what `take` returned.
    #[pyo3(signature = (chunks, take=None, told=None, ending=None))]
    fn reads(
        this: Bound<'_, Self>,
        chunks: Bound<'_, PyIterator>,
        take: Option<Bound<'_, PyAny>>,
        told: Option<Bound<'_, PyAny>>,
        ending: Option<Bound<'_, PyIterator>>,
    ) -> Reads {
        Reads {
            pace: this.unbind(),
            chunks: chunks.unbind(),
            take: take.map(Bound::unbind),
            told: told.map(Bound::unbind),
            ending: ending.map(Bound::unbind),
            stage: Stage::default(),
        }
    }

    /// Have `reads` end before the next piece, and `elapsed` stand still.
    fn stop(&self) {
        self.over.store(true, Relaxed);
        self.state().over.get_or_insert_with(Instant::now);
    }

    /// Whether the answer is over, or `stop()` was called.
    #[getter]
    #[inline]
    pub(crate) fn over(&self) -> bool {
        self.over.load(Relaxed)
    }

    /// The events that said something, by the last read; pings do not.
    #[getter]
    fn events(&self) -> u64 {
        self.state().events
    }

    /// Seconds since the making of this object, until `over`.
    #[getter]
    fn elapsed(&self) -> f64 {
        let over = self.state().over;
        over.unwrap_or_else(Instant::now).duration_since(self.start).as_secs_f64()
    }

    /// Seconds until the first read that brought output, or `None`.
    #[getter]
    fn first(&self) -> Option<f64> {
        self.state().pace.first().map(seconds)
    }

    /// Seconds until the last one.
    #[getter]
    fn last(&self) -> Option<f64> {
        self.state().pace.last().map(seconds)
    }

    /// How many gaps there were between reads that brought something.
    #[getter]
    fn gaps(&self) -> u64 {
        self.state().pace.count()
    }

    /// The longest gap in seconds.
    #[getter]
    fn longest(&self) -> Option<f64> {
        self.state().pace.longest().map(seconds)
    }

    /// The gap in seconds that so many of a hundred gaps do not exceed, to within 6.3 %.
    fn percentile(&self, percent: u8) -> Option<f64> {
        self.state().pace.percentile(percent).map(seconds)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.dispatcher)
    }
}

impl Pace {
    /// The dispatcher that is fed.
    #[inline]
    pub(crate) fn dispatcher(&self) -> &Dispatcher {
        self.dispatcher.get()
    }

    /// Notes a read, after which this is the answer; whether it is over.
    #[inline]
    pub(crate) fn note(&self, answer: &Answer) -> bool {
        let mut state = self.state();
        let events = answer.telling_events();
        if events != state.events {
            state.events = events;
            if state.pace.has_begun() || answer.has_begun() {
                state.pace.mark(self.now());
            }
        }
        let ended = answer.has_ended();
        if ended {
            self.over.store(true, Relaxed);
            state.over.get_or_insert_with(Instant::now);
        }
        ended
    }

    /// Nanoseconds since the start. (`as_nanos` would count to more than there will be.)
    #[inline]
    fn now(&self) -> u64 {
        let since = self.start.elapsed();
        since.as_secs() * 1_000_000_000 + u64::from(since.subsec_nanos())
    }

    #[inline]
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
