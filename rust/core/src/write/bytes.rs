//! Bytes that are put together, and counted.

use std::collections::BTreeMap;

use super::Usage;
use crate::json::{Object, compact, quoted};

/// What could not be written, by name.
pub(crate) type Dropped = BTreeMap<&'static str, u64>;

/// Appends parts one after the other, with room made once.
#[inline]
pub(crate) fn put<const N: usize>(out: &mut Vec<u8>, parts: [&[u8]; N]) {
    out.reserve(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        out.extend_from_slice(part);
    }
}

/// What is between the quotation marks of a piece.
#[inline]
pub(crate) fn inner(piece: &[u8]) -> &[u8] {
    piece.get(1..piece.len().saturating_sub(1)).unwrap_or_default()
}

/// A number's digits.
pub(crate) fn digits(number: u64) -> Vec<u8> {
    number.to_string().into_bytes()
}

/// A string as JSON.
pub(crate) fn string(text: &str) -> Vec<u8> {
    quoted(Some(text))
}

/// A value, or an empty string for `null`.
pub(crate) fn or_empty(value: &[u8]) -> &[u8] {
    if matches!(value, b"null" | b"") { b"\"\"" } else { value }
}

/// Counts something that could not be written.
pub(crate) fn count(dropped: &mut Dropped, name: &'static str) {
    *dropped.entry(name).or_default() += 1;
}

/// Sets the members that somebody adds to a usage object: compact, as they stand on one line.
pub(crate) fn add_extra(usage: &Usage, object: &mut Object) {
    for (name, value) in &usage.extra {
        object.set(name, &compact(value));
    }
}
