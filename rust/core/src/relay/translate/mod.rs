//! Translation: what a stream of one shape says, told to a writer of another.

mod calls;
mod citations;
mod ending;
mod lost;
mod openings;
mod pages;
mod pieces;
mod unknown;

use std::collections::BTreeMap;

use super::options::{AddToUsage, RelayOptions};
use super::text::{Ends, Pieces};
use super::way::Failed;
use crate::answer::Answer;
use crate::delta::{Delta, Detail, Kind};
use crate::dispatch::{Dispatcher, Item, Seen};
use crate::shape::{Family, Shape};
use crate::write::{Finish, Said, Writer};
use calls::Calls;
use lost::Lost;
use pages::Pages;
use pieces::{piece, valid};

/// A translation in its course.
#[derive(Clone, Debug)]
pub(in crate::relay) struct Translation {
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
    lost: Lost,
    pages: Pages,
    texts: Option<Pieces>,
    /// The stop string that was found, which has yet to end the answer.
    stopping: Option<usize>,
    stopped: Option<String>,
}

impl Translation {
    pub(in crate::relay) fn new(to: Shape, options: &RelayOptions) -> Self {
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
            lost: Lost::default(),
            pages: Pages::default(),
            texts: Pieces::new(&options.text),
            stopping: None,
            stopped: None,
        }
    }

    /// The stop string that has ended the answer.
    pub(in crate::relay) fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// What could not be carried, by name, and how often.
    pub(in crate::relay) fn dropped(&self) -> BTreeMap<String, u64> {
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
    pub(in crate::relay) fn feed(
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
                // Such an event has no name of a call.
                let Self { calls, writer, .. } = self;
                calls.settle(|said| writer.write(&said, out));
                // A template knows the kind, and the event the type.
                let drops = || self.drops(&items.event_of(&seen).native_type());
                if !self.drop.is_empty() && drops() {
                    continue;
                }
                self.count_matched(seen.tag);
                if self.drop.is_empty() || !self.drops(seen.kind.name()) {
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
                    self.item(&item, items.tag(), items.answer(), add, out);
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
        tag: Option<u64>,
        answer: &Answer,
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) {
        if self.calls.wait() {
            let Self { calls, writer, .. } = self;
            let (id, name) = (|place| answer.call_id(place), |place| answer.call_name(place));
            calls.identify(id, name, |said| writer.write(&said, out));
        }
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
        let payload = item.payload();
        self.choices = item.family == Family::Chunks;
        if self.texts.is_some() {
            self.end_block(payload, item, out);
        }
        self.beside(item, tag, answer.shape);
        self.encrypted(payload, item, answer, out);
        for delta in item.deltas.as_slice() {
            if self.drops(delta.kind.name()) {
                // Its arguments go with it.
                if delta.kind == Kind::ToolCall {
                    self.calls.drop(delta.call);
                }
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

    /// A sign of life.
    pub(in crate::relay) fn ping(&mut self, out: &mut Vec<u8>) {
        self.writer.write(&Said::Ping, out);
    }

    /// Whether the ending was written.
    pub(in crate::relay) fn has_ended(&self) -> bool {
        self.writer.has_ended()
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
            Kind::ToolCall => {
                self.end_texts(Ends::Texts, out);
                self.text_ends(out);
            }
            Kind::Finish | Kind::Done | Kind::Error => {
                self.end_texts(Ends::All, out);
                self.openings(out);
            }
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
            Kind::ToolCall => self.call(delta, payload, answer, out),
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

    fn drops(&self, name: &str) -> bool {
        self.drop.iter().any(|own| own == name)
    }
}
