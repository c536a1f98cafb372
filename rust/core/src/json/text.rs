//! Strings: where they are, and what they say.

use std::borrow::Cow;

/// A string of a JSON text that was found to be one: its bytes, quotation marks included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Str<'a> {
    quoted: &'a [u8],
    escaped: bool,
    ascii: bool,
}

impl<'a> Str<'a> {
    pub(super) fn new(quoted: &'a [u8], escaped: bool, ascii: bool) -> Self {
        Self { quoted, escaped, ascii }
    }

    /// The string as it was written, with its quotation marks.
    pub fn quoted(self) -> &'a [u8] {
        self.quoted
    }

    /// What is between the quotation marks.
    #[inline]
    pub fn inner(self) -> &'a [u8] {
        &self.quoted[1..self.quoted.len() - 1]
    }

    /// Whether the string is `""`.
    pub fn is_empty(self) -> bool {
        self.quoted.len() == 2
    }

    /// The characters. Half a surrogate pair, and bytes that are not UTF-8, are U+FFFD.
    pub fn text(self) -> Cow<'a, str> {
        if self.escaped {
            let mut text = String::new();
            unescape(self.inner(), &mut text);
            return text.into();
        }
        String::from_utf8_lossy(self.inner())
    }

    /// The same, to the end of `text`.
    #[inline]
    pub fn append_to(self, text: &mut Vec<u8>) {
        if self.ascii && !self.escaped {
            text.extend_from_slice(self.inner());
        } else {
            text.extend_from_slice(self.text().as_bytes());
        }
    }

    /// Whether the characters are these, of which none needs an escape.
    pub fn is(self, text: &str) -> bool {
        if self.escaped { self.text() == text } else { self.inner() == text.as_bytes() }
    }

    /// The characters as bytes, if that is what was written.
    pub fn plain(self) -> Option<&'a [u8]> {
        (!self.escaped).then(|| self.inner())
    }
}

/// Undoes the escapes of a string that was found to be one.
pub fn unescape(mut inner: &[u8], text: &mut String) {
    text.reserve(inner.len());
    while let Some(at) = memchr::memchr(b'\\', inner) {
        push(&inner[..at], text);
        inner = &inner[at + 1..];
        let Some((&letter, rest)) = inner.split_first() else {
            return;
        };
        inner = rest;
        text.push(match letter {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => unit(&mut inner),
            other => char::from(other),
        });
    }
    push(inner, text);
}

fn push(bytes: &[u8], text: &mut String) {
    text.push_str(&String::from_utf8_lossy(bytes));
}

/// The character whose four digits, or eight with `\u` between them, come next.
fn unit(inner: &mut &[u8]) -> char {
    let Some(high) = digits(inner) else {
        return char::REPLACEMENT_CHARACTER;
    };
    *inner = &inner[4..];
    if let 0xd800..0xdc00 = high
        && let Some(rest) = inner.strip_prefix(b"\\u")
        && let Some(low @ 0xdc00..0xe000) = digits(rest)
    {
        *inner = &rest[4..];
        let both = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return char::from_u32(both).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn digits(inner: &[u8]) -> Option<u32> {
    let four = str::from_utf8(inner.get(..4)?).ok()?;
    u32::from_str_radix(four, 16).ok()
}

/// A JSON text without half surrogates and bytes that are not UTF-8: U+FFFD is in their place.
pub fn mend(text: &[u8]) -> Cow<'_, [u8]> {
    let text = match String::from_utf8_lossy(text) {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    };
    let mut mended: Vec<u8> = Vec::new();
    // What was copied, and what was read.
    let (mut from, mut at) = (0, 0);
    while let Some(next) = memchr::memchr(b'\\', &text[at..]) {
        let escape = at + next;
        at = (escape + 2).min(text.len());
        if text.get(escape + 1) != Some(&b'u') {
            continue;
        }
        let mut digits = &text[at..];
        let length = digits.len();
        if unit(&mut digits) == char::REPLACEMENT_CHARACTER && length > digits.len() {
            mended.extend_from_slice(&text[from..escape]);
            mended.extend_from_slice(b"\\ufffd");
            from = at + 4;
        }
        at += length - digits.len();
    }
    if from == 0 {
        return text;
    }
    mended.extend_from_slice(&text[from..]);
    mended.into()
}
