//! Texts of a stream that goes on in its own shape: their pieces are changed where they stand, and
//! what is held back of one goes on before the event that ends it.
//!
//! Where nothing is found and nothing is held, an event goes on as it came.

mod arguments;
mod change;
mod chunk_events;
mod chunks;
mod chunks_ending;
mod feeding;
mod look;
mod messages;
mod responses;
mod responses_ending;
mod rules;
mod running;
mod translated;
mod whole;

pub use rules::TextRules;

pub(super) use change::{Change, Part};
pub(super) use running::Fed;
pub(super) use translated::{Ends, Pieces, Place};

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::options::{AddToUsage, RelayOptions};
use crate::answer::Answer;
use crate::delta::Kind;
use crate::dispatch::Seen;
use crate::json::{Str, quoted, string_at};
use crate::shape::Shape;
use running::Running;

/// Which text: that of a choice, block, part or call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    kind: Kind,
    index: u64,
    /// For responses, whether it is a summary, and which part of its item.
    part: (bool, u64),
    call: Option<u32>,
}

/// A text, and what is known of the events that it comes with.
#[derive(Clone, Debug)]
struct Text {
    running: Running,
    form: Form,
}

/// How the events are written that a text comes with.
#[derive(Clone, Debug)]
enum Form {
    Chunk(chunk_events::Form),
    Block,
    Part(responses::Form),
}

/// What was held of a text that has ended.
struct Rest {
    key: Key,
    form: Form,
    text: String,
    stop: Option<usize>,
}

/// As many as there are templates.
const MOST_SLOTS: usize = 8;

/// The texts of a stream.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    rules: TextRules,
    /// What is written in place of the answer's, as JSON.
    model: Option<Vec<u8>>,
    id: Option<Vec<u8>>,
    strip_usage: bool,
    /// By index: an event that ends texts ends those of one.
    running: BTreeMap<u64, IndexMap<Key, Text>>,
    /// Which text the events of a template are of.
    slots: Vec<(u64, Option<Key>)>,
    shape: Option<Shape>,
    chunks: chunk_events::State,
    numbers: responses::Numbers,
    /// For responses that are not kept, with stop strings: the text of the part so far.
    said: Option<(Key, String)>,
    stop: Option<usize>,
    /// After a stop string nothing goes on.
    over: bool,
}

/// What is to be done with an event that a template matched.
pub(super) enum Look {
    /// It goes on as it came.
    Same,
    /// So it does, but for its number.
    Number,
    /// It is to be looked at; perhaps its piece was fed already.
    Change(Option<Fed>),
}

impl Look {
    /// What the event's only piece has become, if it was fed.
    pub(super) fn fed(self) -> Option<Fed> {
        match self {
            Self::Same | Self::Number => Some(Fed::Same),
            Self::Change(fed) => fed,
        }
    }
}

impl Texts {
    pub(super) fn new(options: &RelayOptions) -> Option<Self> {
        let json = |text: &Option<String>| text.as_deref().map(|text| quoted(Some(text)));
        let texts = Self {
            rules: options.text.clone(),
            model: json(&options.model),
            id: json(&options.id),
            strip_usage: options.strip_usage,
            running: BTreeMap::new(),
            slots: Vec::new(),
            shape: None,
            chunks: chunk_events::State::default(),
            numbers: responses::Numbers::default(),
            said: None,
            stop: None,
            over: false,
        };
        (!options.text.is_empty()).then_some(texts)
    }

    /// The stop string that was found.
    pub(super) fn stopped(&self) -> Option<&str> {
        Some(self.rules.stop(self.stop?))
    }

    /// How many more events were sent on than came.
    pub(super) fn more_events(&self) -> i64 {
        self.numbers.shift()
    }

    /// Whether nothing goes on any more.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Looks at an event that a template matched.
    #[inline]
    pub(super) fn seen(&mut self, seen: &Seen, chunk: &[u8]) -> Look {
        match string_at(chunk, seen.text.start) {
            Some(text) => self.look(seen.tag, text),
            None => Look::Change(None),
        }
    }

    /// The same by its tag and text.
    #[inline]
    pub(super) fn look(&mut self, tag: u64, text: Str<'_>) -> Look {
        let slot = self.slots.iter().find(|(own, _)| *own == tag);
        let Some(&(_, slot)) = slot.filter(|_| !self.chunks.has_stopped_choices()) else {
            return Look::Change(None);
        };
        let fed = match slot {
            None => Fed::Same,
            Some(key) => match self.text(&key) {
                Some(own) => own.running.feed(text),
                None => return Look::Change(None),
            },
        };
        if fed != Fed::Same {
            return Look::Change(Some(fed));
        }
        if let Some(key) = slot {
            self.keep(key, text);
        }
        let numbered = self.shape == Some(Shape::Responses);
        if numbered && (self.numbers.are_shifted() || self.holds()) {
            return Look::Number;
        }
        Look::Same
    }

    fn text(&mut self, key: &Key) -> Option<&mut Text> {
        self.running.get_mut(&key.index)?.get_mut(key)
    }

    /// Changes what is to be changed of a payload.
    pub(super) fn payload(
        &mut self,
        part: &Part<'_>,
        answer: &Answer,
        add: &mut AddToUsage<'_>,
    ) -> Change {
        let mut change = Change::default();
        self.shape = answer.shape;
        match answer.shape {
            None => {}
            Some(Shape::Chat | Shape::Completions) => self.chunk(part, answer, add, &mut change),
            Some(Shape::Messages) => self.message(part, answer, add, &mut change),
            Some(Shape::Responses) => self.response(part, answer, &mut change),
        }
        if let (Some(tag), [delta]) = (part.tag, part.deltas) {
            let key = change.key.filter(|_| self.rules.of(delta.kind).is_some());
            self.slots.truncate(MOST_SLOTS - 1);
            self.slots.insert(0, (tag, key));
        }
        change
    }

    /// The source has ended: what is held goes on.
    pub(super) fn finish(&mut self, answer: &Answer, add: &mut AddToUsage<'_>, out: &mut Vec<u8>) {
        if self.over {
            return;
        }
        for rest in self.flush(None, |_| true) {
            if let Some(stop) = rest.stop {
                self.stop_here(&rest, stop, answer, add, out);
                return;
            }
            self.write_rest(&rest, out);
        }
    }

    /// The same where an error follows.
    pub(super) fn release(&mut self, out: &mut Vec<u8>) {
        if self.over {
            return;
        }
        for rest in self.flush(None, |_| true) {
            self.stop = self.stop.or(rest.stop);
            self.write_rest(&rest, out);
        }
    }

    pub(super) fn capacity(&self) -> usize {
        let said = self.said.as_ref().map_or(0, |(_, said)| said.capacity());
        self.running.values().map(IndexMap::capacity).sum::<usize>() * size_of::<(Key, Text)>()
            + self.slots.capacity() * size_of::<(u64, Option<Key>)>()
            + self.chunks.capacity()
            + said
    }

    /// Whether anything is held.
    fn holds(&self) -> bool {
        self.running.values().flat_map(IndexMap::values).any(|text| text.running.holds())
    }
}
