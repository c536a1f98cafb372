//! `Step`: what is known without looking of the objects around a text that a template has found.

use pyo3::prelude::*;
use pyo3::types::PyString;
use ssewire_core::Path;

use crate::names::{
    CONTENT, INPUT_JSON_DELTA, PARTIAL_JSON, TEXT, TEXT_DELTA, THINKING, THINKING_DELTA,
};

/// The way to an object on which a template has found a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// `choices[0]`
    Choice,
    /// `choices[0].delta`
    ChoiceDelta,
    /// `delta`
    BlockDelta,
}

impl Step {
    /// Whether that member is the text that the template has found.
    #[inline]
    pub(crate) fn ends_at(self, path: Path, name: &Bound<'_, PyString>) -> bool {
        match (self, path) {
            (Self::ChoiceDelta, Path::Content) => CONTENT.is(name),
            (Self::Choice, Path::ChoiceText) | (Self::BlockDelta, Path::BlockText) => TEXT.is(name),
            (Self::BlockDelta, Path::BlockThinking) => THINKING.is(name),
            (Self::BlockDelta, Path::BlockJson) => PARTIAL_JSON.is(name),
            _ => false,
        }
    }

    /// The `type` of a block's delta in which a template has found a text.
    #[inline]
    pub(crate) fn block_type(path: Path, py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
        let kind = match path {
            Path::BlockText => &TEXT_DELTA,
            Path::BlockThinking => &THINKING_DELTA,
            Path::BlockJson => &INPUT_JSON_DELTA,
            _ => return Ok(None),
        };
        Ok(Some(kind.get(py)?.into_any()))
    }
}
