//! Editing: the bytes of a stream go on, some of them changed. An event that may be changed is held
//! until it is whole; nothing else is.

use super::edit::Edits;
use super::edited::Turn;
use super::options::{AddToUsage, RelayOptions};
use super::output::Output;
use super::patch::Patches;
use super::several::places;
use super::text::{Look, Texts};
use super::way::Failed;
use crate::answer::Answer;
use crate::delta::{Delta, Place};
use crate::dispatch::{Dispatcher, Item, Items, Seen};
use crate::json::string_at;
use crate::template::Path;

/// An editing in its course.
#[derive(Clone, Debug)]
pub(super) struct Editing {
    pub(super) edits: Edits,
    pub(super) texts: Option<Texts>,
    /// Whether every event is held until it is whole, and one that never is does not go on.
    whole_events: bool,
    /// What was found out about the events that templates match.
    pub(super) known: Vec<Known>,
    /// Templates from this tag on are new.
    pub(super) new_tag: u64,
    /// The beginning of an event that is held, and where in the stream it begins.
    pub(super) tail: Vec<u8>,
    pub(super) at: u64,
    /// Whether a LF that comes next belongs to an event that was left out.
    pub(super) drops_lf: bool,
}

/// What is to be changed in the events of one template.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) tag: u64,
    /// The event's bytes up to the end of what is changed: only with these the places are the same.
    pub(super) prefix: Box<[u8]>,
    pub(super) patches: Patches,
}

/// As many as there are templates.
pub(super) const MOST_KNOWN: usize = 8;

impl Editing {
    /// The editing that these options ask for, if they ask for any.
    pub(super) fn new(options: &RelayOptions) -> Option<Self> {
        let (edits, texts) = (Edits::new(options), Texts::new(options));
        let whole_events = options.whole_events;
        let none = edits.is_empty() && texts.is_none() && !whole_events;
        let (known, tail) = (Vec::new(), Vec::new());
        let editing =
            Self { edits, texts, whole_events, known, new_tag: 0, tail, at: 0, drops_lf: false };
        (!none).then_some(editing)
    }

