//! The exceptions, which are written in Python: `ssewire.errors`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use ssewire_core::{DispatchError, EventTooLarge, InvalidPayload};

static EVENT_TOO_LARGE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static INVALID_PAYLOAD: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Imports them while there is no lock held, and the interpreter is not going away.
pub(crate) fn import(py: Python<'_>) -> PyResult<()> {
    EVENT_TOO_LARGE.import(py, "ssewire.errors", "EventTooLarge")?;
    INVALID_PAYLOAD.import(py, "ssewire.errors", "InvalidPayload").map(|_| ())
}

/// `ssewire.EventTooLarge`.
pub(crate) fn event_too_large(py: Python<'_>, error: EventTooLarge) -> PyErr {
    match EVENT_TOO_LARGE.import(py, "ssewire.errors", "EventTooLarge") {
        Ok(class) => PyErr::from_type(class.clone(), (error.limit, error.offset)),
        Err(error) => error,
    }
}

/// What ends a dispatcher's stream.
pub(crate) fn raise(py: Python<'_>, error: DispatchError) -> PyErr {
    let InvalidPayload { offset, snippet } = match error {
        DispatchError::TooLarge(error) => return event_too_large(py, error),
        DispatchError::Invalid(error) => error,
    };
    match INVALID_PAYLOAD.import(py, "ssewire.errors", "InvalidPayload") {
        Ok(class) => PyErr::from_type(class.clone(), (offset, snippet)),
        Err(error) => error,
    }
}
