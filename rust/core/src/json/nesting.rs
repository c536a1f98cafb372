//! What is open around a value: a bit for each level.

/// An object or an array that begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// `[`
    Array,
    /// `{`
    Object,
}

/// The open ones, in words of 64; the innermost are in `bits`.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    bits: u64,
    depth: usize,
    outer: Vec<u64>,
}

impl Nesting {
    #[inline]
    pub(super) fn push(&mut self, open: Open) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.bits);
        }
        self.bits = self.bits << 1 | open as u64;
        self.depth += 1;
    }

    #[inline]
    pub(super) fn pop(&mut self) {
        self.depth -= 1;
        self.bits >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.bits = self.outer.pop().unwrap_or_default();
        }
    }

    #[inline]
    pub(super) fn innermost(&self) -> Option<Open> {
        let open = if self.bits & 1 == 0 { Open::Array } else { Open::Object };
        (self.depth > 0).then_some(open)
    }
}
