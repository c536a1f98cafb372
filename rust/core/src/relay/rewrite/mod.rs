//! Text in flight: fixed strings are replaced, or end the text, wherever the pieces are cut.
//!
//! The leftmost match wins, and of those that begin at the same place the longest. A match is
//! settled when no longer one can begin where it does, and text is sent on when no match can begin
//! in it. What is held back is therefore always the beginning of a pattern, and the shortest that
//! will do.

mod first;
mod patterns;
mod surrogate;
#[cfg(test)]
mod tests;
mod walk;

use std::borrow::Cow;
use std::sync::Arc;

use aho_corasick::automaton::StateID;

pub(crate) use patterns::Patterns;
pub(super) use surrogate::{join, split_high};

use crate::json::{Str, unescape};
use walk::Walk;

/// One text that is rewritten as it comes: of a choice or of a block, one kind.
#[derive(Clone, Debug)]
pub(crate) struct Rewriter {
    patterns: Arc<Patterns>,
    /// What is held back: the beginning of a pattern.
    state: StateID,
    /// The first half of a surrogate pair whose second half may be in the next piece.
    high: Option<u16>,
    stopped: Option<usize>,
}

impl Rewriter {
    pub(crate) fn new(patterns: Arc<Patterns>) -> Self {
        let state = patterns.root();
        Self { patterns, state, high: None, stopped: None }
    }

    /// Appends to `out` what can be sent on now. Returns which stop string ended the text, in this
    /// piece or before: nothing comes out after it.
    pub(crate) fn feed(&mut self, piece: &str, out: &mut String) -> Option<usize> {
        if !piece.is_empty() && self.high.take().is_some() {
            self.read(REPLACEMENT, out);
        }
        self.read(piece, out);
        self.stopped
    }

    /// The same for a piece that is a JSON string, and may end or begin with half a surrogate pair.
    pub(crate) fn feed_json(&mut self, piece: Str<'_>, out: &mut String) -> Option<usize> {
        if self.stopped.is_some() {
            return self.stopped;
        }
        if piece.plain().is_some() {
            return self.feed(&piece.text(), out);
        }
        let (mut inner, high) = surrogate::split_high(piece.inner());
        let mut text = String::new();
        if let Some(first) = self.high.take() {
            match surrogate::join(first, inner) {
                Some((character, rest)) => {
                    text.push(character);
                    inner = rest;
                }
                None => text.push_str(REPLACEMENT),
            }
        }
        unescape(inner, &mut text);
        self.high = high;
        self.read(&text, out);
        self.stopped
    }

    /// Whether feeding this would give the same characters, hold nothing, and change nothing: the
    /// piece can be sent on as it was written. May say no where it would.
    pub(crate) fn passes(&self, piece: Str<'_>) -> bool {
        let at_rest = self.held() == 0 && self.stopped.is_none();
        at_rest && piece.plain().is_some_and(|text| self.patterns.first().find(text).is_none())
    }

    /// The same for a piece with escapes, when nothing is held: no pattern begins in it. Where it
    /// ends with half a surrogate pair, the next piece may have to be written anew.
    pub(crate) fn passes_escaped(&self, piece: Str<'_>) -> bool {
        let none = self.patterns.first().find(piece.text().as_bytes()).is_none();
        none && surrogate::split_high(piece.inner()).1.is_none()
    }

    /// The end of the text: appends what was held. A match that could have become longer counts.
    pub(crate) fn flush(&mut self, out: &mut String) -> Option<usize> {
        if self.high.take().is_some() {
            self.read(REPLACEMENT, out);
        }
        if self.stopped.is_none() {
            let mut walk = Walk::new(&self.patterns, self.state, "", out);
            let end = walk.end(self.state);
            self.state = self.patterns.root();
            match end {
                Ok(()) => walk.write_all_but(self.state),
                Err(stop) => self.stopped = Some(stop),
            }
        }
        self.stopped
    }

    /// How many bytes are held back. Half a surrogate pair counts as the U+FFFD that it would be.
    pub(crate) fn held(&self) -> usize {
        let half = if self.high.is_some() { REPLACEMENT.len() } else { 0 };
        self.patterns.held(self.state).len() + half
    }

    /// The stop string that ended the text.
    pub(crate) fn stopped(&self) -> Option<usize> {
        self.stopped
    }

    fn read(&mut self, piece: &str, out: &mut String) {
        if self.stopped.is_some() {
            return;
        }
        let mut walk = Walk::new(&self.patterns, self.state, piece, out);
        match walk.read(self.state) {
            Ok(state) => {
                walk.write_all_but(state);
                self.state = state;
            }
            Err(stop) => {
                self.stopped = Some(stop);
                self.state = self.patterns.root();
                self.high = None;
            }
        }
    }
}

const REPLACEMENT: &str = "\u{fffd}";

/// A text that was rewritten at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Whole<'t> {
    /// What it has become: as it was, if nothing was replaced.
    pub(crate) text: Cow<'t, str>,
    /// The stop string that ended it.
    pub(crate) stop: Option<usize>,
}

impl Patterns {
    /// Rewrites a text that is whole.
    pub(crate) fn whole<'t>(&self, text: &'t str) -> Whole<'t> {
        let mut out = String::new();
        let mut walk = Walk::new(self, self.root(), text, &mut out);
        let stop = walk.read(self.root()).and_then(|state| walk.end(state)).err();
        let text = match (stop, walk.done()) {
            (Some(_), _) => out.into(),
            (None, 0) => text.into(),
            (None, done) => (out + &text[done..]).into(),
        };
        Whole { text, stop }
    }
}
