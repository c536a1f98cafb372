//! Calls: one is open at a time, and while its arguments are not whole the others wait.

use super::Writer;
use super::block::{Block, Sort, TAIL};
use super::held::Held;
use crate::write::bytes::{count, inner, put, string};
use crate::write::growing::Growing;
use crate::write::id;

/// A call that is not open: its block and what is between the quotation marks of its pieces, until
/// it opens.
#[derive(Clone, Debug)]
pub(super) struct Call {
    custom: bool,
    content: Vec<u8>,
    held: Option<Vec<u8>>,
    ended: bool,
}

/// The call that is open.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenCall {
    custom: bool,
    begun: bool,
    ended: bool,
    arguments: Growing,
}

impl Writer {
    /// Opens a call, or lets it wait for the one that is open.
    pub(super) fn call(
        &mut self,
        call: u32,
        id: &str,
        name: &str,
        custom: bool,
        out: &mut Vec<u8>,
    ) {
        let id = id::of_call(id, "toolu_", &self.id, self.calls.len() as u64);
        let mut content = b"{\"type\":\"tool_use\",\"id\":".to_vec();
        put(&mut content, [&string(&id), b",\"name\":", &string(name), b",\"input\":{}}"]);
        self.calls.insert(call, Call { custom, content, held: Some(Vec::new()), ended: false });
        self.held.push_back(Held::Call(call));
        self.release_next(out);
    }

    /// Opens the block of a call that was held, with all its arguments so far.
    pub(super) fn open_call(&mut self, call: u32, out: &mut Vec<u8>) {
        let Some(own) = self.calls.get_mut(&call) else {
            return;
        };
        let (custom, ended) = (own.custom, own.ended);
        let content = std::mem::take(&mut own.content);
        let held = own.held.take().unwrap_or_default();
        self.open_as(Sort::Call, call.into(), &content, out);
        self.open_call = OpenCall { custom, ended, ..OpenCall::default() };
        if !held.is_empty() {
            self.write_arguments(&[b"\"", held.as_slice(), b"\""].concat(), out);
        }
    }

    /// A piece of a call's arguments.
    #[inline]
    pub(super) fn arguments(&mut self, call: u32, piece: &[u8], out: &mut Vec<u8>) {
        if self.open.is_some_and(|open| open.is(Sort::Call, call.into())) {
            self.write_arguments(piece, out);
            return self.release_next(out);
        }
        match self.calls.get_mut(&call).and_then(|call| call.held.as_mut()) {
            Some(held) => held.extend_from_slice(inner(piece)),
            // A block that was closed does not open again.
            None => count(&mut self.dropped, "tool_arguments"),
        }
    }

    /// A call has all its arguments: nothing has to wait for more of them.
    pub(super) fn call_has_ended(&mut self, call: u32, out: &mut Vec<u8>) {
        if self.open.is_some_and(|open| open.is(Sort::Call, call.into())) {
            self.open_call.ended = true;
            self.release_next(out);
        } else if let Some(own) = self.calls.get_mut(&call) {
            own.ended = true;
        }
    }

    /// Writes a piece of the arguments of the call that is open. Free text becomes the only member
    /// of an object: each piece is escaped once more.
    #[inline]
    fn write_arguments(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let own = &mut self.open_call;
        if !own.custom {
            own.arguments.take(inner(piece));
            return put(out, [&self.head, piece, TAIL]);
        }
        let begun = std::mem::replace(&mut own.begun, true);
        let before: &[u8] = if begun { b"\"" } else { b"\"{\\\"input\\\": \\\"" };
        put(out, [&self.head, before]);
        for &byte in inner(piece) {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        put(out, [b"\"", TAIL]);
    }

    /// What is left to write in the block of a call. One without arguments has no delta.
    pub(super) fn end_call(&mut self, out: &mut Vec<u8>) {
        match self.open_call {
            OpenCall { custom: false, .. } => {}
            OpenCall { begun: true, .. } => put(out, [&self.head, b"\"\\\"}\"", TAIL]),
            OpenCall { .. } => put(out, [&self.head, b"\"{\\\"input\\\": \\\"\\\"}\"", TAIL]),
        }
    }

    /// Whether a call is open whose arguments may go on: everything else waits for their end, as a
    /// block that was closed takes nothing any more. Free text ends where the source says so, or with
    /// the answer.
    pub(super) fn is_within_call(&self) -> bool {
        let ended = self.open_call.ended || self.open_call.arguments.is_whole();
        self.open.is_some_and(Block::is_call) && !ended
    }
}
