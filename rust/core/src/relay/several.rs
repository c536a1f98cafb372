//! Events that have several payloads, which come one behind the other.

use std::ops::Range;

use super::patch::Patches;
use crate::dispatch::Item;
use crate::json::Reader;
use crate::write::bytes::put;

/// Where in the data of an event the payloads of its items are.
pub(super) fn places(first: &Item<'_>, more: &[Item<'_>]) -> Vec<Range<usize>> {
    let data = first.event.data_bytes();
    let mut at = 0;
    let mut place = |item: &Item<'_>| {
        let payload = item.payload();
        while at < data.len() {
            let blanks = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            at += data[at..].iter().take_while(blanks).count();
            if data[at..].starts_with(payload) {
                at += payload.len();
                return at - payload.len()..at;
            }
            // JSON that says nothing.
            let mut reader = Reader::new(&data[at..]);
            at += reader.value().map_or(data.len() - at, |_| reader.at());
        }
        at..at
    };
    std::iter::once(first).chain(more).map(&mut place).collect()
}

/// Writes one of several payloads as an event.
pub(super) fn write_event(name: &[u8], payload: &[u8], patches: &Patches, out: &mut Vec<u8>) {
    if name != b"message" {
        put(out, [b"event: ", name, b"\n"]);
    }
    let mut data = Vec::new();
    patches.apply(payload, &mut data);
    for line in data.split(|byte| *byte == b'\n') {
        put(out, [b"data: ", line, b"\n"]);
    }
    out.push(b'\n');
}
