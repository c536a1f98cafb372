//! Chat: choices whose deltas are pieces of a message.

use super::chunk::{Audio, Choice, Chunk, Chunks, Message, Parts};
use crate::answer::{Address, Call, List, Target, word};
use crate::delta::{Delta, Detail, Kind, Sink};
use crate::json::{Object, Reader, Str, Value, write_string};

/// Folds the choices of a payload. Returns where the last piece went.
pub(crate) fn fold<'p>(
    chunk: &Chunk<'p>,
    chunks: &mut Chunks,
    sink: &mut Sink<'p>,
) -> Option<Target> {
    let mut target = None;
    for parts in &chunk.choices {
        let (place, choice) = chunks.choice(parts.index());
        let mut turn = Turn { index: parts.index(), place, choice, sink, target: &mut target };
        turn.fold(chunk, parts);
    }
    target
}

/// One choice's turn in a payload.
struct Turn<'a, 'p> {
    index: u64,
    place: usize,
    choice: &'a mut Choice,
    sink: &'a mut Sink<'p>,
    target: &'a mut Option<Target>,
}

impl<'p> Turn<'_, 'p> {
    fn fold(&mut self, chunk: &Chunk<'p>, parts: &Parts<'p>) {
        let mut message = Message::default();
        if parts.has_delta {
            self.start(chunk, &parts.delta);
            self.message(&parts.delta, false);
        } else if let Some(raw) = parts.message.object()
            && let Ok(true) = message.read(&mut Reader::new(raw))
        {
            self.start(chunk, &message);
            self.message(&message, true);
            self.sink.repeatable = false;
        }
        self.choice.extend_logprobs(parts.logprobs, self.sink);
        self.choice.finish(self.index, parts.finish_reason, self.sink);
    }

    fn start(&mut self, chunk: &Chunk<'p>, message: &Message<'p>) {
        if self.choice.started {
            return;
        }
        self.choice.started = true;
        let (id, model, role) = (word(chunk.id), word(chunk.model), word(message.role));
        let start = Detail::Start { id, model, role };
        self.sink.push(Delta::with(Kind::Start, Some(self.index), start));
        self.sink.repeatable = false;
    }

    /// The pieces of a delta; of a `whole` message only "if no delta ever carried any".
    fn message(&mut self, message: &Message<'p>, whole: bool) {
        if !(whole && self.choice.reasoning.is_said()) {
            self.reasoning(message);
        }
        if !(whole && self.choice.text.is_said()) {
            match message.content {
                Value::String(text) => self.piece(Kind::Text, text, message.content),
                content => content.elements(|part| self.part(part)),
            }
        }
        if let Value::String(text) = message.refusal
            && !(whole && self.choice.refusal.is_said())
        {
            self.piece(Kind::Refusal, text, message.refusal);
        }
        if !(whole && !self.choice.calls.is_empty()) {
            message.tool_calls.elements(|call| self.tool_call(call));
        }
        if !(whole && self.choice.function_call.is_some()) {
            self.function_call(message.function_call);
        }
        self.audio(message.audio);
        message.annotations.elements(|annotation| {
            if annotation.object().is_some() {
                self.choice.annotations.push(annotation);
                self.sink.value(Kind::Citation, Some(self.index), annotation);
                self.sink.repeatable = false;
            }
        });
    }

    /// A string that is appended; empty, it only shows that there is such a text.
    #[inline]
    fn piece(&mut self, kind: Kind, text: Str<'p>, value: Value<'p>) {
        let own = match kind {
            Kind::Reasoning => &mut self.choice.reasoning,
            Kind::Refusal => &mut self.choice.refusal,
            _ => &mut self.choice.text,
        };
        self.sink.repeatable &= !own.carry();
        if !text.is_empty() {
            text.append_to(own.bytes());
            self.sink.piece(kind, self.index, None, value);
            *self.target = Some(Target::new(self.place, kind));
        }
    }

    /// "if both names are present use one"
    fn reasoning(&mut self, message: &Message<'p>) {
        for (name, value) in [
            ("reasoning_content", message.reasoning_content),
            ("reasoning", message.reasoning),
        ] {
            if let Value::String(text) = value {
                if self.choice.reasoning_name.is_none() || !self.choice.reasoning.is_said() {
                    self.sink.repeatable &= self.choice.reasoning_name == Some(name);
                    self.choice.reasoning_name = Some(name);
                }
                self.piece(Kind::Reasoning, text, value);
                if !text.is_empty() {
                    return;
                }
            }
        }
    }

    /// "text parts append to content, thinking parts to reasoning, others are kept"
    fn part(&mut self, part: Value<'p>) {
        let [kind, text, thinking, summary] = part.pick(["type", "text", "thinking", "summary"]);
        let Some(kind) = kind.string() else {
            return;
        };
        let inner = match () {
            () if kind.is("text") => {
                if let Value::String(string) = text {
                    self.piece(Kind::Text, string, text);
                }
                return;
            }
            () if kind.is("thinking") => thinking,
            () if kind.is("reasoning") => summary,
            () => return,
        };
        self.choice.reasoning_name.get_or_insert("reasoning_content");
        if let Value::String(string) = inner {
            self.piece(Kind::Reasoning, string, inner);
        }
        inner.elements(|part| {
            let [text] = part.pick(["text"]);
            if let Value::String(string) = text {
                self.piece(Kind::Reasoning, string, text);
            }
        });
    }

    fn tool_call(&mut self, entry: Value<'p>) {
        if entry.object().is_none() {
            return;
        }
        let [index, id, kind, function, custom, extra] =
            entry.pick(["index", "id", "type", "function", "custom", "extra_content"]);
        // "a custom call needs a non-empty `custom`"
        let is_custom = custom.object().is_some() && custom.is_truthy();
        let [name, arguments] = if is_custom {
            custom.pick(["name", "input"])
        } else {
            function.pick(["name", "arguments"])
        };
        let (id, name) = (word(id), word(name));
        let address =
            Address { id: id.as_deref(), index: index.index(), named: name.is_some() };
        let (place, new) = self.choice.calls.route(address);
        let call = self.choice.calls.get(place);
        let mut changed = new;
        changed |= is_custom && !call.custom;
        call.custom |= is_custom;
        if call.kind.is_none() {
            call.kind = word(kind);
            changed |= call.kind.is_some();
        }
        if extra != Value::Null {
            call.extra.set("extra_content", extra.raw());
            changed = true;
        }
        changed |= name.is_some_and(|name| call.take_name(&name));
        self.sink.repeatable &= !changed;
        if call.name.is_some() && !call.announced {
            call.announced = true;
            let detail = announcement(call);
            let mut delta = Delta::with(Kind::ToolCall, Some(self.index), detail);
            delta.call = u32::try_from(place).ok();
            self.sink.push(delta);
        }
        if arguments != Value::Null {
            self.sink.repeatable &= !call.arguments.carry();
            call.arguments.append(arguments);
            if arguments.string().is_none_or(|text| !text.is_empty()) {
                self.sink.piece(Kind::ToolArguments, self.index, Some(place), arguments);
                *self.target =
                    Some(Target { call: place, ..Target::new(self.place, Kind::ToolArguments) });
            }
        }
    }

    /// "deprecated; name once, arguments append; one call, no id, no index"
    fn function_call(&mut self, value: Value<'p>) {
        if value.object().is_none() {
            return;
        }
        self.sink.repeatable = false;
        let [name, arguments] = value.pick(["name", "arguments"]);
        let call = self.choice.function_call.get_or_insert_default();
        call.kind = Some("function_call".into());
        if let Some(name) = word(name) {
            call.take_name(&name);
        }
        if call.name.is_some() && !call.announced {
            call.announced = true;
            let detail = announcement(call);
            self.sink.push(Delta::with(Kind::ToolCall, Some(self.index), detail));
        }
        call.arguments.append(arguments);
        if arguments != Value::Null && arguments.string().is_none_or(|text| !text.is_empty()) {
            self.sink.piece(Kind::ToolArguments, self.index, None, arguments);
        }
    }

    fn audio(&mut self, value: Value<'p>) {
        if value.object().is_none() {
            return;
        }
        self.sink.repeatable = false;
        let [id, data, transcript, expires_at] =
            value.pick(["id", "data", "transcript", "expires_at"]);
        let audio = self.choice.audio.get_or_insert_default();
        if id.is_truthy() {
            audio.id.get_or_insert_with(|| id.raw().to_vec());
        }
        if expires_at != Value::Null {
            audio.expires_at = Some(expires_at.raw().to_vec());
        }
        for (text, piece) in [(&mut audio.data, data), (&mut audio.transcript, transcript)] {
            if piece.string().is_some() {
                text.append(piece);
            }
        }
        self.sink.value(Kind::Audio, Some(self.index), value);
        if data.string().is_some_and(|data| !data.is_empty()) {
            self.sink.text_of_last(data);
        }
    }
}

