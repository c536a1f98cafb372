//! Items that have parts: messages and reasoning. One is open at a time.

use super::super::Sort;
use super::Writer;
use super::event::{event, head};
use crate::answer::List;
use crate::json::Value;
use crate::write::bytes::{digits, inner, put, string};

/// The item that is open.
#[derive(Clone, Debug)]
pub(super) struct Item {
    thinks: bool,
    /// The source's index.
    of: u64,
    /// Its own.
    index: u64,
    /// Its id, as JSON.
    id: Vec<u8>,
    part: Option<Part>,
    /// The parts that are closed.
    parts: List,
    closed: u64,
    pub(super) signature: Option<Vec<u8>>,
}

/// The part that is open.
#[derive(Clone, Debug)]
struct Part {
    sort: Sort,
    /// A delta up to its number, and from there to the piece.
    head: Vec<u8>,
    place: Vec<u8>,
    /// How much of that says only where the part is.
    only_place: usize,
    /// What is between the quotation marks of the pieces so far.
    text: Vec<u8>,
    annotations: List,
    annotated: u64,
}

impl Sort {
    /// What the events about such parts begin with, and those about the parts' beginnings and ends.
    fn events(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("response.output_text", "response.content_part"),
            Self::Refusal => ("response.refusal", "response.content_part"),
            Self::Reasoning => ("response.reasoning_text", "response.content_part"),
            Self::Summary => ("response.reasoning_summary_text", "response.reasoning_summary_part"),
        }
    }

    /// The rest of an event about the text of such parts.
    fn tail(self) -> &'static [u8] {
        if self == Self::Text { b",\"logprobs\":[]}" } else { b"}" }
    }
}

impl Item {
    #[inline]
    pub(super) fn is(&self, thinks: bool, of: u64) -> bool {
        self.thinks == thinks && self.of == of
    }

    /// Whether a text of that index is open.
    pub(super) fn is_in_text(&self, of: u64) -> bool {
        self.is(false, of) && self.part.as_ref().is_some_and(|part| part.sort == Sort::Text)
    }

    /// The item as it is, or will be sent back.
    fn json(&self, status: &[u8]) -> Vec<u8> {
        let mut json = Vec::new();
        put(&mut json, [b"{\"id\":", &self.id, b",\"type\":\""]);
        if self.thinks {
            put(&mut json, [b"reasoning\",\"summary\":", &self.parts.to_json()]);
            if let Some(signature) = &self.signature {
                put(&mut json, [b",\"encrypted_content\":", signature]);
            }
        } else {
            put(&mut json, [b"message\",\"status\":\"", status, b"\",\"content\":"]);
            put(&mut json, [&self.parts.to_json(), b",\"role\":\"assistant\""]);
        }
        json.push(b'}');
        json
    }
}

impl Part {
    fn json(&self) -> Vec<u8> {
        let (kind, member) = self.sort.names();
        let mut json = Vec::new();
        put(&mut json, [b"{\"type\":\"", kind.as_bytes(), b"\","]);
        if self.sort == Sort::Text {
            put(
                &mut json,
                [b"\"annotations\":", &self.annotations.to_json(), b",\"logprobs\":[],"],
            );
        }
        put(&mut json, [b"\"", member.as_bytes(), b"\":\"", &self.text, b"\"}"]);
        json
    }
}

impl Writer {
    /// A piece of a part, which may be new.
    #[inline]
    pub(super) fn piece(&mut self, sort: Sort, of: u64, piece: &[u8], out: &mut Vec<u8>) {
        let known = self.item.as_ref().is_some_and(|item| {
            item.of == of && item.part.as_ref().is_some_and(|part| part.sort == sort)
        });
        if !known {
            self.open_part(sort, of, out);
        }
        let Some(part) = self.item.as_mut().and_then(|item| item.part.as_mut()) else {
            return;
        };
        part.text.extend_from_slice(inner(piece));
        let tail = part.sort.tail();
        put(out, [&part.head, self.sequence.digits(), &part.place, piece, tail, b"\n\n"]);
        self.sequence.advance();
    }

    fn open_part(&mut self, sort: Sort, of: u64, out: &mut Vec<u8>) {
        self.open_item(sort == Sort::Summary, of, out);
        self.close_part(out);
        let Some(item) = &mut self.item else {
            return;
        };
        let (text, around) = sort.events();
        let index: &[u8] =
            if item.thinks { b",\"summary_index\":" } else { b",\"content_index\":" };
        let mut place = Vec::new();
        put(&mut place, [b",\"item_id\":", &item.id, b",\"output_index\":", &digits(item.index)]);
        put(&mut place, [index, &digits(item.closed)]);
        let only_place = place.len();
        place.extend_from_slice(b",\"delta\":");
        let head = head(&format!("{text}.delta"));
        let (text, annotations) = (Vec::new(), List::default());
        let part = Part { sort, head, place, only_place, text, annotations, annotated: 0 };
        let parts = [&part.place[..only_place], b",\"part\":", &part.json(), b"}"];
        event(&format!("{around}.added"), &mut self.sequence, parts, out);
        item.part = Some(part);
    }

    /// Makes sure that such an item is open.
    pub(super) fn open_item(&mut self, thinks: bool, of: u64, out: &mut Vec<u8>) {
        if self.item.as_ref().is_some_and(|item| item.is(thinks, of)) {
            return;
        }
        self.close_item(b"completed", out);
        self.leave_call(out);
        let index = self.add_item();
        let id = self.item_id(if thinks { "rs" } else { "msg" }, index);
        let (parts, id) = (List::default(), string(&id));
        let item = Item { thinks, of, index, id, part: None, parts, closed: 0, signature: None };
        let json = item.json(b"in_progress");
        let parts = [b",\"output_index\":", &*digits(index), b",\"item\":", &json, b"}"];
        event("response.output_item.added", &mut self.sequence, parts, out);
        self.item = Some(item);
    }

    fn close_part(&mut self, out: &mut Vec<u8>) {
        let Some(item) = &mut self.item else {
            return;
        };
        let Some(part) = item.part.take() else {
            return;
        };
        let (text, around) = part.sort.events();
        let place = &part.place[..part.only_place];
        let member = part.sort.names().1.as_bytes();
        let parts = [place, b",\"", member, b"\":\"", &part.text, b"\"", part.sort.tail()];
        event(&format!("{text}.done"), &mut self.sequence, parts, out);
        let json = part.json();
        let parts = [place, b",\"part\":", &json, b"}"];
        event(&format!("{around}.done"), &mut self.sequence, parts, out);
        item.parts.push(Value::Object(&json));
        item.closed += 1;
    }

    /// Closes the item that is open, with the status that it has by then.
    pub(super) fn close_item(&mut self, status: &[u8], out: &mut Vec<u8>) {
        self.close_part(out);
        if let Some(item) = self.item.take() {
            self.done_item(item.index, item.json(status), out);
        }
    }

    /// An annotation of the text that is open. Returns whether it is.
    pub(super) fn annotate(&mut self, of: u64, annotation: &[u8], out: &mut Vec<u8>) -> bool {
        let item = self.item.as_mut().filter(|item| item.is_in_text(of));
        let Some(part) = item.and_then(|item| item.part.as_mut()) else {
            return false;
        };
        part.annotations.push(Value::Object(annotation));
        let number = digits(part.annotated);
        part.annotated += 1;
        let place = &part.place[..part.only_place];
        let parts =
            [place, b",\"annotation_index\":", &number, b",\"annotation\":", annotation, b"}"];
        event("response.output_text.annotation.added", &mut self.sequence, parts, out);
        true
    }
}
