//! Text and lists that grow: appended to, never read again before somebody asks.

use std::borrow::Cow;

use crate::json::{Reader, Value, write_string};

/// Text that comes in pieces; `None` until the first, which may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(Option<Vec<u8>>);

impl Text {
    /// Notes that the stream has this text, if only an empty one so far. Returns whether that is
    /// new.
    pub(crate) fn carry(&mut self) -> bool {
        let new = self.0.is_none();
        self.0.get_or_insert_default();
        new
    }

    /// Where to append.
    #[inline]
    pub(crate) fn bytes(&mut self) -> &mut Vec<u8> {
        self.0.get_or_insert_default()
    }

    /// Appends what a value says: a string's characters, other JSON compactly.
    pub(crate) fn append(&mut self, value: Value<'_>) {
        match value {
            Value::String(text) => text.append_to(self.bytes()),
            other => {
                if let Some(text) = other.text() {
                    self.bytes().extend_from_slice(text.as_bytes());
                }
            }
        }
    }

    /// Whether any character has come.
    pub fn is_said(&self) -> bool {
        self.0.as_ref().is_some_and(|text| !text.is_empty())
    }

    /// The text so far, UTF-8; `None` if the stream never had any, not even an empty one.
    pub fn get(&self) -> Option<&[u8]> {
        self.0.as_deref()
    }

    /// The text so far.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.get().unwrap_or_default())
    }

    /// The text as JSON; `null` if there never was any.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self.0 {
            Some(_) => write_string(&self.text(), out),
            None => out.extend_from_slice(b"null"),
        }
    }

    /// The same, in bytes of its own.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.0.as_ref().map_or(4, Vec::len) + 2);
        self.write(&mut out);
        out
    }
}

/// A JSON list that comes in pieces: the elements as they were written, with commas between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct List(Vec<u8>);

impl List {
    pub(crate) fn push(&mut self, value: Value<'_>) {
        if !self.0.is_empty() {
            self.0.push(b',');
        }
        self.0.extend_from_slice(value.raw());
    }

    /// Appends the elements of an array.
    pub(crate) fn extend(&mut self, array: &[u8]) {
        let inner = array.get(1..array.len() - 1).unwrap_or_default();
        if Reader::new(inner).peek().is_none() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push(b',');
        }
        self.0.extend_from_slice(inner);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        [b"[", self.0.as_slice(), b"]"].concat()
    }
}
