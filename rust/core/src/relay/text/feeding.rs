//! Pieces to texts, and what was held of texts that end.

use indexmap::IndexMap;

use super::running::{self, Running};
use super::{Fed, Form, Key, Rest, Text, Texts, messages, responses};
use crate::answer::Answer;
use crate::delta::Kind;
use crate::json::{Str, Value, quoted, string_at};
use crate::relay::options::AddToUsage;

impl Texts {
    /// Feeds a piece; nothing, if such texts are not rewritten.
    pub(super) fn feed(
        &mut self,
        key: Key,
        raw: &[u8],
        fed: Option<Fed>,
        is_json: bool,
        form: impl FnOnce() -> Form,
    ) -> Option<Fed> {
        self.rules.of(key.kind)?;
        let Some(piece) = string_at(raw, 0) else {
            return Some(of_value(self.whole(key.kind, raw, is_json)));
        };
        let is_new = self.text(&key).is_none();
        if is_new {
            let running = Running::new(self.rules.of(key.kind)?, is_json);
            let text = Text { running, form: Form::Block };
            self.running.entry(key.index).or_default().insert(key, text);
        }
        let text = self.text(&key)?;
        let is_kept = fed == Some(Fed::Same);
        let fed = fed.unwrap_or_else(|| text.running.feed(piece));
        if is_new || text.running.holds() {
            text.form = form();
        }
        match &fed {
            Fed::Same if is_kept => {}
            Fed::Same => self.keep(key, piece),
            Fed::New(text) | Fed::Stopped(text, _) => self.keep_text(key, text),
        }
        Some(fed)
    }

    /// Ends texts: of this index, if there is one. Returns what was held of them, those of an index
    /// in order of arrival.
    pub(super) fn flush(&mut self, index: Option<u64>, ends: impl Fn(&Key) -> bool) -> Vec<Rest> {
        let mut rests = Vec::new();
        let (first, last) = index.map_or((0, u64::MAX), |index| (index, index));
        for texts in self.running.range_mut(first..=last).map(|(_, texts)| texts) {
            texts.retain(|key, text| {
                if !ends(key) {
                    return true;
                }
                let (rest, stop) = text.running.flush();
                if !rest.is_empty() || stop.is_some() {
                    rests.push(Rest { key: *key, form: text.form.clone(), text: rest, stop });
                }
                false
            });
        }
        match index {
            Some(index) if self.running.get(&index).is_some_and(IndexMap::is_empty) => {
                self.running.remove(&index);
            }
            Some(_) => {}
            None => self.running.retain(|_, texts| !texts.is_empty()),
        }
        for rest in &rests {
            self.keep_text(rest.key, &rest.text);
        }
        rests
    }

    /// What has become of a value that is a whole text, if that is something else.
    pub(super) fn whole(
        &self,
        kind: Kind,
        raw: &[u8],
        is_json: bool,
    ) -> Option<(Vec<u8>, Option<usize>)> {
        let patterns = self.rules.of(kind)?;
        match Value::of(raw).ok()? {
            Value::String(string) => {
                let (text, stop) = running::whole(patterns, &string.text(), is_json)?;
                Some((quoted(Some(&text)), stop))
            }
            // Arguments that are an object instead of its JSON.
            Value::Object(_) | Value::Array(_) => {
                let (text, _) = running::whole(patterns, &String::from_utf8_lossy(raw), true)?;
                Some((text.into_bytes(), None))
            }
            _ => None,
        }
    }

    pub(super) fn keep(&mut self, key: Key, piece: Str<'_>) {
        if self.said.is_some() {
            self.keep_text(key, &piece.text());
        }
    }

    /// Keeps what a text says, where nobody else does.
    pub(super) fn keep_text(&mut self, key: Key, text: &str) {
        if let Some((own, said)) = &mut self.said
            && key.kind == Kind::Text
        {
            if *own != key {
                (*own, *said) = (key, String::new());
            }
            said.push_str(text);
        }
    }

    /// Writes an event that says what was held.
    pub(super) fn write_rest(&mut self, rest: &Rest, out: &mut Vec<u8>) {
        if rest.text.is_empty() {
            return;
        }
        match &rest.form {
            Form::Chunk(form) => self.chunks.write(rest.key.index, form, &rest.text, out),
            Form::Block => messages::write_delta(rest.key, &rest.text, out),
            Form::Part(form) => responses::write_delta(&mut self.numbers, rest, form, out),
        }
    }

    /// Writes what was held, with the ending: it was a stop string.
    pub(super) fn stop_here(
        &mut self,
        rest: &Rest,
        stop: usize,
        answer: &Answer,
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) {
        self.write_rest(rest, out);
        match &rest.form {
            Form::Chunk(_) => self.end_choice(rest.key.index, stop, answer, add, out),
            Form::Block => self.end_message(rest.key.index, stop, answer, add, out),
            Form::Part(form) => self.end_response(rest.key, &form.clone(), stop, answer, out),
        }
    }
}

/// What has become of a piece that is no string: it never says only a part.
fn of_value(whole: Option<(Vec<u8>, Option<usize>)>) -> Fed {
    whole.map_or(Fed::Same, |(new, _)| Fed::New(String::from_utf8_lossy(&new).into_owned()))
}
