//! What texts are rewritten with.

use std::sync::Arc;

use crate::delta::Kind;
use crate::relay::rewrite::Patterns;

/// What is replaced in which texts, and what ends the answer's text.
#[derive(Clone, Debug, Default)]
pub struct TextRules {
    /// For the text, which stop strings end.
    text: Option<Arc<Patterns>>,
    /// For the other kinds.
    others: Option<Arc<Patterns>>,
    kinds: Vec<Kind>,
    stops: Vec<String>,
}

impl TextRules {
    /// Pairs of what is replaced and what comes in its place, in texts of these kinds; and strings
    /// that end the text.
    ///
    /// # Errors
    ///
    /// If a string to look for is empty, or all of them are too long.
    pub fn new(
        replace: &[(String, String)],
        kinds: &[Kind],
        stop: Vec<String>,
    ) -> Result<Self, &'static str> {
        let patterns = |replace: &[_], stop: &[_]| {
            let none = replace.is_empty() && stop.is_empty();
            (!none).then(|| Patterns::new(replace, stop).map(Arc::new)).transpose()
        };
        let of_text = if kinds.contains(&Kind::Text) { replace } else { &[] };
        let text = patterns(of_text, &stop)?;
        // They are large: what is the same is built once, and what nothing asks for not at all.
        let others = match kinds {
            [Kind::Text] => None,
            _ if stop.is_empty() && kinds.contains(&Kind::Text) => text.clone(),
            _ => patterns(replace, &[])?,
        };
        Ok(Self { text, others, kinds: kinds.to_vec(), stops: stop })
    }

    /// Whether there is nothing to do.
    pub(in crate::relay) fn is_empty(&self) -> bool {
        Kind::ALL.iter().all(|(kind, _)| self.of(*kind).is_none())
    }

    /// What texts of a kind are rewritten with.
    pub(super) fn of(&self, kind: Kind) -> Option<&Arc<Patterns>> {
        match kind {
            Kind::Text => self.text.as_ref(),
            Kind::Reasoning | Kind::Refusal | Kind::ToolArguments if self.kinds.contains(&kind) => {
                self.others.as_ref()
            }
            _ => None,
        }
    }

    /// A stop string.
    pub(in crate::relay) fn stop(&self, number: usize) -> &str {
        &self.stops[number]
    }

    pub(super) fn has_stops(&self) -> bool {
        !self.stops.is_empty()
    }
}
