use crate::Shape;
use crate::write::telling::*;
use crate::write::{Finish, Said, Usage};

fn chunk(choice: &str) -> String {
    let head = r#""object":"text_completion","created":7,"model":"m","choices":["#;
    format!("data: {{\"id\":\"cmpl-a1\",{head}{{{choice}}}]}}\n\n")
}

#[test]
fn the_text_is_written_and_the_rest_is_counted() {
    let usage = usage();
    let (writer, written) = told(Shape::Completions, &everything(&usage));
    let last = concat!(
        r#"data: {"id":"cmpl-a1","object":"text_completion","created":7,"model":"m","choices":[],"#,
        r#""usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"#,
        r#""prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":1},"#,
        r#""completion_tokens_details":{"reasoning_tokens":2},"cost":{"usd":1}}}"#
    );
    let expected = [
        ": ping\n\n",
        &chunk(r#""text":"Hi \"","index":0,"logprobs":null,"finish_reason":null"#),
        &chunk(r#""text":"ü","index":0,"logprobs":null,"finish_reason":null"#),
        &chunk(r#""text":"","index":0,"logprobs":null,"finish_reason":"stop""#),
        last,
        "\n\ndata: [DONE]\n\n",
    ];
    assert_eq!(written, expected.concat());
    let dropped = [
        ("citation", 1),
        ("reasoning", 2),
        ("signature", 1),
        ("tool_arguments", 3),
        ("tool_call", 2),
    ];
    assert_eq!(writer.dropped().clone(), dropped.into());
    let outcome = read(&written);
    assert_eq!((outcome.texts[&0].as_str(), outcome.finish), ("Hi \"ü", Some("stop")));
}

#[test]
fn finish_reasons() {
    for (why, expected) in [
        (Finish::Length, "length"),
        (Finish::ContentFilter, "content_filter"),
        (Finish::Pause, "stop"),
    ] {
        let written = written(Shape::Completions, &[START, finish(why), finish(Finish::Stop)]);
        let choice = r#""text":"","index":0,"logprobs":null,"finish_reason":"#;
        assert_eq!(written, chunk(&format!("{choice}\"{expected}\"")));
    }
}

#[test]
fn what_is_not_known_of_the_usage_is_not_written() {
    let usage = Usage { input: Some(3), ..Usage::default() };
    let written = written(Shape::Completions, &[START, Said::Done(Some(&usage))]);
    let counts = r#""usage":{"prompt_tokens":3,"completion_tokens":0,"total_tokens":3}}"#;
    assert!(written.contains(counts), "{written}");
}
