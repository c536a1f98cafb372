//! The arguments of calls: JSON in pieces, of which only the strings are rewritten, so that it stays
//! JSON. However a character is escaped in it, it is the same character.

use std::sync::Arc;

use crate::json::{Str, string_at, unescape, write_string};
use crate::relay::rewrite::{Patterns, Rewriter, join, split_high};

/// A JSON text that is rewritten as it comes.
#[derive(Clone, Debug)]
pub(super) struct Arguments {
    string: Rewriter,
    is_in_string: bool,
    /// The beginning of an escape.
    escape: String,
    /// The first half of a surrogate pair, of a piece that is itself a string of JSON.
    high: Option<u16>,
}

impl Arguments {
    pub(super) fn new(patterns: Arc<Patterns>) -> Self {
        let string = Rewriter::new(patterns);
        Self { string, is_in_string: false, escape: String::new(), high: None }
    }

    /// Whether nothing is held.
    pub(super) fn is_at_rest(&self) -> bool {
        self.string.held() == 0 && self.escape.is_empty() && self.high.is_none()
    }

    /// Appends what can be sent on of a piece. Returns what the piece says.
    pub(super) fn feed_json(&mut self, piece: Str<'_>, out: &mut String) -> String {
        let (mut inner, high) = split_high(piece.inner());
        let mut text = String::new();
        if let Some(first) = self.high.take() {
            match join(first, inner) {
                Some((character, rest)) => {
                    text.push(character);
                    inner = rest;
                }
                None => text.push(char::REPLACEMENT_CHARACTER),
            }
        }
        unescape(inner, &mut text);
        self.high = high;
        self.feed(&text, out);
        text
    }

    /// The same for a piece of the JSON text itself.
    pub(super) fn feed(&mut self, piece: &str, out: &mut String) {
        let joined;
        let mut rest = piece;
        if !self.escape.is_empty() {
            joined = std::mem::take(&mut self.escape) + piece;
            rest = &joined;
        }
        while !rest.is_empty() {
            if !self.is_in_string {
                let end = rest.find('"').map_or(rest.len(), |at| at + 1);
                self.is_in_string = rest[..end].ends_with('"');
                out.push_str(&rest[..end]);
                rest = &rest[end..];
                continue;
            }
            let (string, end) = string_to(rest);
            self.part(string, end == End::Quote, out);
            rest = &rest[string.len()..];
            match end {
                End::Quote => {
                    out.push('"');
                    self.is_in_string = false;
                    rest = &rest[1..];
                }
                End::Escape => {
                    self.escape.push_str(rest);
                    return;
                }
                End::Piece => {}
            }
        }
    }

    /// The end of the text: appends what was held.
    pub(super) fn flush(&mut self, out: &mut String) {
        if self.high.take().is_some() {
            self.feed("\u{fffd}", out);
        }
        let mut rest = String::new();
        self.string.flush(&mut rest);
        push_escaped(&rest, out);
        out.push_str(&std::mem::take(&mut self.escape));
    }

    /// A part of a string, which may end with it.
    fn part(&mut self, part: &str, ends: bool, out: &mut String) {
        let was_at_rest = self.string.held() == 0;
        let mut text = String::new();
        let quoted = format!("\"{part}\"");
        let says = match string_at(quoted.as_bytes(), 0) {
            Some(string) if string.quoted().len() == quoted.len() => {
                self.string.feed_json(string, &mut text);
                string.text().into_owned()
            }
            // No string of JSON has such characters: they are taken as they are.
            _ => {
                self.string.feed(part, &mut text);
                part.into()
            }
        };
        if ends {
            self.string.flush(&mut text);
        }
        if was_at_rest && self.string.held() == 0 && text == says {
            out.push_str(part);
        } else {
            push_escaped(&text, out);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Quote,
    /// An escape begins that is not whole.
    Escape,
    Piece,
}

/// What comes of a string, up to its end or the last escape that is whole.
fn string_to(text: &str) -> (&str, End) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
        at += next;
        if bytes[at] == b'"' {
            return (&text[..at], End::Quote);
        }
        let length = match bytes.get(at + 1) {
            None => return (&text[..at], End::Escape),
            Some(b'u') => 6,
            Some(_) => 2,
        };
        if at + length > bytes.len() {
            return (&text[..at], End::Escape);
        }
        at += length;
        // What should be the digits of an escape may be anything.
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    (text, End::Piece)
}

fn push_escaped(text: &str, out: &mut String) {
    let mut quoted = Vec::new();
    write_string(text, &mut quoted);
    out.push_str(&String::from_utf8_lossy(&quoted[1..quoted.len() - 1]));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(pieces: &[&str]) -> String {
        let rules = [("<A>", "\"Z\"\n"), ("1", "one"), ("\u{e9}", "e")];
        let rules = rules.map(|(from, to)| (from.to_string(), to.to_string()));
        let mut arguments = Arguments::new(Patterns::new(&rules, &[]).unwrap().into());
        let mut out = String::new();
        for piece in pieces {
            arguments.feed(piece, &mut out);
        }
        arguments.flush(&mut out);
        out
    }

    #[test]
    fn only_strings_are_rewritten() {
        for (whole, expected) in [
            (r#"{"n":1,"a":"<A>"}"#, r#"{"n":1,"a":"\"Z\"\n"}"#),
            (r#"{"1":"x\"1","b":"\u00e9\u003cA>"}"#, r#"{"one":"x\"one","b":"e\"Z\"\n"}"#),
            (r#"{"a":"<","b":"A>"}"#, r#"{"a":"<","b":"A>"}"#),
            (r#"{"a":"\u00fc\/ \\"}"#, r#"{"a":"\u00fc\/ \\"}"#),
            (r#"{"a":"<A"#, r#"{"a":"<A"#),
            (r#"{"a":"\u00"#, r#"{"a":"\u00"#),
            // What is no string of JSON stays as it is, or becomes one.
            ("\"a\u{1}1\\", "\"a\\u0001one\\"),
        ] {
            for (at, _) in whole.char_indices() {
                let both = rewritten(&[&whole[..at], &whole[at..]]);
                assert_eq!(unescaped(&both), unescaped(expected), "{whole} at {at}");
            }
        }
        assert_eq!(rewritten(&[r#""\u12ü1""#]).chars().last(), Some('"'));
    }

    /// Without the escapes that need not be.
    fn unescaped(json: &str) -> String {
        let escapes = [("\\u00fc", "\u{fc}"), ("\\u0001", "\u{1}"), ("\\/", "/")];
        escapes.iter().fold(json.into(), |json: String, (from, to)| json.replace(from, to))
    }
}
