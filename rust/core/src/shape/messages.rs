//! Messages: content blocks that open, grow and close.

use indexmap::IndexMap;

use crate::answer::{List, Target, Text, word};
use crate::delta::{Delta, Detail, Kind, Sink};
use crate::json::{Invalid, Object, Reader, Str, Value};

/// A payload; what is not there is `null`.
#[derive(Debug, Default)]
pub(crate) struct Event<'p> {
    pub(crate) kind: Value<'p>,
    index: Value<'p>,
    delta: BlockDelta<'p>,
    content_block: Value<'p>,
    message: Value<'p>,
    usage: Value<'p>,
    pub(crate) error: Value<'p>,
    pub(crate) object: Value<'p>,
    pub(crate) x_groq: Value<'p>,
    pub(crate) has_choices: bool,
}

#[derive(Debug, Default)]
struct BlockDelta<'p> {
    whole: Value<'p>,
    kind: Value<'p>,
    text: Value<'p>,
    thinking: Value<'p>,
    partial_json: Value<'p>,
    signature: Value<'p>,
    citation: Value<'p>,
}

impl<'p> Event<'p> {
    /// Reads a payload that is one JSON object.
    pub(crate) fn read(&mut self, payload: &'p [u8]) -> Result<(), Invalid> {
        let event = self;
        let mut reader = Reader::new(payload);
        reader.members(|name, reader| {
            if name == b"delta" {
                return event.delta.read(reader, payload);
            }
            let value = reader.value()?;
            match name {
                b"type" => event.kind = value,
                b"index" => event.index = value,
                b"content_block" => event.content_block = value,
                b"message" => event.message = value,
                b"usage" => event.usage = value,
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
}

impl<'p> BlockDelta<'p> {
    fn read(&mut self, reader: &mut Reader<'p>, payload: &'p [u8]) -> Result<(), Invalid> {
        *self = Self::default();
        let delta = self;
        if reader.peek() != Some(b'{') {
            delta.whole = reader.value()?;
            return Ok(());
        }
        let start = reader.at();
        reader.members(|name, reader| {
            let value = reader.value()?;
            match name {
                b"type" => delta.kind = value,
                b"text" => delta.text = value,
                b"thinking" => delta.thinking = value,
                b"partial_json" => delta.partial_json = value,
                b"signature" => delta.signature = value,
                b"citation" => delta.citation = value,
                _ => {}
            }
            Ok(())
        })?;
        delta.whole = Value::Object(&payload[start..reader.at()]);
        Ok(())
    }
}

/// The message so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Messages {
    /// Of `message_start`, and what `message_delta` set.
    message: Object,
    started: bool,
    /// "each non-null member replaces the earlier value, absent members keep it"
    usage: Object,
    pub(crate) blocks: IndexMap<u64, Block>,
    /// The block of the delta before.
    last: usize,
    pub(crate) stop_reason: Option<String>,
    pub(crate) stopped: bool,
    calls: usize,
}

/// A content block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    start: Object,
    pub(crate) kind: String,
    pub(crate) text: Text,
    pub(crate) thinking: Text,
    /// The pieces of the input.
    pieces: Text,
    citations: List,
    /// Of a call: which one, in order of arrival.
    call: Option<usize>,
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
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
        let [id, model, role, usage, reason] =
            message.pick(["id", "model", "role", "usage", "stop_reason"]);
        if let Some(raw) = message.object() {
            self.message.merge(raw);
        }
        self.started = true;
        let (id, model, role) = (word(id), word(model), word(role));
        sink.push(Delta::with(Kind::Start, None, Detail::Start { id, model, role }));
        self.finish(reason, sink);
        self.merge_usage(usage, sink);
    }

    fn message_delta<'p>(&mut self, event: &Event<'p>, sink: &mut Sink<'p>) {
        let [reason] = event.delta.whole.pick(["stop_reason"]);
        if let Some(raw) = event.delta.whole.object() {
            self.message.merge(raw);
        }
        if let Some(payload) = sink.payload().object() {
            for (name, value) in Object::of(payload).iter() {
                if !matches!(name, "type" | "delta" | "usage") {
                    self.message.set(name, value);
                }
            }
        }
        self.finish(reason, sink);
        self.merge_usage(event.usage, sink);
    }

