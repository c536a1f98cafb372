//! Changes in the bytes of an event, which leave all others as they came.

use std::ops::Range;

use crate::sse::Event;

/// What is to be written in place of some bytes of an event.
#[derive(Clone, Debug, Default)]
pub(super) struct Patches(Vec<(Range<usize>, Vec<u8>)>);

impl Patches {
    pub(super) fn add(&mut self, place: Range<usize>, new: Vec<u8>) {
        self.0.push((place, new));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where the last patch ends.
    pub(super) fn end(&self) -> usize {
        self.0.iter().map(|(place, _)| place.end).max().unwrap_or_default()
    }

    /// The patches in order, in the bytes of the event instead of those of its data.
    pub(super) fn settle(mut self, event: &Event<'_>) -> Self {
        if self.0.is_empty() {
            return self;
        }
        let lines = Lines::of(event);
        for (place, _) in &mut self.0 {
            let start = lines.raw(place.start);
            // What is put in front of a line's first byte stays in that line.
            *place = start..lines.raw_end(place.end).max(start);
        }
        self.sorted()
    }

    /// The patches in order.
    pub(super) fn sorted(mut self) -> Self {
        self.0.sort_by_key(|(place, _)| place.start);
        self
    }

    /// The patches of these bytes of the data, as places in them. All must be in order.
    pub(super) fn within(&self, part: &Range<usize>) -> Self {
        let from = self.0.partition_point(|(place, _)| place.start < part.start);
        let own = self.0[from..].iter().take_while(|(place, _)| place.start < part.end);
        let moved = |(place, new): &(Range<usize>, Vec<u8>)| {
            (place.start - part.start..place.end - part.start, new.clone())
        };
        Self(own.map(moved).collect())
    }

    /// With these as well.
    pub(super) fn and(mut self, more: &Self) -> Self {
        self.0.extend(more.0.iter().cloned());
        self
    }

    /// Writes the event as it is to be.
    #[inline]
    pub(super) fn apply(&self, raw: &[u8], out: &mut Vec<u8>) {
        let mut at = 0;
        for (place, new) in &self.0 {
            // A member of a member that goes.
            if place.start < at {
                continue;
            }
            out.extend_from_slice(&raw[at..place.start]);
            out.extend_from_slice(new);
            at = place.end;
        }
        out.extend_from_slice(&raw[at..]);
    }
}

/// Where in an event's bytes the lines of its data are.
struct Lines(Vec<(usize, usize)>);

impl Lines {
    fn of(event: &Event<'_>) -> Self {
        match event.data_range() {
            Some(range) => Self(vec![(0, range.start)]),
            None => Self(event.data_lines()),
        }
    }

    /// Where the byte of the data is that is at `at` in it.
    fn raw(&self, at: usize) -> usize {
        let line = self.0.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        let (start, raw) = self.0[line];
        raw + at - start
    }

    /// The same for the end of something.
    fn raw_end(&self, at: usize) -> usize {
        if at == 0 { self.raw(0) } else { self.raw(at - 1) + 1 }
    }
}

/// The bytes of a member that is to go, its comma included: `value` is where its value is. What is
/// before `gone` goes already.
pub(super) fn member(payload: &[u8], value: Range<usize>, gone: usize) -> Range<usize> {
    let mut start = before_space(payload, value.start) - 1; // the colon
    start = before_space(payload, start) - 1; // the quotation mark behind the name
    start -= 1;
    // The names that are asked for have no quotation mark in any form.
    while payload[start] != b'"' {
        start -= 1;
    }
    let comma = before_space(payload, start);
    if payload[comma - 1] == b',' && comma > gone {
        return comma - 1..value.end;
    }
    let space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let next = value.end + payload[value.end..].iter().take_while(space).count();
    let end = if payload.get(next) == Some(&b',') { next + 1 } else { value.end };
    start..end
}

/// Behind the last byte before `at` that is no white space.
fn before_space(payload: &[u8], at: usize) -> usize {
    let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    payload[..at].iter().rposition(|byte| !space(byte)).map_or(0, |last| last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(json: &str, value: &str) -> String {
        let start = json.find(value).unwrap();
        let place = member(json.as_bytes(), start..start + value.len(), 0);
        [&json[..place.start], &json[place.end..]].concat()
    }

    #[test]
    fn a_member_goes_with_its_comma() {
        assert_eq!(without(r#"{"a":1,"usage":{},"b":2}"#, "{}"), r#"{"a":1,"b":2}"#);
        assert_eq!(without(r#"{ "usage" : {} , "b":2}"#, "{}"), r#"{  "b":2}"#);
        assert_eq!(without(r#"{"a":1 , "usage":{} }"#, "{}"), r#"{"a":1  }"#);
        assert_eq!(without(r#"{"usage":{}}"#, "{}"), "{}");
    }
}
