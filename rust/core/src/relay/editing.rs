//! Editing: the bytes of a stream go on, some of them changed. An event that may be changed is held
//! until it is whole; nothing else is.

use super::edit::{Edits, Verdict};
use super::options::AddToUsage;
use super::patch::Patches;
use super::way::Failed;
use crate::dispatch::Dispatcher;
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
    ended: bool,
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

/// The bytes of the stream from some place on: those that are held, then those of the chunk.
struct Source<'a> {
    tail: &'a [u8],
    chunk: &'a [u8],
    at: u64,
}

impl Source<'_> {
    /// Writes the bytes between two places in the stream.
    #[inline]
    fn write(&self, from: u64, to: u64, out: &mut Vec<u8>) {
        let place = |at: u64| usize::try_from(at - self.at).unwrap_or(usize::MAX);
        let (from, to, tail) = (place(from), place(to), self.tail.len());
        if from < tail {
            out.extend_from_slice(&self.tail[from..to.min(tail)]);
        }
        if to > tail {
            out.extend_from_slice(&self.chunk[from.max(tail) - tail..to - tail]);
        }
    }
}

impl Editing {
    pub(super) fn new(edits: Edits) -> Self {
        let (known, tail) = (Vec::new(), Vec::new());
        Self { edits, known, new_tag: 0, tail, at: 0, ended: false }
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
        let source = Source { tail: &self.tail, chunk, at: self.at };
        // What comes before this place was written.
        let mut done = self.at;
        let mut items = dispatcher.feed(chunk);
        let mut failed = None;
        loop {
            while let Some(seen) = items.seen() {
                if self.edits.drops()
                    && (self.edits.drops_name(seen.kind.name())
                        || self.edits.drops_name(&items.event_of(&seen).name()))
                {
                    let start = base + seen.event.start as u64;
                    source.write(done, start, out);
                    done = start + seen.event.len() as u64;
                    continue;
                }
                let raw = &chunk[seen.event.clone()];
                let known = self.known.iter().find(|known| known.tag == seen.tag);
                match known {
                    Some(known) if known.patches.is_empty() => {}
                    Some(known) if raw.starts_with(&known.prefix) => {
                        let start = base + seen.event.start as u64;
                        source.write(done, start, out);
                        known.patches.apply(raw, out);
                        done = start + raw.len() as u64;
                    }
                    _ => {
                        let start = base + seen.event.start as u64;
                        let event = items.event_of(&seen);
                        let answer = items.answer();
                        let verdict = self.edits.look(&event, answer.shape, || None, add);
                        if let Verdict::Send(patches) = verdict
                            && !patches.is_empty()
                        {
                            source.write(done, start, out);
                            patches.apply(raw, out);
                            done = start + raw.len() as u64;
                        }
                    }
                }
            }
            let item = match items.next() {
                None => break,
                Some(Err(error)) => {
                    failed = Some(error);
                    break;
                }
                Some(Ok(item)) => item,
            };
            let start = items.offset_of(&item.event);
            // The second payload of an event, all of which was looked at.
            if start < done {
                continue;
            }
            let answer = items.answer();
            let raw = item.event.raw();
            // A template matched it, though it came in several chunks.
            let known = items.tag().filter(|_| item.path != Path::Unknown && !self.edits.drops());
            let known = known.and_then(|tag| self.known.iter().find(|known| known.tag == tag));
            if let Some(known) = known.filter(|known| raw.starts_with(&known.prefix)) {
                if !known.patches.is_empty() {
                    source.write(done, start, out);
                    known.patches.apply(raw, out);
                    done = start + raw.len() as u64;
                }
                if let Ok((_, raw)) = item.into_repeat() {
                    items.recycle(raw);
                }
                continue;
            }
            let usage = || answer.outcome().usage;
            let mut verdict = self.edits.look(&item.event, answer.shape, usage, add);
            if self.edits.drops() {
                let kinds = item.deltas.as_slice();
                let named = |name: &str| self.edits.drops_name(name);
                if named(&item.native_type()) || kinds.iter().all(|own| named(own.kind.name())) {
                    verdict = Verdict::Drop;
                }
            }
            let end = start + raw.len() as u64;
            match verdict {
                Verdict::Drop => {
                    source.write(done, start, out);
                    done = end;
                }
                Verdict::Send(patches) => {
                    if !patches.is_empty() {
                        source.write(done, start, out);
                        patches.apply(raw, out);
                        done = end;
                    }
                    // Where a template was made of it, the next ones have the same places.
                    if let Some(tag) = items.tag().filter(|tag| *tag >= self.new_tag) {
                        self.new_tag = tag + 1;
                        let prefix = raw[..patches.end()].into();
                        self.known.truncate(MOST_KNOWN - 1);
                        self.known.insert(0, Known { tag, prefix, patches });
                    }
                }
            }
            if let Ok((_, raw)) = item.into_repeat() {
                items.recycle(raw);
            }
        }
        drop(items);
        let end = base + chunk.len() as u64;
        if let Some(error) = failed {
            let good = error.offset();
            if good > done {
                source.write(done, good.min(end), out);
            }
            (self.tail, self.ended) = (Vec::new(), true);
            return Err(Failed { error, torn: false });
        }
        let changes = self.edits.may_change(dispatcher.shape());
        let held = if changes { dispatcher.decoder().pending() as u64 } else { 0 };
        // An event that is held may have begun to go on before anyone knew that it may change.
        let goes = (end - held).max(done);
        if done == base && goes == end {
            self.at = end;
            return Ok(true);
        }
        source.write(done, goes, out);
        let mut tail = Vec::new();
        source.write(goes, end, &mut tail);
        (self.tail, self.at) = (tail, goes);
        Ok(false)
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
