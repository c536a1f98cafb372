//! How stop strings end choices of chunks.

use super::look::{Choice, Look};
use super::{Change, Part, Texts};
use crate::answer::{Answer, Body};
use crate::json::{Object, Value};
use crate::relay::options::AddToUsage;
use crate::relay::patch::member;
use crate::shape::chunk::write::DONE;
use crate::write::bytes::put;

impl Texts {
    /// A stop string has ended a choice; with the last one, it has ended the answer.
    pub(super) fn choice_is_over(
        &mut self,
        index: u64,
        stop: usize,
        answer: &Answer,
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) {
        self.stop.get_or_insert(stop);
        if self.over || self.chunks.stopped.contains(&index) {
            return;
        }
        self.chunks.stopped.insert(index);
        let Body::Chunks(body) = &answer.body else {
            return;
        };
        // None of them ever goes on.
        while let Some((index, choice)) = body.choices.get_index(self.chunks.over) {
            if choice.finish_reason.is_none() && !self.chunks.stopped.contains(index) {
                return;
            }
            self.chunks.over += 1;
        }
        self.over = true;
        if let Some(usage) = answer.outcome().usage.filter(|_| !self.strip_usage) {
            let mut object = Object::of(&usage);
            for (name, value) in add(&usage) {
                object.set(&name, &value);
            }
            let usage = object.to_json();
            put(out, [b"data: {", &self.chunks.envelope, b"\"choices\":[],\"usage\":", &usage]);
            out.extend_from_slice(b"}\n\n");
        }
        out.extend_from_slice(DONE);
    }

    /// Ends a choice, and with the last one the answer.
    pub(super) fn end_choice(
        &mut self,
        index: u64,
        stop: usize,
        answer: &Answer,
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) {
        self.chunks.write_finish(answer, index, out);
        self.choice_is_over(index, stop, answer, add, out);
    }
}

/// Makes a chunk the last one of a choice.
pub(super) fn end_here(part: &Part<'_>, choice: &Choice<'_>, change: &mut Change) {
    if let Some(place) = &choice.finish_reason {
        change.set(part, place.clone(), b"\"stop\"".to_vec());
    } else {
        let end = choice.place.end - 1;
        change.set(part, end..end, b",\"finish_reason\":\"stop\"".to_vec());
    }
    for members in [&choice.delta, &choice.message] {
        let mut places: Vec<_> = [&b"tool_calls"[..], b"function_call"]
            .into_iter()
            .filter_map(|name| match members.get(name) {
                Some((Value::Array(_) | Value::Object(_), place)) => Some(place),
                _ => None,
            })
            .collect();
        places.sort_by_key(|place| place.start);
        let mut gone = 0;
        for place in places {
            let place = member(part.payload, place, gone);
            gone = place.end;
            change.set(part, place, Vec::new());
        }
    }
}

/// Leaves out choices that are over, as `over` tells of each; with the last of them the chunk.
pub(super) fn leave_out(part: &Part<'_>, look: &Look<'_>, over: &[bool], change: &mut Change) {
    if !over.contains(&true) {
        return;
    }
    if !over.contains(&false) {
        change.drops |= !look.says_more;
        change.set(part, look.list.clone(), b"[]".to_vec());
        return;
    }
    let mut first = true;
    for (n, (choice, &goes)) in look.choices.iter().zip(over).enumerate() {
        if goes && first {
            let end = look.choices.get(n + 1).map_or(choice.place.end, |next| next.place.start);
            change.set(part, choice.place.start..end, Vec::new());
        } else if goes {
            change.set(part, look.choices[n - 1].place.end..choice.place.end, Vec::new());
        }
        first &= goes;
    }
}
