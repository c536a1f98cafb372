//! Texts that are repeated as a whole: they become what their pieces have become.

use super::chunks::Stops;
use super::look::{Choice, each_element};
use super::{Change, Part, Texts};
use crate::delta::{Kind, Place};
use crate::json::{Str, Value};
use crate::shape::responses::Sort;

impl Texts {
    /// Puts what a whole text has become in its place. Whether it is something else.
    fn set_whole(
        &self,
        part: &Part<'_>,
        kind: Kind,
        value: Value<'_>,
        is_json: bool,
        change: &mut Change,
    ) -> (bool, Option<usize>) {
        let Some((new, stop)) = self.whole(kind, value.raw(), is_json) else {
            return (false, None);
        };
        change.set(part, Place::of(value.raw(), part.payload).range(), new);
        (true, stop)
    }

    /// The texts of a whole message that a choice has in place of a delta.
    pub(super) fn whole_message(
        &self,
        part: &Part<'_>,
        choice: &Choice<'_>,
        stops: &mut Stops,
        change: &mut Change,
    ) {
        let mut any = false;
        let mut set = |kind, value, is_json| {
            let (changed, stop) = self.set_whole(part, kind, value, is_json, change);
            any |= changed;
            if let Some(stop) = stop {
                stops.entry(choice.index).or_insert(stop);
            }
        };
        for (name, value, _) in &choice.message.all {
            match name.as_slice() {
                b"content" => {
                    set(Kind::Text, *value, false);
                    value.elements(|part| {
                        let [kind, text, thinking] = part.pick(["type", "text", "thinking"]);
                        match kind.string().and_then(Str::plain) {
                            Some(b"text") => set(Kind::Text, text, false),
                            Some(b"thinking") => thinking.elements(|part| {
                                set(Kind::Reasoning, part.pick(["text"])[0], false);
                            }),
                            _ => {}
                        }
                    });
                }
                b"refusal" => set(Kind::Refusal, *value, false),
                b"reasoning" | b"reasoning_content" => set(Kind::Reasoning, *value, false),
                b"reasoning_details" => value.elements(|detail| {
                    let [text, summary] = detail.pick(["text", "summary"]);
                    set(Kind::Reasoning, text, false);
                    set(Kind::Reasoning, summary, false);
                }),
                b"tool_calls" => value.elements(|call| {
                    let [function, custom] = call.pick(["function", "custom"]);
                    set(Kind::ToolArguments, function.pick(["arguments"])[0], true);
                    set(Kind::ToolArguments, custom.pick(["input"])[0], false);
                }),
                b"function_call" => {
                    set(Kind::ToolArguments, value.pick(["arguments"])[0], true);
                }
                _ => {}
            }
        }
        if let Some(logprobs) = choice.logprobs.clone().filter(|_| any) {
            change.set(part, logprobs, b"null".to_vec());
        }
    }

    /// A text of a response that has such a sort: in `holder`, which may have its logprobs.
    pub(super) fn whole_text(
        &self,
        part: &Part<'_>,
        sort: Sort,
        holder: Value<'_>,
        change: &mut Change,
    ) -> Option<usize> {
        let [text, logprobs] = holder.pick([sort.names().1, "logprobs"]);
        let (changed, stop) = self.set_whole(part, sort.delta(), text, false, change);
        if changed && logprobs.is_truthy() {
            let place = Place::of(logprobs.raw(), part.payload).range();
            change.set(part, place, b"[]".to_vec());
        }
        stop
    }

    /// The texts of an item of a response.
    pub(super) fn whole_item(
        &self,
        part: &Part<'_>,
        item: Value<'_>,
        change: &mut Change,
    ) -> Option<usize> {
        let [kind, arguments, input] = item.pick(["type", "arguments", "input"]);
        let mut stop = None;
        match kind.string().map(Str::text).as_deref() {
            Some("function_call" | "mcp_call") => {
                self.set_whole(part, Kind::ToolArguments, arguments, true, change);
            }
            Some("custom_tool_call") => {
                self.set_whole(part, Kind::ToolArguments, input, false, change);
            }
            _ => {
                for list in item.pick(["summary", "content"]) {
                    each_element(part.payload, list, |value, _| {
                        if let Some(sort) = Sort::of_part(value.pick(["type"])[0]) {
                            stop = stop.or(self.whole_text(part, sort, value, change));
                        }
                    });
                }
            }
        }
        stop
    }

    /// The arguments of a call of a response.
    pub(super) fn whole_arguments(
        &self,
        part: &Part<'_>,
        value: Value<'_>,
        is_json: bool,
        change: &mut Change,
    ) {
        self.set_whole(part, Kind::ToolArguments, value, is_json, change);
    }
}

/// The details of a piece of reasoning, which repeat it: `json` is what it has become.
pub(super) fn details(
    part: &Part<'_>,
    details: Value<'_>,
    piece: &[u8],
    json: &[u8],
    change: &mut Change,
) {
    details.elements(|detail| {
        for value in detail.pick(["text", "summary"]) {
            if value.string().is_some() {
                let new = if value.raw() == piece && json != b"null" { json } else { b"\"\"" };
                let place = Place::of(value.raw(), part.payload).range();
                change.set(part, place, new.to_vec());
            }
        }
    });
}
