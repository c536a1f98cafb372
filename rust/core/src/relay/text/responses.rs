//! Texts of responses: those of parts and calls, which are repeated as a whole when they end.

use std::ops::Range;

use super::{Change, Fed, Form as AnyForm, Key, Part, Rest, Texts};
use crate::answer::Answer;
use crate::delta::{Kind, Place};
use crate::json::{Str, Value, write_string};
use crate::shape::responses::{Sort, call_kind};
use crate::write::bytes::{digits, put};

/// The numbers of the events: those of the source, moved by what was left out and put between.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    shift: i64,
    /// Of the last event that goes on, as it is sent.
    last: Option<u64>,
}

/// What the events that a text comes with repeat.
#[derive(Clone, Debug, Default)]
pub(super) struct Form {
    /// Their type, without `.delta`.
    pub(super) about: String,
    /// JSON, and nothing if there is none.
    pub(super) item_id: Vec<u8>,
}

impl Numbers {
    pub(super) fn shift(&self) -> i64 {
        self.shift
    }

    pub(super) fn are_shifted(&self) -> bool {
        self.shift != 0
    }

    /// What the number of an event of the source becomes.
    fn of(&mut self, own: u64) -> u64 {
        let number = own.saturating_add_signed(self.shift);
        self.last = Some(number);
        number
    }

    /// The number of one more event, as a member with a comma before it.
    pub(super) fn one_more(&mut self) -> Vec<u8> {
        let Some(last) = self.last else {
            return Vec::new();
        };
        self.shift += 1;
        self.last = Some(last + 1);
        [b",\"sequence_number\":", digits(last + 1).as_slice()].concat()
    }
}

impl Texts {
    pub(super) fn response(&mut self, part: &Part<'_>, answer: &Answer, change: &mut Change) {
        let value = Value::of(part.payload).unwrap_or_default();
        let [kind, number] = value.pick(["type", "sequence_number"]);
        let kind = kind.string().filter(|kind| !kind.is_empty());
        let kind = kind.map_or_else(|| String::from_utf8_lossy(part.name), Str::text);
        if answer.forgets && self.rules.has_stops() && self.said.is_none() {
            self.said = Some((Key::of(Kind::Text, value), String::new()));
        }
        if let Some(own) = number.index() {
            // What is put before this event comes after the one before.
            let before = own.saturating_add_signed(self.numbers.shift).saturating_sub(1);
            self.numbers.last = Some(before);
        }
        match kind.strip_suffix(".delta") {
            Some(about) if Sort::of(about.as_bytes()).is_some() => {
                self.piece(part, value, about, answer, change);
            }
            Some(about) if call_kind(about.as_bytes()).is_some() => {
                self.piece(part, value, about, answer, change);
            }
            _ => self.event(part, value, &kind, answer, change),
        }
        if change.drops {
            if number.index().is_some() && !self.over {
                self.numbers.shift -= 1;
            }
            return;
        }
        let Some(own) = number.index() else {
            return;
        };
        let new = self.numbers.of(own);
        if new != own {
            let place = Place::of(number.raw(), part.payload).range();
            change.set(part, place, digits(new));
        }
        if let Some((key, form, stop)) = change.stop.take() {
            self.end_response(key, &form, stop, answer, &mut change.after);
        }
    }

    /// An event with a piece of a text.
    fn piece(
        &mut self,
        part: &Part<'_>,
        value: Value<'_>,
        about: &str,
        answer: &Answer,
        change: &mut Change,
    ) {
        let [delta] = part.deltas else {
            return;
        };
        let [item_id, logprobs] = value.pick(["item_id", "logprobs"]);
        let sort = Sort::of(about.as_bytes());
        let kind = sort.map_or(Kind::ToolArguments, Sort::delta);
        let mut key = Key::of(kind, value);
        key.part.0 = sort == Some(Sort::Summary);
        let form = || Form {
            about: about.into(),
            item_id: if item_id == Value::Null { Vec::new() } else { item_id.raw().to_vec() },
        };
        let is_json = about != "response.custom_tool_call_input";
        let is_json = is_json && kind == Kind::ToolArguments;
        let raw = delta.text.raw(part.payload);
        if raw.is_empty() {
            return;
        }
        let fed = self.feed(key, raw, part.fed.clone(), is_json, || AnyForm::Part(form()));
        change.key = Some(key);
        let (text, stop) = match fed {
            None | Some(Fed::Same) => return,
            Some(Fed::New(text)) => (text, None),
            Some(Fed::Stopped(text, stop)) => (text, Some(stop)),
        };
        if raw[0] != b'"' {
            change.set(part, delta.text.range(), text.into_bytes());
            return;
        }
        change.drops = text.is_empty();
        change.set_text(part, delta.text.range(), &text);
        if logprobs.is_truthy() {
            let place = Place::of(logprobs.raw(), part.payload).range();
            change.set(part, place, b"[]".to_vec());
        }
        if let Some(stop) = stop {
            for rest in self.flush(None, |own| *own != key) {
                self.write_rest(&rest, &mut change.before);
            }
            if change.drops {
                self.end_response(key, &form(), stop, answer, &mut change.after);
            } else {
                change.stop = Some((key, form(), stop));
            }
        }
    }

