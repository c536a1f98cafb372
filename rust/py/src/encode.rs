//! `encode_event` and `encode_comment`.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyString};
use ssewire_core::Fields;

/// Encode one event, so that a decoder reads back the same.
///
/// Args:
///     data: the event's data. Each of its lines becomes a `data` line; CR and CRLF come back as
///         LF. `bytes` are taken as the UTF-8 of the text.
///     event: the event's name; without one a reader sees `"message"`.
///     id: the last event id from this event on; `""` resets it.
///     retry: the reconnection time in milliseconds.
///
/// Returns:
///     The bytes of the event, its blank line included.
///
/// Raises:
///     ValueError: CR or LF in `event`, CR, LF or NUL in `id`, a negative or absurd `retry`, or a
///         lone surrogate anywhere: no event stream can carry them.
#[pyfunction]
#[pyo3(signature = (data, *, event=None, id=None, retry=None))]
pub(crate) fn encode_event<'py>(
    data: &Bound<'py, PyAny>,
    event: Option<&str>,
    id: Option<&str>,
    retry: Option<&Bound<'py, PyInt>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let fields = Fields { event, id, retry: milliseconds(retry)? };
    let encoded = if let Ok(text) = data.cast::<PyString>() {
        ssewire_core::encode_event(text.to_str()?, &fields)
    } else if let Ok(bytes) = data.cast::<PyBytes>() {
        ssewire_core::encode_event(bytes.as_bytes(), &fields)
    } else {
        let kind = data.get_type().name()?;
        return Err(PyTypeError::new_err(format!("data must be str or bytes, not {kind}")));
    };
    match encoded {
        Ok(bytes) => Ok(PyBytes::new(data.py(), &bytes)),
        Err(error) => Err(PyValueError::new_err(error.to_string())),
    }
}

/// Encode a comment, which readers ignore: a keep-alive.
///
/// Args:
///     text: what it says. Each of its lines becomes a comment line.
///
/// Returns:
///     The comment lines and a blank line. The blank line ends an event that is open, so this
///     belongs between events.
#[pyfunction]
pub(crate) fn encode_comment<'py>(py: Python<'py>, text: &str) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &ssewire_core::encode_comment(text))
}

/// A reconnection time.
pub(crate) fn milliseconds(retry: Option<&Bound<'_, PyInt>>) -> PyResult<Option<u128>> {
    let retry = retry.map(|retry| retry.extract::<u128>()).transpose();
    retry.map_err(|_| PyValueError::new_err("retry must be from 0 to 2**128 - 1 milliseconds"))
}
