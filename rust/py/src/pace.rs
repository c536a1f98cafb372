//! `Pace`: when the reads of a stream brought output, for `ssewire.Progress`.

use std::time::{Duration, Instant};

use pyo3::prelude::*;
use pyo3::types::PyIterator;
use pyo3::{PyTraverseError, PyVisit};
use ssewire_core::Answer;

use crate::dispatcher::Dispatcher;

/// The pace of a stream, measured from the making of this object.
///
/// Args:
///     dispatcher: what the stream is fed to.
#[pyclass(module = "ssewire._core")]
pub(crate) struct Pace {
    dispatcher: Py<Dispatcher>,
    start: Instant,
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
        Self {
            dispatcher,
            start: Instant::now(),
            events: 0,
            over: None,
            pace: ssewire_core::Pace::default(),
        }
    }

    /// Note a read.
    ///
    /// One that brought no event but pings, or that came before the first output, does not count.
    ///
    /// Returns:
    ///     Whether the answer is over.
    fn mark(&mut self) -> PyResult<bool> {
        let known = self.pace.has_begun();
        let (events, begun, ended) = self.dispatcher.get().look(|answer: &Answer| {
            (answer.telling_events(), known || answer.has_begun(), answer.has_ended())
        })?;
        if events != self.events {
            self.events = events;
            if begun {
                self.pace.mark(self.now());
            }
        }
        if ended {
            self.stop();
        }
        Ok(ended)
    }

    /// Read a body until the answer is over, and note each read.
    ///
    /// Args:
    ///     chunks: an iterator over the pieces of the body.
    ///     take: called with each piece; feeds the dispatcher.
    ///
    /// Returns:
    ///     An iterator over what `take` returned.
    fn reads(
        this: Bound<'_, Self>,
        chunks: Bound<'_, PyIterator>,
        take: Bound<'_, PyAny>,
    ) -> Reads {
        Reads { pace: this.unbind(), chunks: chunks.unbind(), take: take.unbind() }
    }

    /// Have `reads` end before the next piece, and `elapsed` stand still.
    fn stop(&mut self) {
        self.over.get_or_insert_with(Instant::now);
    }

    /// Whether the answer is over, or `stop()` was called.
    #[getter]
    fn over(&self) -> bool {
        self.over.is_some()
    }

    /// The events that said something, by the last read; pings do not.
    #[getter]
    fn events(&self) -> u64 {
        self.events
    }

    /// Seconds since the making of this object, until `over`.
    #[getter]
    fn elapsed(&self) -> f64 {
        self.over.unwrap_or_else(Instant::now).duration_since(self.start).as_secs_f64()
    }

    /// Seconds until the first read that brought output, or `None`.
    #[getter]
    fn first(&self) -> Option<f64> {
        self.pace.first().map(seconds)
    }

    /// Seconds until the last one.
    #[getter]
    fn last(&self) -> Option<f64> {
        self.pace.last().map(seconds)
    }

    /// How many gaps there were between reads that brought something.
    #[getter]
    fn gaps(&self) -> u64 {
        self.pace.count()
    }

    /// The longest gap in seconds.
    #[getter]
    fn longest(&self) -> Option<f64> {
        self.pace.longest().map(seconds)
    }

    /// The gap in seconds that so many of a hundred gaps do not exceed, to within 6.3 %.
    fn percentile(&self, percent: u8) -> Option<f64> {
        self.pace.percentile(percent).map(seconds)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.dispatcher)
    }
}

impl Pace {
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// What each read of a body brought.
#[pyclass(frozen, module = "ssewire._core")]
pub(crate) struct Reads {
    pace: Py<Pace>,
    chunks: Py<PyIterator>,
    take: Py<PyAny>,
}

#[pymethods]
impl Reads {
    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__<'py>(this: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = this.py();
        let Self { pace, chunks, take } = this.get();
        let pace = pace.bind(py);
        if pace.borrow().over.is_some() {
            return Ok(None);
        }
        let Some(chunk) = chunks.bind(py).clone().next() else {
            return Ok(None);
        };
        let got = take.bind(py).call1((chunk?,))?;
        pace.borrow_mut().mark()?;
        Ok(Some(got))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.chunks)?;
        visit.call(&self.take)?;
        visit.call(&self.pace)
    }
}
