//! Texts of messages: those of blocks, which end with their block.

use super::{Change, Fed, Form, Key, Part, Texts};
use crate::answer::Answer;
use crate::delta::Kind;
use crate::json::{Object, Str, Value, write_string};
use crate::relay::options::AddToUsage;
use crate::write::bytes::{digits, put};

impl Texts {
    pub(super) fn message(
        &mut self,
        part: &Part<'_>,
        answer: &Answer,
        add: &mut AddToUsage<'_>,
        change: &mut Change,
    ) {
        let value = Value::of(part.payload).unwrap_or_default();
        let [kind, index, block] = value.pick(["type", "index", "content_block"]);
        let kind = kind.string().filter(|kind| !kind.is_empty());
        let kind = kind.map_or_else(|| String::from_utf8_lossy(part.name), Str::text);
        let index = index.index().unwrap_or(0);
        let errs = part.deltas.iter().any(|delta| delta.kind == Kind::Error);
        let signs = part.deltas.iter().any(|delta| delta.kind == Kind::Signature);
        let rests = match &*kind {
            _ if errs => self.flush(None, |_| true),
            "message_delta" | "message_stop" => self.flush(None, |_| true),
            "content_block_start" | "content_block_stop" => self.flush(Some(index), |_| true),
            // What signs the reasoning comes behind it.
            _ if signs => self.flush(Some(index), |key| key.kind == Kind::Reasoning),
            _ => Vec::new(),
        };
        for rest in rests {
            self.stop = self.stop.or(rest.stop);
            match rest.stop.filter(|_| !errs) {
                Some(stop) => {
                    self.stop_here(&rest, stop, answer, add, &mut change.before);
                    change.drops = true;
                    return;
                }
                None => self.write_rest(&rest, &mut change.before),
            }
        }
        let (mut pieces, mut empty) = (0, 0);
        for delta in part.deltas {
            let key = Key { kind: delta.kind, index, part: (false, 0), call: delta.call };
            let raw = delta.text.raw(part.payload);
            let is_json = delta.kind == Kind::ToolArguments;
            let fed = self.feed(key, raw, part.fed.clone(), is_json, || Form::Block);
            change.key = Some(key);
            pieces += 1;
            let (text, stop) = match fed {
                None | Some(Fed::Same) => continue,
                Some(Fed::New(text)) => (text, None),
                Some(Fed::Stopped(text, stop)) => (text, Some(stop)),
            };
            if raw.first() == Some(&b'"') {
                change.set_text(part, delta.text.range(), &text);
                empty += usize::from(text.is_empty());
            } else {
                change.set(part, delta.text.range(), text.into_bytes());
            }
            if let Some(stop) = stop {
                for rest in self.flush(None, |own| *own != key) {
                    self.write_rest(&rest, &mut change.before);
                }
                self.end_message(index, stop, answer, add, &mut change.after);
                break;
            }
        }
        change.drops |= kind == "content_block_delta" && pieces > 0 && empty == pieces;
        let [input] = block.pick(["input"]);
        if kind == "content_block_start"
            && let Some((new, _)) = self.whole(Kind::ToolArguments, input.raw(), true)
            && input.object().is_some()
        {
            let place = crate::delta::Place::of(input.raw(), part.payload).range();
            change.set(part, place, new);
        }
    }

    /// Writes the end of a message whose text a stop string has ended in a block.
    pub(super) fn end_message(
        &mut self,
        index: u64,
        stop: usize,
        answer: &Answer,
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) {
        self.stop.get_or_insert(stop);
        self.over = true;
        put(out, [BLOCK_STOP, &digits(index), b"}\n\n"]);
        let mut usage = Object::default();
        usage.set("output_tokens", b"0");
        if let Some(raw) = answer.outcome().usage {
            usage.merge(&raw);
            for (name, value) in add(&raw) {
                usage.set(&name, &value);
            }
        }
        out.extend_from_slice(MESSAGE_DELTA);
        write_string(self.rules.stop(stop), out);
        put(out, [b"},\"usage\":", &usage.to_json(), b"}\n\n", MESSAGE_STOP]);
    }
}

/// Writes an event with a piece of a text.
pub(super) fn write_delta(key: Key, text: &str, out: &mut Vec<u8>) {
    let (kind, member): (&[u8], &[u8]) = match key.kind {
        Kind::Reasoning => (b"thinking_delta", b"thinking"),
        Kind::ToolArguments => (b"input_json_delta", b"partial_json"),
        _ => (b"text_delta", b"text"),
    };
    put(out, [BLOCK_DELTA, &digits(key.index), b",\"delta\":{\"type\":\"", kind, b"\",\"", member]);
    out.extend_from_slice(b"\":");
    write_string(text, out);
    out.extend_from_slice(b"}}\n\n");
}

const BLOCK_DELTA: &[u8] =
    b"event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":";
const BLOCK_STOP: &[u8] =
    b"event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":";
const MESSAGE_DELTA: &[u8] = b"event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":\
    {\"stop_reason\":\"stop_sequence\",\"stop_sequence\":";
const MESSAGE_STOP: &[u8] = b"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
