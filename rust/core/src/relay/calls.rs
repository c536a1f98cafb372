//! The tool calls of a translation: which of them can be written already.

use crate::write::Said;

/// A call of the source.
#[derive(Clone, Debug)]
enum Call {
    /// Its id or its name is not known yet: the pieces that have come.
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
}

/// The calls of the source, by their place in its answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    calls: Vec<(Option<u32>, Call)>,
    /// The call that got the last piece.
    last: usize,
    written: u32,
}

impl Calls {
    fn get(&mut self, place: Option<u32>) -> &mut Call {
        if self.calls.get(self.last).is_none_or(|(own, _)| *own != place) {
            let known = self.calls.iter().position(|(own, _)| *own == place);
            self.last = known.unwrap_or(self.calls.len());
            if known.is_none() {
                self.calls.push((place, Call::Waiting { opened: None, pieces: Vec::new() }));
            }
        }
        &mut self.calls[self.last].1
    }

    /// A call opens.
    pub(super) fn open(&mut self, place: Option<u32>, opened: Opened, write: impl FnMut(Said<'_>)) {
        let ready = opened.id.is_some();
        if let Call::Waiting { opened: own, .. } = self.get(place) {
            *own = Some(opened);
        }
        if ready {
            self.write(self.last, write);
        }
    }

    /// The server calls the tool itself.
    pub(super) fn drop(&mut self, place: Option<u32>) {
        *self.get(place) = Call::Dropped;
    }

    /// A piece of a call's arguments.
    #[inline]
    pub(super) fn piece(
        &mut self,
        place: Option<u32>,
        piece: &[u8],
        mut write: impl FnMut(Said<'_>),
    ) {
        match self.get(place) {
            Call::Written(call) => write(Said::ToolArguments { call: *call, piece }),
            Call::Waiting { pieces, .. } => pieces.push(piece.to_vec()),
            Call::Dropped => {}
        }
    }

    /// A call has all its arguments.
    pub(super) fn end(&self, place: Option<u32>, mut write: impl FnMut(Said<'_>)) {
        let own = self.calls.iter().find(|(own, _)| *own == place);
        if let Some((_, Call::Written(call))) = own {
            write(Said::CallEnd { call: *call });
        }
    }

    /// Whether some calls wait for their ids.
    pub(super) fn wait(&self) -> bool {
        self.calls.iter().any(|(_, call)| matches!(call, Call::Waiting { .. }))
    }

    /// Tells waiting calls their ids, by their place.
    pub(super) fn identify(
        &mut self,
        id: impl Fn(Option<u32>) -> Option<String>,
        mut write: impl FnMut(Said<'_>),
    ) {
        for n in 0..self.calls.len() {
            let (place, call) = &mut self.calls[n];
            if let Call::Waiting { opened: Some(opened), .. } = call
                && opened.id.is_none()
            {
                opened.id = id(*place);
                if opened.id.is_some() {
                    self.write(n, &mut write);
                }
            }
        }
    }

    /// Writes the calls that still wait: nothing more is to come.
    pub(super) fn flush(&mut self, mut write: impl FnMut(Said<'_>)) {
        for n in 0..self.calls.len() {
            self.write(n, &mut write);
        }
    }

    /// Writes a call that waits.
    fn write(&mut self, n: usize, mut write: impl FnMut(Said<'_>)) {
        let call = self.written;
        let own = &mut self.calls[n].1;
        if !matches!(own, Call::Waiting { .. }) {
            return;
        }
        let Call::Waiting { opened, pieces } = std::mem::replace(own, Call::Written(call)) else {
            return;
        };
        self.written += 1;
        let Opened { id, name, custom } = opened.unwrap_or_default();
        write(Said::ToolCall { call, id: id.as_deref().unwrap_or_default(), name: &name, custom });
        for piece in &pieces {
            write(Said::ToolArguments { call, piece });
        }
    }
}
