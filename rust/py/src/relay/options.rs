//! Options of a relay that are words or strings.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};
use ssewire_core::{Kind, Shape, TextRules};

/// What is replaced in texts, and what ends them.
pub(super) fn rules(
    replace: Option<&Bound<'_, PyMapping>>,
    replace_in: Option<&Bound<'_, PyAny>>,
    stop: Option<&Bound<'_, PyAny>>,
) -> PyResult<TextRules> {
    let strings = |option: &str, own: &Bound<'_, PyAny>| -> PyResult<Vec<String>> {
        if own.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err(format!("{option} must be strings, not a string")));
        }
        own.try_iter()?.map(|each| each?.extract()).collect()
    };
    let mut pairs = Vec::new();
    if let Some(replace) = replace {
        for pair in replace.items()?.try_iter()? {
            pairs.push(pair?.extract::<(String, String)>()?);
        }
    }
    let stop = stop.map(|stop| strings("stop", stop)).transpose()?.unwrap_or_default();
    let names = replace_in.map(|own| strings("replace_in", own)).transpose()?;
    let names = names.unwrap_or_else(|| vec!["text".into()]);
    let known = [Kind::Text, Kind::Reasoning, Kind::Refusal, Kind::ToolArguments];
    let kind_of = |name: &String| known.into_iter().find(|kind| kind.name() == name);
    let kinds: Option<Vec<_>> = names.iter().map(kind_of).collect();
    let kinds = kinds.ok_or_else(|| {
        PyValueError::new_err(
            "replace_in must be of 'text', 'reasoning', 'refusal', 'tool_arguments'",
        )
    })?;
    TextRules::new(&pairs, &kinds, stop).map_err(PyValueError::new_err)
}

/// The shape of that name, of those that are allowed.
pub(crate) fn shape_of(option: &str, name: &str, allowed: fn(Shape) -> bool) -> PyResult<Shape> {
    let known = || Shape::ALL.iter().filter(|(shape, _)| allowed(*shape));
    known().find(|(_, own)| *own == name).map(|(shape, _)| *shape).ok_or_else(|| {
        let names: Vec<_> = known().map(|(_, name)| format!("'{name}'")).collect();
        PyValueError::new_err(format!("{option} must be {}", names.join(" or ")))
    })
}

/// Whether usage is left out.
pub(super) fn strips(usage: &str) -> PyResult<bool> {
    match usage {
        "pass" => Ok(false),
        "strip" => Ok(true),
        _ => Err(PyValueError::new_err("usage must be 'pass' or 'strip'")),
    }
}

/// Whether `usage_extra` is what it may be.
pub(super) fn check_extra(extra: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    match extra {
        Some(extra) if !extra.is_callable() && extra.cast::<PyMapping>().is_err() => {
            Err(PyTypeError::new_err("usage_extra must be a mapping or a function"))
        }
        _ => Ok(()),
    }
}
