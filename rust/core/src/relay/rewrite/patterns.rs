//! What is looked for, and what is known of it before any text comes.

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::noncontiguous::NFA;
use aho_corasick::{Anchored, MatchKind, PatternID};

use super::first::First;

/// Strings that are replaced, and strings that end the text. Built once, for any number of texts.
///
/// A state of the automaton is the beginning of a pattern: its bytes are that pattern's first ones,
/// so of the text itself nothing has to be kept. Which matches lie within them is the same for
/// every text, too: it is worked out once and looked up.
#[derive(Clone, Debug)]
pub(crate) struct Patterns {
    automaton: NFA,
    root: StateID,
    first: First,
    /// By state.
    nodes: Vec<Node>,
    /// All patterns in a row, the stop strings first.
    text: String,
    /// For each byte of it, the longest pattern that begins there and is within the one around it;
    /// not for places from which the rest of that one is the beginning of another.
    inner: Vec<u32>,
    /// What comes in the place of the patterns after the stop strings.
    replacements: Vec<Box<str>>,
    stops: usize,
}

/// The beginning of a pattern.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// Where one that begins with it is in `Patterns::text`.
    at: u32,
    length: u32,
    /// Its longest proper suffix that is the beginning of a pattern.
    suffix: StateID,
    /// The longest pattern that it begins with, or is.
    longest: u32,
    is_leaf: bool,
}

/// Ends each pattern in the automaton, and is in no text. A pattern that others end with would
/// otherwise be noted at each state that does, and the automaton's size and the time to build it
/// could be the square of the patterns' size.
const END: u8 = 0xff;

/// No pattern.
const NONE: u32 = u32::MAX;

/// A pattern, found somewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'p> {
    pub(super) length: usize,
    /// What comes in its place, or the stop string that it is.
    pub(super) effect: Result<&'p str, usize>,
}

