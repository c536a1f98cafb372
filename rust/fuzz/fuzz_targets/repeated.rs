//! Streams whose blocks come again and again: without that, no template would ever match.

/// Places in a block, in 256ths of it, and what to put there.
pub(crate) type Edits = [[u8; 2]; 4];

/// The most bytes of a stream.
const SIZE: usize = 1 << 16;

/// The stream with each of its blocks so often, some bytes changed from one time to the next.
pub(crate) fn repeat(stream: &[u8], times: u8, edits: Edits) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() && out.len() < SIZE {
        let blank = memchr::memmem::find(rest, b"\n\n").map(|at| at + 2);
        let crlf = memchr::memmem::find(rest, b"\r\n\r\n").map(|at| at + 4);
        let end = blank.into_iter().chain(crlf).min().unwrap_or(rest.len());
        let (block, next) = rest.split_at(end);
        for time in 0..=usize::from(times) {
            let start = out.len();
            out.extend_from_slice(block);
            let [place, byte] = edits[time % edits.len()];
            // Zero leaves the block as it is.
            if time > 0 && byte != 0 {
                out[start + usize::from(place) * block.len() / 256] = byte;
            }
        }
        rest = next;
    }
    out
}
