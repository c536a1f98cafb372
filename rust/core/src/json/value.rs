//! Values: what kind they are, and what can be asked of them.

use std::borrow::Cow;

use super::compact::compact;
use super::reader::{Invalid, Reader};
use super::scan;
use super::text::Str;

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
    pub fn of(text: &'a [u8]) -> Result<Self, Invalid> {
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
        let append = |number: u64, digit: &u8| {
            let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
            number.checked_mul(10)?.checked_add(digit)
        };
        if digits.is_empty() { None } else { digits.iter().try_fold(0, append) }
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

/// Whether a number is not zero: one of its digits is not, before an exponent.
fn is_nonzero(raw: &[u8]) -> bool {
    let digits = raw.split(|byte| matches!(byte, b'e' | b'E')).next().unwrap_or_default();
    digits.iter().any(|byte| matches!(byte, b'1'..=b'9'))
}
