//! Texts that are translated: their pieces are rewritten before a writer gets them.

use super::rules::TextRules;
use super::running::{Fed, Running};
use crate::delta::Kind;
use crate::json::{quoted, string_at};

/// The texts of a translation.
#[derive(Clone, Debug)]
pub(in crate::relay) struct Pieces {
    rules: TextRules,
    running: Vec<(Place, Running)>,
    /// The calls whose arguments are no JSON.
    custom: Vec<Option<u32>>,
}

/// Where a text is: its kind, index and call.
pub(in crate::relay) type Place = (Kind, u64, Option<u32>);

/// What was held of a text, as a piece, and the stop string that it was.
pub(in crate::relay) type Rest = (Place, Vec<u8>, Option<usize>);

impl Pieces {
    pub(in crate::relay) fn new(rules: &TextRules) -> Option<Self> {
        let rules = rules.clone();
        (!rules.is_empty()).then(|| Self { rules, running: Vec::new(), custom: Vec::new() })
    }

    /// A stop string.
    pub(in crate::relay) fn stop(&self, number: usize) -> &str {
        self.rules.stop(number)
    }

    /// The arguments of a call are no JSON.
    pub(in crate::relay) fn is_custom(&mut self, call: Option<u32>) {
        self.custom.push(call);
    }

    /// What becomes of a piece, and the stop string that it ends with.
    pub(in crate::relay) fn feed(&mut self, place: Place, piece: &[u8]) -> Fed {
        let (kind, _, call) = place;
        let (Some(patterns), Some(string)) = (self.rules.of(kind), string_at(piece, 0)) else {
            return Fed::Same;
        };
        let known = self.running.iter().position(|(own, _)| *own == place);
        let known = known.unwrap_or_else(|| {
            let is_json = kind == Kind::ToolArguments && !self.custom.contains(&call);
            self.running.push((place, Running::new(patterns, is_json)));
            self.running.len() - 1
        });
        self.running[known].1.feed(string)
    }

    /// Ends texts: what was held of them.
    pub(in crate::relay) fn flush(&mut self, ends: impl Fn(Place) -> bool) -> Vec<Rest> {
        let mut rests = Vec::new();
        self.running.retain_mut(|(place, running)| {
            if !ends(*place) {
                return true;
            }
            let (rest, stop) = running.flush();
            if !rest.is_empty() || stop.is_some() {
                rests.push((*place, quoted(Some(&rest)), stop));
            }
            false
        });
        rests
    }
}
