//! What becomes of a payload.

use std::ops::Range;

use super::responses::Form;
use super::{Fed, Key};
use crate::delta::Delta;
use crate::json::quoted;
use crate::relay::patch::Patches;

/// A payload whose texts are looked at.
#[derive(Debug)]
pub(in crate::relay) struct Part<'p> {
    pub(in crate::relay) payload: &'p [u8],
    /// Where in the event's data it begins.
    pub(in crate::relay) base: usize,
    /// The event's name.
    pub(in crate::relay) name: &'p [u8],
    pub(in crate::relay) deltas: &'p [Delta],
    /// Of the template that matched it, or was made of it.
    pub(in crate::relay) tag: Option<u64>,
    /// What its only piece has become, if it was fed.
    pub(in crate::relay) fed: Option<Fed>,
}

/// What becomes of a payload.
#[derive(Debug, Default)]
pub(in crate::relay) struct Change {
    /// Events that go before its own.
    pub(in crate::relay) before: Vec<u8>,
    /// In the places of the event's data.
    pub(in crate::relay) patches: Patches,
    /// It does not go on: it has nothing left to say.
    pub(in crate::relay) drops: bool,
    /// Events that go behind its own.
    pub(in crate::relay) after: Vec<u8>,
    /// The text that its last piece is of.
    pub(super) key: Option<Key>,
    /// For responses: the text that a stop string ends with this event.
    pub(super) stop: Option<(Key, Form, usize)>,
}

impl Change {
    /// Whether it goes on as it came.
    pub(in crate::relay) fn is_none(&self) -> bool {
        let alone = self.before.is_empty() && self.after.is_empty();
        alone && self.patches.is_empty() && !self.drops
    }

    /// Puts JSON in the place of a value in the payload.
    pub(super) fn set(&mut self, part: &Part<'_>, place: Range<usize>, json: Vec<u8>) {
        self.patches.add(part.base + place.start..part.base + place.end, json);
    }

    /// Puts a string there.
    pub(super) fn set_text(&mut self, part: &Part<'_>, place: Range<usize>, text: &str) {
        self.set(part, place, quoted(Some(text)));
    }
}
