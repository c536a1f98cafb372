//! The calls of a response: they open with an item, their arguments come in pieces, and the item
//! has all of it in the end.

use std::borrow::Cow;

use super::Responses;
use crate::answer::{Target, Text, word};
use crate::delta::{Delta, Detail, Kind, Sink};
use crate::json::{Str, Value};

/// A call. Which one it is, in order of arrival, is its place among them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    announced: bool,
    pub(crate) id: Option<String>,
    pub(crate) kind: String,
    pub(crate) name: Option<String>,
    pub(super) arguments: Text,
    /// What the item had when it was added.
    pub(super) opening: Text,
}

impl Call {
    /// The arguments: the pieces, if any came.
    pub(crate) fn arguments(&self) -> Cow<'_, str> {
        if self.arguments.is_said() { self.arguments.text() } else { self.opening.text() }
    }
}

/// The type of the item that such arguments belong to.
pub(crate) fn call_kind(about: &[u8]) -> Option<&'static str> {
    Some(match about {
        b"response.function_call_arguments" => "function_call",
        b"response.custom_tool_call_input" => "custom_tool_call",
        b"response.mcp_call_arguments" => "mcp_call",
        _ => return None,
    })
}

impl Responses {
    /// The call of an item, which may be new.
    fn call(&mut self, index: u64, kind: &str) -> (usize, &mut Call) {
        let entry = self.calls.entry(index);
        let place = entry.index();
        (place, entry.or_insert_with(|| Call { kind: kind.into(), ..Call::default() }.into()))
    }

    /// A piece of a call's arguments.
    pub(super) fn arguments<'p>(
        &mut self,
        index: u64,
        kind: &str,
        value: Value<'p>,
        sink: &mut Sink<'p>,
    ) -> Option<Target> {
        let (place, call) = self.call(index, kind);
        sink.repeatable &= !call.arguments.carry();
        if matches!(value, Value::Null) || value.string().is_some_and(Str::is_empty) {
            return None;
        }
        call.arguments.append(value);
        sink.piece(Kind::ToolArguments, index, Some(place), value);
        Some(Target::new(place, Kind::ToolArguments))
    }

    pub(super) fn whole_arguments<'p>(
        &mut self,
        index: u64,
        kind: &str,
        value: Value<'p>,
        sink: &mut Sink<'p>,
    ) {
        if !self.call(index, kind).1.arguments.is_said() {
            self.arguments(index, kind, value, sink);
        }
    }

    pub(super) fn add<'p>(&mut self, index: u64, item: Value<'p>, sink: &mut Sink<'p>) {
        self.added.insert(index, item.object().unwrap_or(b"{}").to_vec());
        if let Some(kind) = self.announce(index, item, sink) {
            let opening = item.pick([arguments_member(&kind)])[0];
            let (_, call) = self.call(index, &kind);
            call.opening = Text::default();
            call.opening.append(opening);
        }
    }

    /// Says that a call opens, if the item is one and nobody has said so. Returns its kind.
    pub(super) fn announce<'p>(
        &mut self,
        index: u64,
        item: Value<'p>,
        sink: &mut Sink<'p>,
    ) -> Option<String> {
        let [kind, id, call_id, name] = item.pick(["type", "id", "call_id", "name"]);
        let kind = kind.string()?.text().into_owned();
        let id = match kind.as_str() {
            "mcp_call" => id,
            "function_call" | "custom_tool_call" => call_id,
            _ => return None,
        };
        let (place, call) = self.call(index, &kind);
        if std::mem::replace(&mut call.announced, true) {
            return Some(kind);
        }
        (call.id, call.name) = (word(id), word(name));
        call.kind.clone_from(&kind);
        let (id, name) = (call.id.clone(), call.name.clone());
        let detail = Detail::Call { id, name, kind: kind.clone() };
        let mut delta = Delta::with(Kind::ToolCall, Some(index), detail);
        delta.call = u32::try_from(place).ok();
        sink.push(delta);
        Some(kind)
    }

    /// Which call an item is, if it is one.
    pub(crate) fn call_at(&self, index: u64) -> Option<usize> {
        self.calls.get_index_of(&index)
    }

    /// The calls in order of their items.
    pub(crate) fn calls_in_order(&self) -> Vec<(u64, &Call)> {
        let mut calls: Vec<_> = self.calls.iter().map(|(index, call)| (*index, &**call)).collect();
        calls.sort_by_key(|(index, _)| *index);
        calls
    }
}

/// The member of such an item that has the arguments.
pub(super) fn arguments_member(kind: &str) -> &'static str {
    if kind == "custom_tool_call" { "input" } else { "arguments" }
}
