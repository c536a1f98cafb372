//! JSON to Python objects.

use std::borrow::Cow;

use jiter::{PythonParse, StringCacheMode};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyList, PyString};
use ssewire_core::json::{Open, Str, Token, Value, mend, tokens};

use crate::raw;

/// A JSON text as Python objects. Half surrogates and bytes that are not UTF-8 are U+FFFD.
pub(crate) fn parse<'py>(py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let parse = PythonParse { cache_mode: StringCacheMode::Keys, ..PythonParse::default() };
    let mended = mend(text);
    if let Ok(value) = parse.python_parse(py, &mended) {
        return Ok(value);
    }
    if let Ok(value) = Value::of(&mended) {
        return deep(py, value.raw());
    }
    // The errors that people know.
    let text = raw::text(py, &mended)?;
    py.import("json")?.call_method1("loads", (text,))
}

/// What is nested deeper than jiter goes, or too long a number: put together part by part.
fn deep<'py>(py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let mut open: Vec<(Bound<'py, PyAny>, Option<Bound<'py, PyString>>)> = Vec::new();
    let mut name = None;
    for token in tokens(text) {
        let value = match token {
            Token::Name(own) => {
                name = Some(string(py, own)?);
                continue;
            }
            Token::Open(Open::Object) => {
                open.push((PyDict::new(py).into_any(), name.take()));
                continue;
            }
            Token::Open(Open::Array) => {
                open.push((PyList::empty(py).into_any(), name.take()));
                continue;
            }
            Token::Close => match open.pop() {
                Some((value, own)) => {
                    name = own;
                    value
                }
                None => break,
            },
            Token::Scalar(value) => scalar(py, value)?,
        };
        match open.last() {
            None => return Ok(value),
            Some((outer, _)) => match (outer.cast::<PyDict>(), name.take()) {
                (Ok(dict), Some(name)) => dict.set_item(name, value)?,
                _ => outer.cast::<PyList>()?.append(value)?,
            },
        }
    }
    Err(PyValueError::new_err("no JSON value"))
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

/// A number that is no small integer.
fn number<'py>(py: Python<'py>, digits: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let parsed = PythonParse::default().python_parse(py, digits);
    parsed.or_else(|_| py.import("json")?.call_method1("loads", (raw::text(py, digits)?,)))
}

/// Bytes as an object that hashes as they do.
pub(crate) fn plain<'py>(py: Python<'py>, bytes: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, bytes)
}

/// A value that has no members: no array and no object.
pub(crate) fn scalar<'py>(py: Python<'py>, value: Value<'_>) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Null => Ok(py.None().into_bound(py)),
        Value::Bool(_) => Ok(PyBool::new(py, value.is_truthy()).to_owned().into_any()),
        Value::String(text) => Ok(string(py, text)?.into_any()),
        Value::Number(digits) => {
            let small = str::from_utf8(digits).ok().and_then(|digits| digits.parse::<i64>().ok());
            match small {
                Some(number) if digits != b"-0" => Ok(number.into_pyobject(py)?.into_any()),
                _ => number(py, digits),
            }
        }
        Value::Array(raw) | Value::Object(raw) => parse(py, raw),
    }
}
