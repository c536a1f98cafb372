//! `Reads`: the pieces of a body, taken one after the other, and what comes after them.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use pyo3::exceptions::{PyStopIteration, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyIterator;
use pyo3::{PyTraverseError, PyVisit};

use crate::pace::Pace;

/// What each read of a body brought.
#[pyclass(frozen, weakref, module = "ssewire._core")]
pub(crate) struct Reads {
    pub(crate) pace: Py<Pace>,
    pub(crate) chunks: Py<PyIterator>,
    /// `None` for the dispatcher's own `feed`.
    pub(crate) take: Option<Py<PyAny>>,
    pub(crate) told: Option<Py<PyAny>>,
    /// A generator.
    pub(crate) ending: Option<Py<PyIterator>>,
    pub(crate) stage: Stage,
}

/// How far `Reads` has come.
#[derive(Default)]
pub(crate) struct Stage {
    begun: AtomicBool,
    running: AtomicBool,
    ended: AtomicBool,
}

#[pymethods]
impl Reads {
    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__<'py>(this: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        // Who iterates over us may let go of us when another thread is refused.
        let this = this.clone();
        let own = this.get();
        let _running = Running::new(&own.stage.running)?;
        if own.stage.ended.load(Relaxed) {
            return own.after(this.py());
        }
        if !own.stage.begun.load(Relaxed) {
            own.stage.begun.store(true, Relaxed);
            // To where it waits for what reading raises: from here on it closes.
            own.after(this.py())?;
        }
        let error = match own.read(this.py()) {
            Ok(Some(got)) => return Ok(Some(got)),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        own.stage.ended.store(true, Relaxed);
        own.end(this.py(), error)
    }

    /// Whether a piece is being waited for, or taken.
    #[getter]
    fn running(&self) -> bool {
        self.stage.running.load(Relaxed)
    }

    /// Close the generator that comes after.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.ending.as_ref().map_or(Ok(()), |ending| ending.call_method0(py, "close").map(drop))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.chunks)?;
        visit.call(&self.take)?;
        visit.call(&self.told)?;
        visit.call(&self.ending)?;
        visit.call(&self.pace)
    }
}

impl Reads {
    /// What the next piece brought.
    #[inline]
    fn read<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let pace = self.pace.get();
        if pace.over() {
            return Ok(None);
        }
        let Some(chunk) = self.chunks.bind(py).clone().next() else {
            return Ok(None);
        };
        let got = if let Some(take) = &self.take {
            let got = take.bind(py).call1((chunk?,))?;
            pace.mark()?;
            got
        } else {
            pace.dispatcher().feed(&chunk?, Some(pace))?.into_any()
        };
        if let Some(told) = &self.told {
            told.bind(py).call0()?;
        }
        Ok(Some(got))
    }

    /// What comes first after the reads, which hears what they raised.
    #[cold]
    fn end<'py>(
        &self,
        py: Python<'py>,
        error: Option<PyErr>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(ending) = &self.ending else {
            return error.map_or(Ok(None), Err);
        };
        let error = error.map(|error| error.into_value(py));
        match ending.bind(py).call_method1("send", (error,)) {
            Err(error) if error.is_instance_of::<PyStopIteration>(py) => Ok(None),
            first => first.map(Some),
        }
    }

    /// What comes next after the reads.
    #[cold]
    fn after<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.ending.as_ref().and_then(|ending| ending.bind(py).clone().next()).transpose()
    }
}

/// Somebody reads for as long as this lives.
struct Running<'a>(&'a AtomicBool);

impl<'a> Running<'a> {
    /// Fails if somebody does already: the stream is theirs, and goes on.
    #[inline]
    fn new(running: &'a AtomicBool) -> PyResult<Self> {
        if running.load(Relaxed) {
            return Err(PyValueError::new_err("this stream is being read already"));
        }
        running.store(true, Relaxed);
        Ok(Self(running))
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.store(false, Relaxed);
    }
}