    /// Any other event: it may end texts, and repeat them.
    fn event(
        &mut self,
        part: &Part<'_>,
        value: Value<'_>,
        kind: &str,
        answer: &Answer,
        change: &mut Change,
    ) {
        let errs = part.deltas.iter().any(|delta| delta.kind == Kind::Error);
        let own = Key::of(Kind::Text, value);
        let about = kind.strip_suffix(".done");
        let [item, inner, response] = value.pick(["item", "part", "response"]);
        let terminal =
            matches!(kind, "response.completed" | "response.incomplete" | "response.failed");
        let index = Some(own.index);
        let rests = match kind {
            _ if errs || terminal => self.flush(None, |_| true),
            "response.output_item.done" => self.flush(index, |_| true),
            "response.content_part.done" => {
                self.flush(index, |key| key.part == (false, own.part.1))
            }
            "response.reasoning_summary_part.done" => {
                self.flush(index, |key| key.part == (true, own.part.1))
            }
            _ => match about.map(str::as_bytes) {
                Some(about) if call_kind(about).is_some() => {
                    self.flush(index, |key| key.kind == Kind::ToolArguments)
                }
                Some(about) => Sort::of(about).map_or_else(Vec::new, |sort| {
                    let place = (sort == Sort::Summary, own.part.1);
                    let kind = sort.delta();
                    self.flush(index, |key| (key.kind, key.part) == (kind, place))
                }),
                None => Vec::new(),
            },
        };
        for rest in rests {
            self.write_rest(&rest, &mut change.before);
            self.stop = self.stop.or(rest.stop);
            if let (Some(stop), AnyForm::Part(form), false) = (rest.stop, &rest.form, errs) {
                self.end_response(rest.key, form, stop, answer, &mut change.before);
                change.drops = true;
                return;
            }
        }
        if let Some(about) = about.map(str::as_bytes) {
            if let Some(sort) = Sort::of(about) {
                self.whole_or_end(part, value, sort, own, answer, change);
                return;
            }
            if let Some(call) = call_kind(about) {
                let [arguments, input] = value.pick(["arguments", "input"]);
                let custom = call == "custom_tool_call";
                let whole = if custom { input } else { arguments };
                self.whole_arguments(part, whole, !custom, change);
            }
        }
        let mut stop = None;
        if let Some(sort) = Sort::of_part(inner.pick(["type"])[0]) {
            stop = self.whole_text(part, sort, inner, change);
        }
        stop = stop.or(self.whole_item(part, item, change));
        response.pick(["output"])[0].elements(|item| {
            stop = stop.or(self.whole_item(part, item, change));
        });
        if terminal {
            self.stop = self.stop.or(stop);
        }
    }

    /// A whole text, of which perhaps no piece came.
    fn whole_or_end(
        &mut self,
        part: &Part<'_>,
        value: Value<'_>,
        sort: Sort,
        key: Key,
        answer: &Answer,
        change: &mut Change,
    ) {
        let Some(stop) = self.whole_text(part, sort, value, change) else {
            return;
        };
        let [item_id] = value.pick(["item_id"]);
        let form = Form { about: "response.output_text".into(), item_id: item_id.raw().to_vec() };
        change.drops = true;
        self.end_response(key, &form, stop, answer, &mut change.before);
    }
}

impl Key {
    /// Of the part that an event is about.
    fn of(kind: Kind, event: Value<'_>) -> Self {
        let [index, content, summary] =
            event.pick(["output_index", "content_index", "summary_index"]);
        let part = content.index().or(summary.index()).unwrap_or(0);
        Self { kind, index: index.index().unwrap_or(0), part: (false, part), call: None }
    }
}

/// Writes an event with a piece of a text.
pub(super) fn write_delta(numbers: &mut Numbers, rest: &Rest, form: &Form, out: &mut Vec<u8>) {
    head(form, b".delta", rest.key, out);
    out.extend_from_slice(b",\"delta\":");
    write_string(&rest.text, out);
    if rest.key.kind == Kind::Text {
        out.extend_from_slice(b",\"logprobs\":[]");
    }
    put(out, [&numbers.one_more(), b"}\n\n"]);
}

/// Writes what the events of a part begin with.
pub(super) fn head(form: &Form, what: &[u8], key: Key, out: &mut Vec<u8>) {
    let about = form.about.as_bytes();
    put(out, [b"event: ", about, what, b"\ndata: {\"type\":\"", about, what, b"\""]);
    if !form.item_id.is_empty() {
        put(out, [b",\"item_id\":", &form.item_id]);
    }
    put(out, [b",\"output_index\":", &digits(key.index)]);
    if key.kind != Kind::ToolArguments {
        let name: &[u8] = if key.part.0 { b"summary" } else { b"content" };
        put(out, [b",\"", name, b"_index\":", &digits(key.part.1)]);
    }
}

/// Where in an event's bytes its number is, if it is where it mostly is.
fn number_in(raw: &[u8]) -> Option<Range<usize>> {
    const NAME: &[u8] = b"\"sequence_number\"";
    let spaces = |from: usize| raw[from..].iter().take_while(|byte| **byte == b' ').count();
    let colon = memchr::memmem::find(raw, NAME)? + NAME.len();
    let colon = colon + spaces(colon);
    let start = colon + raw[colon..].strip_prefix(b":").map(|_| 1)?;
    let start = start + spaces(start);
    let length = raw[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    (length > 0).then_some(start..start + length)
}

impl Texts {
    /// The number of an event that goes on as it is: where it is, and what it becomes.
    pub(in crate::relay) fn number(&mut self, raw: &[u8]) -> Option<(Range<usize>, Vec<u8>)> {
        let place = number_in(raw)?;
        let own = str::from_utf8(&raw[place.clone()]).ok()?.parse().ok()?;
        Some((place, digits(self.numbers.of(own))))
    }
}