    /// Takes a chunk; returns whether it goes on as it is, or else has written what does.
    pub(super) fn feed_rest(
        &mut self,
        dispatcher: &mut Dispatcher,
        chunk: &[u8],
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Failed> {
        if self.is_over() {
            dispatcher.feed(chunk).for_each(drop);
            return Ok(false);
        }
        let base = dispatcher.decoder().offset();
        let tail = std::mem::take(&mut self.tail);
        // The LF of a CRLF goes with the event that it ends, though it comes later.
        let goes_too = self.drops_lf && chunk.first() == Some(&b'\n');
        self.drops_lf &= chunk.is_empty();
        let (at, done) = (self.at, self.at + u64::from(goes_too));
        let mut output = Output { tail: &tail, at, chunk, done, out };
        let mut items = dispatcher.feed(chunk);
        let failed = loop {
            while let Some(seen) = items.seen() {
                self.drops_lf = false;
                self.seen(&seen, base, &items, add, &mut output);
                if self.is_over() {
                    return Ok(false);
                }
            }
            if items.are_over() {
                break None;
            }
            match items.next() {
                None => break None,
                Some(Err(error)) => break Some(error),
                Some(Ok(item)) => {
                    self.drops_lf = false;
                    self.item(&item, &mut items, add, &mut output);
                    if self.is_over() {
                        return Ok(false);
                    }
                    if let Ok((_, raw)) = item.into_repeat() {
                        items.recycle(raw);
                    }
                }
            }
        };
        drop(items);
        let end = base + chunk.len() as u64;
        // A CR may be the first half only of the chunk's end.
        self.drops_lf &= output.done == end;
        if let Some(error) = failed {
            let torn = error.offset() < output.done;
            output.write(error.offset().min(end));
            self.at = end;
            return Err(Failed { error, torn });
        }
        let changes = self.texts.is_some() || self.edits.may_change(dispatcher.shape());
        let held =
            if changes || self.whole_events { dispatcher.decoder().pending() as u64 } else { 0 };
        // An event may have begun to go on before anyone knew that it may change.
        let goes = (end - held).max(output.done);
        self.at = goes;
        if output.done == base && goes == end {
            return Ok(true);
        }
        if output.done == goes && goes == output.at {
            // Only more of what is held has come.
            self.tail = tail;
            self.tail.extend_from_slice(chunk);
            return Ok(false);
        }
        output.write(goes);
        output.out = &mut self.tail;
        output.write(end);
        Ok(false)
    }

    /// An event that a template matched.
    #[inline]
    fn seen(
        &mut self,
        seen: &Seen,
        base: u64,
        items: &Items<'_, '_>,
        add: &mut AddToUsage<'_>,
        output: &mut Output<'_>,
    ) {
        let start = base + seen.event.start as u64;
        let raw = &output.chunk[seen.event.clone()];
        if self.edits.drops()
            && (self.edits.drops_name(seen.kind.name())
                || self.edits.drops_name(&items.event_of(seen).native_type()))
        {
            return self.leave_out(raw, start, output);
        }
        let chunk = output.chunk;
        let look = self.texts.as_mut().map_or(Look::Same, |texts| texts.seen(seen, chunk));
        if self.goes_on(&look, seen.tag, raw, start, output) {
            return;
        }
        let event = items.event_of(seen);
        let data = event.data_range().unwrap_or_default();
        let from = seen.event.start + data.start;
        let text = Place::new(seen.text.start - from, seen.text.end - from);
        let delta = Delta { call: seen.call, text, ..Delta::new(seen.kind, seen.index) };
        let (answer, tag, fed) = (items.answer(), Some(seen.tag), look.fed());
        let turn = Turn { answer, add, tag, fed, start };
        self.event(&event, &[(0..data.len(), &[delta])], turn, output);
    }

    /// Any other event.
    fn item(
        &mut self,
        item: &Item<'_>,
        items: &mut Items<'_, '_>,
        add: &mut AddToUsage<'_>,
        output: &mut Output<'_>,
    ) {
        let start = items.offset_of(&item.event);
        let more = items.rest_of_event();
        let raw = item.event.raw();
        let mut all = std::iter::once(item).chain(&more);
        if self.edits.drops() && all.all(|item| self.edits.drops_item(item)) {
            return self.leave_out(raw, start, output);
        }
        // A template matched it, though it came in several chunks; or was made of it.
        let matched = item.path != Path::Unknown && !self.edits.drops();
        let tag = items.tag().filter(|tag| matched || *tag >= self.new_tag);
        let mut fed = None;
        if let (true, Some(tag), [delta]) = (matched, tag, item.deltas.as_slice()) {
            let text = string_at(item.payload(), delta.text.range().start);
            let look = match (&mut self.texts, text) {
                (Some(texts), Some(text)) => texts.look(tag, text),
                _ => Look::Same,
            };
            if self.goes_on(&look, tag, raw, start, output) {
                return;
            }
            fed = look.fed();
        }
        let turn = Turn { answer: items.answer(), add, tag, fed, start };
        let deltas = std::iter::once(item).chain(&more).map(|item| item.deltas.as_slice());
        let parts: Vec<_> = places(item, &more).into_iter().zip(deltas).collect();
        self.event(&item.event, &parts, turn, output);
    }

    pub(super) fn leave_out(&mut self, raw: &[u8], start: u64, output: &mut Output<'_>) {
        output.drop(start, raw.len());
        self.drops_lf = raw.ends_with(b"\r");
    }

    /// Sends an event on that a template matched, if all that is to be changed in it is known.
    #[inline]
    fn goes_on(
        &mut self,
        look: &Look,
        tag: u64,
        raw: &[u8],
        start: u64,
        output: &mut Output<'_>,
    ) -> bool {
        let known = self.known.iter().find(|known| known.tag == tag);
        let same = known.map_or(self.edits.is_empty(), |known| known.patches.is_empty());
        match (look, known) {
            (Look::Same, _) if same => true,
            (Look::Same, Some(known)) if raw.starts_with(&known.prefix) => {
                output.patch(start, raw, &known.patches);
                true
            }
            (Look::Number, _) if same => {
                let number = self.texts.as_mut().and_then(|texts| texts.number(raw));
                let Some((place, new)) = number else {
                    return false;
                };
                if raw[place.clone()] != *new {
                    output.drop(start + place.start as u64, place.len());
                    output.out.extend_from_slice(&new);
                }
                true
            }
            _ => false,
        }
    }

    /// Whether a stop string has ended the answer.
    pub(super) fn is_over(&self) -> bool {
        self.texts.as_ref().is_some_and(Texts::is_over)
    }

    /// The stop string that was found.
    pub(super) fn stopped(&self) -> Option<&str> {
        self.texts.as_ref()?.stopped()
    }

    /// How many more events were sent on than came.
    pub(super) fn more_events(&self) -> i64 {
        self.texts.as_ref().map_or(0, Texts::more_events)
    }

    /// Writes the text that is held, where an error follows.
    pub(super) fn release(&mut self, out: &mut Vec<u8>) {
        if let Some(texts) = &mut self.texts {
            texts.release(out);
        }
    }

    /// Writes what is held when the source has ended.
    pub(super) fn finish(&mut self, answer: &Answer, add: &mut AddToUsage<'_>, out: &mut Vec<u8>) {
        if let Some(texts) = &mut self.texts {
            texts.finish(answer, add, out);
        }
        if !self.is_over() && !self.whole_events {
            out.append(&mut self.tail);
        }
    }

    /// Whether the beginning of an event is held.
    pub(super) fn holds(&self) -> bool {
        !self.tail.is_empty()
    }

    pub(super) fn capacity(&self) -> usize {
        let prefixes: usize = self.known.iter().map(|known| known.prefix.len()).sum();
        let texts = self.texts.as_ref().map_or(0, Texts::capacity);
        self.tail.capacity() + self.known.capacity() * size_of::<Known>() + prefixes + texts
    }
}
