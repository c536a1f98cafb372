//! Names that are looked for in every event.

use crate::raw::Constant;

pub(crate) static CHOICES: Constant = Constant::new(c"choices");
pub(crate) static CONTENT: Constant = Constant::new(c"content");
pub(crate) static DELTA: Constant = Constant::new(c"delta");
pub(crate) static PARTIAL_JSON: Constant = Constant::new(c"partial_json");
pub(crate) static TEXT: Constant = Constant::new(c"text");
pub(crate) static THINKING: Constant = Constant::new(c"thinking");
pub(crate) static TYPE: Constant = Constant::new(c"type");

pub(crate) static BLOCK_DELTA: Constant = Constant::new(c"content_block_delta");
pub(crate) static INPUT_JSON_DELTA: Constant = Constant::new(c"input_json_delta");
pub(crate) static TEXT_DELTA: Constant = Constant::new(c"text_delta");
pub(crate) static THINKING_DELTA: Constant = Constant::new(c"thinking_delta");
pub(crate) static OUTPUT_TEXT_DELTA: Constant = Constant::new(c"response.output_text.delta");

/// Makes them, so that they can be told by their places.
pub(crate) fn intern(py: pyo3::Python<'_>) -> pyo3::PyResult<()> {
    for name in [&CHOICES, &CONTENT, &DELTA, &PARTIAL_JSON, &TEXT, &THINKING, &TYPE] {
        name.get(py)?;
    }
    Ok(())
}