    fn finish<'p>(&mut self, reason: Value<'p>, sink: &mut Sink<'p>) {
        if let Some(reason) = word(reason)
            && self.stop_reason.as_ref() != Some(&reason)
        {
            sink.push(Delta::with(Kind::Finish, None, Detail::Reason(reason.clone())));
            self.stop_reason = Some(reason);
        }
    }

    fn merge_usage<'p>(&mut self, usage: Value<'p>, sink: &mut Sink<'p>) {
        if let Some(raw) = usage.object() {
            for (name, value) in Object::of(raw).iter() {
                if value == b"null" {
                    self.usage.set_default(name, value);
                } else {
                    self.usage.set(name, value);
                }
            }
            sink.value(Kind::Usage, None, usage);
        }
    }

    fn open<'p>(&mut self, index: u64, content: Value<'p>, sink: &mut Sink<'p>) {
        let [kind, text, thinking, signature, id, name, citations] =
            content.pick(["type", "text", "thinking", "signature", "id", "name", "citations"]);
        let mut block = Block {
            start: content.object().map(Object::of).unwrap_or_default(),
            kind: word(kind).unwrap_or_default(),
            ..Block::default()
        };
        for (kind, own, value) in [
            (Kind::Reasoning, &mut block.thinking, thinking),
            (Kind::Text, &mut block.text, text),
        ] {
            if let Value::String(text) = value {
                own.carry();
                if !text.is_empty() {
                    own.append(value);
                    sink.piece(kind, index, None, value);
                }
            }
        }
        if signature.string().is_some_and(|signature| !signature.is_empty()) {
            sink.piece(Kind::Signature, index, None, signature);
        }
        if block.kind.ends_with("tool_use") {
            (block.id, block.name, block.call) = (word(id), word(name), Some(self.calls));
            let (id, name, kind) = (block.id.clone(), block.name.clone(), block.kind.clone());
            let detail = Detail::Call { id, name, kind };
            let mut delta = Delta::with(Kind::ToolCall, Some(index), detail);
            delta.call = u32::try_from(self.calls).ok();
            sink.push(delta);
            self.calls += 1;
        }
        citations.elements(|citation| {
            block.citations.push(citation);
            sink.value(Kind::Citation, Some(index), citation);
        });
        self.last = self.blocks.insert_full(index, block).0;
    }

    /// The block of that index: its place, and whether it had to be opened, as one of that type.
    fn block(&mut self, index: u64, kind: &str) -> (usize, bool) {
        let known = self.blocks.get_index(self.last).is_some_and(|(own, _)| *own == index);
        if known {
            return (self.last, false);
        }
        let entry = self.blocks.entry(index);
        self.last = entry.index();
        let new = matches!(entry, indexmap::map::Entry::Vacant(_));
        if new {
            let calls = self.calls;
            let call = (kind == "tool_use").then_some(calls);
            self.calls += usize::from(call.is_some());
            entry.or_insert_with(|| Block { kind: kind.into(), call, ..Block::default() });
        }
        (self.last, new)
    }

    #[inline]
    fn block_delta<'p>(
        &mut self,
        index: u64,
        delta: &BlockDelta<'p>,
        sink: &mut Sink<'p>,
    ) -> Option<Target> {
        let (kind, value, block) = match delta.kind.string().and_then(Str::plain) {
            Some(b"text_delta") => (Kind::Text, delta.text, "text"),
            Some(b"thinking_delta") => (Kind::Reasoning, delta.thinking, "thinking"),
            Some(b"input_json_delta") => (Kind::ToolArguments, delta.partial_json, "tool_use"),
            _ => {
                self.rare_delta(index, delta, sink);
                return None;
            }
        };
        let text = value.string()?;
        let (place, new) = self.block(index, block);
        let call = self.blocks[place].call;
        let own = self.blocks[place].growing(kind);
        sink.repeatable &= !new & !own.carry();
        if text.is_empty() {
            return None;
        }
        text.append_to(own.bytes());
        let call = call.filter(|_| kind == Kind::ToolArguments);
        sink.piece(kind, index, call, value);
        Some(Target { call: call.unwrap_or_default(), ..Target::new(place, kind) })
    }

    fn rare_delta<'p>(&mut self, index: u64, delta: &BlockDelta<'p>, sink: &mut Sink<'p>) {
        sink.repeatable = false;
        let Some(kind) = delta.kind.string() else {
            return;
        };
        if kind.is("signature_delta") && delta.signature.string().is_some() {
            let (place, _) = self.block(index, "thinking");
            self.blocks[place].start.set("signature", delta.signature.raw());
            if delta.signature.is_truthy() {
                sink.piece(Kind::Signature, index, None, delta.signature);
            }
        } else if kind.is("citations_delta") && delta.citation != Value::Null {
            let (place, _) = self.block(index, "text");
            self.blocks[place].citations.push(delta.citation);
            sink.value(Kind::Citation, Some(index), delta.citation);
        } else if kind.is("compaction_delta") {
            let (place, _) = self.block(index, "compaction");
            for (name, value) in delta.whole.object().map(Object::of).unwrap_or_default().iter() {
                if name != "type" {
                    self.blocks[place].start.set(name, value);
                }
            }
        }
    }

    /// The blocks in order of their indices.
    pub(crate) fn in_order(&self) -> Vec<(u64, &Block)> {
        let mut blocks: Vec<_> = self.blocks.iter().map(|(index, it)| (*index, it)).collect();
        blocks.sort_by_key(|(index, _)| *index);
        blocks
    }

    /// The usage so far, as JSON.
    pub(crate) fn usage(&self) -> Option<Vec<u8>> {
        (!self.usage.is_empty()).then(|| self.usage.to_json())
    }

    /// The Message so far.
    pub(crate) fn snapshot(&self) -> Vec<u8> {
        let mut message = self.message.clone();
        message.set_default("type", b"\"message\"");
        message.set("role", b"\"assistant\"");
        let mut content = List::default();
        for (_, block) in self.in_order() {
            content.push(Value::Object(&block.snapshot().to_json()));
        }
        message.set("content", &content.to_json());
        message.set_default("stop_reason", b"null");
        message.set_default("stop_sequence", b"null");
        if let Some(usage) = self.usage() {
            message.set("usage", &usage);
        }
        message.to_json()
    }
}

