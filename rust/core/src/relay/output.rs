//! What goes on of a chunk: its bytes, some of them changed.

use super::patch::Patches;

/// What goes on of a chunk, in its course.
pub(super) struct Output<'a> {
    /// What was held of the chunks before, and where in the stream it begins.
    pub(super) tail: &'a [u8],
    pub(super) at: u64,
    pub(super) chunk: &'a [u8],
    /// What comes before this place in the stream was written.
    pub(super) done: u64,
    pub(super) out: &'a mut Vec<u8>,
}

impl Output<'_> {
    /// Writes the bytes up to a place in the stream.
    #[inline]
    pub(super) fn write(&mut self, to: u64) {
        let place = |at: u64| usize::try_from(at - self.at).unwrap_or(usize::MAX);
        let (from, to, tail) = (place(self.done), place(to.max(self.done)), self.tail.len());
        self.done = self.at + to as u64;
        if from < tail {
            self.out.extend_from_slice(&self.tail[from..to.min(tail)]);
        }
        if to > tail {
            self.out.extend_from_slice(&self.chunk[from.max(tail) - tail..to - tail]);
        }
    }

    /// Leaves out so many bytes from a place in the stream on.
    pub(super) fn drop(&mut self, start: u64, length: usize) {
        self.write(start);
        self.done = start + length as u64;
    }

    /// Writes an event as it is to be, which begins at a place in the stream.
    #[inline]
    pub(super) fn patch(&mut self, start: u64, raw: &[u8], patches: &Patches) {
        if !patches.is_empty() {
            self.write(start);
            patches.apply(raw, self.out);
            self.done = start + raw.len() as u64;
        }
    }
}
