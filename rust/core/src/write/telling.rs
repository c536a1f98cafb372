//! For the tests of the writers: what is said, in short; what is written; and what that tells.

use super::{Finish, Page, Said, Usage, Writer};
use crate::{DispatchOptions, Dispatcher, Outcome, Shape};

pub(crate) const START: Said<'_> =
    Said::Start { id: crate::Id::Foreign("chatcmpl-a1"), model: "m", created: 7 };

pub(crate) fn text(piece: &str) -> Said<'_> {
    Said::Text { index: 0, piece: piece.as_bytes() }
}

pub(crate) fn reasoning(piece: &str) -> Said<'_> {
    Said::Reasoning { index: 0, piece: piece.as_bytes() }
}

pub(crate) fn signature(piece: &str) -> Said<'_> {
    Said::Signature { index: 0, piece: piece.as_bytes() }
}

pub(crate) fn refusal(piece: &str) -> Said<'_> {
    Said::Refusal { index: 0, piece: piece.as_bytes() }
}

pub(crate) fn call<'a>(call: u32, id: &'a str, name: &'a str) -> Said<'a> {
    Said::ToolCall { call, id, name, custom: false }
}

pub(crate) fn custom<'a>(call: u32, id: &'a str, name: &'a str) -> Said<'a> {
    Said::ToolCall { call, id, name, custom: true }
}

pub(crate) fn arguments(call: u32, piece: &str) -> Said<'_> {
    Said::ToolArguments { call, piece: piece.as_bytes() }
}

pub(crate) fn finish<'a>(why: Finish) -> Said<'a> {
    Said::Finish { why, sequence: None }
}

/// A page that is cited, with a span if `title` is there.
pub(crate) fn citation<'a>(url: &'a str, title: &'a str, cited_text: &'a str) -> Said<'a> {
    let span = (!title.is_empty()).then_some((1, 5));
    let title = if title.is_empty() { "null" } else { title };
    let [url, title, cited_text] = [url, title, cited_text].map(str::as_bytes);
    Said::Citation { index: 0, page: Page { url, title, cited_text, span } }
}

pub(crate) fn usage() -> Usage {
    Usage {
        input: Some(10),
        output: Some(5),
        cached: Some(4),
        cache_written: Some(1),
        reasoning: Some(2),
        total: Some(15),
        extra: vec![("cost".into(), b"{\n\"usd\": 1}".to_vec())],
    }
}

/// A writer that was told all that, and what it wrote.
pub(crate) fn told(shape: Shape, said: &[Said<'_>]) -> (Writer, String) {
    let mut writer = Writer::new(shape);
    let mut out = Vec::new();
    for said in said {
        writer.write(said, &mut out);
    }
    (writer, String::from_utf8(out).expect("UTF-8"))
}

/// What is written.
pub(crate) fn written(shape: Shape, said: &[Said<'_>]) -> String {
    told(shape, said).1
}

/// The payloads of what is written, one a line, without those that only frame others.
pub(crate) fn payloads(written: &str) -> Vec<&str> {
    written.lines().filter_map(|line| line.strip_prefix("data: ")).collect()
}

/// What the stream tells whoever reads it, strictly.
pub(crate) fn read(written: &str) -> Outcome {
    let mut dispatcher =
        Dispatcher::new(DispatchOptions { strict: true, ..DispatchOptions::default() });
    for item in dispatcher.feed(written.as_bytes()) {
        item.expect("a stream without faults");
    }
    dispatcher.outcome()
}

/// A whole answer with all that there is.
pub(crate) fn everything(usage: &Usage) -> [Said<'_>; 17] {
    [
        START,
        Said::Ping,
        reasoning("\"Hm\""),
        reasoning("\"\\n.\""),
        signature("\"c2ln\""),
        text("\"Hi \\\"\""),
        text("\"\u{fc}\""),
        citation("\"https://a.example\"", "\"A\"", "\"said\""),
        text("\"\""),
        call(0, "call_1", "add"),
        arguments(0, "\"{\\\"x\""),
        call(1, "", "now"),
        arguments(0, "\"\\\":1}\""),
        arguments(1, "\"{}\""),
        finish(Finish::ToolCalls),
        Said::Done(Some(usage)),
        text("\"late\""),
    ]
}
