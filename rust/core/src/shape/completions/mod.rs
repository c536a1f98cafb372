//! Text completions: choices whose text comes in pieces.

mod write;

pub(crate) use write::Writer;

use super::chunk::{Choice, Chunk, Chunks};
use crate::answer::{Target, word};
use crate::delta::{Delta, Detail, Kind, Sink};
use crate::json::{Object, quoted};

const LISTS: [&str; 4] = ["tokens", "token_logprobs", "top_logprobs", "text_offset"];

/// Folds the choices of a payload. Returns where text went, if it went to one place.
pub(crate) fn fold<'p>(
    chunk: &Chunk<'p>,
    chunks: &mut Chunks,
    sink: &mut Sink<'p>,
) -> Option<Target> {
    let mut target = None;
    for parts in &chunk.choices {
        let index = parts.index();
        let (place, choice) = chunks.choice(index);
        if !choice.started {
            choice.started = true;
            sink.repeatable = false;
            let (id, model) = (word(chunk.id), word(chunk.model));
            let start = Detail::Start { id, model, role: None };
            sink.push(Delta::with(Kind::Start, Some(index), start));
        }
        if let Some(text) = parts.text.string() {
            sink.repeatable &= !choice.text.carry();
            if !text.is_empty() {
                text.append_to(choice.text.bytes());
                sink.piece(Kind::Text, index, None, parts.text);
                target = Some(Target::new(place, Kind::Text));
            }
        }
        choice.extend_logprobs(parts.logprobs, LISTS, sink);
        choice.finish(index, parts.finish_reason, sink);
    }
    target
}

/// The Completion so far.
pub(crate) fn snapshot(chunks: &Chunks) -> Vec<u8> {
    let text = |choice: &Choice, json: &mut Object| {
        json.set("text", &quoted(Some(&choice.text.text())));
    };
    chunks.snapshot("text_completion", text).to_json()
}