impl Patterns {
    /// Pairs of what is replaced and what comes in its place, and stop strings. What is both is a
    /// stop string; of pairs for the same string the first counts.
    ///
    /// # Errors
    ///
    /// If a string to look for is empty, or all of them are too long.
    pub(crate) fn new(replace: &[(String, String)], stop: &[String]) -> Result<Self, &'static str> {
        let strings = || stop.iter().chain(replace.iter().map(|(from, _)| from));
        if strings().any(String::is_empty) {
            return Err("an empty string cannot be looked for");
        }
        let text: String = strings().map(String::as_str).collect();
        // No prefilter: what it skips may be the beginning of a match that the next piece ends.
        let mut builder = NFA::builder();
        builder.match_kind(MatchKind::Standard).prefilter(false);
        let ended = || strings().map(|pattern| [pattern.as_bytes(), &[END]].concat());
        let automaton = i32::try_from(text.len()).ok().and_then(|_| builder.build(ended()).ok());
        let automaton = automaton.ok_or("the strings to look for are too long")?;
        // From here, a byte that goes on with no pattern leads nowhere instead of back here.
        let root = automaton.start_state(Anchored::Yes).map_err(|_| "no start")?;
        let mut patterns = Self {
            first: First::of(strings().map(|pattern| pattern.as_bytes()[0])),
            nodes: Vec::new(),
            inner: vec![NONE; text.len()],
            replacements: replace.iter().map(|(_, to)| to.as_str().into()).collect(),
            stops: stop.len(),
            automaton,
            root,
            text,
        };
        *patterns.node(root) = Node { is_leaf: false, ..patterns.unknown() };
        patterns.learn(strings().map(String::len));
        Ok(patterns)
    }

    /// Learns what lies within the patterns: all of them a byte further, and so on, because what is
    /// to be known of the beginning of one is taken from shorter beginnings of others.
    fn learn(&mut self, lengths: impl Iterator<Item = usize>) {
        // Where a pattern is in the text, where it ends, and what was read of it.
        let mut ways = Vec::new();
        let mut at = 0;
        for length in lengths {
            ways.push((at, at + length, self.root));
            at += length;
        }
        let mut depth = 0;
        while !ways.is_empty() {
            for (at, _, state) in &mut ways {
                *state = self.step(*at, depth, *state);
            }
            depth += 1;
            ways.retain(|&(at, end, _)| at + depth < end);
        }
    }

    /// The node after `parent`, which is as deep as that, on the way to the pattern at `at`.
    fn step(&mut self, at: usize, depth: usize, parent: StateID) -> StateID {
        let byte = self.text.as_bytes()[at + depth];
        let state = self.automaton.next_state(Anchored::Yes, parent, byte);
        self.node(parent).is_leaf = false;
        let Node { mut suffix, mut longest, .. } = *self.node(parent);
        if parent != self.root {
            // As for a text: where no pattern goes on, no match can become longer.
            suffix = loop {
                if let Some(longer) = self.longer(suffix, byte) {
                    break longer;
                }
                if suffix == self.root {
                    break suffix;
                }
                let Node { at: from, length, suffix: rest, longest, .. } = *self.node(suffix);
                let (from, place) = (from as usize, at + depth - length as usize);
                let settled = length as usize - self.depth(rest);
                count(settled);
                self.inner[place] = longest;
                self.inner.copy_within(from + 1..from + settled, place + 1);
                suffix = rest;
            };
        }
        if let Some(end) = self.longer(state, END) {
            // Of equal ones the first.
            longest = self.automaton.match_pattern(end, 0).as_u32();
        }
        let is_leaf = self.node(state).is_leaf;
        let (at, length) = (to_u32(at), to_u32(depth + 1));
        *self.node(state) = Node { at, length, suffix, longest, is_leaf };
        state
    }

    fn node(&mut self, state: StateID) -> &mut Node {
        let unknown = self.unknown();
        if self.nodes.len() <= state.as_usize() {
            self.nodes.resize(state.as_usize() + 1, unknown);
        }
        &mut self.nodes[state.as_usize()]
    }

    fn unknown(&self) -> Node {
        Node { at: 0, length: 0, suffix: self.root, longest: NONE, is_leaf: true }
    }

    fn found(&self, pattern: u32) -> Option<Found<'_>> {
        if pattern == NONE {
            return None;
        }
        let effect = match (pattern as usize).checked_sub(self.stops) {
            Some(replaced) => Ok(&*self.replacements[replaced]),
            None => Err(pattern as usize),
        };
        let length = self.automaton.pattern_len(PatternID::must(pattern as usize));
        Some(Found { length: length - 1, effect })
    }

    /// The state in which nothing is held.
    pub(super) fn root(&self) -> StateID {
        self.root
    }

    pub(super) fn first(&self) -> &First {
        &self.first
    }

    /// The state that has one more byte, if that is the beginning of a pattern.
    #[inline]
    pub(super) fn longer(&self, state: StateID, byte: u8) -> Option<StateID> {
        count(1);
        let next = self.automaton.next_state(Anchored::Yes, state, byte);
        (!self.automaton.is_dead(next)).then_some(next)
    }

    /// Whether no byte leads on.
    #[inline]
    pub(super) fn is_leaf(&self, state: StateID) -> bool {
        self.nodes[state.as_usize()].is_leaf
    }

    /// The state of the longest proper suffix that has one.
    pub(super) fn suffix(&self, state: StateID) -> StateID {
        count(1);
        self.nodes[state.as_usize()].suffix
    }

    /// What the text ends with in this state.
    pub(super) fn held(&self, state: StateID) -> &str {
        let node = &self.nodes[state.as_usize()];
        &self.text[node.at as usize..][..node.length as usize]
    }

    /// How long that is; also where it is no whole characters.
    #[inline]
    pub(super) fn depth(&self, state: StateID) -> usize {
        self.nodes[state.as_usize()].length as usize
    }

    /// The longest pattern at its beginning.
    pub(super) fn at_start(&self, state: StateID) -> Option<Found<'_>> {
        self.found(self.nodes[state.as_usize()].longest)
    }

    /// The first place from `from` to `to` where a pattern begins, and the longest one there. Only
    /// for places from which what is held is not the beginning of a pattern.
    pub(super) fn within(
        &self,
        state: StateID,
        from: usize,
        to: usize,
    ) -> Option<(usize, Found<'_>)> {
        count(to - from);
        let places = &self.inner[self.nodes[state.as_usize()].at as usize..][from..to];
        let (place, &pattern) = places.iter().enumerate().find(|&(_, &found)| found != NONE)?;
        Some((from + place, self.found(pattern)?))
    }
}

/// What the automaton can number fits.
#[allow(clippy::cast_possible_truncation)]
fn to_u32(number: usize) -> u32 {
    number as u32
}

#[cfg(test)]
use super::tests::count;

/// Tests count the steps.
#[cfg(not(test))]
#[inline(always)]
fn count(_steps: usize) {}
