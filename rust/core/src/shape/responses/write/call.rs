//! Calls: their items may be open beside each other, as each event says whose it is.

use super::Writer;
use super::event::{event, head};
use crate::write::bytes::{count, digits, inner, put, string};
use crate::write::growing::Growing;
use crate::write::id;

/// A call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    custom: bool,
    closed: bool,
    /// The index of its item; and its ids and its name, as JSON.
    index: u64,
    item_id: Vec<u8>,
    id: Vec<u8>,
    name: Vec<u8>,
    /// A delta up to its number, and from there to the piece.
    head: Vec<u8>,
    place: Vec<u8>,
    /// What is between the quotation marks of the pieces so far, and how much of that `growing`
    /// has seen.
    arguments: Vec<u8>,
    growing: Growing,
    seen: usize,
}

impl Call {
    /// The prefix of the item's id, the item's type, its member with the arguments, and what the
    /// events about them begin with.
    fn words(&self) -> [&'static str; 4] {
        words(self.custom)
    }

    fn json(&self, status: &[u8]) -> Vec<u8> {
        let [_, kind, member, _] = self.words().map(str::as_bytes);
        let mut json = Vec::new();
        put(&mut json, [b"{\"id\":", &self.item_id, b",\"type\":\"", kind, b"\",\"status\":\""]);
        put(&mut json, [status, b"\",\"", member, b"\":\"", &self.arguments, b"\""]);
        put(&mut json, [b",\"call_id\":", &self.id, b",\"name\":", &self.name, b"}"]);
        json
    }

    /// Whether the arguments are whole. Only what is new of them is looked at.
    fn is_whole(&mut self) -> bool {
        if !self.custom {
            self.growing.take(&self.arguments[self.seen..]);
            self.seen = self.arguments.len();
        }
        self.growing.is_whole()
    }
}

fn words(custom: bool) -> [&'static str; 4] {
    if custom {
        ["ctc", "custom_tool_call", "input", "response.custom_tool_call_input"]
    } else {
        ["fc", "function_call", "arguments", "response.function_call_arguments"]
    }
}

impl Writer {
    /// Opens a call.
    pub(super) fn call(
        &mut self,
        call: u32,
        id: &str,
        name: &str,
        custom: bool,
        out: &mut Vec<u8>,
    ) {
        self.close_item(b"completed", out);
        self.leave_call(out);
        let id = string(&id::of_call(id, "call_", &self.id, self.calls.len() as u64));
        let index = self.add_item();
        let [prefix, .., about] = words(custom);
        let item_id = string(&self.item_id(prefix, index));
        let mut place = Vec::new();
        put(&mut place, [b",\"item_id\":", &item_id, b",\"output_index\":", &digits(index)]);
        place.extend_from_slice(b",\"delta\":");
        let own = Call {
            custom,
            closed: false,
            index,
            item_id,
            id,
            name: string(name),
            head: head(&format!("{about}.delta")),
            place,
            arguments: Vec::new(),
            growing: Growing::default(),
            seen: 0,
        };
        let json = own.json(b"in_progress");
        let parts = [b",\"output_index\":", &*digits(index), b",\"item\":", &json, b"}"];
        event("response.output_item.added", &mut self.sequence, parts, out);
        self.last = self.calls.len();
        self.calls.insert(call, own);
    }

    /// A piece of a call's arguments.
    #[inline]
    pub(super) fn arguments(&mut self, call: u32, piece: &[u8], out: &mut Vec<u8>) {
        if self.calls.get_index(self.last).is_none_or(|(last, _)| *last != call) {
            self.leave_call(out);
            let Some(place) = self.calls.get_index_of(&call) else {
                return;
            };
            self.last = place;
        }
        let call = &mut self.calls[self.last];
        if call.closed {
            return count(&mut self.dropped, "tool_arguments");
        }
        call.arguments.extend_from_slice(inner(piece));
        put(out, [&call.head, self.sequence.digits(), &call.place, piece, b"}\n\n"]);
        self.sequence.advance();
    }

    /// Something else is said: the call that was in hand ends if it is whole.
    pub(super) fn leave_call(&mut self, out: &mut Vec<u8>) {
        let call = self.calls.get_index_mut(self.last).map(|(_, call)| call);
        if call.is_some_and(|call| !call.closed && call.is_whole()) {
            self.close_call(self.last, b"completed", out);
        }
    }

    /// Closes all calls that are open.
    pub(super) fn close_calls(&mut self, status: &[u8], out: &mut Vec<u8>) {
        for place in 0..self.calls.len() {
            if !self.calls[place].closed {
                self.close_call(place, status, out);
            }
        }
    }

    /// Closes a call. One that got no arguments has empty ones: clients parse them.
    fn close_call(&mut self, place: usize, status: &[u8], out: &mut Vec<u8>) {
        let call = &mut self.calls[place];
        call.closed = true;
        if call.arguments.is_empty() && !call.custom {
            call.arguments.extend_from_slice(b"{}");
        }
        let [_, _, member, about] = call.words();
        let name: [&[u8]; 2] = if call.custom { [b"", b""] } else { [b",\"name\":", &call.name] };
        let parts = [
            b",\"item_id\":",
            &*call.item_id,
            b",\"output_index\":",
            &digits(call.index),
            name[0],
            name[1],
            b",\"",
            member.as_bytes(),
            b"\":\"",
            &call.arguments,
            b"\"}",
        ];
        event(&format!("{about}.done"), &mut self.sequence, parts, out);
        let (index, json) = (call.index, call.json(status));
        (call.arguments, call.head, call.place) = Default::default();
        self.done_item(index, json, out);
    }
}
