//! Handlers: who wants to be called for what, and who still has to be called.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::{PyTraverseError, PyVisit};

use crate::{delta, item};

/// The handlers of a dispatcher, by kind of delta or native type.
#[derive(Default)]
pub(crate) struct Handlers {
    by_kind: BTreeMap<String, Vec<Py<PyAny>>>,
    /// Whether there is one for a native type.
    native: bool,
}

impl Handlers {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_kind.is_empty()
    }

    pub(crate) fn add(&mut self, kind: &str, handler: Py<PyAny>) {
        self.native |= delta::kind(kind).is_none();
        self.by_kind.entry(kind.to_owned()).or_default().push(handler);
    }

    /// What has to be called for an item, in order.
    pub(crate) fn calls(&self, item: &Bound<'_, PyAny>) -> PyResult<Vec<(Py<PyAny>, Py<PyAny>)>> {
        let py = item.py();
        let mut calls = Vec::new();
        let own = item::of(item)?;
        if self.native {
            let kind = own.native_type(py);
            if delta::kind(&kind).is_none() {
                for handler in self.by_kind.get(&kind).into_iter().flatten() {
                    calls.push((handler.clone_ref(py), item.clone().unbind()));
                }
            }
        }
        for (place, own) in own.deltas().iter().enumerate() {
            let handlers = self.by_kind.get(own.kind.name());
            for handler in handlers.into_iter().flatten() {
                let delta = delta::new(item, place)?.into_any().unbind();
                calls.push((handler.clone_ref(py), delta));
            }
        }
        Ok(calls)
    }

    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.by_kind.values().flatten().try_for_each(|handler| visit.call(handler))
    }
}
