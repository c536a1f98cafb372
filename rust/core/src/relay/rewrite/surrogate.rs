//! Characters of which one JSON string ends with the first half and the next begins with the second.

/// How long an escaped half is: `\ud83d`.
const ESCAPE: usize = 6;

/// What a string says before the first half of a pair at its end, and that half.
pub(in crate::relay) fn split_high(inner: &[u8]) -> (&[u8], Option<u16>) {
    let Some((before, last)) = inner.len().checked_sub(ESCAPE).map(|at| inner.split_at(at)) else {
        return (inner, None);
    };
    // After an odd number of backslashes, the next one is a character.
    let slashes = before.iter().rev().take_while(|&&byte| byte == b'\\').count();
    match unit(last) {
        Some(high @ 0xd800..0xdc00) if slashes % 2 == 0 => (before, Some(high)),
        _ => (inner, None),
    }
}

/// The character that has this first half, if the second is what a string begins with, and the rest.
pub(in crate::relay) fn join(high: u16, inner: &[u8]) -> Option<(char, &[u8])> {
    let low = unit(inner)?;
    let character = char::decode_utf16([high, low]).next()?.ok()?;
    // Where `low` is no second half, the first alone was no character.
    Some((character, &inner[ESCAPE..]))
}

/// The escape at the beginning: half a pair, or a character.
fn unit(inner: &[u8]) -> Option<u16> {
    let digits = inner.get(..ESCAPE)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}
