//! Items: one for each payload.

use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::answer::word;
use crate::delta::{Delta, Deltas, Kind, Place};
use crate::json::{Value, trim};
use crate::shape::Family;
use crate::sse::{Event, LastEventId, Parts};
use crate::template::Path;

/// One payload: what it said, and the event that it came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'c> {
    /// The event.
    pub event: Event<'c>,
    /// Where the payload is.
    pub payload: Payload,
    /// What it said.
    pub deltas: Deltas,
    /// What kind of payload it is.
    pub family: Family,
    /// Where the text is, if a template knows.
    pub path: Path,
}

impl Item<'_> {
    /// The same as an item that a template found, if it is one and has bytes of its own.
    ///
    /// # Errors
    ///
    /// The item as it is.
    #[expect(clippy::result_large_err, reason = "it is taken apart at once")]
    pub fn into_repeat(self) -> Result<(Repeat, Vec<u8>), Self> {
        let Self { event, payload, deltas, family, path } = self;
        let delta = match &deltas {
            Deltas::One(delta) if path != Path::Unknown && event.is_held() => delta,
            _ => return Err(Self { event, payload, deltas, family, path }),
        };
        let &Delta { kind, index, call, text, .. } = delta;
        let (raw, parts, id) = event.into_parts();
        let raw = raw.into_owned();
        let written = text.raw(&raw[parts.data_range(&raw)]);
        let plain = written.is_ascii() && memchr::memchr(b'\\', written).is_none();
        let (start, length) = (0, raw.len());
        let found =
            Repeat { start, length, parts, id, kind, index, call, text, plain, family, path };
        Ok((found, raw))
    }
}

impl Event<'_> {
    /// The same for an event that has one payload.
    pub(crate) fn native_type(&self) -> String {
        native_type(&self.data_bytes(), self)
    }
}

fn native_type(payload: &[u8], event: &Event<'_>) -> String {
    let [kind] = Value::of(payload).unwrap_or_default().pick(["type"]);
    word(kind).unwrap_or_else(|| event.name().into_owned())
}

/// Where a payload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// In the bytes of its event.
    In(Range<usize>),
    /// In bytes of its own: it had several lines.
    Own(Box<[u8]>),
}

impl Item<'_> {
    /// The type of a payload of the event family: its own word, or the event's name.
    pub(crate) fn native_type(&self) -> String {
        native_type(self.payload(), &self.event)
    }

    /// Whether it is only a sign of life.
    pub(crate) fn is_ping(&self) -> bool {
        let other = self.deltas.as_slice().iter().all(|delta| delta.kind == Kind::Other);
        let empty = || matches!(trim(self.payload()), b"{}" | b"null");
        other && (empty() || self.native_type() == "ping")
    }

    /// The payload.
    pub fn payload(&self) -> &[u8] {
        match &self.payload {
            Payload::In(range) => &self.event.raw()[range.clone()],
            Payload::Own(bytes) => bytes,
        }
    }
}

/// An item that a template found: see [`Items::repeat`].
#[derive(Clone, Debug)]
pub struct Repeat {
    /// Where in the chunk its event begins.
    pub start: usize,
    /// How long that is.
    pub length: usize,
    /// Where in the event its parts are; the data is the payload.
    pub parts: Parts,
    /// The last event id, if it is not empty.
    pub id: Option<Arc<LastEventId>>,
    /// What the only delta is about.
    pub kind: Kind,
    /// See [`Delta::index`].
    pub index: Option<u64>,
    /// See [`Delta::call`].
    pub call: Option<u32>,
    /// Where in the payload its text is.
    pub text: Place,
    /// Whether the text is ASCII without escapes.
    pub plain: bool,
    /// What kind of payload it is.
    pub family: Family,
    /// Where the text is, for whoever looks for it by name.
    pub path: Path,
}

/// An event that a template matched, by its places in the chunk.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) event: Range<usize>,
    /// Of its text, quotation marks included.
    pub(crate) text: Range<usize>,
    /// Whether the text is ASCII without escapes.
    pub(crate) plain: bool,
    pub(crate) kind: Kind,
    pub(crate) index: Option<u64>,
    pub(crate) call: Option<u32>,
    /// Of the template.
    pub(crate) tag: u64,
}

/// The payloads of an event; nearly always one.
pub type Payloads = SmallVec<[Part; 1]>;

/// A payload of an event from elsewhere: where in its data it is, and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where in the data the payload is.
    pub place: Range<usize>,
    /// What it said.
    pub deltas: Deltas,
    /// What kind of payload it is.
    pub family: Family,
}
