//! A reader of one JSON text, RFC 8259 to the letter. It goes forward over every byte once, whether
//! anybody asks for a value or not, so what it has read is valid.

use super::nesting::{Nesting, Open};
use super::scan;
use super::text::Str;
use super::value::Value;

/// Where a JSON text is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The first byte that cannot be.
    pub at: usize,
}

pub(super) type Result<T> = std::result::Result<T, Invalid>;

/// Reads on in a JSON text.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
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
            let text;
            let name = if let Some(plain) = name.plain() {
                plain
            } else {
                text = name.text();
                text.as_bytes()
            };
            // Called in one place, so that the compiler can put it there.
            member(name, self)?;
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
    pub(super) fn invalid<T>(&self) -> Result<T> {
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
