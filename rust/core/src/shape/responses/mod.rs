//! Responses: output items that open, grow and close, and say everything again at the end.

mod calls;
mod event;
mod snapshot;
mod sort;
mod write;

use calls::arguments_member;
pub(crate) use calls::{Call, call_kind};
pub(crate) use event::Event;
pub(crate) use sort::Sort;
pub(crate) use write::Writer;

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::answer::{List, Target, Text, word};
use crate::delta::{Delta, Detail, Kind, Sink};
use crate::json::Value;

/// The place of a part: that of its item, its own, and what it is.
type Key = (u64, u64, Sort);

/// The response so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Responses {
    /// The last response object, and whether it is the final one.
    response: Option<Vec<u8>>,
    is_final: bool,
    started: bool,
    /// The event that ended the response.
    pub(crate) terminal: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) incomplete_reason: Option<String>,
    pub(crate) usage: Option<Vec<u8>>,
    parts: IndexMap<Key, Text>,
    /// The part of the piece before.
    last: usize,
    calls: IndexMap<u64, Box<Call>>,
    annotations: BTreeMap<(u64, u64), List>,
    /// Items as they were added, and as they were in the end.
    added: BTreeMap<u64, Vec<u8>>,
    done: BTreeMap<u64, Vec<u8>>,
}

