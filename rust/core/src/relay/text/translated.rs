//! Texts that are translated: their pieces are rewritten before a writer gets them.

use std::collections::{BTreeMap, HashSet};

use indexmap::IndexMap;

use super::rules::TextRules;
use super::running::{Fed, Running};
use crate::delta::Kind;
use crate::json::{quoted, string_at};

/// The texts of a translation.
#[derive(Clone, Debug)]
pub(in crate::relay) struct Pieces {
    rules: TextRules,
    running: IndexMap<Place, Running>,
    /// Arguments, by index: most events do not end them.
    calls: BTreeMap<u64, IndexMap<Place, Running>>,
    /// The calls whose arguments are no JSON.
    custom: HashSet<Option<u32>>,
}

/// Where a text is: its kind, index and call.
pub(in crate::relay) type Place = (Kind, u64, Option<u32>);

/// What was held of a text, as a piece, and the stop string that it was.
pub(in crate::relay) type Rest = (Place, Vec<u8>, Option<usize>);

/// Which texts end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::relay) enum Ends {
    /// All but arguments.
    Texts,
    /// All but arguments and this one.
    Others(Place),
    /// All but the arguments of other blocks or items.
    Block(u64),
    /// These arguments.
    Call(Place),
    All,
}

impl Pieces {
    pub(in crate::relay) fn new(rules: &TextRules) -> Option<Self> {
        let rules = rules.clone();
        (!rules.is_empty()).then(|| Self {
            rules,
            running: IndexMap::new(),
            calls: BTreeMap::new(),
            custom: HashSet::new(),
        })
    }

    /// A stop string.
    pub(in crate::relay) fn stop(&self, number: usize) -> &str {
        self.rules.stop(number)
    }

    /// The arguments of a call are no JSON.
    pub(in crate::relay) fn is_custom(&mut self, call: Option<u32>) {
        self.custom.insert(call);
    }

    /// What becomes of a piece, and the stop string that it ends with.
    pub(in crate::relay) fn feed(&mut self, place: Place, piece: &[u8]) -> Fed {
        let (kind, index, call) = place;
        let (Some(patterns), Some(string)) = (self.rules.of(kind), string_at(piece, 0)) else {
            return Fed::Same;
        };
        let is_call = kind == Kind::ToolArguments;
        let texts = if is_call { self.calls.entry(index).or_default() } else { &mut self.running };
        if let Some(own) = texts.get_mut(&place) {
            return own.feed(string);
        }
        let is_json = is_call && !self.custom.contains(&call);
        texts.entry(place).or_insert(Running::new(patterns, is_json)).feed(string)
    }

    /// Ends texts: what was held of them.
    pub(in crate::relay) fn flush(&mut self, ends: Ends) -> Vec<Rest> {
        let mut rests = Vec::new();
        if self.running.keys().all(|own| ends == Ends::Others(*own)) && self.calls.is_empty() {
            return rests;
        }
        let mut end = |place: &Place, running: &mut Running| {
            let (rest, stop) = running.flush();
            if !rest.is_empty() || stop.is_some() {
                rests.push((*place, quoted(Some(&rest)), stop));
            }
        };
        self.running.retain(|place, running| {
            let stays = matches!(ends, Ends::Call(_)) || ends == Ends::Others(*place);
            if !stays {
                end(place, running);
            }
            stays
        });
        let calls = match ends {
            Ends::All => std::mem::take(&mut self.calls),
            Ends::Block(index) => self.calls.remove_entry(&index).into_iter().collect(),
            Ends::Call(place) => {
                let calls = self.calls.get_mut(&place.1);
                let own = calls.and_then(|calls| calls.shift_remove_entry(&place));
                own.map(|own| (place.1, IndexMap::from([own]))).into_iter().collect()
            }
            Ends::Texts | Ends::Others(_) => BTreeMap::new(),
        };
        for (place, mut running) in calls.into_values().flatten() {
            end(&place, &mut running);
        }
        rests
    }
}
