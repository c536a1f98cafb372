//! Tool calls that come in pieces: which call a piece belongs to, and what it says by then.
//!
//! Servers number calls differently, or not at all, so an id decides first, then the index, then
//! which call is in hand (the last one that got a piece).

use std::collections::HashMap;

use super::text::Text;
use crate::json::{Object, Value};

/// A tool call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// The index that it opened with.
    pub index: Option<u64>,
    /// The id to send back.
    pub id: Option<String>,
    /// The kind, in the shape's own word.
    pub kind: Option<String>,
    /// Whether its input is free text.
    pub custom: bool,
    /// The tool's name.
    pub name: Option<String>,
    /// The arguments so far.
    pub arguments: Text,
    /// Whether a delta has said that the call opened.
    pub(crate) announced: bool,
    /// Members beyond those, such as `extra_content`.
    pub(crate) extra: Object,
}

impl Call {
    /// The kind, as the shape would say it.
    pub fn kind(&self) -> &str {
        self.kind.as_deref().unwrap_or(if self.custom { "custom" } else { "function" })
    }

    /// Whether it says anything.
    pub(crate) fn says(&self) -> bool {
        self.name.is_some() || self.arguments.is_said()
    }

    /// "append if different from what is there": whole names are repeated, or come in pieces.
    pub(crate) fn take_name(&mut self, piece: &str) -> bool {
        match &mut self.name {
            _ if piece.is_empty() => return false,
            Some(name) if name == piece => return false,
            Some(name) => name.push_str(piece),
            None => self.name = Some(piece.into()),
        }
        true
    }
}

/// What one piece says about whose it is. Empty strings are absent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Address<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) index: Option<u64>,
    pub(crate) named: bool,
}

/// The calls of a choice, in order of arrival.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls {
    calls: Vec<Call>,
    /// Boxed, as many answers have no calls.
    ways: Option<Box<Ways>>,
    in_hand: Option<usize>,
}

/// The ways to a call: its place by what it was opened with.
#[derive(Clone, Debug, Default)]
struct Ways {
    by_id: HashMap<Box<str>, usize>,
    by_index: HashMap<u64, usize>,
}

impl Calls {
    /// The call that a piece belongs to, and whether it, or the way to it, is new.
    pub(crate) fn route(&mut self, address: Address<'_>) -> (usize, bool) {
        let ways = self.ways.get_or_insert_default();
        let pointed = address.index.and_then(|index| ways.by_index.get(&index).copied());
        let known = address.id.and_then(|id| ways.by_id.get(id).copied());
        let (place, new) = match (address.id, known, pointed) {
            (Some(_), Some(place), _) | (None, _, Some(place)) => (place, false),
            // The index holds a call that has no id yet.
            (Some(id), None, Some(place)) if self.calls[place].id.is_none() => {
                self.calls[place].id = Some(id.into());
                ways.by_id.insert(id.into(), place);
                (place, true)
            }
            (Some(_), None, _) => (self.open(address), true),
            (None, _, None) => match self.in_hand {
                // Next time another call may be in hand.
                Some(place) if !self.opens(address, place) => (place, true),
                _ => (self.open(address), true),
            },
        };
        self.in_hand = Some(place);
        (place, new)
    }

    /// Without an id and a known index: whether a piece opens a call although there is one in hand.
    fn opens(&self, address: Address<'_>, in_hand: usize) -> bool {
        let call = &self.calls[in_hand];
        let begun = call.name.is_some() && call.arguments.is_said();
        address.named && (address.index.is_some() || begun)
    }

    fn open(&mut self, address: Address<'_>) -> usize {
        let place = self.calls.len();
        let ways = self.ways.get_or_insert_default();
        let id = address.id.map(str::to_owned);
        if let Some(id) = &id {
            ways.by_id.insert(id.as_str().into(), place);
        }
        if let Some(index) = address.index {
            ways.by_index.insert(index, place);
        }
        self.calls.push(Call { index: address.index, id, ..Call::default() });
        place
    }

    pub(crate) fn id(&self, place: u32) -> Option<String> {
        self.calls.get(place as usize)?.id.clone()
    }

    pub(crate) fn name(&self, place: u32) -> Option<String> {
        self.calls.get(place as usize)?.name.clone()
    }

    pub(crate) fn get(&mut self, place: usize) -> &mut Call {
        &mut self.calls[place]
    }

    /// Where to append to a call that gets a piece as it got one before.
    #[inline]
    pub(crate) fn arguments(&mut self, place: usize) -> &mut Vec<u8> {
        self.in_hand = Some(place);
        self.calls[place].arguments.bytes()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Call> {
        self.calls.iter_mut()
    }

    pub(crate) fn len(&self) -> usize {
        self.calls.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// The calls and their indices: "order by wire index if every call has a distinct one, else by
    /// arrival".
    pub(crate) fn in_order(&self) -> Vec<(u64, &Call)> {
        let mut calls: Vec<(u64, &Call)> =
            self.calls.iter().filter_map(|call| Some((call.index?, call))).collect();
        calls.sort_by_key(|(index, _)| *index);
        let distinct = calls.windows(2).all(|pair| pair[0].0 != pair[1].0);
        if calls.len() == self.calls.len() && distinct {
            return calls;
        }
        (0..).zip(&self.calls).collect()
    }
}

/// Strings count only if they are not empty; numbers where strings are expected are their digits.
pub(crate) fn word(value: Value<'_>) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.text().into_owned()),
        Value::Number(raw) => Some(String::from_utf8_lossy(raw).into_owned()),
        _ => None,
    }
}
