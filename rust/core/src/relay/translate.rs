//! Translation: what a stream of one shape says, told to a writer of another.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::calls::{Calls, Opened};
use super::options::{AddToUsage, RelayOptions};
use super::text::{Fed, Pieces, Place};
use super::way::Failed;
use crate::answer::{Answer, word};
use crate::delta::{Delta, Detail, Kind};
use crate::dispatch::{Dispatcher, Item, Seen};
use crate::error::StreamError;
use crate::json::{Value, quoted};
use crate::shape::{Family, Shape};
use crate::write::{Finish, Id, Page, Said, Usage, Writer};

/// A translation in its course.
#[derive(Clone, Debug)]
pub(super) struct Translation {
    writer: Writer,
    model: Option<String>,
    id: Option<String>,
    created: u64,
    strip_usage: bool,
    /// Native types of events, and kinds of deltas, that are left out.
    drop: Vec<String>,
    /// Whether the source has choices, of which only the first can be carried.
    choices: bool,
    calls: Calls,
    /// Why the answer stopped, where only its last event makes it whole.
    finish: Option<(Finish, Option<String>)>,
    /// How many signs of life of the source were passed on.
    comments: u64,
    pings: u64,
    dropped: BTreeMap<String, u64>,
    texts: Option<Pieces>,
    /// The stop string that was found, which has yet to end the answer.
    stopping: Option<usize>,
    stopped: Option<String>,
}

impl Translation {
    pub(super) fn new(to: Shape, options: &RelayOptions) -> Self {
        Self {
            writer: Writer::with_start(
                to,
                options.id.clone().unwrap_or_default(),
                options.model.clone().unwrap_or_default(),
                options.created,
            ),
            model: options.model.clone(),
            id: options.id.clone(),
            created: options.created,
            // The others always have usage.
            strip_usage: options.strip_usage && to == Shape::Chat,
            drop: options.drop.clone(),
            choices: false,
            calls: Calls::default(),
            finish: None,
            comments: 0,
            pings: 0,
            dropped: BTreeMap::new(),
            texts: Pieces::new(&options.text),
            stopping: None,
            stopped: None,
        }
    }

    /// The stop string that has ended the answer.
    pub(super) fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// What could not be carried, by name, and how often.
    pub(super) fn dropped(&self) -> BTreeMap<String, u64> {
        let mut all = self.dropped.clone();
        for (name, count) in self.writer.dropped() {
            *all.entry((*name).into()).or_default() += count;
        }
        all
    }

    fn drop(&mut self, name: &str) {
        *self.dropped.entry(name.into()).or_default() += 1;
    }

