//! The inner loop: where a string's plain characters end, sixteen bytes at a time.

use wide::u8x16;

const WIDTH: usize = 16;

/// The first byte from `at` on that is not a plain character of a string, that is a quotation mark,
/// a backslash or a control character, or the end; and whether all before it is ASCII.
#[inline(always)]
pub(crate) fn plain(bytes: &[u8], mut at: usize) -> (usize, bool) {
    let mut ascii = true;
    loop {
        let (special, high, width) = classes(bytes, at);
        if special != 0 {
            let plain = special.trailing_zeros();
            ascii &= high & ((1 << plain) - 1) == 0;
            return (at + plain as usize, ascii);
        }
        ascii &= high == 0;
        at += width;
        if at >= bytes.len() {
            return (bytes.len(), ascii);
        }
    }
}

/// A bit for each of the next bytes that is special, one for each that is not ASCII, and how many
/// bytes those are.
#[inline(always)]
fn classes(bytes: &[u8], at: usize) -> (u32, u32, usize) {
    let rest = &bytes[at..];
    if let Some(block) = rest.first_chunk() {
        let (special, high) = bits(*block);
        return (special, high, WIDTH);
    }
    // Shorter than a block: the last block of the bytes, its beginning shifted away.
    if let Some(block) = bytes.last_chunk() {
        let (special, high) = bits(*block);
        let before = WIDTH - rest.len();
        return (special >> before, high >> before, rest.len());
    }
    let mut block = [b' '; WIDTH];
    block[..rest.len()].copy_from_slice(rest);
    let (special, high) = bits(block);
    (special, high, rest.len())
}

#[inline(always)]
fn bits(block: [u8; WIDTH]) -> (u32, u32) {
    let block = u8x16::new(block);
    let control = block.min(u8x16::splat(0x1f)).simd_eq(block);
    let quote = block.simd_eq(u8x16::splat(b'"'));
    let backslash = block.simd_eq(u8x16::splat(b'\\'));
    ((control | quote | backslash).to_bitmask(), block.to_bitmask())
}

/// The first byte from `at` on that is no white space, or the end.
#[inline]
pub(super) fn space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// Without the white space around it.
pub fn trim(bytes: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    let Some(start) = bytes.iter().position(|byte| !is_space(byte)) else {
        // Of the same bytes, for who asks where it is.
        return &bytes[..0];
    };
    let end = bytes.iter().rposition(|byte| !is_space(byte)).unwrap_or(start);
    &bytes[start..=end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_is_what_one_byte_at_a_time_says() {
        let specials = [b'"', b'\\', 0x1f, 0, b'\n', 0xff, 0x80, b' ', 0x20, 0x7f];
        for len in 0..50 {
            for place in 0..len {
                for special in specials {
                    let mut bytes = vec![b'x'; len];
                    bytes[place] = special;
                    for at in 0..=len {
                        let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
                        let end = bytes[at..].iter().position(ends).map_or(len, |n| at + n);
                        assert_eq!(plain(&bytes, at), (end, bytes[at..end].is_ascii()));
                    }
                }
            }
        }
    }
}
