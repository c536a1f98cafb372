//! What a dispatcher can be told, and the errors that it can have.

use std::{error, fmt};

use crate::shape::{Family, Shape};
use crate::sse::{EventTooLarge, Options};

/// The most bytes that one payload may have; a larger one counts as invalid.
pub const MAX_PAYLOAD: usize = u32::MAX as usize;

/// How a [`Dispatcher`] is to work.
#[derive(Clone, Debug)]
pub struct DispatchOptions {
    /// Of its decoder.
    pub decoder: Options,
    /// The only family that is read, if the others are not.
    pub family: Option<Family>,
    /// The shape, if it need not be found out.
    pub shape: Option<Shape>,
    /// Whether a payload that is no JSON is an error.
    pub strict: bool,
    /// Whether templates are used; without them everything is the same but slower.
    pub templates: bool,
    /// Whether what the answer says is kept; without it memory does not grow with the answer.
    pub keep: bool,
}

impl Default for DispatchOptions {
    fn default() -> Self {
        let (decoder, family, shape) = (Options::default(), None, None);
        Self { decoder, family, shape, strict: false, templates: true, keep: true }
    }
}

/// What of the options is needed again at each start; the decoder keeps its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) family: Option<Family>,
    pub(super) shape: Option<Shape>,
    pub(super) strict: bool,
    pub(super) templates: bool,
    pub(super) keep: bool,
}

impl Start {
    pub(super) fn of(options: &DispatchOptions) -> Self {
        let DispatchOptions { family, shape, strict, templates, keep, .. } = *options;
        Self { family, shape, strict, templates, keep }
    }
}

/// Why a dispatcher does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DispatchError {
    /// An event is larger than is allowed.
    TooLarge(EventTooLarge),
    /// A payload is no JSON, and that is not allowed.
    Invalid(InvalidPayload),
}

/// A payload that is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPayload {
    /// Where in the stream its event began, in bytes; the same for every cut.
    pub offset: u64,
    /// The beginning of the payload.
    pub snippet: String,
}

impl InvalidPayload {
    /// How many characters of the payload are in `snippet`.
    const SNIPPET: usize = 100;

    pub(super) fn new(offset: u64, data: &[u8]) -> Self {
        let data = &data[..data.len().min(4 * Self::SNIPPET)];
        let snippet = String::from_utf8_lossy(data).chars().take(Self::SNIPPET).collect();
        Self { offset, snippet }
    }
}

impl DispatchError {
    /// Where in the stream the event began, in bytes.
    pub(crate) fn offset(&self) -> u64 {
        match self {
            Self::TooLarge(error) => error.offset,
            Self::Invalid(error) => error.offset,
        }
    }
}

impl fmt::Display for DispatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(error) => error.fmt(f),
            Self::Invalid(InvalidPayload { offset, snippet }) => {
                write!(f, "the payload of the event at byte {offset} is not JSON: {snippet:?}")
            }
        }
    }
}

impl error::Error for DispatchError {}
