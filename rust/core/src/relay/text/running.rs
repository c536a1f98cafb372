//! One text that comes in pieces.

use std::sync::Arc;

use super::arguments::Arguments;
use crate::json::Str;
use crate::relay::rewrite::{Patterns, Rewriter};

/// A text in its course.
#[derive(Clone, Debug)]
pub(super) enum Running {
    Text(Rewriter),
    /// JSON, whose strings are rewritten.
    Json(Box<Arguments>),
}

/// What has become of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::relay) enum Fed {
    /// It goes on as it was written.
    Same,
    /// This goes on in its place.
    New(String),
    /// This, and it is the end: the stop string has that number.
    Stopped(String, usize),
}

impl Running {
    pub(super) fn new(patterns: &Arc<Patterns>, is_json: bool) -> Self {
        let patterns = Arc::clone(patterns);
        if is_json {
            return Self::Json(Arguments::new(patterns).into());
        }
        Self::Text(Rewriter::new(patterns))
    }

    /// Takes a piece.
    #[inline]
    pub(super) fn feed(&mut self, piece: Str<'_>) -> Fed {
        let mut out = String::new();
        match self {
            Self::Text(rewriter) => {
                if rewriter.passes(piece) {
                    return Fed::Same;
                }
                let rested = rewriter.held() == 0 && rewriter.stopped().is_none();
                if rested && rewriter.passes_escaped(piece) {
                    return Fed::Same;
                }
                if let Some(stop) = rewriter.feed_json(piece, &mut out) {
                    return Fed::Stopped(out, stop);
                }
                let same = rested && rewriter.held() == 0 && out == piece.text();
                if same { Fed::Same } else { Fed::New(out) }
            }
            Self::Json(arguments) => {
                let rested = arguments.is_at_rest();
                let says = arguments.feed_json(piece, &mut out);
                let same = rested && arguments.is_at_rest() && out == says;
                if same { Fed::Same } else { Fed::New(out) }
            }
        }
    }

    /// The end of the text: what was held, and the stop string that it was.
    pub(super) fn flush(&mut self) -> (String, Option<usize>) {
        let mut out = String::new();
        let stop = match self {
            Self::Text(rewriter) => {
                let known = rewriter.stopped().is_some();
                rewriter.flush(&mut out).filter(|_| !known)
            }
            Self::Json(arguments) => {
                arguments.flush(&mut out);
                None
            }
        };
        (out, stop)
    }

    /// Whether anything is held.
    pub(super) fn holds(&self) -> bool {
        match self {
            Self::Text(rewriter) => rewriter.held() > 0,
            Self::Json(arguments) => !arguments.is_at_rest(),
        }
    }
}

/// A text that is whole: what it has become, if that is something else, and the stop string in it.
pub(super) fn whole(
    patterns: &Arc<Patterns>,
    text: &str,
    is_json: bool,
) -> Option<(String, Option<usize>)> {
    if is_json {
        let mut arguments = Arguments::new(Arc::clone(patterns));
        let mut out = String::new();
        arguments.feed(text, &mut out);
        arguments.flush(&mut out);
        return (out != text).then_some((out, None));
    }
    let whole = patterns.whole(text);
    let changed = whole.stop.is_some() || whole.text != text;
    changed.then(|| (whole.text.into_owned(), whole.stop))
}