impl Block {
    /// The text that grows by a kind of delta.
    #[inline]
    pub(crate) fn growing(&mut self, kind: Kind) -> &mut Text {
        match kind {
            Kind::Reasoning => &mut self.thinking,
            Kind::ToolArguments => &mut self.pieces,
            _ => &mut self.text,
        }
    }

    /// Whether the block is a call.
    pub(crate) fn is_call(&self) -> bool {
        self.call.is_some()
    }

    /// The arguments of a call. "If the buffer is not empty it replaces `input` of the start event".
    pub(crate) fn arguments(&self) -> String {
        if self.pieces.is_said() {
            return self.pieces.text().into_owned();
        }
        let input = self.start.get("input").and_then(|input| Value::of(input).ok());
        let input = input.filter(|input| input.is_truthy());
        input.and_then(Value::text).map(Into::into).unwrap_or_default()
    }

    fn snapshot(&self) -> Object {
        let mut block = self.start.clone();
        if !self.kind.is_empty() && block.is_empty() {
            block.set("type", format!("\"{}\"", self.kind).as_bytes());
        }
        if self.text.get().is_some() {
            block.set("text", &self.text.to_json());
        }
        if self.thinking.get().is_some() {
            block.set("thinking", &self.thinking.to_json());
        }
        if !self.citations.is_empty() {
            block.set("citations", &self.citations.to_json());
        }
        if self.is_call() {
            // "parse at content_block_stop"; "An empty buffer means `{}`".
            let arguments = self.pieces.text();
            let arguments = arguments.trim_ascii();
            if Value::of(arguments.as_bytes()).is_ok() {
                block.set("input", arguments.as_bytes());
            } else if !arguments.is_empty() {
                block.set("input", &self.pieces.to_json());
            }
            block.set_default("input", b"{}");
        }
        block
    }
}
