//! Texts of chunks: those of choices, which go on as long as their choice does.

use std::collections::HashMap;
use std::ops::Range;

use indexmap::IndexMap;

use super::chunk_events::Form;
use super::chunks_ending::{end_here, leave_out};
use super::look::{Choice, Look, envelope};
use super::{Change, Fed, Form as AnyForm, Key, Part, Texts};
use crate::answer::Answer;
use crate::delta::{Delta, Kind};
use crate::json::write_string;
use crate::relay::options::AddToUsage;
use crate::shape::Shape;

/// The choices that a stop string ends, and which one, in the order in which that was found.
pub(super) type Stops = IndexMap<u64, usize>;

/// A piece that a chunk has.
struct Piece {
    key: Key,
    place: Range<usize>,
    new: Option<String>,
}

impl Texts {
    pub(super) fn chunk(
        &mut self,
        part: &Part<'_>,
        answer: &Answer,
        add: &mut AddToUsage<'_>,
        change: &mut Change,
    ) {
        let kinds = || part.deltas.iter().map(|delta| delta.kind);
        let says = kinds().any(|kind| self.rules.of(kind).is_some());
        let ends = kinds().any(|kind| matches!(kind, Kind::Finish | Kind::Done | Kind::Error));
        let ends = ends && !self.running.is_empty();
        let whole = memchr::memmem::find(part.payload, b"\"message\"").is_some();
        if !says && !ends && !whole && self.chunks.stopped.is_empty() {
            return;
        }
        let look = Look::at(part.payload);
        if !look.choices.is_empty() {
            let set = [self.id.as_deref(), self.model.as_deref()];
            self.chunks.envelope = envelope(part.payload, set);
        }
        let over = |choice: &Choice<'_>| self.chunks.stopped.contains(&choice.index);
        let over: Vec<_> = look.choices.iter().map(over).collect();
        let mut stops = Stops::new();
        let mut pieces = self.pieces(part, answer, &look, &mut stops, change);
        for choice in &look.choices {
            self.whole_message(part, choice, &mut stops, change);
        }
        let ends = part.deltas.iter().filter(|delta| delta.kind == Kind::Finish);
        let finished: Vec<_> = ends.map(|delta| Some(delta.index.unwrap_or(0))).collect();
        self.end_texts(&finished, &mut pieces, &mut stops, change);
        if kinds().any(|kind| matches!(kind, Kind::Done | Kind::Error)) {
            let mut ended = Stops::new();
            self.end_texts(&[None], &mut pieces, &mut ended, change);
            for (index, stop) in ended {
                self.stop.get_or_insert(stop);
                self.chunks.write_finish(answer, index, &mut change.before);
            }
        }
        let stopped: Vec<_> = stops.keys().copied().map(Some).collect();
        self.end_texts(&stopped, &mut pieces, &mut stops, change);
        Self::set_pieces(part, &look, &pieces, answer, change);
        let says_nothing = !pieces.is_empty()
            && pieces.iter().all(|piece| piece.new.as_ref().is_some_and(String::is_empty))
            && part.deltas.len() == pieces.len()
            && !look.says_more
            && !look.choices.iter().any(|choice| choice.says_more);
        change.drops = says_nothing && stops.is_empty();
        // Of several that have the same index, the first.
        let choices = look.choices.iter().rev().filter(|_| !stops.is_empty());
        let choices: HashMap<_, _> = choices.map(|choice| (choice.index, choice)).collect();
        for (index, stop) in stops {
            if let Some(choice) = choices.get(&index) {
                end_here(part, choice, change);
            }
            self.choice_is_over(index, stop, answer, add, &mut change.after);
        }
        leave_out(part, &look, &over, change);
    }

