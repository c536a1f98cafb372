//! A content block: what it began as, and how it has grown.

use crate::answer::{List, Text};
use crate::delta::Kind;
use crate::json::{Object, Value, quoted, trim};

/// A content block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    pub(crate) index: u64,
    pub(super) start: Object,
    pub(crate) kind: String,
    pub(crate) text: Text,
    pub(crate) thinking: Text,
    /// The pieces of the input.
    pub(super) pieces: Text,
    /// What deltas have set.
    pub(super) set: Object,
    pub(super) citations: List,
    /// Of a call: which one, in order of arrival.
    pub(super) call: Option<usize>,
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
}

impl Block {
    /// The text that grows by a kind of delta.
    #[inline]
    pub(super) fn growing(&mut self, kind: Kind) -> &mut Text {
        match kind {
            Kind::Reasoning => &mut self.thinking,
            Kind::ToolArguments => &mut self.pieces,
            _ => &mut self.text,
        }
    }

    /// Forgets what it says.
    pub(super) fn forget(&mut self) {
        self.text.forget();
        self.thinking.forget();
        self.pieces.forget();
        (self.start, self.set) = (Object::default(), Object::default());
        self.citations = List::default();
    }

    /// Whether the block is a call.
    pub(crate) fn is_call(&self) -> bool {
        self.call.is_some()
    }

    /// The arguments of a call. "If the buffer is not empty it replaces `input` of the start event".
    pub(crate) fn arguments(&self) -> String {
        if self.pieces.is_said() {
            return self.pieces.text().into_owned();
        }
        let input = self.start.get("input").and_then(|input| Value::of(input).ok());
        let input = input.filter(|input| input.object().is_some() && input.is_truthy());
        input.and_then(Value::text).map(Into::into).unwrap_or_default()
    }

    pub(super) fn snapshot(&self) -> Object {
        let mut block = self.start.clone();
        for (name, text) in [("text", &self.text), ("thinking", &self.thinking)] {
            if text.get().is_some() {
                block.set(name, &text.to_json());
            }
        }
        if !self.citations.is_empty() {
            block.set("citations", &self.citations.to_json());
        }
        if self.is_call() {
            // "parse at content_block_stop"; "An empty buffer means `{}`". What does not parse
            // stays as it came.
            let arguments = self.arguments();
            let text = trim(arguments.as_bytes());
            if text.is_empty() {
                block.set("input", b"{}");
            } else if Value::of(text).is_ok() {
                block.set("input", text);
            } else {
                block.set("input", &quoted(Some(&arguments)));
            }
        }
        for (name, value) in self.set.iter() {
            block.set(name, value);
        }
        block
    }
}
