//! Messages: content blocks that open, grow and close.

mod block;
mod event;
mod write;

pub(crate) use event::Event;
pub(crate) use write::Writer;

use std::collections::HashMap;

use crate::answer::{List, Target, word};
use crate::delta::{Delta, Detail, Kind, Sink};
use crate::json::{Object, Str, Value};
use block::Block;
use event::BlockDelta;

/// The blocks that deltas imply whose own never started.
const TEXT: &[u8] = br#"{"type":"text","text":""}"#;
const THINKING: &[u8] = br#"{"type":"thinking","thinking":""}"#;
const TOOL_USE: &[u8] = br#"{"type":"tool_use","id":null,"name":null,"input":{}}"#;

/// The message so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Messages {
    /// Of `message_start`, and what `message_delta` set.
    message: Object,
    /// "each non-null member replaces the earlier value, absent members keep it"
    usage: Option<Object>,
    /// In order of arrival. An index that is used again opens another block: nothing that was told
    /// is taken back.
    #[expect(clippy::vec_box, reason = "a vector has room for several, and most answers have one")]
    blocks: Vec<Box<Block>>,
    /// Which block an index stands for.
    by_index: HashMap<u64, usize>,
    /// The index of the delta before, and its block.
    last: Option<(u64, usize)>,
    pub(crate) stop_reason: Option<String>,
    pub(crate) stopped: bool,
    calls: usize,
}

