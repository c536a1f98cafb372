//! Responses: output items that open, grow and close, and say everything again at the end.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::answer::{List, Target, Text, word};
use crate::delta::{Delta, Detail, Kind, Sink};
use crate::json::{Invalid, Object, Reader, Value};

/// A payload; what is not there is `null`.
#[derive(Debug, Default)]
pub(crate) struct Event<'p> {
    pub(crate) kind: Value<'p>,
    output_index: Value<'p>,
    part_index: Value<'p>,
    delta: Value<'p>,
    /// What a `.done` event repeats.
    whole: Value<'p>,
    part: Value<'p>,
    item: Value<'p>,
    annotation: Value<'p>,
    response: Value<'p>,
    pub(crate) error: Value<'p>,
    pub(crate) object: Value<'p>,
    pub(crate) x_groq: Value<'p>,
    pub(crate) has_choices: bool,
}

impl<'p> Event<'p> {
    /// Reads a payload that is one JSON object.
    pub(crate) fn read(&mut self, payload: &'p [u8]) -> Result<(), Invalid> {
        let event = self;
        let mut reader = Reader::new(payload);
        reader.members(|name, reader| {
            let value = reader.value()?;
            match name {
                b"type" => event.kind = value,
                b"output_index" => event.output_index = value,
                b"content_index" | b"summary_index" => event.part_index = value,
                b"delta" => event.delta = value,
                b"text" | b"refusal" | b"arguments" | b"input" => event.whole = value,
                b"part" => event.part = value,
                b"item" => event.item = value,
                b"annotation" => event.annotation = value,
                b"response" => event.response = value,
                b"error" => event.error = value,
                b"object" => event.object = value,
                b"x_groq" => event.x_groq = value,
                b"choices" => event.has_choices = value.array().is_some(),
                _ => {}
            }
            Ok(())
        })?;
        reader.end()
    }

    fn item_index(&self) -> u64 {
        self.output_index.index().unwrap_or(0)
    }
}

/// What a piece is part of, within its item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Sort {
    Summary,
    Reasoning,
    Text,
    Refusal,
    Arguments,
}

impl Sort {
    /// Which part an event is about, and whether it brings a piece of it; else it repeats it whole.
    fn of(kind: &[u8]) -> Option<(Self, bool)> {
        let (about, is_piece) = match kind.strip_suffix(b".delta") {
            Some(about) => (about, true),
            None => (kind.strip_suffix(b".done")?, false),
        };
        let sort = match about {
            b"response.output_text" => Self::Text,
            b"response.refusal" => Self::Refusal,
            b"response.reasoning_summary_text" => Self::Summary,
            b"response.reasoning_text" => Self::Reasoning,
            b"response.function_call_arguments"
            | b"response.custom_tool_call_input"
            | b"response.mcp_call_arguments" => Self::Arguments,
            _ => return None,
        };
        Some((sort, is_piece))
    }

    /// Which part a part's own type makes it, and the member that has its text.
    fn of_part(kind: Value<'_>) -> Option<(Self, &'static str)> {
        match kind.string()?.plain()? {
            b"output_text" => Some((Self::Text, "text")),
            b"refusal" => Some((Self::Refusal, "refusal")),
            b"summary_text" => Some((Self::Summary, "text")),
            b"reasoning_text" => Some((Self::Reasoning, "text")),
            _ => None,
        }
    }

    fn delta(self) -> Kind {
        match self {
            Self::Text => Kind::Text,
            Self::Refusal => Kind::Refusal,
            Self::Summary | Self::Reasoning => Kind::Reasoning,
            Self::Arguments => Kind::ToolArguments,
        }
    }
}

/// The response so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Responses {
    /// The last response object.
    response: Option<Vec<u8>>,
    started: bool,
    /// The event that ended the response.
    pub(crate) terminal: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) incomplete_reason: Option<String>,
    pub(crate) usage: Option<Vec<u8>>,
    pub(crate) items: IndexMap<u64, Item>,
    calls: usize,
}

/// An output item.
#[derive(Clone, Debug, Default)]
pub(crate) struct Item {
    /// As it was added.
    added: Object,
    /// As it was in the end.
    done: Option<Vec<u8>>,
    parts: IndexMap<(Sort, u64), Text>,
    annotations: BTreeMap<u64, List>,
    /// Of a call: which one, in order of arrival.
    call: Option<usize>,
    pub(crate) id: Option<String>,
    pub(crate) kind: String,
    pub(crate) name: Option<String>,
}

