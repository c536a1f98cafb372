//! Events, and their numbers.

use crate::write::bytes::put;

/// A number that grows by one, in digits: no event needs to format it.
#[derive(Clone, Debug)]
pub(super) struct Sequence(Vec<u8>);

impl Default for Sequence {
    fn default() -> Self {
        Self(vec![b'0'])
    }
}

impl Sequence {
    pub(super) fn at(number: u64) -> Self {
        Self(number.to_string().into())
    }

    #[inline]
    pub(super) fn digits(&self) -> &[u8] {
        &self.0
    }

    #[inline]
    pub(super) fn advance(&mut self) {
        for digit in self.0.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                return;
            }
            *digit = b'0';
        }
        self.0.insert(0, b'1');
    }
}

/// An event up to its number.
pub(super) fn head(kind: &str) -> Vec<u8> {
    format!("event: {kind}\ndata: {{\"type\":\"{kind}\",\"sequence_number\":").into()
}

/// Writes an event: `parts` are its members, with a comma before each, and the last brace.
pub(super) fn event<const N: usize>(
    kind: &str,
    sequence: &mut Sequence,
    parts: [&[u8]; N],
    out: &mut Vec<u8>,
) {
    put(out, [&head(kind), sequence.digits()]);
    put(out, parts);
    out.extend_from_slice(b"\n\n");
    sequence.advance();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_grows_by_one() {
        let mut sequence = Sequence::default();
        for number in 0..1234 {
            assert_eq!(sequence.digits(), number.to_string().as_bytes());
            sequence.advance();
        }
    }
}
