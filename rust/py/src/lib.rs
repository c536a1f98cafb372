//! The extension module `ssewire._core`: the core's types as Python classes, one file each.
#![allow(clippy::doc_markdown, reason = "most doc comments here become Python docstrings")]

mod decoder;
mod delta;
mod dispatcher;
mod docs;
mod dump;
mod encode;
mod errors;
mod event;
mod handlers;
mod item;
mod json;
mod names;
mod node;
mod outcome;
mod pace;
mod raw;
mod reads;
mod relay;
mod roles;
mod step;
mod writer;

/// The Rust core of ssewire.
#[pyo3::pymodule]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::decoder::Decoder;
    #[pymodule_export]
    use super::delta::Delta;
    #[pymodule_export]
    use super::dispatcher::{ChunkDispatcher, Dispatcher, EventDispatcher};
    #[pymodule_export]
    use super::encode::{encode_comment, encode_event};
    #[pymodule_export]
    use super::pace::Pace;
    #[pymodule_export]
    use super::reads::Reads;
    #[pymodule_export]
    use super::relay::Relay;
    #[pymodule_export]
    use super::writer::{ChunkWriter, EventWriter, Writer};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        super::errors::import(module.py())?;
        super::raw::first_interpreter(module.py())?;
        super::outcome::import(module.py())?;
        super::names::intern(module.py())?;
        super::event::add(module)?;
        super::item::add(module)?;
        super::node::add(module)?;
        super::decoder::add_feed(module.py())?;
        super::dispatcher::add_feed(module.py())?;
        super::relay::add_feed(module.py())
    }
}
