//! A reader of one JSON text, RFC 8259 to the letter. It goes forward over every byte once, whether
//! anybody asks for a value or not, so what it has read is valid.

use std::borrow::Cow;

use super::nesting::{Nesting, Open};
use super::scan;
use super::text::Str;

/// Where a JSON text is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The first byte that cannot be.
    pub at: usize,
}

type Result<T> = std::result::Result<T, Invalid>;

/// A value, as it was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(&'a [u8]),
    /// A number, all its digits.
    Number(&'a [u8]),
    /// A string.
    String(Str<'a>),
    /// An array, from bracket to bracket.
    Array(&'a [u8]),
    /// An object, from brace to brace.
    Object(&'a [u8]),
}

impl<'a> Value<'a> {
    /// The value of a whole JSON text.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if it is not one.
    pub fn of(text: &'a [u8]) -> Result<Self> {
        let mut reader = Reader::new(text);
        let value = reader.value()?;
        reader.end()?;
        Ok(value)
    }

    /// The values of these members, as [`Reader::pick`] has them; all `null` if this is no object.
    pub fn pick<const N: usize>(self, names: [&str; N]) -> [Value<'a>; N] {
        // What is within a value was read with it: nothing can go wrong.
        let values = self.object().and_then(|raw| Reader::new(raw).pick(names).ok());
        values.unwrap_or([Value::Null; N])
    }

    /// The elements; none if this is no array.
    pub fn elements(self, mut element: impl FnMut(Value<'a>)) {
        if let Some(raw) = self.array() {
            let _ = Reader::new(raw).elements(|reader| {
                element(reader.value()?);
                Ok(())
            });
        }
    }

    /// Whether Python would call the value true: no `null`, no `false`, no zero, nothing empty.
    pub fn is_truthy(self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(raw) => raw == b"true",
            Self::Number(raw) => is_nonzero(raw),
            Self::String(text) => !text.is_empty(),
            Self::Array(raw) | Self::Object(raw) => scan::space(raw, 1) + 1 < raw.len(),
        }
    }

    /// A whole number from 0 to 2**64 - 1, in digits, perhaps within quotation marks.
    pub fn index(self) -> Option<u64> {
        let digits = match self {
            Self::Number(raw) => raw,
            Self::String(text) => text.plain()?,
            _ => return None,
        };
        let all = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        if all { str::from_utf8(digits).ok()?.parse().ok() } else { None }
    }

    /// What the value says: a string's characters, anything else as compact JSON; `null` nothing.
    pub fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Null => None,
            Self::String(text) => Some(text.text()),
            other => Some(match compact(other.raw()) {
                Cow::Borrowed(raw) => String::from_utf8_lossy(raw),
                Cow::Owned(raw) => String::from_utf8_lossy(&raw).into_owned().into(),
            }),
        }
    }

    /// The bytes of the value.
    pub fn raw(self) -> &'a [u8] {
        match self {
            Self::Null => b"null",
            Self::Bool(raw) | Self::Number(raw) | Self::Array(raw) | Self::Object(raw) => raw,
            Self::String(text) => text.quoted(),
        }
    }

    /// The string, if it is one.
    pub fn string(self) -> Option<Str<'a>> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The object's bytes, if it is one.
    pub fn object(self) -> Option<&'a [u8]> {
        if let Self::Object(raw) = self { Some(raw) } else { None }
    }

    /// The array's bytes, if it is one.
    pub fn array(self) -> Option<&'a [u8]> {
        if let Self::Array(raw) = self { Some(raw) } else { None }
    }
}

