//! Rewriting against a reference that looks at each place of the whole text.

mod cases;
mod properties;

use std::cell::Cell;
use std::sync::Arc;

use super::{Patterns, Rewriter};
use crate::json::string_at;

thread_local! {
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

pub(super) fn count(steps: usize) {
    STEPS.set(STEPS.get() + steps);
}

/// What is looked for, each with what it does: a replacement, or the number of a stop string.
#[derive(Clone, Debug)]
struct Rules {
    replace: Vec<(String, String)>,
    stop: Vec<String>,
}

impl Rules {
    fn new(replace: &[(&str, &str)], stop: &[&str]) -> Self {
        let replace = replace.iter().map(|&(from, to)| (from.into(), to.into())).collect();
        Self { replace, stop: stop.iter().map(|&stop| stop.into()).collect() }
    }

    fn patterns(&self) -> Patterns {
        Patterns::new(&self.replace, &self.stop).unwrap()
    }

    fn rewriter(&self) -> Rewriter {
        Rewriter::new(Arc::new(self.patterns()))
    }

    fn all(&self) -> impl Iterator<Item = (&str, Result<&str, usize>)> {
        let stops = self.stop.iter().enumerate().map(|(n, stop)| (stop.as_str(), Err(n)));
        stops.chain(self.replace.iter().map(|(from, to)| (from.as_str(), Ok(to.as_str()))))
    }

    /// Rewrites place by place. If the text may go on, ends at the first place where what comes
    /// next could make a difference, and gives what is left from there.
    fn naive<'t>(&self, text: &'t str, goes_on: bool) -> (String, Option<usize>, &'t str) {
        let mut out = String::new();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let undecided =
                |(from, _): (&str, _)| from.len() > rest.len() && from.starts_with(rest);
            if goes_on && self.all().any(undecided) {
                return (out, None, rest);
            }
            let here = self.all().filter(|(from, _)| rest.starts_with(from));
            // Of equal ones the first: `max_by_key` takes the last.
            match here.collect::<Vec<_>>().into_iter().rev().max_by_key(|(from, _)| from.len()) {
                Some((_, Err(stop))) => return (out, Some(stop), ""),
                Some((from, Ok(to))) => {
                    out.push_str(to);
                    rest = &rest[from.len()..];
                }
                None => {
                    out.push(character);
                    rest = &rest[character.len_utf8()..];
                }
            }
        }
        (out, None, "")
    }

    /// Feeds the pieces and looks after each what has come out and what is held.
    fn check(&self, pieces: &[&str]) {
        let mut rewriter = self.rewriter();
        let (mut fed, mut out) = (String::new(), String::new());
        for piece in pieces {
            let hit = rewriter.feed(piece, &mut out);
            fed.push_str(piece);
            let (so_far, stop, held) = self.naive(&fed, true);
            assert_eq!((&out, hit), (&so_far, stop), "{self:?} after {fed:?} of {pieces:?}");
            assert_eq!(rewriter.held(), held.len(), "{self:?} after {fed:?} of {pieces:?}");
        }
        let stop = rewriter.flush(&mut out);
        let (end, at_end, _) = self.naive(&fed, false);
        assert_eq!((&out, stop), (&end, at_end), "{self:?} {pieces:?}");
        assert_eq!(rewriter.held(), 0);
        let patterns = self.patterns();
        let whole = patterns.whole(&fed);
        assert_eq!((&*whole.text, whole.stop), (&*end, at_end), "{self:?} {fed:?}");
    }
}

/// Every cut into two, and character by character.
fn check_everywhere(rules: &Rules, text: &str) {
    let places = text.char_indices().map(|(place, _)| place).chain([text.len()]);
    for place in places {
        rules.check(&[&text[..place], &text[place..]]);
    }
    rules.check(&characters(text));
}

fn characters(text: &str) -> Vec<&str> {
    text.split_inclusive(|_: char| true).collect()
}

fn feed_json(rewriter: &mut Rewriter, piece: &str, out: &mut String) -> Option<usize> {
    rewriter.feed_json(string_at(piece.as_bytes(), 0).unwrap(), out)
}