impl Responses {
    /// Folds a payload of type `kind`. Returns where text went.
    pub(crate) fn fold<'p>(
        &mut self,
        kind: &[u8],
        event: &Event<'p>,
        sink: &mut Sink<'p>,
    ) -> Option<Target> {
        if let Some((sort, is_piece)) = Sort::of(kind) {
            let part = event.part_index.index().unwrap_or(0);
            let key = (sort, if sort == Sort::Arguments { 0 } else { part });
            if is_piece {
                return self.piece(event.item_index(), key, event.delta, sink);
            }
            self.whole(event.item_index(), key, event.whole, sink);
            return None;
        }
        sink.repeatable = false;
        if event.response.object().is_some() {
            self.take_response(event.response, sink);
        }
        let index = event.item_index();
        match kind {
            b"response.output_item.added" => self.add(index, event.item, sink),
            b"response.output_item.done" => self.item_done(index, event.item, sink),
            b"response.content_part.done" | b"response.reasoning_summary_part.done" => {
                let part = event.part_index.index().unwrap_or(0);
                self.part_done(index, part, event.part, sink);
            }
            b"response.output_text.annotation.added" if event.annotation != Value::Null => {
                let part = event.part_index.index().unwrap_or(0);
                let item = self.items.entry(index).or_default();
                item.annotations.entry(part).or_default().push(event.annotation);
                sink.value(Kind::Citation, Some(index), event.annotation);
            }
            b"response.audio.delta" => {
                if event.delta.string().is_some_and(|delta| !delta.is_empty()) {
                    sink.piece(Kind::Audio, index, None, event.delta);
                }
            }
            b"response.completed" | b"response.incomplete" | b"response.failed" => {
                self.end(kind, event.response, sink);
            }
            _ => {}
        }
        None
    }

    fn take_response<'p>(&mut self, response: Value<'p>, sink: &mut Sink<'p>) {
        self.response = Some(response.raw().to_vec());
        if !std::mem::replace(&mut self.started, true) {
            let [id, model] = response.pick(["id", "model"]);
            let (id, model) = (word(id), word(model));
            sink.push(Delta::with(Kind::Start, None, Detail::Start { id, model, role: None }));
        }
    }

    /// A piece of a part.
    #[inline]
    fn piece<'p>(
        &mut self,
        index: u64,
        key: (Sort, u64),
        value: Value<'p>,
        sink: &mut Sink<'p>,
    ) -> Option<Target> {
        let text = value.string()?;
        let items = self.items.len();
        let entry = self.items.entry(index);
        let place = entry.index();
        let item = entry.or_default();
        let part = item.parts.entry(key);
        let part_place = part.index();
        let own = part.or_default();
        sink.repeatable &= place < items && !own.carry();
        if text.is_empty() {
            return None;
        }
        text.append_to(own.bytes());
        let call = item.call.filter(|_| key.0 == Sort::Arguments);
        sink.piece(key.0.delta(), index, call, value);
        let target = Target::new(place, key.0.delta());
        Some(Target { call: call.unwrap_or_default(), part: part_place, ..target })
    }

    /// A text that was there in pieces, unless it was not.
    fn whole<'p>(
        &mut self,
        index: u64,
        key: (Sort, u64),
        value: Value<'p>,
        sink: &mut Sink<'p>,
    ) {
        sink.repeatable = false;
        let item = self.items.entry(index).or_default();
        if item.parts.get(&key).is_some_and(Text::is_said) {
            return;
        }
        self.piece(index, key, value, sink);
    }

    fn add<'p>(&mut self, index: u64, value: Value<'p>, sink: &mut Sink<'p>) {
        if let Some(raw) = value.object() {
            self.items.entry(index).or_default().added.merge(raw);
            self.announce(index, value, sink);
        }
    }

    /// Says that a call opens, if the item is one and nobody has said so.
    fn announce<'p>(&mut self, index: u64, value: Value<'p>, sink: &mut Sink<'p>) {
        let [kind, id, call_id, name] = value.pick(["type", "id", "call_id", "name"]);
        let item = self.items.entry(index).or_default();
        let kind = word(kind).unwrap_or_default();
        let is_call =
            matches!(kind.as_str(), "function_call" | "custom_tool_call" | "mcp_call");
        if !is_call || item.call.is_some() {
            return;
        }
        item.id = word(call_id).or_else(|| word(id));
        (item.name, item.call) = (word(name), Some(self.calls));
        item.kind.clone_from(&kind);
        let (id, name) = (item.id.clone(), item.name.clone());
        let detail = Detail::Call { id, name, kind };
        let mut delta = Delta::with(Kind::ToolCall, Some(index), detail);
        delta.call = u32::try_from(self.calls).ok();
        sink.push(delta);
        self.calls += 1;
    }

    fn part_done<'p>(&mut self, index: u64, part: u64, value: Value<'p>, sink: &mut Sink<'p>) {
        let [kind] = value.pick(["type"]);
        if let Some((sort, member)) = Sort::of_part(kind) {
            self.whole(index, (sort, part), value.pick([member])[0], sink);
        }
    }

    fn item_done<'p>(&mut self, index: u64, value: Value<'p>, sink: &mut Sink<'p>) {
        if value.object().is_none() {
            return;
        }
        self.announce(index, value, sink);
        let [content, summary, arguments, input] =
            value.pick(["content", "summary", "arguments", "input"]);
        for list in [summary, content] {
            let mut part = 0;
            list.elements(|value| {
                self.part_done(index, part, value, sink);
                part += 1;
            });
        }
        let item = self.items.entry(index).or_default();
        item.done = Some(value.raw().to_vec());
        if item.call.is_some() {
            let whole = if arguments.string().is_some() { arguments } else { input };
            self.whole(index, (Sort::Arguments, 0), whole, sink);
        }
    }

    fn end<'p>(&mut self, kind: &[u8], response: Value<'p>, sink: &mut Sink<'p>) {
        let [status, usage, output, details] =
            response.pick(["status", "usage", "output", "incomplete_details"]);
        let mut index = 0;
        output.elements(|item| {
            let known = self.items.get(&index).is_some_and(|item| item.done.is_some());
            if !known {
                self.item_done(index, item, sink);
            }
            index += 1;
        });
        let kind = String::from_utf8_lossy(kind);
        let word_of_event = kind.trim_start_matches("response.");
        let status = word(status).unwrap_or_else(|| word_of_event.into());
        sink.push(Delta::with(Kind::Finish, None, Detail::Reason(status.clone())));
        self.status = Some(status);
        self.incomplete_reason = word(details.pick(["reason"])[0]);
        if usage.object().is_some() {
            self.usage = Some(usage.raw().to_vec());
            sink.value(Kind::Usage, None, usage);
        }
        if kind != "response.failed" {
            sink.push(Delta::new(Kind::Done, None));
        }
        self.terminal = Some(kind.into_owned());
    }

    /// What failed, by a `response.failed`.
    pub(crate) fn failure<'p>(event: &Event<'p>) -> Value<'p> {
        let [error] = event.response.pick(["error"]);
        error
    }

    /// Where to append to a part that gets a piece as it got one before.
    #[inline]
    pub(crate) fn text(&mut self, target: Target) -> &mut Vec<u8> {
        self.items[target.slot].parts[target.part].bytes()
    }

    /// The items in order of their indices.
    pub(crate) fn in_order(&self) -> Vec<(u64, &Item)> {
        let mut items: Vec<_> = self.items.iter().map(|(index, it)| (*index, it)).collect();
        items.sort_by_key(|(index, _)| *index);
        items
    }

    /// The Response so far.
    pub(crate) fn snapshot(&self) -> Vec<u8> {
        if let (Some(response), Some(_)) = (&self.response, &self.terminal) {
            return response.clone();
        }
        let mut response = self.response.as_deref().map(Object::of).unwrap_or_default();
        response.set_default("object", b"\"response\"");
        let mut output = List::default();
        for (_, item) in self.in_order() {
            output.push(Value::Object(&item.snapshot()));
        }
        response.set("output", &output.to_json());
        response.to_json()
    }
}

