//! One step of a text: what was held and the piece that goes on with it.
//!
//! The state is always the longest end of what was read that is the beginning of a pattern and does
//! not overlap a match. Where no pattern goes on with the next byte, no match but those within the
//! state can begin at its first place: that place is settled, and so are the ones up to the next
//! state, the longest suffix that is the beginning of a pattern. (A place between them cannot be
//! gone on from, or it would begin that suffix; so all matches there are within what was read.)
//!
//! No byte is read twice. A step to a suffix makes the state shorter, which only a byte makes
//! longer, by one; and a place is settled once. So the work is at most a small multiple of the
//! bytes, however long the patterns are and however they overlap.

use aho_corasick::automaton::StateID;

use super::patterns::{Found, Patterns};

/// Places are counted from the beginning of what was held.
pub(super) struct Walk<'a> {
    patterns: &'a Patterns,
    held: &'a str,
    piece: &'a str,
    /// The places before it are in `out`, as they are or replaced.
    done: usize,
    out: &'a mut String,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        patterns: &'a Patterns,
        state: StateID,
        piece: &'a str,
        out: &'a mut String,
    ) -> Self {
        Self { patterns, held: patterns.held(state), piece, done: 0, out }
    }

    /// Reads the piece. Writes up to the last match; the error is the stop string that was found.
    pub(super) fn read(&mut self, mut state: StateID) -> Result<StateID, usize> {
        let (bytes, before) = (self.piece.as_bytes(), self.held.len());
        let (patterns, root) = (self.patterns, self.patterns.root());
        let mut at = 0;
        while at < bytes.len() {
            if state == root {
                match patterns.first().find(&bytes[at..]) {
                    Some(skipped) => at += skipped,
                    None => return Ok(root),
                }
            }
            loop {
                if let Some(longer) = patterns.longer(state, bytes[at]) {
                    state = longer;
                    break;
                }
                if state == root {
                    break;
                }
                state = self.settle(state, before + at)?;
            }
            at += 1;
            if patterns.is_leaf(state) {
                state = self.settle(state, before + at)?;
            }
        }
        Ok(state)
    }

    /// The text ends here: settles all.
    pub(super) fn end(&mut self, mut state: StateID) -> Result<(), usize> {
        let end = self.held.len() + self.piece.len();
        while state != self.patterns.root() {
            state = self.settle(state, end)?;
        }
        Ok(())
    }

    /// Writes what is not held in this state, which is where the piece ends.
    pub(super) fn write_all_but(&mut self, state: StateID) {
        let end = self.held.len() + self.piece.len();
        self.write_to(end - self.patterns.depth(state));
    }

    /// How much of the text is written, or replaced by what is written.
    pub(super) fn done(&self) -> usize {
        self.done
    }

    /// At `end` no pattern goes on that begins where the state does: applies the matches that this
    /// settles, and gives the state that is left.
    fn settle(&mut self, state: StateID, end: usize) -> Result<StateID, usize> {
        let patterns = self.patterns;
        let depth = patterns.depth(state);
        let start = end - depth;
        let mut settled = 1;
        if let Some(found) = patterns.at_start(state) {
            self.apply(start, found)?;
            settled = found.length;
        }
        // The last state on the way whose first place is settled: it knows what lies within it.
        let mut around = state;
        let mut rest = patterns.suffix(state);
        loop {
            while patterns.depth(rest) > depth - settled {
                around = rest;
                rest = patterns.suffix(rest);
            }
            let skipped = depth - patterns.depth(around);
            let open = depth - patterns.depth(rest);
            let within = patterns.within(around, settled - skipped, open - skipped);
            let Some((place, found)) = within else {
                return Ok(rest);
            };
            let place = skipped + place;
            self.apply(start + place, found)?;
            settled = place + found.length;
        }
    }

    fn apply(&mut self, start: usize, found: Found<'a>) -> Result<(), usize> {
        self.write_to(start);
        self.out.push_str(found.effect?);
        self.done = start + found.length;
        Ok(())
    }

    /// Writes what comes before a place, which is between characters.
    fn write_to(&mut self, place: usize) {
        let held = self.held.len();
        if self.done < held {
            self.out.push_str(&self.held[self.done..place.min(held)]);
        }
        if place > held {
            self.out.push_str(&self.piece[self.done.max(held) - held..place - held]);
        }
        self.done = place;
    }
}
