//! The extension module `ssewire._core`: the core's types as Python classes, one file each.
#![allow(clippy::doc_markdown, reason = "most doc comments here become Python docstrings")]

mod decoder;
mod docs;
mod encode;
mod errors;
mod event;
mod object;

/// The Rust core of ssewire.
#[pyo3::pymodule]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::decoder::Decoder;
    #[pymodule_export]
    use super::encode::{encode_comment, encode_event};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        super::errors::import(module.py())?;
        super::object::add_classes(module)
    }
}
