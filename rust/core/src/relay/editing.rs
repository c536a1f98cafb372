//! Editing: the bytes of a stream go on, some of them changed. An event that may be changed is held
//! until it is whole; nothing else is.

use super::edit::{Edits, Verdict};
use super::options::AddToUsage;
use super::patch::Patches;
use super::way::Failed;
use crate::dispatch::{Dispatcher, Item, Items, Seen};
use crate::template::Path;

/// An editing in its course.
#[derive(Clone, Debug)]
pub(super) struct Editing {
    edits: Edits,
    /// What was found out about the events that templates match.
    known: Vec<Known>,
    /// Templates from this tag on are new.
    new_tag: u64,
    /// The beginning of an event that is held, and where in the stream it begins.
    tail: Vec<u8>,
    at: u64,
    /// Whether a LF that comes next belongs to an event that was left out.
    drops_lf: bool,
}

/// What is to be changed in the events of one template.
#[derive(Clone, Debug)]
struct Known {
    tag: u64,
    /// The event's bytes up to the end of what is changed: only with these the places are the same.
    prefix: Box<[u8]>,
    patches: Patches,
}

/// As many as there are templates.
const MOST_KNOWN: usize = 8;

/// What goes on of a chunk, in its course.
struct Output<'a> {
    /// What was held of the chunks before, and where in the stream it begins.
    tail: &'a [u8],
    at: u64,
    chunk: &'a [u8],
    /// What comes before this place in the stream was written.
    done: u64,
    out: &'a mut Vec<u8>,
}

impl Output<'_> {
    /// Writes the bytes up to a place in the stream.
    #[inline]
    fn write(&mut self, to: u64) {
        let place = |at: u64| usize::try_from(at - self.at).unwrap_or(usize::MAX);
        let (from, to, tail) = (place(self.done), place(to.max(self.done)), self.tail.len());
        self.done = self.at + to as u64;
        if from < tail {
            self.out.extend_from_slice(&self.tail[from..to.min(tail)]);
        }
        if to > tail {
            self.out.extend_from_slice(&self.chunk[from.max(tail) - tail..to - tail]);
        }
    }

    /// Leaves out an event, which begins at a place in the stream.
    fn drop(&mut self, start: u64, raw: &[u8]) {
        self.write(start);
        self.done = start + raw.len() as u64;
    }

    /// Writes an event as it is to be, which begins at a place in the stream.
    #[inline]
    fn patch(&mut self, start: u64, raw: &[u8], patches: &Patches) {
        if !patches.is_empty() {
            self.write(start);
            patches.apply(raw, self.out);
            self.done = start + raw.len() as u64;
        }
    }
}

impl Editing {
    pub(super) fn new(edits: Edits) -> Self {
        let (known, tail) = (Vec::new(), Vec::new());
        Self { edits, known, new_tag: 0, tail, at: 0, drops_lf: false }
    }

    /// Takes a chunk; returns whether it goes on as it is, or else has written what does.
    pub(super) fn feed(
        &mut self,
        dispatcher: &mut Dispatcher,
        chunk: &[u8],
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Failed> {
        let base = dispatcher.decoder().offset();
        let tail = std::mem::take(&mut self.tail);
        // The LF of a CRLF goes with the event that it ends, though it comes later.
        let goes_too = self.drops_lf && chunk.first() == Some(&b'\n');
        self.drops_lf &= chunk.is_empty();
        let mut output =
            Output { tail: &tail, at: self.at, chunk, done: self.at + u64::from(goes_too), out };
        let mut items = dispatcher.feed(chunk);
        let failed = loop {
            while let Some(seen) = items.seen() {
                self.drops_lf = false;
                self.seen(&seen, base, &items, add, &mut output);
            }
            match items.next() {
                None => break None,
                Some(Err(error)) => break Some(error),
                Some(Ok(item)) => {
                    self.drops_lf = false;
                    self.item(&item, &items, add, &mut output);
                    if let Ok((_, raw)) = item.into_repeat() {
                        items.recycle(raw);
                    }
                }
            }
        };
        drop(items);
        let end = base + chunk.len() as u64;
        if let Some(error) = failed {
            let torn = error.offset() < output.done;
            output.write(error.offset().min(end));
            self.at = end;
            return Err(Failed { error, torn });
        }
        let changes = self.edits.may_change(dispatcher.shape());
        let held = if changes { dispatcher.decoder().pending() as u64 } else { 0 };
        // An event may have begun to go on before anyone knew that it may change.
        let goes = (end - held).max(output.done);
        self.at = goes;
        if output.done == base && goes == end {
            return Ok(true);
        }
        output.write(goes);
        output.out = &mut self.tail;
        output.write(end);
        Ok(false)
    }

    /// An event that a template matched.
    #[inline]
    fn seen(
        &self,
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
                || self.edits.drops_name(&items.event_of(seen).name()))
        {
            return output.drop(start, raw);
        }
        match self.known.iter().find(|known| known.tag == seen.tag) {
            Some(known) if raw.starts_with(&known.prefix) => {
                output.patch(start, raw, &known.patches);
            }
            _ => {
                let shape = items.answer().shape;
                let verdict = self.edits.look(&items.event_of(seen), shape, || None, add);
                if let Verdict::Send(patches) = verdict {
                    output.patch(start, raw, &patches);
                }
            }
        }
    }

    /// Any other event.
    fn item(
        &mut self,
        item: &Item<'_>,
        items: &Items<'_, '_>,
        add: &mut AddToUsage<'_>,
        output: &mut Output<'_>,
    ) {
        let start = items.offset_of(&item.event);
        // The second payload of an event, all of which was looked at.
        if start < output.done {
            return;
        }
        let (raw, answer) = (item.event.raw(), items.answer());
        // A template matched it, though it came in several chunks.
        let known = items.tag().filter(|_| item.path != Path::Unknown && !self.edits.drops());
        let known = known.and_then(|tag| self.known.iter().find(|known| known.tag == tag));
        if let Some(known) = known.filter(|known| raw.starts_with(&known.prefix)) {
            return output.patch(start, raw, &known.patches);
        }
        let usage = || answer.outcome().usage;
        let verdict = match self.edits.look(&item.event, answer.shape, usage, add) {
            Verdict::Send(_) if self.edits.drops_item(item) => Verdict::Drop,
            verdict => verdict,
        };
        let Verdict::Send(patches) = verdict else {
            self.drops_lf = raw.ends_with(b"\r");
            return output.drop(start, raw);
        };
        output.patch(start, raw, &patches);
        // Where a template was made of it, the next ones have the same places.
        if let Some(tag) = items.tag().filter(|tag| *tag >= self.new_tag) {
            self.new_tag = tag + 1;
            let prefix = raw[..patches.end()].into();
            self.known.truncate(MOST_KNOWN - 1);
            self.known.insert(0, Known { tag, prefix, patches });
        }
    }

    /// Writes what is held when the source has ended.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.tail);
    }

    /// Whether the beginning of an event is held.
    pub(super) fn holds(&self) -> bool {
        !self.tail.is_empty()
    }

    pub(super) fn capacity(&self) -> usize {
        let prefixes: usize = self.known.iter().map(|known| known.prefix.len()).sum();
        self.tail.capacity() + self.known.capacity() * size_of::<Known>() + prefixes
    }
}