impl Item {
    /// The texts of these sorts, by part.
    pub(crate) fn texts(&self, sorts: &[Sort]) -> Vec<&Text> {
        let mut parts: Vec<_> =
            self.parts.iter().filter(|((sort, _), _)| sorts.contains(sort)).collect();
        parts.sort_by_key(|(key, _)| **key);
        parts.into_iter().map(|(_, text)| text).collect()
    }

    /// Whether the item is a call.
    pub(crate) fn is_call(&self) -> bool {
        self.call.is_some()
    }

    /// The arguments of a call.
    pub(crate) fn arguments(&self) -> String {
        let pieces = self.parts.get(&(Sort::Arguments, 0)).filter(|text| text.is_said());
        if let Some(pieces) = pieces {
            return pieces.text().into_owned();
        }
        let member = self.added.get("arguments").or_else(|| self.added.get("input"));
        let value = member.and_then(|raw| Value::of(raw).ok());
        value.and_then(Value::text).map(Into::into).unwrap_or_default()
    }

    fn snapshot(&self) -> Vec<u8> {
        if let Some(done) = &self.done {
            return done.clone();
        }
        let mut item = self.added.clone();
        if self.is_call() {
            let custom = self.kind == "custom_tool_call";
            let mut arguments = Vec::new();
            crate::json::write_string(&self.arguments(), &mut arguments);
            item.set(if custom { "input" } else { "arguments" }, &arguments);
            return item.to_json();
        }
        let (mut content, mut summary) = (BTreeMap::new(), List::default());
        for ((sort, part), text) in &self.parts {
            let mut json = Object::default();
            let (kind, member) = match sort {
                Sort::Text => ("\"output_text\"", "text"),
                Sort::Refusal => ("\"refusal\"", "refusal"),
                Sort::Summary => ("\"summary_text\"", "text"),
                Sort::Reasoning | Sort::Arguments => ("\"reasoning_text\"", "text"),
            };
            json.set("type", kind.as_bytes());
            json.set(member, &text.to_json());
            if *sort == Sort::Text {
                let annotations = self.annotations.get(part).map(List::to_json);
                json.set("annotations", &annotations.unwrap_or_else(|| b"[]".to_vec()));
            }
            if *sort == Sort::Summary {
                summary.push(Value::Object(&json.to_json()));
            } else {
                content.insert((*part, *sort), json.to_json());
            }
        }
        let mut list = List::default();
        for part in content.values() {
            list.push(Value::Object(part));
        }
        if !list.is_empty() {
            item.set("content", &list.to_json());
        }
        if !summary.is_empty() {
            item.set("summary", &summary.to_json());
        }
        item.to_json()
    }
}
