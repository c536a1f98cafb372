//! `Outcome` and its parts, which are written in Python: `ssewire.outcome`.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyString, PyType};
use ssewire_core::{Outcome, StreamError, Tokens, ToolCall};

use crate::{json, raw};

static OUTCOME: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static TOOL_CALL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static TOKENS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static ERROR_INFO: PyOnceLock<Py<PyType>> = PyOnceLock::new();

const MODULE: &str = "ssewire.outcome";

/// Imports them while there is no lock held, and the interpreter is not going away.
pub(crate) fn import(py: Python<'_>) -> PyResult<()> {
    OUTCOME.import(py, MODULE, "Outcome")?;
    TOOL_CALL.import(py, MODULE, "ToolCall")?;
    TOKENS.import(py, MODULE, "Tokens")?;
    ERROR_INFO.import(py, MODULE, "ErrorInfo").map(|_| ())
}

/// An `Outcome`; with the body, if that was no event stream.
pub(crate) fn new<'py>(
    py: Python<'py>,
    own: Outcome,
    body: Option<Bound<'py, PyBytes>>,
) -> PyResult<Bound<'py, PyAny>> {
    let members = PyDict::new(py);
    let texts = PyDict::new(py);
    for (index, text) in &own.texts {
        texts.set_item(index, raw::text(py, text.as_bytes())?)?;
    }
    // The same object: an answer may be long.
    let first = texts.get_item(0)?;
    members
        .set_item(intern!(py, "text"), first.unwrap_or_else(|| PyString::new(py, "").into_any()))?;
    members.set_item(intern!(py, "texts"), texts)?;
    members.set_item(intern!(py, "reasoning"), own.reasoning.as_deref())?;
    members.set_item(intern!(py, "refusal"), own.refusal.as_deref())?;
    let calls: PyResult<Vec<_>> = own.tool_calls.iter().map(|call| tool_call(py, call)).collect();
    members.set_item(intern!(py, "tool_calls"), calls?)?;
    members
        .set_item(intern!(py, "finish_reason"), own.finish_reasons.get(&0).cloned().flatten())?;
    members.set_item(intern!(py, "finish_reasons"), &own.finish_reasons)?;
    members.set_item(intern!(py, "finish"), own.finish)?;
    let usage = own.usage.as_deref().unwrap_or(b"null");
    members.set_item(intern!(py, "usage"), json::parse_or_none(py, usage)?)?;
    members.set_item(intern!(py, "tokens"), tokens(py, own.tokens)?)?;
    let error = own.error.as_ref().map(|error| error_info(py, error)).transpose()?;
    members.set_item(intern!(py, "error"), error)?;
    members.set_item(intern!(py, "done_seen"), own.done_seen)?;
    members.set_item(intern!(py, "terminal"), own.terminal)?;
    members.set_item(intern!(py, "complete"), own.complete)?;
    members.set_item(intern!(py, "n_events"), own.events)?;
    members.set_item(intern!(py, "n_comments"), own.comments)?;
    let function_call = own.function_call.map(|(name, arguments)| {
        let call = PyDict::new(py);
        call.set_item("name", name)?;
        call.set_item("arguments", arguments)?;
        Ok::<_, PyErr>(call)
    });
    members.set_item(intern!(py, "function_call"), function_call.transpose()?)?;
    members.set_item(intern!(py, "body"), body)?;
    // Filled directly: the constructor of a frozen dataclass makes a call for each member.
    let class = OUTCOME.import(py, MODULE, "Outcome")?;
    let outcome = class.call_method1(intern!(py, "__new__"), (class,))?;
    outcome
        .getattr(intern!(py, "__dict__"))?
        .cast_into::<PyDict>()?
        .update(members.as_mapping())?;
    Ok(outcome)
}

fn tool_call<'py>(py: Python<'py>, call: &ToolCall) -> PyResult<Bound<'py, PyAny>> {
    let parsed = match call.arguments.trim_ascii() {
        _ if !call.is_json => py.None().into_bound(py),
        "" => PyDict::new(py).into_any(),
        arguments => json::parse_or_none(py, arguments.as_bytes())?,
    };
    let ToolCall { index, id, kind, name, arguments, .. } = call;
    let members = (*index, id, kind, name, arguments, parsed);
    TOOL_CALL.import(py, MODULE, "ToolCall")?.call1(members)
}

fn tokens(py: Python<'_>, tokens: Tokens) -> PyResult<Bound<'_, PyAny>> {
    let Tokens { input, output, cached, reasoning, total } = tokens;
    TOKENS.import(py, MODULE, "Tokens")?.call1((input, output, cached, reasoning, total))
}

/// An error that the server sent.
pub(crate) fn error_info<'py>(py: Python<'py>, error: &StreamError) -> PyResult<Bound<'py, PyAny>> {
    let members = (
        error.kind.as_deref(),
        json::parse_or_none(py, &error.code)?,
        error.message.as_deref(),
        json::parse_or_none(py, &error.param)?,
        error.status,
        error.retryable(),
        json::parse_or_none(py, &error.raw)?,
    );
    ERROR_INFO.import(py, MODULE, "ErrorInfo")?.call1(members)
}