fn announcement(call: &Call) -> Detail {
    Detail::Call { id: call.id.clone(), name: call.name.clone(), kind: call.kind().into() }
}

/// The ChatCompletion so far.
pub(crate) fn snapshot(chunks: &Chunks) -> Vec<u8> {
    let choice = |choice: &Choice, json: &mut Object| json.set("message", &message(choice));
    chunks.snapshot("chat.completion", choice).to_json()
}

fn message(choice: &Choice) -> Vec<u8> {
    let mut message = Object::default();
    message.set("role", b"\"assistant\"");
    message.set("content", &choice.text.to_json());
    message.set("refusal", &choice.refusal.to_json());
    if choice.reasoning.get().is_some() {
        let name = choice.reasoning_name.unwrap_or("reasoning_content");
        message.set(name, &choice.reasoning.to_json());
    }
    if !choice.calls.is_empty() {
        let mut calls = List::default();
        for (_, call) in choice.calls.in_order() {
            calls.push(Value::Object(&tool_call(call).to_json()));
        }
        message.set("tool_calls", &calls.to_json());
    }
    if let Some(call) = &choice.function_call {
        message.set("function_call", &function(call, "arguments"));
    }
    if let Some(audio) = &choice.audio {
        message.set("audio", &self::audio(audio));
    }
    if !choice.annotations.is_empty() {
        message.set("annotations", &choice.annotations.to_json());
    }
    message.to_json()
}

