//! The two classes of writers, one for each family of shapes.

use pyo3::prelude::*;
use ssewire_core::Family;

use super::Writer;
use crate::relay::shape_of;

/// Writes an answer as a stream of chunks: chat completions or text completions.
///
/// For whoever serves a model and is to speak that API. Every method returns the bytes to send.
///
/// Args:
///     shape: `"chat"` or `"completions"`.
///     id: the answer's id, as it is to be sent; the ids of its parts follow from it.
///     model: the model that answers.
///     created: when the answer began, in Unix seconds.
///
/// Example:
///     >>> from ssewire import ChunkWriter
///     >>> writer = ChunkWriter(id="1", model="m")
///     >>> body = writer.text("Hello") + writer.finish() + writer.done()
///     >>> body.endswith(b"data: [DONE]\n\n")
///     True
#[pyclass(frozen, extends=Writer, module = "ssewire")]
pub(crate) struct ChunkWriter;

#[pymethods]
impl ChunkWriter {
    #[new]
    #[pyo3(signature = (shape="chat", *, id, model, created=0))]
    fn new(
        shape: &str,
        id: String,
        model: String,
        created: u64,
    ) -> PyResult<PyClassInitializer<Self>> {
        let shape = shape_of("shape", shape, |shape| shape.family() == Family::Chunks)?;
        let writer = Writer::new(shape, id, model, created);
        Ok(PyClassInitializer::from(writer).add_subclass(Self))
    }
}

/// Writes an answer as a stream of typed events: Anthropic messages or OpenAI Responses.
///
/// For whoever serves a model and is to speak that API. Every method returns the bytes to send.
///
/// Args:
///     shape: `"messages"` or `"responses"`.
///     id: the answer's id, as it is to be sent; the ids of its parts follow from it.
///     model: the model that answers.
///     created: when the answer began, in Unix seconds, for responses.
///
/// Example:
///     >>> from ssewire import EventWriter
///     >>> writer = EventWriter("messages", id="1", model="m")
///     >>> body = writer.text("Hello") + writer.finish() + writer.done()
///     >>> body.endswith(b'event: message_stop\ndata: {"type":"message_stop"}\n\n')
///     True
#[pyclass(frozen, extends=Writer, module = "ssewire")]
pub(crate) struct EventWriter;

#[pymethods]
impl EventWriter {
    #[new]
    #[pyo3(signature = (shape, *, id, model, created=0))]
    fn new(
        shape: &str,
        id: String,
        model: String,
        created: u64,
    ) -> PyResult<PyClassInitializer<Self>> {
        let shape = shape_of("shape", shape, |shape| shape.family() == Family::Events)?;
        let writer = Writer::new(shape, id, model, created);
        Ok(PyClassInitializer::from(writer).add_subclass(Self))
    }
}
