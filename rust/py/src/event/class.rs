//! `ServerSentEvent` as a type: its members and its constructor.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyInt, PyTuple};

use super::{EVENT, Event, Made, Source};
use crate::encode::milliseconds;
use crate::raw::{Cached, Member, add_class};
use crate::{docs, raw_constructor, raw_method};

/// The constructor, as a function: PyO3 reads its arguments.
#[pyfunction(name = "ServerSentEvent")]
#[pyo3(signature = (event="message", data="", id="", retry=None, raw=None))]
pub(crate) fn made<'py>(
    py: Python<'py>,
    event: &str,
    data: &str,
    id: &str,
    retry: Option<&Bound<'py, PyInt>>,
    raw: Option<&[u8]>,
) -> PyResult<Bound<'py, PyAny>> {
    let made = Made {
        event: if event.is_empty() { "message" } else { event }.to_owned(),
        data: data.to_owned(),
        id: id.to_owned(),
        retry: milliseconds(retry)?,
        raw: raw.map(<[u8]>::to_vec),
    };
    let event = Event { source: Source::Made(made.into()), id: None, data: Cached::empty() };
    EVENT.object(py, event)
}

/// Adds `ServerSentEvent` to the module.
pub(crate) fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    macro_rules! getter {
        ($name:literal, $method:ident, $doc:literal) => {
            Member::Getter(
                $name,
                $doc,
                raw_method!(Event, std::ffi::c_void, |event, this| event.$method(this.py())),
            )
        };
    }
    macro_rules! method {
        ($name:literal, $method:ident, $doc:expr) => {
            Member::Method(
                $name,
                $doc,
                raw_method!(Event, pyo3::ffi::PyObject, |event, this| event.$method(this.py())),
            )
        };
    }
    let members = [
        getter!(c"event", event, c"The event's name; `\"message\"` if it has none."),
        getter!(c"data", data, c"The data, its lines joined by LF."),
        getter!(c"id", id, c"The last event id when the event came, or `\"\"`."),
        getter!(
            c"retry",
            retry,
            c"The reconnection time that this event's block set, in milliseconds, or `None`."
        ),
        getter!(
            c"raw",
            raw,
            c"The bytes of the block as received, from its first field to the end of its blank line."
        ),
        method!(c"json", json, docs::JSON),
        method!(c"__reduce__", reduce, c""),
        method!(c"__sizeof__", sizeof, c""),
    ];
    let constructor = raw_constructor!(construct);
    let names = [c"ssewire.ServerSentEvent", docs::EVENT];
    add_class(module, &EVENT, names, &members, Some(constructor))
}

fn construct<'py>(
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    static FUNCTION: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = args.py();
    let function = FUNCTION.get_or_try_init(py, || {
        wrap_pyfunction!(made, py).map(|function| function.into_any().unbind())
    })?;
    function.bind(py).call(args, kwargs)
}