/// Reads on in a JSON text.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// At the start of a text.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes were read.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The next byte that is no white space.
    #[inline(always)]
    pub fn peek(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        if byte > b' ' {
            return Some(byte);
        }
        self.at = scan::space(self.bytes, self.at);
        self.bytes.get(self.at).copied()
    }

    /// The text ends here.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if there is anything but white space.
    #[inline]
    pub fn end(&mut self) -> Result<()> {
        if self.peek().is_none() { Ok(()) } else { self.invalid() }
    }

    /// Reads a value.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if there is none.
    #[inline]
    pub fn value(&mut self) -> Result<Value<'a>> {
        let first = self.peek();
        let start = self.at;
        match first {
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'n') => self.word(b"null").map(|()| Value::Null),
            Some(b't') => self.word(b"true").map(|()| Value::Bool(&self.bytes[start..self.at])),
            Some(b'f') => self.word(b"false").map(|()| Value::Bool(&self.bytes[start..self.at])),
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                Ok(Value::Number(&self.bytes[start..self.at]))
            }
            Some(b'{') => {
                self.nested()?;
                Ok(Value::Object(&self.bytes[start..self.at]))
            }
            Some(b'[') => {
                self.nested()?;
                Ok(Value::Array(&self.bytes[start..self.at]))
            }
            _ => self.invalid(),
        }
    }

    /// Reads a value and returns its bytes.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if there is none.
    pub fn skip(&mut self) -> Result<&'a [u8]> {
        self.value().map(Value::raw)
    }

    /// Reads an object: `member` gets each name, and reads its value. The names are as they would
    /// be without escapes.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if there is none, and what `member` says.
    #[inline]
    pub fn members(
        &mut self,
        mut member: impl FnMut(&[u8], &mut Self) -> Result<()>,
    ) -> Result<()> {
        self.expect(b'{')?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            let name = self.name()?;
            match name.plain() {
                Some(plain) => member(plain, self)?,
                None => member(name.text().as_bytes(), self)?,
            }
            if !self.goes_on(b'}')? {
                return Ok(());
            }
        }
    }

    /// Reads an object and returns the values of these members: `null` for one that is not there,
    /// the last for one that is there more than once.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if there is no object.
    #[inline]
    pub fn pick<const N: usize>(&mut self, names: [&str; N]) -> Result<[Value<'a>; N]> {
        let mut values = [Value::Null; N];
        self.members(|name, reader| {
            let value = reader.value()?;
            if let Some(place) = names.iter().position(|wanted| wanted.as_bytes() == name) {
                values[place] = value;
            }
            Ok(())
        })?;
        Ok(values)
    }

    /// Reads an array: `element` reads each value.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if there is none, and what `element` says.
    #[inline]
    pub fn elements(&mut self, mut element: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        self.expect(b'[')?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            element(self)?;
            if !self.goes_on(b']')? {
                return Ok(());
            }
        }
    }

    #[cold]
    fn invalid<T>(&self) -> Result<T> {
        Err(Invalid { at: self.at })
    }

    #[inline(always)]
    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            self.invalid()
        }
    }

    /// A comma, or the end of what is open.
    #[inline(always)]
    fn goes_on(&mut self, end: u8) -> Result<bool> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == end => {
                self.at += 1;
                Ok(false)
            }
            _ => self.invalid(),
        }
    }

    /// A member's name and the colon after it.
    #[inline(always)]
    fn name(&mut self) -> Result<Str<'a>> {
        if self.peek() != Some(b'"') {
            return self.invalid();
        }
        let name = self.string()?;
        self.expect(b':')?;
        Ok(name)
    }

    /// A string; the reader is at its quotation mark.
    #[inline(always)]
    fn string(&mut self) -> Result<Str<'a>> {
        let start = self.at;
        let (end, ascii) = scan::plain(self.bytes, start + 1);
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(Str::new(&self.bytes[start..self.at], false, ascii));
        }
        self.escaped(start, end, ascii)
    }

    #[cold]
    fn escaped(&mut self, start: usize, mut end: usize, mut ascii: bool) -> Result<Str<'a>> {
        loop {
            self.at = end;
            match self.bytes.get(end) {
                Some(b'"') => {
                    self.at = end + 1;
                    return Ok(Str::new(&self.bytes[start..self.at], true, ascii));
                }
                Some(b'\\') => self.escape()?,
                _ => return self.invalid(),
            }
            let more;
            (end, more) = scan::plain(self.bytes, self.at);
            ascii &= more;
        }
    }

    fn escape(&mut self) -> Result<()> {
        self.at += 1;
        match self.bytes.get(self.at) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                for _ in 0..4 {
                    self.at += 1;
                    if !self.bytes.get(self.at).is_some_and(u8::is_ascii_hexdigit) {
                        return self.invalid();
                    }
                }
                self.at += 1;
            }
            _ => return self.invalid(),
        }
        Ok(())
    }

    #[inline]
    fn word(&mut self, word: &[u8]) -> Result<()> {
        if self.bytes[self.at..].starts_with(word) {
            self.at += word.len();
            return Ok(());
        }
        let same = word.iter().zip(&self.bytes[self.at..]).take_while(|(a, b)| a == b).count();
        self.at += same;
        self.invalid()
    }

    /// "number = [ minus ] int [ frac ] [ exp ]"
    #[inline]
    fn number(&mut self) -> Result<()> {
        if self.bytes[self.at] == b'-' {
            self.at += 1;
        }
        match self.bytes.get(self.at) {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return self.invalid(),
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    #[inline]
    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { self.invalid() }
    }

    /// An object or array, and all that is in it. Depth takes memory (a bit a level), not the stack.
    fn nested(&mut self) -> Result<()> {
        let mut open = Nesting::default();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    if self.peek() == Some(b'}') {
                        self.at += 1;
                    } else {
                        self.name()?;
                        open.push(Open::Object);
                        continue;
                    }
                }
                Some(b'[') => {
                    self.at += 1;
                    if self.peek() == Some(b']') {
                        self.at += 1;
                    } else {
                        open.push(Open::Array);
                        continue;
                    }
                }
                Some(b'"') => {
                    self.string()?;
                }
                Some(b'n') => self.word(b"null")?,
                Some(b't') => self.word(b"true")?,
                Some(b'f') => self.word(b"false")?,
                Some(b'-' | b'0'..=b'9') => self.number()?,
                _ => return self.invalid(),
            }
            loop {
                match open.innermost() {
                    None => return Ok(()),
                    Some(Open::Object) => {
                        if self.goes_on(b'}')? {
                            self.name()?;
                            break;
                        }
                    }
                    Some(Open::Array) => {
                        if self.goes_on(b']')? {
                            break;
                        }
                    }
                }
                open.pop();
            }
        }
    }
}