impl Responses {
    /// Folds a payload of type `kind`. Returns where text went.
    pub(crate) fn fold<'p>(
        &mut self,
        kind: &[u8],
        event: &Event<'p>,
        sink: &mut Sink<'p>,
    ) -> Option<Target> {
        if event.response.object().is_some() {
            sink.repeatable = false;
            self.take_response(event.response, sink);
        }
        let index = event.output_index.index().unwrap_or(0);
        let is_summary = memchr::memmem::find(kind, b"reasoning_summary").is_some();
        let part = if is_summary { event.summary_index } else { event.content_index };
        let part = part.index().unwrap_or(0);
        if let Some(about) = kind.strip_suffix(b".delta") {
            if let Some(sort) = Sort::of(about) {
                return self.piece((index, part, sort), event.delta, sink);
            }
            if let Some(kind) = call_kind(about) {
                return self.arguments(index, kind, event.delta, sink);
            }
        }
        sink.repeatable = false;
        if let Some(about) = kind.strip_suffix(b".done") {
            if let Some(sort) = Sort::of(about) {
                let whole = if sort == Sort::Refusal { event.refusal } else { event.text };
                self.whole((index, part, sort), whole, sink);
            }
            if let Some(kind) = call_kind(about) {
                let custom = kind == "custom_tool_call";
                let whole = if custom { event.input } else { event.arguments };
                self.whole_arguments(index, kind, whole, sink);
            }
        }
        match kind {
            b"response.output_item.added" => self.add(index, event.item, sink),
            b"response.output_item.done" => {
                let item = event.item.object().unwrap_or(b"{}");
                self.done.insert(index, item.to_vec());
                self.item(index, event.item, sink);
            }
            b"response.content_part.done" | b"response.reasoning_summary_part.done" => {
                self.part(index, part, event.part, sink);
            }
            b"response.output_text.annotation.added" if event.annotation.object().is_some() => {
                self.annotations.entry((index, part)).or_default().push(event.annotation);
                sink.value(Kind::Citation, Some(index), event.annotation);
            }
            b"response.audio.delta" if event.delta.string().is_some_and(|own| !own.is_empty()) => {
                sink.piece(Kind::Audio, index, None, event.delta);
            }
            b"response.completed" | b"response.incomplete" | b"response.failed" => {
                self.end(kind, event.response, sink);
            }
            _ => {}
        }
        None
    }

    fn take_response<'p>(&mut self, response: Value<'p>, sink: &mut Sink<'p>) {
        if !self.is_final {
            self.response = Some(response.raw().to_vec());
        }
        if !std::mem::replace(&mut self.started, true) {
            let [id, model] = response.pick(["id", "model"]);
            let (id, model) = (word(id), word(model));
            sink.push(Delta::with(Kind::Start, None, Detail::Start { id, model, role: None }));
        }
    }

    /// A piece of a part.
    #[inline]
    fn piece<'p>(&mut self, key: Key, value: Value<'p>, sink: &mut Sink<'p>) -> Option<Target> {
        let text = value.string()?;
        let known = self.parts.get_index(self.last).is_some_and(|(last, _)| *last == key);
        if !known {
            let entry = self.parts.entry(key);
            self.last = entry.index();
            entry.or_default();
        }
        let (place, own) = (self.last, &mut self.parts[self.last]);
        sink.repeatable &= !own.carry();
        if text.is_empty() {
            return None;
        }
        text.append_to(own.bytes());
        sink.piece(key.2.delta(), key.0, None, value);
        Some(Target::new(place, key.2.delta()))
    }

    /// A text that was there in pieces, unless it was not.
    fn whole<'p>(&mut self, key: Key, value: Value<'p>, sink: &mut Sink<'p>) {
        if !self.parts.get(&key).is_some_and(Text::is_said) {
            self.piece(key, value, sink);
        }
    }

    fn part<'p>(&mut self, index: u64, part: u64, value: Value<'p>, sink: &mut Sink<'p>) {
        if let Some(sort) = Sort::of_part(value.pick(["type"])[0]) {
            self.whole((index, part, sort), value.pick([sort.names().1])[0], sink);
        }
    }

    /// A whole item, of its own event or of the final response.
    fn item<'p>(&mut self, index: u64, item: Value<'p>, sink: &mut Sink<'p>) {
        if let Some(kind) = self.announce(index, item, sink) {
            let arguments = item.pick([arguments_member(&kind)])[0];
            self.whole_arguments(index, &kind, arguments, sink);
            return;
        }
        for list in item.pick(["summary", "content"]) {
            let mut part = 0;
            list.elements(|value| {
                self.part(index, part, value, sink);
                part += 1;
            });
        }
    }

    fn end<'p>(&mut self, kind: &[u8], response: Value<'p>, sink: &mut Sink<'p>) {
        let [status, usage, output, details] =
            response.pick(["status", "usage", "output", "incomplete_details"]);
        self.is_final |= response.object().is_some();
        let mut index = 0;
        output.elements(|item| {
            self.item(index, item, sink);
            index += 1;
        });
        let kind = String::from_utf8_lossy(kind);
        let word_of_event = kind.trim_start_matches("response.");
        let status = word(status).unwrap_or_else(|| word_of_event.into());
        sink.push(Delta::with(Kind::Finish, None, Detail::Reason(status.clone())));
        self.status = Some(status);
        let reason = details.pick(["reason"])[0].string();
        self.incomplete_reason = reason.map(|reason| reason.text().into_owned());
        if usage.object().is_some() {
            self.usage = Some(usage.raw().to_vec());
            sink.value(Kind::Usage, None, usage);
        }
        if kind != "response.failed" {
            sink.push(Delta::new(Kind::Done, None));
        }
        self.terminal = Some(kind.into_owned());
    }

    /// When the answer began.
    pub(crate) fn created(&self) -> Option<u64> {
        Value::of(self.response.as_deref()?).ok()?.pick(["created_at"])[0].index()
    }

    /// The last response object.
    pub(crate) fn response(&self) -> &[u8] {
        self.response.as_deref().unwrap_or(b"{}")
    }

    /// How many parts there are.
    pub(crate) fn parts(&self) -> usize {
        self.parts.len() + self.calls.len()
    }

    /// Forgets what the parts say.
    pub(crate) fn forget(&mut self) {
        self.parts.values_mut().for_each(Text::forget);
        for call in self.calls.values_mut() {
            call.arguments.forget();
            call.opening.forget();
        }
        (self.added, self.done) = (BTreeMap::new(), BTreeMap::new());
        self.annotations = BTreeMap::new();
        if self.is_final {
            self.response = None;
        }
    }

    /// What failed, by a `response.failed`.
    pub(crate) fn failure<'p>(event: &Event<'p>) -> Value<'p> {
        let [error] = event.response.pick(["error"]);
        error
    }

    /// Where to append to a part or a call that gets a piece as it got one before.
    #[inline]
    pub(crate) fn text(&mut self, target: Target) -> &mut Vec<u8> {
        if target.kind == Kind::ToolArguments {
            return self.calls[target.slot].arguments.bytes();
        }
        self.parts[target.slot].bytes()
    }

    /// The parts in order of their places.
    pub(crate) fn parts_in_order(&self) -> Vec<(Key, &Text)> {
        let mut parts: Vec<_> = self.parts.iter().map(|(key, text)| (*key, text)).collect();
        parts.sort_by_key(|((index, part, sort), _)| {
            (*index, *sort != Sort::Summary, *part, sort.names().0)
        });
        parts
    }
}
