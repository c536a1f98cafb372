//! Lines: where they end and what they are. The standard: "If the line starts with a U+003A COLON
//! character (:) ignore the line. If the line contains a U+003A COLON character (:) collect the
//! characters on the line before the first U+003A COLON character (:), and let field be that
//! string. […] Otherwise […] process the field using the whole line as the field name, and the
//! empty string as the field value."

/// The four fields that mean something. "Field names must be compared literally, with no case
/// folding performed."
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Data,
    Event,
    Id,
    Retry,
    /// Not the standard's: llama.cpp sent errors in it.
    Error,
}

const NAMES: [&[u8]; 4] = [b"data", b"event", b"id", b"retry"];
const ERROR: &[u8] = b"error";

impl Field {
    /// The field whose name is at the start of `bytes`, and what comes after it. (Patterns become
    /// comparisons of words; a comparison with a string would be a call.)
    #[inline]
    fn split(bytes: &[u8]) -> Option<(Self, &[u8])> {
        match bytes {
            [b'd', b'a', b't', b'a', rest @ ..] => Some((Self::Data, rest)),
            [b'e', b'v', b'e', b'n', b't', rest @ ..] => Some((Self::Event, rest)),
            [b'i', b'd', rest @ ..] => Some((Self::Id, rest)),
            [b'r', b'e', b't', b'r', b'y', rest @ ..] => Some((Self::Retry, rest)),
            [b'e', b'r', b'r', b'o', b'r', rest @ ..] => Some((Self::Error, rest)),
            _ => None,
        }
    }
}

/// What the bytes from the start of a line on tell about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Blank,
    Comment,
    Field(Field),
    /// All there is so far is the beginning of a field's name, or the whole of it.
    Prefix,
    /// A field that means nothing.
    Unknown,
}

impl Line {
    /// Looks at no more than a name and the byte after it. `errors` says whether `error` is one.
    #[inline]
    pub(super) fn begins(bytes: &[u8], errors: bool) -> Self {
        match (Field::split(bytes), bytes) {
            (Some((Field::Error, _)), _) if !errors => Self::Unknown,
            (Some((field, [b':' | b'\n' | b'\r', ..])), _) => Self::Field(field),
            (Some((_, [])), _) => Self::Prefix,
            (None, [b':', ..]) => Self::Comment,
            (None, [b'\n' | b'\r', ..]) => Self::Blank,
            (None, _) if NAMES.iter().any(|name| name.starts_with(bytes)) => Self::Prefix,
            (None, _) if errors && ERROR.starts_with(bytes) => Self::Prefix,
            _ => Self::Unknown,
        }
    }
}

/// The field of a whole line, and where in the line its value begins; `None` for what is ignored.
#[inline]
pub(super) fn field(line: &[u8]) -> Option<(Field, usize)> {
    let (field, rest) = Field::split(line)?;
    let name = line.len() - rest.len();
    match rest {
        // "If value starts with a U+0020 SPACE character, remove it from value."
        [b':', b' ', ..] => Some((field, name + 2)),
        [b':', ..] => Some((field, name + 1)),
        [] => Some((field, name)),
        _ => None,
    }
}

/// Where the first line of `bytes` ends: at its LF or CR. "Lines must be separated by either a
/// U+000D CARRIAGE RETURN U+000A LINE FEED (CRLF) character pair, a single U+000A LINE FEED (LF)
/// character, or a single U+000D CARRIAGE RETURN (CR) character."
pub(super) fn end(bytes: &[u8]) -> Option<usize> {
    memchr::memchr2(b'\n', b'\r', bytes)
}

/// The length of the line end at `bytes[end]`: 2 for a CRLF, else 1. With `None` it is a CR that
/// ends the bytes, so a LF that comes next belongs to it.
pub(super) fn terminator(bytes: &[u8], end: usize) -> Option<usize> {
    match (bytes[end], bytes.get(end + 1)) {
        (b'\n', _) => Some(1),
        (_, Some(b'\n')) => Some(2),
        (_, Some(_)) => Some(1),
        (_, None) => None,
    }
}

/// The value of `retry`: "If the field value consists of only ASCII digits, then interpret the
/// field value as an integer in base ten". More than fits is the most that fits.
pub(super) fn digits(value: &[u8]) -> Option<u128> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let ten = |n: u128, digit: &u8| n.saturating_mul(10).saturating_add(u128::from(digit - b'0'));
    Some(value.iter().fold(0, ten))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_known_by_its_first_bytes() {
        for (bytes, line) in [
            (&b"\n"[..], Line::Blank),
            (b"\r\n", Line::Blank),
            (b": ping", Line::Comment),
            (b"data: x", Line::Field(Field::Data)),
            (b"data\n", Line::Field(Field::Data)),
            (b"id\r", Line::Field(Field::Id)),
            (b"event:", Line::Field(Field::Event)),
            (b"retry:1", Line::Field(Field::Retry)),
            (b"", Line::Prefix),
            (b"dat", Line::Prefix),
            (b"retry", Line::Prefix),
            (b"dataset", Line::Unknown),
            (b"data : x", Line::Unknown),
            (b"Data: x", Line::Unknown),
            (b"dax", Line::Unknown),
            (b" data: x", Line::Unknown),
        ] {
            assert_eq!(Line::begins(bytes, false), line, "{bytes:?}");
            assert_eq!(Line::begins(bytes, true), line, "{bytes:?}");
        }
        for (bytes, line) in [
            (&b"er"[..], Line::Prefix),
            (b"error", Line::Prefix),
            (b"error: x", Line::Field(Field::Error)),
            (b"errors", Line::Unknown),
        ] {
            assert_eq!(Line::begins(bytes, false), Line::Unknown, "{bytes:?}");
            assert_eq!(Line::begins(bytes, true), line, "{bytes:?}");
        }
    }

    #[test]
    fn a_value_loses_one_space() {
        assert_eq!(field(b"data: x"), Some((Field::Data, 6)));
        assert_eq!(field(b"data:  x"), Some((Field::Data, 6)));
        assert_eq!(field(b"data:x"), Some((Field::Data, 5)));
        assert_eq!(field(b"data"), Some((Field::Data, 4)));
        assert_eq!(field(b"dat"), None);
        assert_eq!(field(b"comment: x"), None);
        assert_eq!(field(b": x"), None);
    }

    #[test]
    fn only_ascii_digits_are_a_number() {
        assert_eq!(digits(b"007"), Some(7));
        assert_eq!(digits(b"99999999999999999999"), Some(99_999_999_999_999_999_999));
        assert_eq!(digits(&[b'9'; 5000]), Some(u128::MAX));
        for bad in [&b""[..], b"+5", b"-5", b"1_000", b"5 ", b"1e3", "３".as_bytes()] {
            assert_eq!(digits(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_cr_at_the_end_of_the_bytes_is_open() {
        assert_eq!(terminator(b"a\nb", 1), Some(1));
        assert_eq!(terminator(b"a\r\nb", 1), Some(2));
        assert_eq!(terminator(b"a\rb", 1), Some(1));
        assert_eq!(terminator(b"a\r", 1), None);
    }
}
