//! LLM event streams without I/O and without Python: bytes of `text/event-stream` in, events out.
//!
//! A [`Decoder`] is fed what a socket gave, cut anywhere, and yields each [`Event`] as soon as its
//! last byte is in. An event that lies whole in the chunk borrows from it; only what straddles two
//! chunks is copied, once.
//!
//! ```
//! use ssewire_core::{Decoder, Options};
//!
//! let mut decoder = Decoder::new(Options::default());
//! let chunks: [&[u8]; 2] = [b"event: ping\ndata: {}\n\ndata: [DO", b"NE]\n\n"];
//! let mut seen = Vec::new();
//! for chunk in chunks {
//!     for event in decoder.feed(chunk) {
//!         let event = event?;
//!         seen.push((event.name().into_owned(), event.data().into_owned()));
//!     }
//! }
//! assert_eq!(seen[0], ("ping".into(), "{}".into()));
//! assert_eq!(seen[1], ("message".into(), "[DONE]".into()));
//! # Ok::<(), ssewire_core::EventTooLarge>(())
//! ```
//!
//! And back, for what has to be sent on:
//!
//! ```
//! let bytes = ssewire_core::encode_event("{}", &ssewire_core::Fields::default())?;
//! assert_eq!(bytes, b"data: {}\n\n");
//! # Ok::<(), ssewire_core::CannotEncode>(())
//! ```
#![forbid(unsafe_code)]

mod answer;
mod delta;
mod dispatch;
mod error;
pub mod json;
mod pace;
mod reading;
mod relay;
mod shape;
mod sse;
mod template;
mod write;

pub use answer::{Answer, Call, Outcome, Text, Tokens, ToolCall};
pub use delta::{Delta, Deltas, Detail, Kind, Place};
pub use dispatch::{
    DispatchError, DispatchOptions, Dispatcher, InvalidPayload, Item, Items, MAX_PAYLOAD, Part,
    Payload, Payloads, Repeat,
};
pub use error::StreamError;
pub use pace::Pace;
#[doc(hidden)]
pub use reading::read_members;
pub use relay::{AddToUsage, Relay, RelayOptions, Sent, TextRules};
pub use shape::{Family, Shape};
pub use template::Path;
pub use write::{Finish, Id, Page, Said, Usage, Writer};

pub use sse::{
    CannotEncode, Decoder, Event, EventTooLarge, Events, Fields, LastEventId, Options, Oversize,
    Parts, Work, encode_comment, encode_event,
};
