//! The exceptions, which are written in Python: `ssewire.errors`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use ssewire_core::EventTooLarge;

static EVENT_TOO_LARGE: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Imports them while there is no lock held, and the interpreter is not going away.
pub(crate) fn import(py: Python<'_>) -> PyResult<()> {
    EVENT_TOO_LARGE.import(py, "ssewire.errors", "EventTooLarge").map(|_| ())
}

/// `ssewire.EventTooLarge`.
pub(crate) fn event_too_large(py: Python<'_>, error: EventTooLarge) -> PyErr {
    match EVENT_TOO_LARGE.import(py, "ssewire.errors", "EventTooLarge") {
        Ok(class) => PyErr::from_type(class.clone(), (error.limit, error.offset)),
        Err(error) => error,
    }
}
