//! JSON part by part.

use super::nesting::Open;
use super::reader::Reader;
use super::text::Str;
use super::value::Value;

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
