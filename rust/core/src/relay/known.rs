//! Editing where nothing new comes: most reads are events like those before.

use super::editing::Editing;
use super::options::AddToUsage;
use super::way::Failed;
use crate::dispatch::Dispatcher;

impl Editing {
    /// `feed_rest`, with less ado about the events at the chunk's beginning that are known.
    pub(super) fn feed(
        &mut self,
        dispatcher: &mut Dispatcher,
        chunk: &[u8],
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Failed> {
        let known = self.known(dispatcher, chunk, out);
        if known == 0 {
            return self.feed_rest(dispatcher, chunk, add, out);
        }
        let same = out.is_empty();
        if known == chunk.len() {
            return Ok(same);
        }
        if same {
            out.extend_from_slice(&chunk[..known]);
        }
        if self.feed_rest(dispatcher, &chunk[known..], add, out)? {
            if same {
                out.clear();
                return Ok(true);
            }
            out.extend_from_slice(&chunk[known..]);
        }
        Ok(false)
    }

    /// Sends on the events at the beginning of the chunk of which all is known; writes them only
    /// if any is changed. Returns how many bytes they have.
    fn known(&mut self, dispatcher: &mut Dispatcher, chunk: &[u8], out: &mut Vec<u8>) -> usize {
        if self.drops_lf || self.texts.is_some() || self.edits.drops() || !out.is_empty() {
            return 0;
        }
        let Self { known, tail, at, .. } = self;
        let known = |tag: u64| known.iter().find(|known| known.tag == tag);
        let mut held = 0;
        if !tail.is_empty() {
            held = dispatcher.skim_held(chunk, |event, tag| match known(tag) {
                Some(known) if known.patches.is_empty() || event.starts_with(&known.prefix) => {
                    known.patches.apply(event, out);
                    true
                }
                _ => false,
            });
            if held == 0 {
                return 0;
            }
            *at += (tail.len() + held) as u64;
            tail.clear();
        }
        let (chunk, mut changed) = (&chunk[held..], held > 0);
        let read = dispatcher.skim(chunk, |event, tag| {
            let Some(known) = known(tag) else {
                return false;
            };
            let raw = &chunk[event.clone()];
            if known.patches.is_empty() {
                if changed {
                    out.extend_from_slice(raw);
                }
                return true;
            }
            if !raw.starts_with(&known.prefix) {
                return false;
            }
            if !std::mem::replace(&mut changed, true) {
                out.extend_from_slice(&chunk[..event.start]);
            }
            known.patches.apply(raw, out);
            true
        });
        *at += read as u64;
        held + read
    }
}
