//! Server-sent events, as in the WHATWG HTML standard: bytes to events and back.

mod block;
mod blocks;
mod decoder;
mod encode;
mod event;
mod events;
mod line;
mod options;
mod passed_over;

pub use decoder::{Decoder, Work};
pub use encode::{CannotEncode, Fields, encode_comment, encode_event};
pub(crate) use event::Span;
pub use event::{Event, LastEventId, Parts};
pub use events::Events;
pub use options::{EventTooLarge, Options, Oversize};
