//! One event that is edited: what becomes of its bytes.

use std::ops::Range;

use super::edit::Verdict;
use super::editing::{Editing, Known, MOST_KNOWN};
use super::options::AddToUsage;
use super::output::Output;
use super::patch::Patches;
use super::several::write_event;
use super::text::{Change, Fed, Part};
use crate::answer::Answer;
use crate::delta::Delta;
use crate::sse::Event;

/// What an event is edited with.
pub(super) struct Turn<'a, 'f> {
    pub(super) answer: &'a Answer,
    pub(super) add: &'a mut AddToUsage<'f>,
    /// Of the template that matched it, or was made of it.
    pub(super) tag: Option<u64>,
    /// What its only piece has become, if it was fed to its text.
    pub(super) fed: Option<Fed>,
    /// Where in the stream it begins.
    pub(super) start: u64,
}

impl Editing {
    /// Sends an event on, changed or not. Its payloads have these places in its data, and deltas.
    pub(super) fn event(
        &mut self,
        event: &Event<'_>,
        parts: &[(Range<usize>, &[Delta])],
        turn: Turn<'_, '_>,
        output: &mut Output<'_>,
    ) {
        let Turn { answer, add, tag, mut fed, start } = turn;
        let raw = event.raw();
        let usage = || answer.usage();
        let Verdict::Send(edits) = self.edits.look(event, answer.shape, usage, add) else {
            return self.leave_out(raw, start, output);
        };
        let patches = edits.clone().settle(event);
        let mut changes = Vec::new();
        if let Some(texts) = &mut self.texts {
            let data = event.data_bytes();
            for (place, deltas) in parts {
                let (base, name, fed) = (place.start, event.name_bytes(), fed.take());
                let payload = &data[place.clone()];
                let part = Part { payload, base, name, deltas, tag, fed };
                changes.push(texts.payload(&part, answer, add));
                if texts.is_over() {
                    break;
                }
            }
        }
        if changes.iter().all(Change::is_none) {
            output.patch(start, raw, &patches);
        } else {
            output.drop(start, raw.len());
            self.write(event, parts, &edits, &changes, output.out);
        }
        // Where a template was made of it, the next ones have the same places.
        if let Some(tag) = tag.filter(|tag| *tag >= self.new_tag) {
            self.new_tag = tag + 1;
            let prefix = raw[..patches.end()].into();
            self.known.truncate(MOST_KNOWN - 1);
            self.known.insert(0, Known { tag, prefix, patches });
        }
    }

    /// Writes an event whose texts are changed. If it had several payloads, each gets its own.
    fn write(
        &mut self,
        event: &Event<'_>,
        parts: &[(Range<usize>, &[Delta])],
        edits: &Patches,
        changes: &[Change],
        out: &mut Vec<u8>,
    ) {
        let (raw, data) = (event.raw(), event.data_bytes());
        self.drops_lf = raw.ends_with(b"\r");
        let edits = edits.clone().sorted();
        for ((place, _), change) in parts.iter().zip(changes) {
            out.extend_from_slice(&change.before);
            if change.drops {
            } else if parts.len() == 1 {
                edits.clone().and(&change.patches).settle(event).apply(raw, out);
                self.drops_lf = false;
                // It may come too late.
                if self.is_over() && out.ends_with(b"\r\n") {
                    out.pop();
                }
            } else {
                let patches =
                    edits.within(place).and(&change.patches.clone().sorted().within(place));
                write_event(event.name_bytes(), &data[place.clone()], &patches.sorted(), out);
            }
            out.extend_from_slice(&change.after);
        }
    }
}
