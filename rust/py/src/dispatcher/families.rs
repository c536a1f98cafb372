//! `ChunkDispatcher` and `EventDispatcher`: dispatchers for one family.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use ssewire_core::{DispatchOptions, Family, Shape};

use super::{Dispatcher, default};
use crate::decoder::options;

/// Reads streams of the chunk family: chat completions and text completions.
///
/// See `Dispatcher`, which finds out the family too.
///
/// Args:
///     shape: `"chat"`, `"completions"`, or `"auto"` to find out.
///     strict: see `Dispatcher`; the others too.
///     last_event_id: see `Decoder`.
///     max_event_size: see `Decoder`.
///     oversize: see `Decoder`.
///     flush_at_end: see `Decoder`.
#[pyclass(frozen, subclass, extends=Dispatcher, module = "ssewire")]
pub(crate) struct ChunkDispatcher;

#[pymethods]
impl ChunkDispatcher {
    #[new]
    #[expect(clippy::used_underscore_binding, reason = "private, but for Python a keyword")]
    #[pyo3(signature = (
        shape="auto",
        *,
        strict=false,
        last_event_id=String::new(),
        max_event_size=Some(ssewire_core::Options::MAX_EVENT_SIZE as i128),
        oversize="raise",
        flush_at_end=false,
        _templates=true,
    ))]
    #[pyo3(text_signature = "(shape='auto', *, strict=False, last_event_id='', \
                             max_event_size=67108864, oversize='raise', flush_at_end=False, \
                             _templates=True)")]
    fn new(
        shape: &str,
        strict: bool,
        last_event_id: String,
        max_event_size: Option<i128>,
        oversize: &str,
        flush_at_end: bool,
        _templates: bool,
    ) -> PyResult<PyClassInitializer<Self>> {
        let shape = shape_of(shape, Family::Chunks)?;
        let decoder = options(last_event_id, max_event_size, oversize, flush_at_end)?;
        let family = Some(Family::Chunks);
        let templates = _templates;
        let options = DispatchOptions { decoder, family, shape, strict, templates, ..default() };
        Ok(PyClassInitializer::from(Dispatcher::of(options)).add_subclass(Self))
    }
}

/// Reads streams of typed events: Anthropic messages and OpenAI Responses.
///
/// See `Dispatcher`, which finds out the family too.
///
/// Args:
///     shape: `"messages"`, `"responses"`, or `"auto"` to find out.
///     strict: see `Dispatcher`; the others too.
///     last_event_id: see `Decoder`.
///     max_event_size: see `Decoder`.
///     oversize: see `Decoder`.
///     flush_at_end: see `Decoder`.
#[pyclass(frozen, subclass, extends=Dispatcher, module = "ssewire")]
pub(crate) struct EventDispatcher;

#[pymethods]
impl EventDispatcher {
    #[new]
    #[expect(clippy::used_underscore_binding, reason = "private, but for Python a keyword")]
    #[pyo3(signature = (
        shape="auto",
        *,
        strict=false,
        last_event_id=String::new(),
        max_event_size=Some(ssewire_core::Options::MAX_EVENT_SIZE as i128),
        oversize="raise",
        flush_at_end=false,
        _templates=true,
    ))]
    #[pyo3(text_signature = "(shape='auto', *, strict=False, last_event_id='', \
                             max_event_size=67108864, oversize='raise', flush_at_end=False, \
                             _templates=True)")]
    fn new(
        shape: &str,
        strict: bool,
        last_event_id: String,
        max_event_size: Option<i128>,
        oversize: &str,
        flush_at_end: bool,
        _templates: bool,
    ) -> PyResult<PyClassInitializer<Self>> {
        let shape = shape_of(shape, Family::Events)?;
        let decoder = options(last_event_id, max_event_size, oversize, flush_at_end)?;
        let family = Some(Family::Events);
        let templates = _templates;
        let options = DispatchOptions { decoder, family, shape, strict, templates, ..default() };
        Ok(PyClassInitializer::from(Dispatcher::of(options)).add_subclass(Self))
    }
}

fn shape_of(name: &str, family: Family) -> PyResult<Option<Shape>> {
    if name == "auto" {
        return Ok(None);
    }
    let known = Shape::ALL.iter().filter(|(shape, _)| shape.family() == family);
    let mut names = vec!["'auto'".to_owned()];
    for (shape, own) in known {
        if *own == name {
            return Ok(Some(*shape));
        }
        names.push(format!("'{own}'"));
    }
    Err(PyValueError::new_err(format!("shape must be {}", names.join(" or "))))
}
