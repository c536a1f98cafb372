//! JSON without white space.

use std::borrow::Cow;

use super::scan;

/// The value without the white space between its parts; strings as they were written.
pub fn compact(raw: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    // What was copied, and what was read.
    let (mut from, mut at) = (0, 0);
    while at < raw.len() {
        match raw[at] {
            b'"' => at = string_end(raw, at + 1),
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.extend_from_slice(&raw[from..at]);
                at = scan::space(raw, at);
                from = at;
            }
            _ => at += 1,
        }
    }
    if from == 0 {
        return raw.into();
    }
    out.extend_from_slice(&raw[from..]);
    out.into()
}

/// Behind the quotation mark that ends a string of a valid text.
fn string_end(raw: &[u8], mut at: usize) -> usize {
    loop {
        at = scan::plain(raw, at).0;
        match raw.get(at) {
            Some(b'\\') => at += 2,
            Some(b'"') => return at + 1,
            _ => return raw.len(),
        }
    }
}
