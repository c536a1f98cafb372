//! What a decoder can be told, and the one error that it can have.

use std::{error, fmt};

/// How a [`crate::Decoder`] is to work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The last event id to begin with, as after a reconnection.
    pub last_event_id: String,
    /// The most bytes that one event may have, from its first field to the end of its blank line.
    /// `usize::MAX` is no limit.
    pub max_event_size: usize,
    /// What to do with an event that is larger.
    pub oversize: Oversize,
    /// Whether [`crate::Decoder::finish`] returns the event whose blank line never came. By the
    /// standard it is dropped: "Once the end of the file is reached, any pending data must be
    /// discarded."
    pub flush_at_end: bool,
    /// Whether a block that has no data but a field `error` is an event of that name, with the
    /// field's value as its data. By the standard the field means nothing.
    pub error_field: bool,
}

impl Options {
    /// 64 MiB. Events with images, search results or whole responses have several; a smaller
    /// default breaks them, as users of other decoders found out.
    pub const MAX_EVENT_SIZE: usize = 64 << 20;
}

impl Default for Options {
    fn default() -> Self {
        Self {
            last_event_id: String::new(),
            max_event_size: Self::MAX_EVENT_SIZE,
            oversize: Oversize::Raise,
            flush_at_end: false,
            error_field: false,
        }
    }
}

/// What to do with an event that is larger than [`Options::max_event_size`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Oversize {
    /// Report [`EventTooLarge`] and decode no further.
    #[default]
    Raise,
    /// Drop the event, count it, and go on after its blank line.
    Skip,
}

/// An event grew beyond [`Options::max_event_size`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventTooLarge {
    /// The limit, in bytes.
    pub limit: usize,
    /// Where in the stream the event began, in bytes; the same for every cut.
    pub offset: u64,
}

impl fmt::Display for EventTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, offset } = self;
        write!(f, "the event at byte {offset} is larger than max_event_size={limit}")
    }
}

impl error::Error for EventTooLarge {}
