//! Chat: choices whose deltas are pieces of a message.

mod snapshot;
mod write;

pub(crate) use snapshot::snapshot;
pub(crate) use write::Writer;

use super::chunk::{Choice, Chunk, Chunks, Message, Parts};
use crate::answer::{Address, Call, Target, word};
use crate::delta::{Delta, Detail, Kind, Sink};
use crate::json::{Reader, Str, Value};

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
        if parts.is_delta {
            self.start(chunk, &parts.delta);
            self.message(&parts.delta, false);
        } else if !parts.has_delta
            && let Some(raw) = parts.message.object()
            && let Ok(true) = message.read(&mut Reader::new(raw))
        {
            self.start(chunk, &message);
            self.message(&message, true);
            self.sink.repeatable = false;
        }
        self.choice.extend_logprobs(parts.logprobs, ["content", "refusal"], self.sink);
        self.choice.finish(self.index, parts.finish_reason, self.sink);
    }

    fn start(&mut self, chunk: &Chunk<'p>, message: &Message<'p>) {
        if self.choice.started {
            return;
        }
        self.choice.started = true;
        let role = message.role.string().filter(|role| !role.is_empty());
        let role = role.map(|role| role.text().into_owned());
        let (id, model) = (word(chunk.id), word(chunk.model));
        let start = Detail::Start { id, model, role };
        self.sink.push(Delta::with(Kind::Start, Some(self.index), start));
        self.sink.repeatable = false;
    }

    /// The pieces of a delta; of a `whole` message only "if no delta ever carried any".
    fn message(&mut self, message: &Message<'p>, whole: bool) {
        let reasons = !(whole && self.choice.reasoning.is_said());
        let texts = !(whole && self.choice.text.is_said());
        if reasons {
            self.reasoning(message);
        }
        match message.content {
            Value::String(text) if texts => self.piece(Kind::Text, text, message.content),
            content => content.elements(|part| self.part(part, texts, reasons)),
        }
        if let Value::String(text) = message.refusal
            && !(whole && self.choice.refusal.is_said())
        {
            self.piece(Kind::Refusal, text, message.refusal);
        }
        if !whole || self.choice.calls.is_empty() {
            message.tool_calls.elements(|call| self.tool_call(call));
        }
        if whole {
            return;
        }
        self.function_call(message.function_call);
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
        let both =
            [("reasoning_content", message.reasoning_content), ("reasoning", message.reasoning)];
        let said = both.iter().find(|(_, value)| value.string().is_some() && value.is_truthy());
        let carried = || both.iter().find(|(_, value)| value.string().is_some());
        if let Some((name, value)) = said.or_else(carried) {
            self.reasoning_piece(name, *value);
        }
    }

    fn reasoning_piece(&mut self, name: &'static str, value: Value<'p>) {
        let Value::String(text) = value else {
            return;
        };
        let names = &mut self.choice.reasoning_names;
        if names.last().is_none_or(|(last, _)| *last != name) {
            let so_far = self.choice.reasoning.get().unwrap_or_default().len();
            names.push((name, so_far));
            self.sink.repeatable = false;
        }
        self.piece(Kind::Reasoning, text, value);
    }

    /// "text parts append to content, thinking parts to reasoning, others are kept"
    fn part(&mut self, part: Value<'p>, texts: bool, reasons: bool) {
        let [kind, text, thinking, summary] = part.pick(["type", "text", "thinking", "summary"]);
        let inner = match kind.string().and_then(Str::plain) {
            Some(b"text") => {
                if let Value::String(string) = text
                    && texts
                {
                    self.piece(Kind::Text, string, text);
                }
                return;
            }
            Some(b"thinking") => thinking,
            Some(b"reasoning") if summary.array().is_some() => summary,
            _ => return,
        };
        if reasons {
            self.reasoning_piece("reasoning", inner);
            inner.elements(|part| self.reasoning_piece("reasoning", part.pick(["text"])[0]));
        }
    }

    fn tool_call(&mut self, entry: Value<'p>) {
        if entry.object().is_none() {
            return;
        }
        let [index, id, kind, function, custom, extra] =
            entry.pick(["index", "id", "type", "function", "custom", "extra_content"]);
        // "a custom call needs a non-empty `custom`"
        let is_custom = custom.object().is_some() && custom.is_truthy();
        let [name, arguments] = function.pick(["name", "arguments"]);
        let [custom_name, input] = custom.pick(["name", "input"]);
        let (id, name) = (word(id), word(name).or_else(|| word(custom_name)));
        let says = arguments.string().map_or(arguments != Value::Null, |text| !text.is_empty());
        let arguments = if says || input == Value::Null { arguments } else { input };
        let address = Address { id: id.as_deref(), index: index.index(), named: name.is_some() };
        let (place, new) = self.choice.calls.route(address);
        let call = self.choice.calls.get(place);
        let mut changed = new;
        changed |= is_custom && !call.custom;
        call.custom |= is_custom;
        if call.kind.is_none() {
            call.kind = kind.string().filter(|kind| !kind.is_empty()).and_then(|_| word(kind));
            changed |= call.kind.is_some();
        }
        if extra.object().is_some() && extra.is_truthy() {
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
        // A call that gets nothing is in hand all the same.
        self.sink.repeatable &= arguments.is_truthy();
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
        audio.id = audio.id.take().or_else(|| word(id));
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
