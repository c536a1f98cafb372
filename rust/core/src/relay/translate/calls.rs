//! The tool calls of a translation: which of them can be written already.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use indexmap::map::Entry;

use crate::write::Said;

/// More calls than these do not wait for their ids: each event would have to look at all of them.
const MOST_WAITING: usize = 64;

/// A call of the source.
#[derive(Clone, Debug)]
enum Call {
    /// Its id or its whole name is not known yet: the pieces that have come.
    Waiting { opened: Option<Opened>, pieces: Vec<Vec<u8>> },
    /// It was written, as the call of that number.
    Written(u32),
    /// It is not written: the server calls that tool itself.
    Dropped,
}

/// What a call opened with.
#[derive(Clone, Debug, Default)]
pub(super) struct Opened {
    pub(super) id: Option<String>,
    pub(super) name: String,
    pub(super) custom: bool,
    /// Whether more of its name may come.
    pub(super) grows: bool,
}

/// The calls of the source, by their place in its answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    calls: IndexMap<Option<u32>, Call>,
    /// The call that got the last piece.
    last: usize,
    /// Those that wait.
    waiting: BTreeSet<usize>,
    /// Of those, the ones that have ids: they wait for more of their names, until something else
    /// comes.
    ready: Vec<usize>,
    written: u32,
    /// What calls opened with: their arguments, if no others come.
    openings: BTreeMap<u32, Vec<u8>>,
}

impl Calls {
    fn get(&mut self, place: Option<u32>) -> &mut Call {
        if self.calls.get_index(self.last).is_none_or(|(own, _)| *own != place) {
            let new = || Call::Waiting { opened: None, pieces: Vec::new() };
            let entry = self.calls.entry(place);
            self.last = entry.index();
            if let Entry::Vacant(entry) = entry {
                entry.insert(new());
                self.waiting.insert(self.last);
            }
        }
        &mut self.calls[self.last]
    }

    /// A call opens.
    pub(super) fn open(
        &mut self,
        place: Option<u32>,
        opened: Opened,
        mut write: impl FnMut(Said<'_>),
    ) {
        let (has_id, grows) = (opened.id.is_some(), opened.grows);
        if let Call::Waiting { opened: own, .. } = self.get(place) {
            *own = Some(opened);
        }
        if has_id && grows {
            self.ready.push(self.last);
        } else if has_id {
            self.write(self.last, &mut write);
        }
        self.limit(write);
    }

    /// Writes the call that has waited longest, if too many wait.
    fn limit(&mut self, write: impl FnMut(Said<'_>)) {
        if self.waiting.len() > MOST_WAITING
            && let Some(first) = self.waiting.first().copied()
        {
            self.write(first, write);
        }
    }

    /// A call opens with arguments, as a string of JSON.
    pub(super) fn open_with(&mut self, place: u32, arguments: Vec<u8>) {
        self.openings.insert(place, arguments);
    }

    /// The arguments that a call opened with, if no others came.
    pub(super) fn opening(&mut self, place: u32) -> Option<Vec<u8>> {
        self.openings.remove(&place)
    }

    /// The first call that opened with arguments and got no others.
    pub(super) fn first_opening(&self) -> Option<u32> {
        self.openings.first_key_value().map(|(place, _)| *place)
    }

    /// The server calls the tool itself.
    pub(super) fn drop(&mut self, place: Option<u32>) {
        *self.get(place) = Call::Dropped;
        self.waiting.remove(&self.last);
    }

    /// A piece of a call's arguments.
    #[inline]
    pub(super) fn piece(
        &mut self,
        place: Option<u32>,
        piece: &[u8],
        mut write: impl FnMut(Said<'_>),
    ) {
        if let Some(place) = place
            && !self.openings.is_empty()
        {
            self.openings.remove(&place);
        }
        match self.get(place) {
            Call::Written(call) => write(Said::ToolArguments { call: *call, piece }),
            Call::Waiting { opened, pieces } => {
                pieces.push(piece.to_vec());
                // Where arguments come, the name is whole.
                if opened.as_ref().is_some_and(|opened| opened.id.is_some()) && piece != b"\"\"" {
                    let call = self.last;
                    self.settle_to(call, &mut write);
                    self.write(call, &mut write);
                }
                self.limit(write);
            }
            Call::Dropped => {}
        }
    }

    /// A call has all its arguments.
    pub(super) fn end(&self, place: Option<u32>, mut write: impl FnMut(Said<'_>)) {
        let own = self.calls.get(&place);
        if let Some(Call::Written(call)) = own {
            write(Said::CallEnd { call: *call });
        }
    }

    /// Whether some calls wait for their ids or for more of their names.
    pub(super) fn wait(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Something came that is no piece of a name: writes the calls that waited for one.
    #[inline]
    pub(super) fn settle(&mut self, mut write: impl FnMut(Said<'_>)) {
        if !self.ready.is_empty() {
            self.settle_to(usize::MAX, &mut write);
        }
    }

    /// The same for those up to one of them: calls keep their order.
    fn settle_to(&mut self, last: usize, write: &mut impl FnMut(Said<'_>)) {
        let mut ready = std::mem::take(&mut self.ready);
        ready.sort_unstable();
        self.ready = ready.split_off(ready.partition_point(|n| *n <= last));
        for n in ready {
            self.write(n, &mut *write);
        }
    }

    /// Tells waiting calls their ids and their names so far, by their place. Those whose names have
    /// not grown are written.
    pub(super) fn identify(
        &mut self,
        id: impl Fn(Option<u32>) -> Option<String>,
        name: impl Fn(Option<u32>) -> Option<String>,
        mut write: impl FnMut(Said<'_>),
    ) {
        self.ready.clear();
        for n in self.waiting.clone() {
            let Some((place, call)) = self.calls.get_index_mut(n) else {
                continue;
            };
            let Call::Waiting { opened: Some(opened), .. } = call else {
                continue;
            };
            if opened.id.is_none() {
                opened.id = id(*place);
            }
            let has_id = opened.id.is_some();
            let grown = name(*place).filter(|name| opened.grows && *name != opened.name);
            match grown {
                None if has_id => self.write(n, &mut write),
                None => {}
                Some(name) => {
                    opened.name = name;
                    self.ready.extend(has_id.then_some(n));
                }
            }
        }
    }

    /// Writes the calls that still wait: nothing more is to come.
    pub(super) fn flush(&mut self, mut write: impl FnMut(Said<'_>)) {
        self.ready.clear();
        for n in self.waiting.clone() {
            self.write(n, &mut write);
        }
    }

    /// Writes a call that waits.
    fn write(&mut self, n: usize, mut write: impl FnMut(Said<'_>)) {
        let call = self.written;
        let own = &mut self.calls[n];
        if !matches!(own, Call::Waiting { .. }) {
            return;
        }
        let Call::Waiting { opened, pieces } = std::mem::replace(own, Call::Written(call)) else {
            return;
        };
        self.written += 1;
        self.waiting.remove(&n);
        let Opened { id, name, custom, .. } = opened.unwrap_or_default();
        write(Said::ToolCall { call, id: id.as_deref().unwrap_or_default(), name: &name, custom });
        for piece in &pieces {
            write(Said::ToolArguments { call, piece });
        }
    }
}