fn tool_call(call: &Call) -> Object {
    let mut json = Object::default();
    json.set("id", &quoted(call.id.as_deref()));
    json.set("type", &quoted(Some(call.kind())));
    if call.custom {
        json.set("custom", &function(call, "input"));
    } else {
        json.set("function", &function(call, "arguments"));
    }
    for (name, value) in call.extra.iter() {
        json.set(name, value);
    }
    json
}

fn function(call: &Call, arguments: &str) -> Vec<u8> {
    let mut json = Object::default();
    json.set("name", &quoted(call.name.as_deref()));
    let mut text = call.arguments.clone();
    text.carry();
    json.set(arguments, &text.to_json());
    json.to_json()
}

fn audio(audio: &Audio) -> Vec<u8> {
    let mut json = Object::default();
    json.set("id", audio.id.as_deref().unwrap_or(b"null"));
    json.set("data", &audio.data.to_json());
    json.set("expires_at", audio.expires_at.as_deref().unwrap_or(b"null"));
    json.set("transcript", &audio.transcript.to_json());
    json.to_json()
}

fn quoted(text: Option<&str>) -> Vec<u8> {
    let mut out = Vec::new();
    match text {
        Some(text) => write_string(text, &mut out),
        None => out.extend_from_slice(b"null"),
    }
    out
}
