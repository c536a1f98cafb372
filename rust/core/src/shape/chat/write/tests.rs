use crate::write::telling::*;
use crate::write::{Finish, Said};
use crate::{Shape, StreamError};

const HEAD: &str = "{\"id\":\"chatcmpl-a1\",\"object\":\"chat.completion.chunk\",\"created\":7,\
                    \"model\":\"m\",\"choices\":[";

/// The deltas of the chunks, and after them what has no delta.
fn deltas(said: &[Said<'_>]) -> Vec<String> {
    let written = written(Shape::Chat, said);
    let inner = |payload: &str| {
        let payload = payload.strip_prefix(HEAD).unwrap_or(payload);
        let payload = payload.strip_prefix("{\"index\":0,\"delta\":").unwrap_or(payload);
        payload.strip_suffix(",\"finish_reason\":null}]}").unwrap_or(payload).to_owned()
    };
    payloads(&written).into_iter().map(inner).collect()
}

#[test]
fn everything_is_written() {
    let usage = usage();
    let (writer, written) = told(Shape::Chat, &everything(&usage));
    assert_eq!(
        deltas(&everything(&usage)),
        [
            r#"{"role":"assistant","content":""}"#,
            r#"{"reasoning_content":"Hm"}"#,
            r#"{"reasoning_content":"\n."}"#,
            r#"{"content":"Hi \""}"#,
            r#"{"content":"ü"}"#,
            concat!(
                r#"{"annotations":[{"index":0,"type":"url_citation","url_citation":"#,
                r#"{"start_index":1,"end_index":5,"title":"A","url":"https://a.example"}}]}"#
            ),
            concat!(
                r#"{"tool_calls":[{"index":0,"id":"call_1","type":"function","#,
                r#""function":{"name":"add","arguments":""}}]}"#
            ),
            r#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"x"}}]}"#,
            concat!(
                r#"{"tool_calls":[{"index":1,"id":"call_a1_1","type":"function","#,
                r#""function":{"name":"now","arguments":""}}]}"#
            ),
            r#"{"tool_calls":[{"index":0,"function":{"arguments":"\":1}"}}]}"#,
            r#"{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}"#,
            r#"{},"finish_reason":"tool_calls"}]}"#,
            concat!(
                r#"],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"#,
                r#""prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":1},"#,
                r#""completion_tokens_details":{"reasoning_tokens":2},"cost":{"usd":1}}}"#
            ),
            "[DONE]",
        ]
    );
    assert!(written.contains("\n\n: ping\n\ndata: "));
    assert!(writer.has_begun() && writer.has_ended());
    assert_eq!(writer.dropped().clone(), [("cited_text", 1), ("signature", 1)].into());
    let outcome = read(&written);
    assert_eq!(outcome.texts[&0], "Hi \"ü");
    assert_eq!(outcome.reasoning.as_deref(), Some("Hm\n."));
    let calls: Vec<_> = outcome.tool_calls.iter().map(|call| call.arguments.as_str()).collect();
    assert_eq!(calls, [r#"{"x":1}"#, "{}"]);
    assert_eq!((outcome.finish, outcome.complete), (Some("tool_calls"), true));
    let tokens = outcome.tokens;
    assert_eq!((tokens.input, tokens.cached, tokens.reasoning), (Some(10), Some(4), Some(2)));
}

#[test]
fn an_answer_needs_no_start_and_no_finish() {
    let written = written(Shape::Chat, &[text("\"Hi\""), Said::Done(None)]);
    let chunk = |choice: &str| {
        format!(
            "data: {{\"id\":\"chatcmpl-0\",\"object\":\"chat.completion.chunk\",\"created\":0,\
             \"model\":\"\",\"choices\":[{{\"index\":0,\"delta\":{choice}}}]}}\n\n"
        )
    };
    let expected = [
        chunk(r#"{"role":"assistant","content":""},"finish_reason":null"#),
        chunk(r#"{"content":"Hi"},"finish_reason":null"#),
        chunk(r#"{},"finish_reason":"stop""#),
        "data: [DONE]\n\n".into(),
    ];
    assert_eq!(written, expected.concat());
}

#[test]
fn free_text_is_the_input_of_a_custom_tool() {
    let said = [START, custom(0, "c", "sh"), arguments(0, "\"ls\""), Said::Done(None)];
    assert_eq!(
        deltas(&said)[1..3],
        [
            r#"{"tool_calls":[{"index":0,"id":"c","type":"custom","custom":{"name":"sh","input":""}}]}"#,
            r#"{"tool_calls":[{"index":0,"custom":{"input":"ls"}}]}"#
        ]
    );
    let outcome = read(&written(Shape::Chat, &said));
    let call = &outcome.tool_calls[0];
    assert_eq!((call.kind.as_str(), call.arguments.as_str()), ("custom", "ls"));
}

#[test]
fn a_call_without_arguments_gets_empty_ones() {
    let said = [START, call(0, "c", "now"), finish(Finish::Stop), Said::Done(None)];
    assert_eq!(
        deltas(&said)[2..],
        [
            r#"{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}"#,
            r#"{},"finish_reason":"tool_calls"}]}"#,
            "[DONE]"
        ]
    );
}

#[test]
fn arguments_wait_for_the_name_of_their_call() {
    let said = [
        START,
        arguments(0, "\"{\\\"a\""),
        arguments(0, "\"\\\":1}\""),
        arguments(1, "\"{}\""),
        call(0, "c", "add"),
        call(0, "c", "add"),
        finish(Finish::ToolCalls),
    ];
    assert_eq!(
        deltas(&said)[1..5],
        [
            concat!(
                r#"{"tool_calls":[{"index":0,"id":"c","type":"function","#,
                r#""function":{"name":"add","arguments":""}}]}"#
            ),
            r#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":1}"}}]}"#,
            concat!(
                r#"{"tool_calls":[{"index":1,"id":"call_a1_1","type":"function","#,
                r#""function":{"name":"","arguments":""}}]}"#
            ),
            r#"{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}"#,
        ]
    );
}

#[test]
fn an_error_is_followed_by_the_end_and_nothing_else() {
    let error = StreamError {
        kind: Some("overloaded_error".into()),
        message: Some("Too \"much\"".into()),
        code: b"{\n\"a\": 1}".to_vec(),
        status: Some(529),
        ..StreamError::default()
    };
    let said = [Said::Error(&error), text("\"late\""), Said::Done(None)];
    let written = written(Shape::Chat, &said);
    let payload = r#"{"error":{"message":"Too \"much\"","type":"overloaded_error","param":null,"code":{"a":1}}}"#;
    assert_eq!(written, format!("data: {payload}\n\ndata: [DONE]\n\n"));
    assert_eq!(read(&written).error.and_then(|error| error.status), Some(529));
}

#[test]
fn finish_reasons() {
    for (why, expected) in [
        (Finish::Stop, "stop"),
        (Finish::Length, "length"),
        (Finish::ToolCalls, "tool_calls"),
        (Finish::ContentFilter, "content_filter"),
        (Finish::Pause, "stop"),
    ] {
        let last = deltas(&[START, refusal("\"No\""), finish(why), finish(Finish::Stop)]);
        assert_eq!(
            last[1..],
            [
                r#"{"refusal":"No"}"#.to_owned(),
                format!("{{}},\"finish_reason\":\"{expected}\"}}]}}"),
            ]
        );
    }
}
