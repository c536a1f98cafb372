//! JSON to Python objects.

use std::borrow::Cow;

use jiter::{PythonParse, StringCacheMode};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyString};
use ssewire_core::json::{Str, Value, mend};

use crate::raw;

/// A JSON text as Python objects. Half surrogates and bytes that are not UTF-8 are U+FFFD.
pub(crate) fn parse<'py>(py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let parse =
        PythonParse { cache_mode: StringCacheMode::Keys, ..PythonParse::default() };
    let mended = mend(text);
    if let Ok(value) = parse.python_parse(py, &mended) {
        return Ok(value);
    }
    // What is nested deeper than jiter likes, and the errors that people know.
    let text = raw::text(py, &mended)?;
    py.import("json")?.call_method1("loads", (text,))
}

/// The same for what may be too deep for Python, or no JSON: `None` then.
pub(crate) fn parse_or_none<'py>(py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    match parse(py, text) {
        Err(error)
            if error.is_instance_of::<pyo3::exceptions::PyRecursionError>(py)
                || error.is_instance_of::<pyo3::exceptions::PyValueError>(py) =>
        {
            Ok(py.None().into_bound(py))
        }
        parsed => parsed,
    }
}

/// A string that is part of a JSON text.
#[inline]
pub(crate) fn string<'py>(py: Python<'py>, text: Str<'_>) -> PyResult<Bound<'py, PyString>> {
    match text.plain() {
        Some(plain) => raw::text(py, plain),
        None => Ok(PyString::new(py, &text.text())),
    }
}

/// What a value says, as text: a string's characters, anything else as compact JSON.
pub(crate) fn said<'py>(py: Python<'py>, raw: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    Ok(match Value::of(raw) {
        Ok(Value::String(text)) => string(py, text)?.into_any(),
        Ok(value) => value.text().map(Cow::into_owned).into_pyobject(py)?,
        Err(_) => py.None().into_bound(py),
    })
}

/// Bytes as an object that hashes as they do.
pub(crate) fn plain<'py>(py: Python<'py>, bytes: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, bytes)
}

/// A value that has no members: no array and no object.
pub(crate) fn scalar<'py>(py: Python<'py>, value: Value<'_>) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Null => Ok(py.None().into_bound(py)),
        Value::Bool(value) => Ok(PyBool::new(py, value).to_owned().into_any()),
        Value::String(text) => Ok(string(py, text)?.into_any()),
        Value::Number(digits) => {
            let small = str::from_utf8(digits).ok().and_then(|digits| digits.parse::<i64>().ok());
            match small {
                Some(number) if digits != b"-0" => Ok(number.into_pyobject(py)?.into_any()),
                _ => parse(py, digits),
            }
        }
        Value::Array(raw) | Value::Object(raw) => parse(py, raw),
    }
}
