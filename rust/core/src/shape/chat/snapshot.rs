//! The `ChatCompletion` so far, in its official form.

use indexmap::IndexMap;

use crate::answer::{Call, List};
use crate::json::{Object, Value, quoted};
use crate::shape::chunk::{Audio, Choice, Chunks};

/// The `ChatCompletion` so far.
pub(crate) fn snapshot(chunks: &Chunks) -> Vec<u8> {
    let choice = |choice: &Choice, json: &mut Object| json.set("message", &message(choice));
    chunks.snapshot("chat.completion", choice).to_json()
}

fn message(choice: &Choice) -> Vec<u8> {
    let mut message = Object::default();
    message.set("role", b"\"assistant\"");
    message.set("content", &choice.text.to_json());
    message.set("refusal", &choice.refusal.to_json());
    for (name, text) in reasoning(choice) {
        message.set(name, &quoted(Some(&text)));
    }
    if !choice.calls.is_empty() {
        let mut calls = List::default();
        for (_, call) in choice.calls.in_order() {
            calls.push(Value::Object(&tool_call(call).to_json()));
        }
        message.set("tool_calls", &calls.to_json());
    }
    if let Some(call) = choice.function_call.as_ref().filter(|call| call.says()) {
        message.set("function_call", &function(call, "arguments"));
    }
    if let Some(audio) = &choice.audio {
        message.set("audio", &self::audio(audio));
    }
    if !choice.annotations.is_empty() {
        message.set("annotations", &choice.annotations.to_json());
    }
    message.to_json()
}

fn tool_call(call: &Call) -> Object {
    let mut json = Object::default();
    json.set("id", &quoted(call.id.as_deref()));
    json.set("type", &quoted(Some(call.kind())));
    if call.kind() == "custom" {
        json.set("custom", &function(call, "input"));
    } else {
        json.set("function", &function(call, "arguments"));
    }
    for (name, value) in call.extra.iter() {
        json.set(name, value);
    }
    json
}

fn function(call: &Call, arguments: &str) -> Vec<u8> {
    let mut json = Object::default();
    json.set("name", &quoted(call.name.as_deref()));
    json.set(arguments, &quoted(Some(&call.arguments.text())));
    json.to_json()
}

/// The reasoning, by the names under which it came.
fn reasoning(choice: &Choice) -> IndexMap<&'static str, String> {
    let (text, names) = (choice.reasoning.get().unwrap_or_default(), &choice.reasoning_names);
    let mut by_name: IndexMap<&str, String> = IndexMap::new();
    for (n, (name, start)) in names.iter().enumerate() {
        let end = names.get(n + 1).map_or(text.len(), |(_, end)| *end);
        by_name.entry(name).or_default().push_str(&String::from_utf8_lossy(&text[*start..end]));
    }
    by_name
}

fn audio(audio: &Audio) -> Vec<u8> {
    let mut json = Object::default();
    if audio.id.is_some() {
        json.set("id", &quoted(audio.id.as_deref()));
    }
    for (name, text) in [("data", &audio.data), ("transcript", &audio.transcript)] {
        if text.get().is_some() {
            json.set(name, &text.to_json());
        }
    }
    if let Some(expires_at) = &audio.expires_at {
        json.set("expires_at", expires_at);
    }
    json.to_json()
}
