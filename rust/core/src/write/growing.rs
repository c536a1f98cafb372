//! Whether JSON that comes in pieces is whole yet.

/// An object, an array or a string that grows. Nothing of it is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Growing {
    depth: usize,
    at: At,
    whole: bool,
}

/// Where the next character is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    Outside,
    InString,
    /// In a string, behind a backslash.
    Escaped,
}

impl Growing {
    /// Whether what has come is a whole value. Of a number nobody knows, so it never is.
    #[inline]
    pub(crate) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Takes what is between the quotation marks of a piece: JSON as it is written in a string of
    /// JSON, so each of its quotation marks and backslashes has a backslash before it.
    pub(crate) fn take(&mut self, mut inner: &[u8]) {
        while !inner.is_empty() {
            if self.at == At::InString {
                match memchr::memchr(b'\\', inner) {
                    Some(at) => inner = &inner[at..],
                    None => return,
                }
            }
            let (byte, rest) = unescaped(inner);
            self.step(byte);
            inner = rest;
        }
    }

    #[inline]
    fn step(&mut self, byte: u8) {
        match (self.at, byte) {
            (At::Escaped, _) | (At::Outside, b'"') => self.at = At::InString,
            (At::InString, b'\\') => self.at = At::Escaped,
            (At::InString, b'"') => {
                self.at = At::Outside;
                self.whole |= self.depth == 0;
            }
            (At::Outside, b'{' | b'[') => self.depth += 1,
            (At::Outside, b'}' | b']') => {
                self.depth = self.depth.saturating_sub(1);
                self.whole |= self.depth == 0;
            }
            (At::InString | At::Outside, _) => {}
        }
    }
}

/// The first byte of what a string says, and what is behind it. A byte that is not ASCII stands
/// for any other.
#[inline]
fn unescaped(inner: &[u8]) -> (u8, &[u8]) {
    const OTHER: u8 = 0xff;
    match *inner {
        [b'\\', b'u', ref rest @ ..] => {
            let (digits, rest) = rest.split_at(rest.len().min(4));
            let unit =
                str::from_utf8(digits).ok().and_then(|unit| u8::from_str_radix(unit, 16).ok());
            (unit.filter(u8::is_ascii).unwrap_or(OTHER), rest)
        }
        [b'\\', letter, ref rest @ ..] => match letter {
            b'n' | b'r' | b't' => (b' ', rest),
            b'"' | b'\\' | b'/' => (letter, rest),
            _ => (OTHER, rest),
        },
        [byte, ref rest @ ..] => (byte, rest),
        [] => (OTHER, inner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::quoted;
    use crate::write::bytes::inner;

    /// After which characters of a text the value is whole, every piece a character.
    fn whole_at(text: &str) -> Option<usize> {
        let mut growing = Growing::default();
        for (at, character) in text.chars().enumerate() {
            growing.take(inner(&quoted(Some(&character.to_string()))));
            if growing.is_whole() {
                return Some(at + 1);
            }
        }
        None
    }

    #[test]
    fn a_value_is_whole_at_its_last_character() {
        for text in
            ["{}", " \n{\"a\":[1,{}]}", r#"{"a":"}\"\\"}"#, "[]", r#""a\"b""#, r#"{"ü":"{\u0022"}"#]
        {
            assert_eq!(whole_at(text), Some(text.chars().count()), "{text}");
            assert_eq!(whole_at(&format!("{text} \n")), Some(text.chars().count()), "{text}");
        }
        for text in ["", " ", "{", r#"{"a":"}"#, r#"{"a\"}"#, "1", "null", "[[]"] {
            assert_eq!(whole_at(text), None, "{text}");
        }
    }

    #[test]
    fn escapes_by_number_are_what_they_stand_for() {
        let mut growing = Growing::default();
        growing.take(br"\u007b\u0022a\u005c\u0022}\u00225");
        assert!(!growing.is_whole());
        growing.take(br"\u007D");
        assert!(growing.is_whole());
    }
}
