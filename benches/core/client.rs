//! What a client of a stream needs of a payload, as it would be written with serde.

#![allow(dead_code, reason = "what counts is that the members are read")]

use std::borrow::Cow;

use divan::black_box;
use serde::Deserialize;
use serde::de::IgnoredAny;

pub(crate) fn parse<'a, T: Deserialize<'a>>(payload: &'a [u8]) {
    drop(black_box(serde_json::from_slice::<T>(payload).expect("JSON")));
}

/// A string, borrowed if it has no escapes; serde would copy all in an `Option<Cow<str>>`.
#[derive(Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A chunk of chat or completions.
#[derive(Deserialize)]
pub(crate) struct Chunk<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    model: Text<'a>,
    #[serde(borrow)]
    choices: Vec<Choice<'a>>,
    usage: Option<IgnoredAny>,
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(crate) struct Choice<'a> {
    index: u64,
    #[serde(borrow)]
    delta: Option<Message<'a>>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(borrow)]
    role: Option<Text<'a>>,
    #[serde(borrow)]
    content: Option<Text<'a>>,
    #[serde(borrow)]
    reasoning_content: Option<Text<'a>>,
    #[serde(borrow)]
    refusal: Option<Text<'a>>,
    tool_calls: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(crate) struct MessagesEvent<'a> {
    #[serde(borrow)]
    r#type: Text<'a>,
    index: Option<u64>,
    #[serde(borrow)]
    delta: Option<BlockDelta<'a>>,
    usage: Option<IgnoredAny>,
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(crate) struct BlockDelta<'a> {
    #[serde(borrow)]
    r#type: Option<Text<'a>>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    thinking: Option<Text<'a>>,
    #[serde(borrow)]
    partial_json: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct ResponsesEvent<'a> {
    #[serde(borrow)]
    r#type: Text<'a>,
    output_index: Option<u64>,
    content_index: Option<u64>,
    #[serde(borrow)]
    delta: Option<Text<'a>>,
    response: Option<IgnoredAny>,
    error: Option<IgnoredAny>,
}
