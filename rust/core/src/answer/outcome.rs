//! The outcome: what the answer was and how it ended, in the same words for every shape.

use std::collections::BTreeMap;

use super::{Answer, Body, Tokens};
use crate::error::StreamError;
use crate::json::Value;
use crate::shape::chunk::Chunks;
use crate::shape::messages::Messages;
use crate::shape::responses::{Responses, Sort};

/// What the answer was and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The text of each choice; of messages and responses there is one.
    pub texts: BTreeMap<u64, String>,
    /// The reasoning, if the stream has any.
    pub reasoning: Option<String>,
    /// The refusal in words, if the stream has any.
    pub refusal: Option<String>,
    /// The tool calls.
    pub tool_calls: Vec<ToolCall>,
    /// The call of the deprecated kind, its name and arguments.
    pub function_call: Option<(Option<String>, String)>,
    /// Why each choice finished, in the shape's own words.
    pub finish_reasons: BTreeMap<u64, Option<String>>,
    /// Why the answer stopped, in words that are the same for every shape.
    pub finish: Option<&'static str>,
    /// The usage object, as JSON.
    pub usage: Option<Vec<u8>>,
    /// The counts in it.
    pub tokens: Tokens,
    /// The error that the server sent.
    pub error: Option<StreamError>,
    /// Whether `[DONE]` was seen.
    pub done_seen: bool,
    /// What ended the answer.
    pub terminal: Option<String>,
    /// Whether the answer is whole.
    pub complete: bool,
    /// How many events there were.
    pub events: u64,
    /// How many comments there were.
    pub comments: u64,
}

/// A tool call of an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// The index on the wire, or the order of arrival where that is missing or not unique.
    pub index: u64,
    /// The id to send back.
    pub id: Option<String>,
    /// The kind, in the shape's own word.
    pub kind: String,
    /// The tool's name.
    pub name: Option<String>,
    /// The arguments as they came.
    pub arguments: String,
    /// Whether the arguments are JSON, or nothing where JSON belongs.
    pub is_json: bool,
}

impl ToolCall {
    fn new(
        index: u64,
        id: Option<String>,
        kind: &str,
        name: Option<String>,
        arguments: String,
    ) -> Self {
        let custom = matches!(kind, "custom" | "custom_tool_call");
        let text = arguments.trim_ascii().as_bytes();
        let is_json = !custom && (text.is_empty() || Value::of(text).is_ok());
        Self { index, id, kind: kind.into(), name, arguments, is_json }
    }
}

impl Answer {
    /// The usage so far.
    pub(crate) fn usage(&self) -> Option<Vec<u8>> {
        match &self.body {
            Body::Chunks(chunks) => chunks.usage.clone().map(Vec::from),
            Body::Messages(messages) => messages.usage(),
            Body::Responses(responses) => responses.usage.clone(),
        }
    }

    /// The outcome so far.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = Outcome {
            error: self.error.as_deref().cloned(),
            finish: self.finish(),
            done_seen: self.done_seen,
            events: self.events,
            ..Outcome::default()
        };
        match &self.body {
            Body::Chunks(chunks) => chunks.tell(&mut outcome),
            Body::Messages(messages) => messages.tell(&mut outcome),
            Body::Responses(responses) => responses.tell(&mut outcome),
        }
        if self.forgets {
            outcome.forget();
        }
        if let Some(usage) = &outcome.usage {
            outcome.tokens = Tokens::of(usage, self.shape);
        }
        if outcome.error.is_some() {
            outcome.complete = false;
            let failed = outcome.terminal.as_deref() == Some("response.failed");
            if self.no_stream {
                outcome.terminal = None;
            } else if !failed {
                outcome.terminal = Some("error".into());
            }
        }
        outcome
    }
}

impl Outcome {
    /// Without what the answer says, of which only some is remembered.
    fn forget(&mut self) {
        self.texts.values_mut().for_each(String::clear);
        (self.reasoning, self.refusal) = (None, None);
        for call in &mut self.tool_calls {
            (call.arguments, call.is_json) = (String::new(), false);
        }
        if let Some((_, arguments)) = &mut self.function_call {
            arguments.clear();
        }
    }
}

impl Chunks {
    fn tell(&self, outcome: &mut Outcome) {
        for (index, choice) in self.in_order() {
            outcome.texts.insert(index, choice.text.text().into_owned());
            outcome.finish_reasons.insert(index, choice.finish_reason.clone());
            for (index, call) in choice.calls.in_order() {
                let arguments = call.arguments.text().into_owned();
                let (id, name) = (call.id.clone(), call.name.clone());
                outcome.tool_calls.push(ToolCall::new(index, id, call.kind(), name, arguments));
            }
        }
        if let Some(first) = self.choices.get(&0) {
            let text = |text: &super::Text| text.get().map(|_| text.text().into_owned());
            outcome.reasoning = text(&first.reasoning);
            outcome.refusal = text(&first.refusal);
            let function = first.function_call.as_ref().filter(|call| call.says());
            outcome.function_call =
                function.map(|call| (call.name.clone(), call.arguments.text().into_owned()));
        }
        outcome.usage = self.usage.clone().map(Vec::from);
        let reasons = &outcome.finish_reasons;
        let finished = !reasons.is_empty() && reasons.values().all(Option::is_some);
        outcome.complete = outcome.done_seen || finished;
        let last = if outcome.done_seen { "[DONE]" } else { "finish_reason" };
        outcome.terminal = outcome.complete.then(|| last.into());
    }
}

impl Messages {
    fn tell(&self, outcome: &mut Outcome) {
        let mut whole = String::new();
        for block in self.in_order() {
            whole.push_str(&block.text.text());
            if block.thinking.get().is_some() {
                outcome.reasoning.get_or_insert_default().push_str(&block.thinking.text());
            }
            if block.is_call() {
                let (id, name) = (block.id.clone(), block.name.clone());
                let call = ToolCall::new(block.index, id, &block.kind, name, block.arguments());
                outcome.tool_calls.push(call);
            }
        }
        outcome.texts.insert(0, whole);
        outcome.finish_reasons.insert(0, self.stop_reason.clone());
        outcome.usage = self.usage();
        outcome.complete = self.stopped;
        let reason = || self.stop_reason.as_ref().map(|_| "stop_reason".to_owned());
        outcome.terminal = if self.stopped { Some("message_stop".into()) } else { reason() };
    }
}

impl Responses {
    fn tell(&self, outcome: &mut Outcome) {
        let mut whole = String::new();
        let add = |to: &mut Option<String>, text: &super::Text| {
            to.get_or_insert_default().push_str(&text.text());
        };
        for ((.., sort), text) in self.parts_in_order() {
            match sort {
                Sort::Text => whole.push_str(&text.text()),
                Sort::Summary | Sort::Reasoning => add(&mut outcome.reasoning, text),
                Sort::Refusal => add(&mut outcome.refusal, text),
            }
        }
        for (index, call) in self.calls_in_order() {
            let (id, name) = (call.id.clone(), call.name.clone());
            let arguments = call.arguments().into_owned();
            outcome.tool_calls.push(ToolCall::new(index, id, &call.kind, name, arguments));
        }
        outcome.texts.insert(0, whole);
        outcome.finish_reasons.insert(0, self.status.clone());
        outcome.usage.clone_from(&self.usage);
        outcome.terminal.clone_from(&self.terminal);
        let ended = self.terminal.as_deref();
        outcome.complete = matches!(ended, Some("response.completed" | "response.incomplete"));
    }
}
