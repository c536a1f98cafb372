//! The gate: holds back the beginning of an answer, until there is something to show for it.

use crate::Answer;

/// More than this is not held back.
const MOST: usize = 1 << 20;

/// Holds back what comes before the first content, so that another source may still be asked.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    /// How many events are held back at most; none if the gate is open.
    events: u64,
    held: Vec<u8>,
    /// The source has ended, and the answer is whole.
    pub(super) whole: bool,
}

impl Gate {
    pub(super) fn new(events: u64) -> Self {
        Self { events, held: Vec::new(), whole: false }
    }

    pub(super) fn is_open(&self) -> bool {
        self.events == 0
    }

    /// Holds `out` back, or puts before it what was.
    pub(super) fn pass(&mut self, answer: &Answer, out: &mut Vec<u8>) {
        if self.is_open() {
            return;
        }
        self.held.append(out);
        // What came before an error in the same read counts as it does in a read of its own.
        let told = match answer.error {
            Some(_) => answer.told_before(),
            None if answer.has_ended() || self.whole => u64::MAX,
            None => answer.telling_events(),
        };
        if answer.has_begun() || told >= self.events || self.held.len() > MOST {
            *out = self.release();
        }
    }

    pub(super) fn release(&mut self) -> Vec<u8> {
        self.events = 0;
        std::mem::take(&mut self.held)
    }

    /// What is held back.
    pub(super) fn held(&mut self) -> &mut Vec<u8> {
        &mut self.held
    }

    pub(super) fn capacity(&self) -> usize {
        self.held.capacity()
    }
}