    /// Takes a chunk, and writes what goes on.
    pub(super) fn feed(
        &mut self,
        dispatcher: &mut Dispatcher,
        chunk: &[u8],
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Failed> {
        if self.stopped.is_some() {
            dispatcher.feed(chunk).for_each(drop);
            return Ok(false);
        }
        let mut items = dispatcher.feed(chunk);
        loop {
            while let Some(seen) = items.seen() {
                // A template knows the kind, and the event the type.
                let drops = || self.drops(&items.event_of(&seen).native_type());
                if self.drop.is_empty() || !self.drops(seen.kind.name()) && !drops() {
                    self.seen(&seen, chunk, out);
                    if self.stops(items.answer(), add, out) {
                        return Ok(false);
                    }
                }
            }
            if items.are_over() {
                return Ok(false);
            }
            let item = items.next();
            self.comments(items.comments(), out);
            match item {
                None => return Ok(false),
                Some(Err(error)) => return Err(Failed { error, torn: false }),
                Some(Ok(item)) => {
                    self.item(&item, items.answer(), add, out);
                    if self.stops(items.answer(), add, out) {
                        return Ok(false);
                    }
                    if let Ok((_, raw)) = item.into_repeat() {
                        items.recycle(raw);
                    }
                }
            }
        }
    }

    /// Translates an event that a template matched.
    #[inline]
    fn seen(&mut self, seen: &Seen, chunk: &[u8], out: &mut Vec<u8>) {
        let piece = &chunk[seen.text.clone()];
        if seen.plain {
            self.piece(seen.kind, seen.index, seen.call, piece, out);
        } else {
            self.piece(seen.kind, seen.index, seen.call, &valid(piece), out);
        }
    }

    /// Translates an item.
    fn item(
        &mut self,
        item: &Item<'_>,
        answer: &Answer,
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) {
        // An event may have had several payloads, of which only some are signs of life.
        let ping = self.pings < answer.pings && item.is_ping();
        self.pings += u64::from(ping);
        if !self.drop.is_empty() && self.drops(&item.native_type()) {
            return;
        }
        if ping {
            self.writer.write(&Said::Ping, out);
            return;
        }
        if self.calls.wait() {
            let Self { calls, writer, .. } = self;
            calls.identify(|place| answer.call_id(place), |said| writer.write(&said, out));
        }
        let payload = item.payload();
        self.choices = item.family == Family::Chunks;
        if self.texts.is_some() {
            self.end_block(payload, item, out);
        }
        self.encrypted(payload, item, answer, out);
        for delta in item.deltas.as_slice() {
            if self.drops(delta.kind.name()) {
                continue;
            }
            self.delta(delta, payload, item, answer, add, out);
        }
        self.call_end(payload, item, answer, out);
    }

    /// Comments that the source sent are signs of life.
    #[inline]
    fn comments(&mut self, comments: u64, out: &mut Vec<u8>) {
        while self.comments < comments {
            self.comments += 1;
            self.writer.write(&Said::Ping, out);
        }
    }

    /// The source has ended: an answer that is whole ends too, another just stops.
    pub(super) fn finish(&mut self, answer: &Answer, add: &mut AddToUsage<'_>, out: &mut Vec<u8>) {
        self.end_texts(|_| true, out);
        if self.stops(answer, add, out) {
        } else if let Some(error) = answer.error.as_deref() {
            self.error(error, out);
        } else if answer.outcome().complete {
            self.done(answer, add, out);
        } else {
            let Self { calls, writer, .. } = self;
            calls.flush(|said| writer.write(&said, out));
            writer.release(out);
        }
    }

    /// Ends with an error.
    pub(super) fn error(&mut self, error: &StreamError, out: &mut Vec<u8>) {
        self.end_texts(|_| true, out);
        self.writer.fail(error, out);
    }

    /// A sign of life.
    pub(super) fn ping(&mut self, out: &mut Vec<u8>) {
        self.writer.write(&Said::Ping, out);
    }

    /// Whether the ending was written.
    pub(super) fn has_ended(&self) -> bool {
        self.writer.has_ended()
    }

    fn done(&mut self, answer: &Answer, add: &mut AddToUsage<'_>, out: &mut Vec<u8>) {
        if self.writer.has_ended() {
            return;
        }
        self.start(None, None, answer, out);
        self.write_finish(out);
        let outcome = answer.outcome();
        let mut usage = outcome.usage.as_deref().filter(|_| !self.strip_usage).map(|raw| {
            let mut usage = Usage::of(&outcome.tokens, raw, answer.shape);
            usage.extra = add(raw);
            usage
        });
        self.writer.write(&Said::Done(usage.take().as_ref()), out);
    }

    fn start(&mut self, id: Option<&str>, model: Option<&str>, answer: &Answer, out: &mut Vec<u8>) {
        if self.writer.has_begun() {
            return;
        }
        let own = answer.created().filter(|_| self.created == 0);
        let foreign = Id::Foreign(id.unwrap_or_default());
        let id = self.id.as_deref().map_or(foreign, Id::Exact);
        let model = self.model.as_deref().or(model).unwrap_or_default();
        let created = own.unwrap_or(self.created);
        self.writer.write(&Said::Start { id, model, created }, out);
    }

    fn delta(
        &mut self,
        delta: &Delta,
        payload: &[u8],
        item: &Item<'_>,
        answer: &Answer,
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) {
        // "n>1 choices: only index 0 can be represented".
        if self.choices && delta.index.is_some_and(|index| index != 0) {
            self.drop("choice");
            return;
        }
        match delta.kind {
            Kind::ToolCall => self.end_texts(|place| !is_call(place), out),
            Kind::Finish | Kind::Done | Kind::Error => self.end_texts(|_| true, out),
            _ => {}
        }
        if self.stopping.is_some() {
            return;
        }
        match delta.kind {
            Kind::Start => {
                if let Some(Detail::Start { id, model, .. }) = delta.detail.as_deref() {
                    let (id, model) = (id.clone(), model.clone());
                    self.start(id.as_deref(), model.as_deref(), answer, out);
                }
            }
            Kind::Text
            | Kind::Reasoning
            | Kind::Signature
            | Kind::Refusal
            | Kind::ToolArguments => {
                let piece = piece(delta, payload);
                self.piece(delta.kind, delta.index, delta.call, &piece, out);
            }
            Kind::ToolCall => self.call(delta, out),
            Kind::Citation => self.citation(delta, payload, answer, out),
            Kind::Audio => self.drop("audio"),
            Kind::Finish => self.finish_reason(payload, answer, out),
            Kind::Usage => {}
            Kind::Error => {
                if let Some(error) = delta.error() {
                    self.error(error, out);
                }
            }
            // "There is no `[DONE]`; tolerate one."
            Kind::Done if !self.choices && payload.starts_with(b"[DONE]") => {}
            Kind::Done => self.done(answer, add, out),
            Kind::Invalid => self.drop("invalid"),
            Kind::Other => self.other(payload, item),
        }
    }

    #[inline]
    fn piece(
        &mut self,
        kind: Kind,
        index: Option<u64>,
        call: Option<u32>,
        piece: &[u8],
        out: &mut Vec<u8>,
    ) {
        let index = index.unwrap_or(0);
        if self.choices && index != 0 {
            self.drop("choice");
            return;
        }
        if self.texts.is_some() {
            return self.rewrite((kind, index, call), piece, out);
        }
        self.write_piece((kind, index, call), piece, out);
    }

    /// A piece of a text that is rewritten.
    fn rewrite(&mut self, place: Place, piece: &[u8], out: &mut Vec<u8>) {
        self.end_texts(|own| !is_call(own) && own != place, out);
        let Some(texts) = self.texts.as_mut().filter(|_| self.stopping.is_none()) else {
            return;
        };
        match texts.feed(place, piece) {
            Fed::Same => self.write_piece(place, piece, out),
            Fed::New(text) => self.write_piece(place, &quoted(Some(&text)), out),
            Fed::Stopped(text, stop) => {
                self.write_piece(place, &quoted(Some(&text)), out);
                self.stopping = Some(stop);
            }
        }
    }

    /// Writes what is held where a block ends, or an item.
    fn end_block(&mut self, payload: &[u8], item: &Item<'_>, out: &mut Vec<u8>) {
        let kind = item.native_type();
        if kind == "content_block_stop" || kind.strip_suffix(".done").is_some() {
            let value = Value::of(payload).unwrap_or_default();
            let [index, output_index] = value.pick(["index", "output_index"]);
            let index = index.index().or(output_index.index());
            let ends = |place: Place| !is_call(place) || Some(place.1) == index;
            self.end_texts(ends, out);
        }
    }

    /// Writes what is held of texts that end.
    fn end_texts(&mut self, ends: impl Fn(Place) -> bool, out: &mut Vec<u8>) {
        let Some(texts) = self.texts.as_mut().filter(|_| self.stopping.is_none()) else {
            return;
        };
        for (place, rest, stop) in texts.flush(ends) {
            self.write_piece(place, &rest, out);
            self.stopping = self.stopping.or(stop);
        }
    }

    /// Ends the answer if a stop string was found.
    fn stops(&mut self, answer: &Answer, add: &mut AddToUsage<'_>, out: &mut Vec<u8>) -> bool {
        let (Some(stop), Some(texts)) = (self.stopping.take(), &self.texts) else {
            return false;
        };
        let stop = texts.stop(stop).to_owned();
        self.finish = Some((Finish::Stop, Some(stop.clone())));
        self.stopped = Some(stop);
        self.done(answer, add, out);
        true
    }

    #[inline]
    fn write_piece(&mut self, (kind, index, call): Place, piece: &[u8], out: &mut Vec<u8>) {
        match kind {
            Kind::Text => self.writer.write(&Said::Text { index, piece }, out),
            Kind::Reasoning => self.writer.write(&Said::Reasoning { index, piece }, out),
            Kind::Signature => self.writer.write(&Said::Signature { index, piece }, out),
            Kind::Refusal => self.writer.write(&Said::Refusal { index, piece }, out),
            Kind::ToolArguments => {
                let Self { calls, writer, .. } = self;
                calls.piece(call, piece, |said| writer.write(&said, out));
            }
            _ => {}
        }
    }

    fn call(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        let Some(Detail::Call { id, name, kind }) = delta.detail.as_deref() else {
            return;
        };
        if matches!(kind.as_str(), "server_tool_use" | "mcp_tool_use" | "mcp_call") {
            self.drop(kind);
            self.calls.drop(delta.call);
            return;
        }
        let custom = matches!(kind.as_str(), "custom" | "custom_tool_call");
        if let Some(texts) = self.texts.as_mut().filter(|_| custom) {
            texts.is_custom(delta.call);
        }
        // The deprecated kind has no id.
        let id = id.clone().or_else(|| delta.call.is_none().then(String::new));
        let opened = Opened { id, name: name.clone().unwrap_or_default(), custom };
        let Self { calls, writer, .. } = self;
        calls.open(delta.call, opened, |said| writer.write(&said, out));
    }

    fn citation(&mut self, delta: &Delta, payload: &[u8], answer: &Answer, out: &mut Vec<u8>) {
        let Some(Detail::Value(place)) = delta.detail.as_deref() else {
            return;
        };
        let Ok(value) = Value::of(place.raw(payload)) else {
            return;
        };
        let inner = match answer.shape {
            Some(Shape::Chat) => value.pick(["url_citation"])[0],
            _ => value,
        };
        let [url, title, cited_text, start, end] =
            inner.pick(["url", "title", "cited_text", "start_index", "end_index"]);
        if url.string().is_none() {
            self.drop("citation");
            return;
        }
        let (url, title, cited_text) =
            (valid(url.raw()), valid(title.raw()), valid(cited_text.raw()));
        let span = start.index().zip(end.index());
        let page = Page { url: &url, title: &title, cited_text: &cited_text, span };
        self.writer.write(&Said::Citation { index: delta.index.unwrap_or(0), page }, out);
    }

    fn finish_reason(&mut self, payload: &[u8], answer: &Answer, out: &mut Vec<u8>) {
        let outcome = answer.outcome();
        let why = match outcome.finish {
            // What failed is told by the event itself.
            Some("error") if answer.error.is_some() || answer.shape == Some(Shape::Responses) => {
                return;
            }
            Some("error") => {
                let reason = outcome.finish_reasons.get(&0).cloned().flatten().unwrap_or_default();
                let message = format!("the model stopped: {reason}");
                let error = StreamError { status: Some(500), ..StreamError::message(&message) };
                return self.error(&error, out);
            }
            Some("length") => Finish::Length,
            Some("tool_calls") => Finish::ToolCalls,
            Some("content_filter") => Finish::ContentFilter,
            Some("pause") => Finish::Pause,
            _ => Finish::Stop,
        };
        let [delta] = Value::of(payload).unwrap_or_default().pick(["delta"]);
        let sequence = word(delta.pick(["stop_sequence"])[0]);
        let sequence = sequence.filter(|_| answer.shape == Some(Shape::Messages));
        self.finish = Some((why, sequence));
        // Here it is a reason that makes it whole.
        if self.choices {
            self.write_finish(out);
        }
    }

    fn write_finish(&mut self, out: &mut Vec<u8>) {
        let Self { calls, writer, .. } = self;
        calls.flush(|said| writer.write(&said, out));
        if let Some((why, sequence)) = self.finish.take() {
            writer.write(&Said::Finish { why, sequence: sequence.as_deref() }, out);
        }
    }

    /// The event that says that a call has all its arguments.
    fn call_end(&mut self, payload: &[u8], item: &Item<'_>, answer: &Answer, out: &mut Vec<u8>) {
        let member = match (answer.shape, item.native_type().as_str()) {
            (Some(Shape::Messages), "content_block_stop") => "index",
            (Some(Shape::Responses), "response.output_item.done") => "output_index",
            _ => return,
        };
        let [index] = Value::of(payload).unwrap_or_default().pick([member]);
        if let Some(call) = answer.call_at(index.index().unwrap_or(0)) {
            let Self { calls, writer, .. } = self;
            calls.end(Some(call), |said| writer.write(&said, out));
        }
    }

    /// The encrypted reasoning of a response is what a signature is elsewhere: it is sent back.
    fn encrypted(&mut self, payload: &[u8], item: &Item<'_>, answer: &Answer, out: &mut Vec<u8>) {
        if answer.shape != Some(Shape::Responses)
            || item.native_type() != "response.output_item.done"
        {
            return;
        }
        let [output_index, inner] =
            Value::of(payload).unwrap_or_default().pick(["output_index", "item"]);
        let [kind, content] = inner.pick(["type", "encrypted_content"]);
        if kind.string().is_some_and(|kind| kind.is("reasoning")) && content.string().is_some() {
            self.piece(Kind::Signature, output_index.index(), None, &valid(content.raw()), out);
        }
    }

    fn drops(&self, name: &str) -> bool {
        self.drop.iter().any(|own| own == name)
    }

    /// Counts what is unknown.
    fn other(&mut self, payload: &[u8], item: &Item<'_>) {
        let value = Value::of(payload).unwrap_or_default();
        let [kind, content_block, delta, inner] =
            value.pick(["type", "content_block", "delta", "item"]);
        let kind = word(kind).unwrap_or_else(|| item.event.name().into_owned());
        let kind_of = |value: Value<'_>| word(value.pick(["type"])[0]).unwrap_or_default();
        let (kind, known): (String, &[&str]) = match kind.as_str() {
            "content_block_start" => (kind_of(content_block), &["text", "thinking"]),
            "content_block_delta" => (
                kind_of(delta),
                &["text_delta", "thinking_delta", "input_json_delta", "signature_delta"],
            ),
            "response.output_item.added" => (kind_of(inner), &["message", "reasoning"]),
            _ => (
                kind,
                &["message", "message_start", "content_block_stop", "message_delta", "error"],
            ),
        };
        if !known.contains(&kind.as_str()) && !kind.starts_with("response.") {
            self.drop(&kind);
        }
    }
}

/// The piece of a delta, as a JSON string.
fn piece<'p>(delta: &Delta, payload: &'p [u8]) -> Cow<'p, [u8]> {
    let raw = delta.text.raw(payload);
    if raw.first() == Some(&b'"') {
        return valid(raw);
    }
    quoted(delta.text.text(payload).as_deref()).into()
}

/// JSON whose bytes are UTF-8.
#[inline]
fn valid(raw: &[u8]) -> Cow<'_, [u8]> {
    match String::from_utf8_lossy(raw) {
        Cow::Borrowed(_) => raw.into(),
        Cow::Owned(text) => text.into_bytes().into(),
    }
}

fn is_call((kind, ..): Place) -> bool {
    kind == Kind::ToolArguments
}
