//! An event: the bytes of its block, and where in them its parts are. Text is made when asked for.

use std::borrow::Cow;
use std::sync::Arc;

use super::line::{self, Field};

/// A last event id that is not empty.
#[derive(Debug, PartialEq, Eq)]
pub struct LastEventId(Box<str>);

impl LastEventId {
    /// The id in `bytes`, if there is one, for all the events that it is the last of.
    pub(super) fn shared(bytes: &[u8]) -> Option<Arc<Self>> {
        let id = || Self(String::from_utf8_lossy(bytes).into());
        (!bytes.is_empty()).then(|| id().into())
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One dispatched event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<'c> {
    raw: Raw<'c>,
    parts: Parts,
    id: Option<Arc<LastEventId>>,
}

/// The bytes of a block.
#[derive(Clone, Debug)]
enum Raw<'c> {
    /// They are in the chunk.
    Chunk(&'c [u8]),
    Own(Vec<u8>),
    /// An event of many payloads is cloned for each.
    Shared(Arc<Vec<u8>>),
}

impl std::ops::Deref for Raw<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Chunk(bytes) => bytes,
            Self::Own(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }
}

impl PartialEq for Raw<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Raw<'_> {}

impl<'c> Event<'c> {
    pub(super) fn new(raw: Cow<'c, [u8]>, parts: Parts, id: Option<Arc<LastEventId>>) -> Self {
        let raw = match raw {
            Cow::Borrowed(bytes) => Raw::Chunk(bytes),
            Cow::Owned(bytes) => Raw::Own(bytes),
        };
        Self { raw, parts, id }
    }

    /// The same with bytes that are not copied when it is cloned.
    pub(crate) fn shared(self) -> Self {
        let raw = match self.raw {
            Raw::Own(bytes) => Raw::Shared(bytes.into()),
            raw => raw,
        };
        Self { raw, ..self }
    }

    /// The bytes of the block as received, from its first field to the end of its blank line:
    /// borrowed from the chunk if they all came with it.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The event's name; `message` if it has none.
    pub fn name(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.parts.name(&self.raw))
    }

    /// The data, its lines joined by LF, with U+FFFD for bytes that are not UTF-8.
    pub fn data(&self) -> Cow<'_, str> {
        match self.parts.data(&self.raw) {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
        }
    }

    /// The data as it came, its lines joined by LF.
    pub fn data_bytes(&self) -> Cow<'_, [u8]> {
        self.parts.data(&self.raw)
    }

    /// The last event id when the event was dispatched; empty if there was none.
    pub fn id(&self) -> &str {
        self.id.as_ref().map_or("", |id| id.as_str())
    }

    /// The reconnection time that this block set, in milliseconds.
    pub fn retry(&self) -> Option<u128> {
        self.parts.retry(&self.raw)
    }

    /// Whether the bytes are the event's own: they came in several chunks.
    pub(crate) fn is_held(&self) -> bool {
        !matches!(self.raw, Raw::Chunk(_))
    }

    /// Where the data is in the bytes, if it is one line.
    pub(crate) fn data_range(&self) -> Option<std::ops::Range<usize>> {
        self.parts.data.range(&self.raw)
    }

    /// The lines of the data: where each begins in the data, and where in the bytes.
    pub(crate) fn data_lines(&self) -> Vec<(usize, usize)> {
        let mut at = 0;
        values(&self.raw, Field::Data)
            .map(|line| {
                let start = at;
                at += line.len() + 1;
                (start, line.as_ptr().addr() - self.raw.as_ptr().addr())
            })
            .collect()
    }

    /// The event's name as it came.
    pub(crate) fn name_bytes(&self) -> &[u8] {
        self.parts.name(&self.raw)
    }

    /// Whether the data is the value of a field `error`: see [`crate::Options::error_field`].
    pub(crate) fn is_error_field(&self) -> bool {
        let before = self.data_range().map(|range| self.raw[..range.start].trim_ascii_end());
        let name = before.map(|before| before.strip_suffix(b":").unwrap_or(before));
        self.name_bytes() == b"error" && name.is_some_and(|name| name.ends_with(b"error"))
    }

    /// The bytes, where the parts are in them, and the id if it is not empty: for whoever keeps the
    /// bytes in another way.
    pub fn into_parts(self) -> (Cow<'c, [u8]>, Parts, Option<Arc<LastEventId>>) {
        let raw = match self.raw {
            Raw::Chunk(bytes) => bytes.into(),
            Raw::Own(bytes) => bytes.into(),
            Raw::Shared(bytes) => Arc::unwrap_or_clone(bytes).into(),
        };
        (raw, self.parts, self.id)
    }
}