/// The string that begins at `at`.
#[inline]
pub(crate) fn string_at(bytes: &[u8], at: usize) -> Option<Str<'_>> {
    let mut reader = Reader { bytes, at };
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    reader.string().ok()
}

/// Whether a number is not zero: one of its digits is not, before an exponent.
fn is_nonzero(raw: &[u8]) -> bool {
    let digits = raw.split(|byte| matches!(byte, b'e' | b'E')).next().unwrap_or_default();
    digits.iter().any(|byte| matches!(byte, b'1'..=b'9'))
}

/// A part of a JSON text.
#[derive(Clone, Copy, Debug)]
pub enum Token<'a> {
    /// `{` or `[`
    Open(Open),
    /// `}` or `]`
    Close,
    /// The name of a member.
    Name(Str<'a>),
    /// A value that is neither an object nor an array.
    Scalar(Value<'a>),
}

/// The parts of a valid JSON text, one by one, for whoever cannot go down as deep as it is nested.
pub fn tokens(text: &[u8]) -> impl Iterator<Item = Token<'_>> {
    let mut reader = Reader::new(text);
    std::iter::from_fn(move || {
        loop {
            match reader.peek()? {
                b',' | b':' => reader.at += 1,
                b'{' => {
                    reader.at += 1;
                    return Some(Token::Open(Open::Object));
                }
                b'[' => {
                    reader.at += 1;
                    return Some(Token::Open(Open::Array));
                }
                b'}' | b']' => {
                    reader.at += 1;
                    return Some(Token::Close);
                }
                _ => break,
            }
        }
        let value = reader.value().ok()?;
        Some(match value {
            Value::String(name) if reader.peek() == Some(b':') => Token::Name(name),
            scalar => Token::Scalar(scalar),
        })
    })
}

/// The value without the white space between its parts; strings as they were written.
pub fn compact(raw: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    // What was copied, and what was read.
    let (mut from, mut at) = (0, 0);
    while at < raw.len() {
        match raw[at] {
            b'"' => at = string_end(raw, at + 1),
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.extend_from_slice(&raw[from..at]);
                at = scan::space(raw, at);
                from = at;
            }
            _ => at += 1,
        }
    }
    if from == 0 {
        return raw.into();
    }
    out.extend_from_slice(&raw[from..]);
    out.into()
}

/// Behind the quotation mark that ends a string of a valid text.
fn string_end(raw: &[u8], mut at: usize) -> usize {
    loop {
        at = scan::plain(raw, at).0;
        match raw.get(at) {
            Some(b'\\') => at += 2,
            Some(b'"') => return at + 1,
            _ => return raw.len(),
        }
    }
}
