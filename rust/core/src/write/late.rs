//! Calls whose name comes after their first arguments: these wait for it.

use std::collections::{BTreeMap, HashSet};

/// Which calls are open, and the arguments of those that are not.
#[derive(Clone, Debug, Default)]
pub(super) struct Late {
    open: HashSet<u32>,
    last: Option<u32>,
    held: BTreeMap<u32, Vec<u8>>,
}

impl Late {
    /// Whether a call is open.
    #[inline]
    pub(super) fn is_open(&mut self, call: u32) -> bool {
        if self.last == Some(call) {
            return true;
        }
        let open = self.open.contains(&call);
        if open {
            self.last = Some(call);
        }
        open
    }

    /// Opens a call. Returns whether that is new.
    pub(super) fn open(&mut self, call: u32) -> bool {
        self.open.insert(call)
    }

    /// Keeps what is between the quotation marks of a piece.
    pub(super) fn hold(&mut self, call: u32, inner: &[u8]) {
        self.held.entry(call).or_insert_with(|| vec![b'"']).extend_from_slice(inner);
    }

    /// What was held of a call, as one piece.
    pub(super) fn take(&mut self, call: u32) -> Option<Vec<u8>> {
        let mut held = self.held.remove(&call)?;
        held.push(b'"');
        Some(held)
    }

    /// The first call of which anything is held.
    pub(super) fn first(&self) -> Option<u32> {
        self.held.keys().next().copied()
    }
}
