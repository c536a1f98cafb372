//! `usage_extra`: what is added to the usage that is sent.

use std::cell::OnceCell;

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString};

use crate::json;

/// What is asked of `usage_extra`.
pub(super) struct Extra<'a, 'py> {
    py: Python<'py>,
    extra: Option<&'a Py<PyAny>>,
    /// What is no error but an order to stop, such as `KeyboardInterrupt`.
    stops: OnceCell<PyErr>,
}

impl<'a, 'py> Extra<'a, 'py> {
    pub(super) fn new(py: Python<'py>, extra: Option<&'a Py<PyAny>>) -> Self {
        Self { py, extra, stops: OnceCell::new() }
    }

    /// The members to add. What goes wrong must not break the stream of a client.
    pub(super) fn add(&self, usage: &[u8]) -> Vec<(String, Vec<u8>)> {
        if self.stops.get().is_some() {
            return Vec::new();
        }
        self.members(usage).unwrap_or_else(|error| {
            if error.is_instance_of::<PyException>(self.py) {
                error.write_unraisable(self.py, self.extra.map(|extra| extra.bind(self.py)));
            } else {
                let _ = self.stops.set(error);
            }
            Vec::new()
        })
    }

    /// What is to be raised, when everything has been read and written.
    #[inline]
    pub(super) fn stops(self) -> Option<PyErr> {
        self.stops.into_inner()
    }

    fn members(&self, usage: &[u8]) -> PyResult<Vec<(String, Vec<u8>)>> {
        let Some(extra) = self.extra.map(|extra| extra.bind(self.py)) else {
            return Ok(Vec::new());
        };
        let members = if extra.is_callable() {
            extra.call1((json::parse(self.py, usage)?,))?
        } else {
            extra.clone()
        };
        if members.is_none() {
            return Ok(Vec::new());
        }
        let dict = PyDict::new(self.py);
        dict.update(members.cast::<PyMapping>()?)?;
        let dumps = self.py.import("json")?.getattr("dumps")?;
        let arguments = PyDict::new(self.py);
        arguments.set_item("allow_nan", false)?;
        dict.iter()
            .map(|(name, value)| {
                let value = dumps.call((value,), Some(&arguments))?;
                let value = value.cast::<PyString>()?.to_str()?.as_bytes().to_vec();
                Ok((name.extract()?, value))
            })
            .collect()
    }
}
