//! Objects that are put together: members as they were written, in the order in which they came.

use indexmap::IndexMap;

use super::reader::Reader;

/// Names and the JSON of their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object(IndexMap<Box<str>, Vec<u8>>);

impl Object {
    /// The members of a valid JSON object; of a name that is there twice, the last value.
    pub fn of(raw: &[u8]) -> Self {
        let mut object = Self::default();
        object.merge(raw);
        object
    }

    /// Sets all members of a valid JSON object.
    pub fn merge(&mut self, raw: &[u8]) {
        // Valid, so nothing can go wrong.
        let _ = Reader::new(raw).members(|name, reader| {
            self.set(&String::from_utf8_lossy(name), reader.skip()?);
            Ok(())
        });
    }

    /// The value of a member.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// Sets a member to a JSON value.
    pub fn set(&mut self, name: &str, value: &[u8]) {
        self.0.insert(name.into(), value.to_vec());
    }

    /// Sets a member that is not there yet.
    pub fn set_default(&mut self, name: &str, value: &[u8]) {
        self.0.entry(name.into()).or_insert_with(|| value.to_vec());
    }

    /// Takes a member out.
    pub fn remove(&mut self, name: &str) {
        self.0.shift_remove(name);
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, value)| (&**name, value.as_slice()))
    }

    /// The object as JSON.
    pub fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.size());
        self.write(&mut out);
        out
    }

    /// The same, to the end of `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for (n, (name, value)) in self.0.iter().enumerate() {
            if n > 0 {
                out.push(b',');
            }
            write_string(name, out);
            out.push(b':');
            out.extend_from_slice(value);
        }
        out.push(b'}');
    }

    /// About how many bytes that is.
    pub fn size(&self) -> usize {
        2 + self.0.iter().map(|(name, value)| name.len() + value.len() + 4).sum::<usize>()
    }
}

/// A string as JSON, to the end of `out`.
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&text.as_bytes()[from..at]);
        from = at + 1;
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', HEX[high], HEX[low]]);
            }
        }
    }
    out.extend_from_slice(&text.as_bytes()[from..]);
    out.push(b'"');
}

/// A string as JSON, or `null`.
pub fn quoted(text: Option<&str>) -> Vec<u8> {
    let mut out = Vec::new();
    match text {
        Some(text) => write_string(text, &mut out),
        None => out.extend_from_slice(b"null"),
    }
    out
}
