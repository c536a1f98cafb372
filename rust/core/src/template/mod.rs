//! Templates: most events of a stream differ from the one before in a few bytes.
//!
//! A template is an event that the full reader has read, as literal bytes and slots:
//!
//! ```text
//! data: {"id":"c1","choices":[{"index":0,"delta":{"content":⟦"Hel"⟧}}],"p":⟦"x7Qz"⟧}␊␊
//! ```
//!
//! What is in brackets are slots, here the text and a string that is ignored; the rest is literal.
//!
//! An event that has the same literals, and in each slot what that slot's grammar allows, is as
//! valid as the one that was read, and says the same but for the text. So a match costs a comparison
//! and a string. It is a cache and no second grammar:
//!
//! - only an event of which reading it again would change nothing but one text becomes a template;
//! - nothing that steers meaning is a slot: only the text itself, members that the reader ignores,
//!   numbers that it ignores, and spaces before the last brace;
//! - what was learnt is used only while the answer has the parts that it had then (`generation`);
//! - whoever finds no match reads the event in full.

mod lesson;
mod path;
mod pattern;

pub(crate) use lesson::Lesson;
pub use path::Path;
pub(crate) use pattern::{Hit, Template};

use lesson::VOLATILE;
use pattern::Slot;

/// How many templates are kept: as many as choices that take turns are likely.
const TEMPLATES: usize = 8;

/// After so many misses in a row only `TRIES` of `EVENTS` events are tried and learnt from, so that
/// a stream whose literals change every time costs little more than without templates.
const PATIENCE: u32 = 32;
const TRIES: u32 = 2;
const EVENTS: u32 = 64;

/// The templates of a stream, the last one used first.
#[derive(Clone, Debug)]
pub(crate) struct Templates {
    enabled: bool,
    templates: Vec<Template>,
    /// Counts the events that gave the answer new parts.
    generation: u64,
    /// Counts the templates that were made.
    learnt: u64,
    /// Misses in a row.
    misses: u32,
    /// Events that matched no template although there were some and they were tried.
    in_vain: u64,
    /// The hashes of the values that `VOLATILE` members had in the event learnt last, and which have
    /// changed.
    seen: [Option<u64>; VOLATILE.len()],
    changing: [bool; VOLATILE.len()],
}

impl Templates {
    pub(crate) fn new(enabled: bool) -> Self {
        Self {
            enabled,
            templates: Vec::new(),
            generation: 0,
            learnt: 0,
            misses: 0,
            in_vain: 0,
            seen: Default::default(),
            changing: Default::default(),
        }
    }

    /// The template that matches the beginning of `bytes`.
    #[inline(always)]
    pub(crate) fn find(&mut self, bytes: &[u8]) -> Option<Hit> {
        if self.templates.is_empty() || !self.is_patient() {
            return None;
        }
        for place in 0..self.templates.len() {
            let template = &self.templates[place];
            if template.generation != self.generation {
                continue;
            }
            if let Some(hit) = template.match_at(bytes) {
                self.misses = 0;
                if place > 0 {
                    self.templates[..=place].rotate_right(1);
                }
                return Some(hit);
            }
        }
        None
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.enabled);
    }

    /// The template that matched last.
    #[inline]
    pub(crate) fn first(&self) -> &Template {
        &self.templates[0]
    }

    /// Notes an event that was read in full.
    pub(crate) fn missed(&mut self, repeatable: bool) {
        self.in_vain += u64::from(self.is_patient() && !self.templates.is_empty());
        self.misses = self.misses.wrapping_add(1);
        if self.misses >= PATIENCE + EVENTS {
            self.misses = PATIENCE;
        }
        self.generation += u64::from(!repeatable);
    }

    pub(crate) fn tried_in_vain(&self) -> u64 {
        self.in_vain
    }

    #[inline]
    fn is_patient(&self) -> bool {
        self.misses < PATIENCE + TRIES
    }

    /// Makes a template of an event that was read in full, if it can be one.
    pub(crate) fn learn(&mut self, lesson: &Lesson<'_>) {
        if !self.enabled || !self.is_patient() {
            return;
        }
        let Some(template) = self.template(lesson) else {
            return;
        };
        let now = self.generation;
        self.templates.retain(|own| own.generation == now);
        let same = |own: &Template| own.slots == template.slots && own.tail == template.tail;
        match self.templates.iter().position(same) {
            Some(place) => {
                self.templates.remove(place);
            }
            None if self.templates.len() == TEMPLATES => {
                self.templates.pop();
            }
            None => {}
        }
        // Most streams need one or two.
        self.templates.reserve_exact(1);
        self.templates.insert(0, template);
        self.learnt += 1;
    }

    /// The tag of the template that was learnt or matched last.
    pub(crate) fn newest(&self) -> Option<u64> {
        Some(self.templates.first()?.tag)
    }

    pub(crate) fn capacity(&self) -> usize {
        let literals = |template: &Template| {
            let slots = template.slots.iter().map(|(literal, _)| literal.len()).sum::<usize>();
            slots + template.slots.capacity() * size_of::<(Box<[u8]>, Slot)>() + template.tail.len()
        };
        self.templates.iter().map(literals).sum::<usize>()
            + self.templates.capacity() * size_of::<Template>()
    }
}