/// Where in the bytes of a block the parts of its event are. Each method takes those bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    pub(crate) data: Span,
    pub(crate) name: Span,
}

impl Parts {
    /// The event's name; `message` if it has none.
    pub fn name<'a>(&self, raw: &'a [u8]) -> &'a [u8] {
        // "Initialize event's type attribute to "message" […]. If the event type buffer has a
        // value other than the empty string, change the type […] to equal the value".
        match self.name.of(raw).or_else(|| last(raw, Field::Event)) {
            None | Some([]) => b"message",
            Some(name) => name,
        }
    }

    /// The data as it came, its lines joined by LF: borrowed if there is one line.
    pub fn data<'a>(&self, raw: &'a [u8]) -> Cow<'a, [u8]> {
        if let Some(line) = self.data.of(raw) {
            return line.into();
        }
        let lines: Vec<&[u8]> = values(raw, Field::Data).collect();
        lines.join(&b'\n').into()
    }

    /// Where data of one line is in those bytes; nowhere, if it has several lines.
    #[inline]
    pub fn data_range(&self, raw: &[u8]) -> std::ops::Range<usize> {
        self.data.range(raw).unwrap_or_default()
    }

    /// Where data of one line begins.
    #[inline]
    pub fn data_start(&self) -> usize {
        self.data.start as usize
    }

    /// The reconnection time that the block sets, in milliseconds.
    pub fn retry(&self, raw: &[u8]) -> Option<u128> {
        values(raw, Field::Retry).filter_map(line::digits).last()
    }
}

/// A part's place in its block. Four bytes a side keep an event small; what does not fit, and data
/// of several lines, is `ELSEWHERE`: found by reading the block again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    pub(crate) const EMPTY: Self = Self { start: 0, end: 0 };
    pub(super) const ELSEWHERE: Self = Self { start: u32::MAX, end: 0 };

    pub(crate) fn new(start: usize, end: usize) -> Self {
        match (u32::try_from(start), u32::try_from(end)) {
            (Ok(start), Ok(end)) => Self { start, end },
            _ => Self::ELSEWHERE,
        }
    }

    fn of(self, raw: &[u8]) -> Option<&[u8]> {
        raw.get(self.start as usize..self.end as usize)
    }

    pub(crate) fn range(self, raw: &[u8]) -> Option<std::ops::Range<usize>> {
        self.of(raw).map(|_| self.start as usize..self.end as usize)
    }
}

/// The values of one field in a block, in order.
fn values(mut raw: &[u8], wanted: Field) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        loop {
            if raw.is_empty() {
                return None;
            }
            let end = line::end(raw).unwrap_or(raw.len());
            let (this, rest) = raw.split_at(end);
            // The LF of a CRLF makes a blank line here, which has no field.
            raw = rest.get(1..).unwrap_or_default();
            if let Some((field, value)) = line::field(this)
                && field == wanted
            {
                return Some(&this[value..]);
            }
        }
    })
}

fn last(raw: &[u8], wanted: Field) -> Option<&[u8]> {
    values(raw, wanted).last()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAW: &[u8] =
        b"event: a\r\nevent: b\rdata: 1\n: c\ndata\r\ndata:2\nretry: 5\nretry: x\n\n";

    #[test]
    fn parts_that_are_elsewhere_are_read_from_the_block() {
        let parts = Parts { data: Span::ELSEWHERE, name: Span::ELSEWHERE };
        assert_eq!(parts.name(RAW), b"b");
        assert_eq!(parts.data(RAW), &b"1\n\n2"[..]);
        assert_eq!(parts.retry(RAW), Some(5));
        assert_eq!(parts.name(b"data: x\n\n"), b"message");
    }

    #[test]
    fn what_does_not_fit_in_a_span_is_elsewhere() {
        assert_eq!(Span::new(0, 1 << 32), Span::ELSEWHERE);
        assert_eq!(Span::ELSEWHERE.of(RAW), None);
    }

    #[test]
    fn bad_utf_8_is_replaced() {
        let raw = b"data: x\xffy\xe2\x82\n\n";
        let parts = Parts { data: Span::new(6, 11), name: Span::EMPTY };
        let event = Event::new(raw[..].into(), parts, None);
        assert_eq!(event.data(), "x\u{fffd}y\u{fffd}");
        assert_eq!(event.data_bytes(), &b"x\xffy\xe2\x82"[..]);
    }
}
