//! The reader's strings, words and numbers.

use super::reader::{Reader, Result};
use super::scan;
use super::text::Str;

impl<'a> Reader<'a> {
    /// A string; the reader is at its quotation mark.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Result<Str<'a>> {
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
    pub(super) fn word(&mut self, word: &[u8]) -> Result<()> {
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
    pub(super) fn number(&mut self) -> Result<()> {
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
}
