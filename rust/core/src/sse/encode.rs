//! Events to bytes: what a decoder reads back as the same event.

use std::{error, fmt};

use memchr::{memchr, memchr2};

/// The fields of an event beside its data; `None` writes no line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields<'a> {
    /// The event's name.
    pub event: Option<&'a str>,
    /// The last event id from this event on; empty resets it.
    pub id: Option<&'a str>,
    /// The reconnection time in milliseconds.
    pub retry: Option<u128>,
}

/// A name or an id that no event stream can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CannotEncode {
    /// The event's name has a line end.
    Event,
    /// The id has a line end or a NUL.
    Id,
}

impl fmt::Display for CannotEncode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Event => "an event name cannot hold CR or LF",
            Self::Id => "an event id cannot hold CR, LF or NUL",
        })
    }
}

impl error::Error for CannotEncode {}

/// The bytes of one event. CR and CRLF in the data become LF, for there is no way to carry them.
///
/// # Errors
///
/// [`CannotEncode`] for a name or an id that would be read back as something else.
pub fn encode_event(data: impl AsRef<[u8]>, fields: &Fields<'_>) -> Result<Vec<u8>, CannotEncode> {
    let data = data.as_ref();
    let mut out = Vec::with_capacity(data.len() + 64);
    if let Some(event) = fields.event.filter(|event| !event.is_empty()) {
        if memchr2(b'\n', b'\r', event.as_bytes()).is_some() {
            return Err(CannotEncode::Event);
        }
        line(&mut out, b"event: ", event.as_bytes());
    }
    if let Some(id) = fields.id.map(str::as_bytes) {
        if memchr2(b'\n', b'\r', id).is_some() || memchr(0, id).is_some() {
            return Err(CannotEncode::Id);
        }
        line(&mut out, b"id: ", id);
    }
    if let Some(retry) = fields.retry {
        line(&mut out, b"retry: ", retry.to_string().as_bytes());
    }
    lines(&mut out, b"data: ", data);
    out.push(b'\n');
    Ok(out)
}

/// The bytes of a comment, a line for each of the text's, and a blank line: a keep-alive that
/// means nothing to a reader.
pub fn encode_comment(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 4);
    lines(&mut out, b": ", text.as_bytes());
    out.push(b'\n');
    out
}

fn lines(out: &mut Vec<u8>, name: &[u8], mut text: &[u8]) {
    while let Some(end) = memchr2(b'\n', b'\r', text) {
        line(out, name, &text[..end]);
        let next = if text[end..].starts_with(b"\r\n") { end + 2 } else { end + 1 };
        text = &text[next..];
    }
    line(out, name, text);
}

fn line(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.extend_from_slice(name);
    out.extend_from_slice(value);
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_data_is_a_line() {
        let encode = |data: &str| encode_event(data, &Fields::default()).unwrap();
        assert_eq!(encode(""), b"data: \n\n");
        assert_eq!(encode(" a\nb\r\nc\rd\n"), b"data:  a\ndata: b\ndata: c\ndata: d\ndata: \n\n");
    }

    #[test]
    fn names_and_ids_that_break_the_frame_are_refused() {
        for event in ["a\nb", "a\r"] {
            let fields = Fields { event: Some(event), ..Fields::default() };
            assert_eq!(encode_event("", &fields), Err(CannotEncode::Event));
        }
        for id in ["a\nb", "\r", "\0"] {
            let fields = Fields { id: Some(id), ..Fields::default() };
            assert_eq!(encode_event("", &fields), Err(CannotEncode::Id));
        }
    }

    #[test]
    fn a_comment_is_as_many_lines_as_its_text() {
        assert_eq!(encode_comment("ping"), b": ping\n\n");
        assert_eq!(encode_comment("a\r\ndata: b"), b": a\n: data: b\n\n");
    }
}