impl Messages {
    /// Folds a payload of type `kind`. Returns where text went.
    pub(crate) fn fold<'p>(
        &mut self,
        kind: &[u8],
        event: &Event<'p>,
        sink: &mut Sink<'p>,
    ) -> Option<Target> {
        if kind == b"content_block_delta" {
            return self.block_delta(event.index.index().unwrap_or(0), &event.delta, sink);
        }
        sink.repeatable = false;
        match kind {
            b"message_start" => self.start(event.message, sink),
            b"content_block_start" => {
                self.open(event.index.index().unwrap_or(0), event.content_block, sink);
            }
            b"message_delta" => self.message_delta(event, sink),
            b"message_stop" => {
                self.stopped = true;
                sink.push(Delta::new(Kind::Done, None));
            }
            _ => {}
        }
        None
    }

    fn start<'p>(&mut self, message: Value<'p>, sink: &mut Sink<'p>) {
        let [id, model, role, usage] = message.pick(["id", "model", "role", "usage"]);
        if let Some(raw) = message.object() {
            self.message.merge(raw);
        }
        let (id, model, role) = (word(id), word(model), word(role));
        sink.push(Delta::with(Kind::Start, None, Detail::Start { id, model, role }));
        self.merge_usage(usage, sink);
    }

    fn message_delta<'p>(&mut self, event: &Event<'p>, sink: &mut Sink<'p>) {
        self.message.merge(event.delta.whole.object().unwrap_or(b"{}"));
        let mut others = sink.payload().object().map(Object::of).unwrap_or_default();
        for name in ["type", "delta", "usage"] {
            others.remove(name);
        }
        for (name, value) in others.iter() {
            self.message.set(name, value);
        }
        let reason = word(event.delta.whole.pick(["stop_reason"])[0]);
        if let Some(reason) = reason.filter(|reason| reason != "null")
            && self.stop_reason.as_ref() != Some(&reason)
        {
            sink.push(Delta::with(Kind::Finish, None, Detail::Reason(reason.clone())));
            self.stop_reason = Some(reason);
        }
        self.merge_usage(event.usage, sink);
    }

    /// "`message_start`'s usage overwritten by each `message_delta`'s non-null members"
    fn merge_usage<'p>(&mut self, usage: Value<'p>, sink: &mut Sink<'p>) {
        let Some(raw) = usage.object() else {
            return;
        };
        match &mut self.usage {
            None => self.usage = Some(Object::of(raw)),
            Some(own) => {
                for (name, value) in Object::of(raw).iter().filter(|(_, own)| own != b"null") {
                    own.set(name, value);
                }
            }
        }
        sink.value(Kind::Usage, None, usage);
    }

    fn open<'p>(&mut self, index: u64, content: Value<'p>, sink: &mut Sink<'p>) {
        let Some(raw) = content.object() else {
            return;
        };
        let [text, thinking, signature, citations, to] =
            content.pick(["text", "thinking", "signature", "citations", "to"]);
        let place = self.add(index, Object::of(raw));
        let block = &mut self.blocks[place];
        let (kind, own, value) = match block.kind.as_str() {
            "thinking" => (Kind::Reasoning, &mut block.thinking, thinking),
            _ => (Kind::Text, &mut block.text, text),
        };
        let has_text = matches!(block.kind.as_str(), "text" | "thinking");
        if let Value::String(text) = value
            && has_text
        {
            own.append(value);
            if !text.is_empty() {
                sink.piece(kind, index, None, value);
            }
        }
        if block.kind == "thinking" && signature.string().is_some_and(|text| !text.is_empty()) {
            sink.piece(Kind::Signature, index, None, signature);
        }
        if let Some(call) = block.call {
            let (id, name, kind) = (block.id.clone(), block.name.clone(), block.kind.clone());
            let detail = Detail::Call { id, name, kind };
            let mut delta = Delta::with(Kind::ToolCall, Some(index), detail);
            delta.call = u32::try_from(call).ok();
            sink.push(delta);
        }
        citations.elements(|citation| {
            block.citations.push(citation);
            if citation.object().is_some() {
                sink.value(Kind::Citation, Some(index), citation);
            }
        });
        // "a `fallback` block changes `model`"
        if block.kind == "fallback"
            && let [model] = to.pick(["model"])
            && word(model).is_some()
        {
            self.message.set("model", model.raw());
        }
    }

    /// Opens a block.
    fn add(&mut self, index: u64, start: Object) -> usize {
        let member = |name| Value::of(start.get(name)?).ok();
        let word_of = |name| member(name).and_then(word);
        let kind = member("type").and_then(Value::string);
        let kind = kind.map(|kind| kind.text().into_owned()).unwrap_or_default();
        let call = kind.ends_with("tool_use").then_some(self.calls);
        self.calls += usize::from(call.is_some());
        let (id, name) = (word_of("id"), word_of("name"));
        let place = self.blocks.len();
        let block = Block { index, start, kind, call, id, name, ..Block::default() };
        self.blocks.push(block.into());
        self.by_index.insert(index, place);
        self.last = Some((index, place));
        place
    }

    /// The block of that index, and whether it had to be opened, with what the delta implies.
    #[inline]
    fn block(&mut self, index: u64, implied: &[u8]) -> (usize, bool) {
        if let Some((last, place)) = self.last
            && last == index
        {
            return (place, false);
        }
        if let Some(&place) = self.by_index.get(&index) {
            self.last = Some((index, place));
            return (place, false);
        }
        let place = self.add(index, Object::of(implied));
        let block = &mut self.blocks[place];
        match block.kind.as_str() {
            "text" => block.text.carry(),
            "thinking" => block.thinking.carry(),
            _ => false,
        };
        (place, true)
    }

    #[inline]
    fn block_delta<'p>(
        &mut self,
        index: u64,
        delta: &BlockDelta<'p>,
        sink: &mut Sink<'p>,
    ) -> Option<Target> {
        let (kind, value, implied) = match delta.kind.string().and_then(Str::plain) {
            Some(b"text_delta") => (Kind::Text, delta.text, TEXT),
            Some(b"thinking_delta") => (Kind::Reasoning, delta.thinking, THINKING),
            Some(b"input_json_delta") => (Kind::ToolArguments, delta.partial_json, TOOL_USE),
            _ => {
                self.rare_delta(index, delta, sink);
                return None;
            }
        };
        let (place, new) = self.block(index, implied);
        sink.repeatable &= !new;
        let is_text = kind == Kind::ToolArguments || value.string().is_some();
        if !is_text || matches!(value, Value::Null) {
            return None;
        }
        let block = &mut self.blocks[place];
        let call = block.call.filter(|_| kind == Kind::ToolArguments);
        let own = block.growing(kind);
        sink.repeatable &= !own.carry();
        if value.string().is_some_and(Str::is_empty) {
            return None;
        }
        own.append(value);
        sink.piece(kind, index, call, value);
        Some(Target { call: call.unwrap_or_default(), ..Target::new(place, kind) })
    }

    fn rare_delta<'p>(&mut self, index: u64, delta: &BlockDelta<'p>, sink: &mut Sink<'p>) {
        sink.repeatable = false;
        let kind = delta.kind.string().map(Str::text).unwrap_or_default();
        let implied: &[u8] = match kind.as_ref() {
            "signature_delta" => THINKING,
            "citations_delta" => TEXT,
            "compaction_delta" => br#"{"type":"compaction"}"#,
            _ => return,
        };
        let (place, _) = self.block(index, implied);
        let block = &mut self.blocks[place];
        match kind.as_ref() {
            "signature_delta" if delta.signature.string().is_some_and(|own| !own.is_empty()) => {
                block.set.set("signature", delta.signature.raw());
                sink.piece(Kind::Signature, index, None, delta.signature);
            }
            "citations_delta" if delta.citation.object().is_some() => {
                block.citations.push(delta.citation);
                sink.value(Kind::Citation, Some(index), delta.citation);
            }
            "compaction_delta" => {
                block.set.merge(delta.whole.object().unwrap_or(b"{}"));
                block.set.remove("type");
            }
            _ => {}
        }
    }

    /// The blocks in order of their indices.
    pub(crate) fn in_order(&self) -> Vec<&Block> {
        let mut blocks: Vec<_> = self.blocks.iter().map(|block| &**block).collect();
        blocks.sort_by_key(|block| block.index);
        blocks
    }

    /// Which call a block is, if it is one.
    pub(crate) fn call_at(&self, index: u64) -> Option<usize> {
        self.blocks[*self.by_index.get(&index)?].call
    }

    /// How many parts there are.
    pub(crate) fn parts(&self) -> usize {
        self.blocks.len()
    }

    /// Forgets what the blocks say.
    pub(crate) fn forget(&mut self) {
        self.blocks.iter_mut().for_each(|block| block.forget());
    }

    /// Where to append to a block that gets a piece as it got one before.
    #[inline]
    pub(crate) fn text(&mut self, target: Target) -> &mut Vec<u8> {
        self.blocks[target.slot].growing(target.kind).bytes()
    }

    /// The usage so far, as JSON.
    pub(crate) fn usage(&self) -> Option<Vec<u8>> {
        self.usage.as_ref().map(Object::to_json)
    }

    /// The Message so far.
    pub(crate) fn snapshot(&self) -> Vec<u8> {
        let mut message = self.message.clone();
        message.set("type", b"\"message\"");
        message.set("role", b"\"assistant\"");
        let mut content = List::default();
        for block in self.in_order() {
            content.push(Value::Object(&block.snapshot().to_json()));
        }
        message.set("content", &content.to_json());
        if let Some(usage) = self.usage() {
            message.set("usage", &usage);
        }
        message.to_json()
    }
}