    /// Feeds the pieces that a chunk has.
    fn pieces(
        &mut self,
        part: &Part<'_>,
        answer: &Answer,
        look: &Look<'_>,
        stops: &mut Stops,
        change: &mut Change,
    ) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for delta in part.deltas {
            let place = delta.text.range();
            let Some(choice) = look.choice_at(place.start) else {
                continue;
            };
            let of_message = choice.message.place.contains(&place.start);
            if of_message || self.chunks.stopped.contains(&choice.index) {
                continue;
            }
            let Delta { kind, call, .. } = *delta;
            let key = Key { kind, index: choice.index, part: (false, 0), call };
            let (form, is_json) = form_of(answer, kind, choice, place.start);
            let raw = delta.text.raw(part.payload);
            let fed = self.feed(key, raw, part.fed.clone(), is_json, || AnyForm::Chunk(form));
            let new = match fed {
                None => continue,
                Some(Fed::Same) => None,
                Some(Fed::New(text)) => Some(text),
                Some(Fed::Stopped(text, stop)) => {
                    stops.entry(choice.index).or_insert(stop);
                    Some(text)
                }
            };
            change.key = Some(key);
            pieces.push(Piece { key, place, new });
        }
        pieces
    }

    /// Ends the texts of these choices, or all: what was held of each goes with the piece that this
    /// chunk has of it, or before.
    fn end_texts(
        &mut self,
        indices: &[Option<u64>],
        pieces: &mut [Piece],
        stops: &mut Stops,
        change: &mut Change,
    ) {
        let rests = indices.iter().flat_map(|index| self.flush(*index, |_| true));
        let rests: Vec<_> = rests.collect();
        if rests.is_empty() {
            return;
        }
        let mut last: HashMap<_, _> = pieces.iter_mut().map(|piece| (piece.key, piece)).collect();
        for rest in rests {
            if let Some(stop) = rest.stop {
                stops.entry(rest.key.index).or_insert(stop);
            }
            let own = last.get_mut(&rest.key);
            match own.and_then(|piece| piece.new.as_mut()) {
                Some(new) => new.push_str(&rest.text),
                None => self.write_rest(&rest, &mut change.before),
            }
        }
    }

    fn set_pieces(
        part: &Part<'_>,
        look: &Look<'_>,
        pieces: &[Piece],
        answer: &Answer,
        change: &mut Change,
    ) {
        for piece in pieces {
            let (Some(new), Some(choice)) = (&piece.new, look.choice_at(piece.place.start)) else {
                continue;
            };
            let raw = &part.payload[piece.place.clone()];
            let name = choice.delta.name_at(piece.place.start);
            let chat = answer.shape == Some(Shape::Chat);
            let mut json = Vec::new();
            match name {
                _ if raw[0] != b'"' => json.extend_from_slice(new.as_bytes()),
                // An empty string would be a piece.
                Some(_) if new.is_empty() && chat => json.extend_from_slice(b"null"),
                _ => write_string(new, &mut json),
            }
            change.set(part, piece.place.clone(), json.clone());
            if piece.key.kind == Kind::Reasoning {
                for other in [&b"reasoning"[..], b"reasoning_content"] {
                    if let Some((value, place)) = choice.delta.get(other)
                        && value.string().is_some()
                        && place != piece.place
                    {
                        change.set(part, place, json.clone());
                    }
                }
                if let Some((details, _)) = choice.delta.get(b"reasoning_details") {
                    super::whole::details(part, details, raw, &json, change);
                }
            }
            if let Some(logprobs) = &choice.logprobs {
                change.set(part, logprobs.clone(), b"null".to_vec());
            }
        }
    }
}

/// Where a piece is, and whether it is of JSON.
fn form_of(answer: &Answer, kind: Kind, choice: &Choice<'_>, at: usize) -> (Form, bool) {
    if answer.shape == Some(Shape::Completions) {
        return (Form::Text, false);
    }
    if kind == Kind::ToolArguments {
        let Some(call) = choice.call_at(at) else {
            return (Form::FunctionCall, true);
        };
        let custom = call.custom.contains(&at);
        return (Form::Call { index: call.index.clone(), custom }, !custom);
    }
    let form = match (choice.delta.name_at(at), kind) {
        (Some(name), _) => Form::Member(name.to_vec()),
        (None, Kind::Reasoning) => Form::Thinking,
        (None, _) => Form::Member(b"content".to_vec()),
    };
    (form, false)
}
