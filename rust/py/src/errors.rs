//! The exceptions, which are written in Python: `ssewire.errors`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use ssewire_core::EventTooLarge;

/// `ssewire.EventTooLarge`.
pub(crate) fn event_too_large(py: Python<'_>, error: EventTooLarge) -> PyErr {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    match CLASS.import(py, "ssewire.errors", "EventTooLarge") {
        Ok(class) => PyErr::from_type(class.clone(), (error.limit, error.offset)),
        Err(error) => error,
    }
}
