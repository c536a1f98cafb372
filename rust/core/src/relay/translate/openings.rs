//! What opens in a translation: the answer, and calls.

use super::Translation;
use super::calls::Opened;
use crate::answer::Answer;
use crate::delta::{Delta, Detail, Kind};
use crate::dispatch::Item;
use crate::json::{Value, quoted};
use crate::relay::text::Ends;
use crate::shape::Shape;
use crate::write::{Id, Said};

impl Translation {
    pub(super) fn start(
        &mut self,
        id: Option<&str>,
        model: Option<&str>,
        answer: &Answer,
        out: &mut Vec<u8>,
    ) {
        if self.writer.has_begun() {
            return;
        }
        let own = answer.created().filter(|_| self.created == 0);
        let foreign = Id::Foreign(id.unwrap_or_default());
        let id = self.id.as_deref().map_or(foreign, Id::Exact);
        let model = self.model.as_deref().or(model).unwrap_or_default();
        let created = own.unwrap_or(self.created);
        self.writer.write(&Said::Start { id, model, created }, out);
    }

    pub(super) fn call(
        &mut self,
        delta: &Delta,
        payload: &[u8],
        answer: &Answer,
        out: &mut Vec<u8>,
    ) {
        let Some(Detail::Call { id, name, kind }) = delta.detail.as_deref() else {
            return;
        };
        if matches!(kind.as_str(), "server_tool_use" | "mcp_tool_use" | "mcp_call") {
            self.drop(kind);
            self.calls.drop(delta.call);
            return;
        }
        let custom = matches!(kind.as_str(), "custom" | "custom_tool_call");
        if let Some(texts) = self.texts.as_mut().filter(|_| custom) {
            texts.is_custom(delta.call);
        }
        // The deprecated kind has no id.
        let id = id.clone().or_else(|| delta.call.is_none().then(String::new));
        // "Name once" is what chunks do not always do.
        let name = answer.call_name(delta.call).or_else(|| name.clone()).unwrap_or_default();
        let opened = Opened { id, name, custom, grows: self.choices };
        let arguments = opening(payload, custom, answer.shape);
        let arguments = arguments.filter(|_| !self.drops(Kind::ToolArguments.name()));
        let Self { calls, writer, .. } = self;
        calls.open(delta.call, opened, |said| writer.write(&said, out));
        if let (Some(call), Some(arguments)) = (delta.call, arguments) {
            calls.open_with(call, arguments);
        }
    }

    /// Writes the arguments that a call opened with, if no others came.
    fn opening(&mut self, call: u32, out: &mut Vec<u8>) {
        if let Some(arguments) = self.calls.opening(call) {
            self.piece(Kind::ToolArguments, None, Some(call), &arguments, out);
            self.end_texts(Ends::Call((Kind::ToolArguments, 0, Some(call))), out);
        }
    }

    /// The same for all calls.
    pub(super) fn openings(&mut self, out: &mut Vec<u8>) {
        while let Some(call) = self.calls.first_opening() {
            self.opening(call, out);
        }
    }

    /// The event that says that a call has all its arguments.
    pub(super) fn call_end(
        &mut self,
        payload: &[u8],
        item: &Item<'_>,
        answer: &Answer,
        out: &mut Vec<u8>,
    ) {
        let member = match (answer.shape, item.native_type().as_str()) {
            (Some(Shape::Messages), "content_block_stop") => "index",
            (Some(Shape::Responses), "response.output_item.done") => "output_index",
            _ => return,
        };
        let [index] = Value::of(payload).unwrap_or_default().pick([member]);
        if let Some(call) = answer.call_at(index.index().unwrap_or(0)) {
            self.opening(call, out);
            let Self { calls, writer, .. } = self;
            calls.end(Some(call), |said| writer.write(&said, out));
        }
    }
}

/// The arguments that a block or an item has when it opens, as a string of JSON.
fn opening(payload: &[u8], custom: bool, shape: Option<Shape>) -> Option<Vec<u8>> {
    let [block, item] = Value::of(payload).ok()?.pick(["content_block", "item"]);
    let value = match shape? {
        Shape::Messages => block.pick(["input"])[0],
        Shape::Responses if custom => item.pick(["input"])[0],
        Shape::Responses => item.pick(["arguments"])[0],
        Shape::Chat | Shape::Completions => return None,
    };
    let said = shape != Some(Shape::Messages) || value.object().is_some();
    (said && value.is_truthy()).then(|| quoted(value.text().as_deref()))
}
