mod calls;

use crate::write::telling::*;
use crate::write::{Finish, Said, Usage};
use crate::{Shape, StreamError};

/// What happens to the blocks, in short: `+` opens one, `-` closes one.
fn blocks(said: &[Said<'_>]) -> Vec<String> {
    let written = written(Shape::Messages, said);
    let short = |payload: &str| {
        let from = |start: &str| payload.strip_prefix(start).map(|rest| rest.trim_end_matches('}'));
        if let Some(rest) = from("{\"type\":\"content_block_start\",\"index\":") {
            let kind = rest.split('"').nth(5).unwrap_or_default();
            return Some(format!("+{}{kind}", &rest[..1]));
        }
        if let Some(rest) = from("{\"type\":\"content_block_stop\",\"index\":") {
            return Some(format!("-{rest}"));
        }
        let rest = from("{\"type\":\"content_block_delta\",\"index\":")?;
        let value = rest.splitn(4, ':').nth(3).unwrap_or_default();
        Some(format!("{} {value}", &rest[..1]))
    };
    payloads(&written).into_iter().filter_map(short).collect()
}

#[test]
fn everything_is_written() {
    let usage = usage();
    let (writer, written) = told(Shape::Messages, &everything(&usage));
    let expected = [
        concat!(
            r#"{"type":"message_start","message":{"id":"msg_a1","type":"message","#,
            r#""role":"assistant","model":"m","content":[],"stop_reason":null,"#,
            r#""stop_sequence":null,"usage":{"input_tokens":0,"cache_creation_input_tokens":0,"#,
            r#""cache_read_input_tokens":0,"output_tokens":0}}}"#
        ),
        r#"{"type":"ping"}"#,
        concat!(
            r#"{"type":"content_block_start","index":0,"content_block":"#,
            r#"{"type":"thinking","thinking":"","signature":""}}"#
        ),
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"\n."}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hi \""}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"ü"}}"#,
        concat!(
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","#,
            r#""citation":{"type":"web_search_result_location","cited_text":"said","#,
            r#""url":"https://a.example","title":"A","encrypted_index":""}}}"#
        ),
        r#"{"type":"content_block_stop","index":1}"#,
        concat!(
            r#"{"type":"content_block_start","index":2,"content_block":"#,
            r#"{"type":"tool_use","id":"call_1","name":"add","input":{}}}"#
        ),
        r#"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"x"}}"#,
        r#"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"\":1}"}}"#,
        r#"{"type":"content_block_stop","index":2}"#,
        concat!(
            r#"{"type":"content_block_start","index":3,"content_block":"#,
            r#"{"type":"tool_use","id":"toolu_a1_1","name":"now","input":{}}}"#
        ),
        r#"{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{}"}}"#,
        r#"{"type":"content_block_stop","index":3}"#,
        concat!(
            r#"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"#,
            r#""usage":{"input_tokens":5,"cache_creation_input_tokens":1,"#,
            r#""cache_read_input_tokens":4,"output_tokens":5,"#,
            r#""output_tokens_details":{"thinking_tokens":2},"cost":{"usd":1}}}"#
        ),
        r#"{"type":"message_stop"}"#,
    ];
    assert_eq!(payloads(&written), expected);
    for (line, payload) in written.split("\n\n").zip(expected) {
        let name = payload.split('"').nth(3).unwrap();
        assert_eq!(line, format!("event: {name}\ndata: {payload}"));
    }
    assert!(writer.dropped().is_empty(), "{:?}", writer.dropped());
    let outcome = read(&written);
    assert_eq!(outcome.texts[&0], "Hi \"ü");
    assert_eq!(outcome.reasoning.as_deref(), Some("Hm\n."));
    let calls: Vec<_> = outcome.tool_calls.iter().map(|call| call.arguments.as_str()).collect();
    assert_eq!(calls, [r#"{"x":1}"#, "{}"]);
    assert_eq!((outcome.finish, outcome.complete), (Some("tool_calls"), true));
    let tokens = outcome.tokens;
    assert_eq!((tokens.input, tokens.cached, tokens.total), (Some(10), Some(4), Some(15)));
}

#[test]
fn nothing_said_is_no_block() {
    let said = [
        Said::Ping,
        Said::Start { id: crate::Id::Foreign(""), model: "", created: 0 },
        Said::Done(None),
    ];
    let written = written(Shape::Messages, &said);
    assert!(written.starts_with(": ping\n\nevent: message_start\n"));
    assert_eq!(payloads(&written).len(), 3);
    assert!(payloads(&written)[0].contains(r#""id":"msg_0""#));
    let end = concat!(
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"#,
        r#""usage":{"output_tokens":0}}"#
    );
    assert_eq!(payloads(&written)[1], end);
}

#[test]
fn another_kind_or_index_is_another_block() {
    let other = Said::Text { index: 3, piece: b"\"c\"" };
    let said = [text("\"a\""), reasoning("\"r\""), text("\"b\""), other, refusal("\"no\"")];
    assert_eq!(
        blocks(&said),
        [
            "+0text",
            "0 \"a\"",
            "-0",
            "+1thinking",
            "1 \"r\"",
            "-1",
            "+2text",
            "2 \"b\"",
            "-2",
            "+3text",
            "3 \"c\"",
            "-3",
            "+4text",
            "4 \"no\"",
        ]
    );
}

#[test]
fn a_signature_without_words_is_a_block_of_its_own() {
    let said = [signature("\"s\""), text("\"a\"")];
    assert_eq!(blocks(&said), ["+0thinking", "0 \"s\"", "-0", "+1text", "1 \"a\""]);
}

#[test]
fn stop_reasons() {
    let sequence = Said::Finish { why: Finish::Stop, sequence: Some("\n") };
    let (said, none) = (text("\"a\""), "null");
    let call = call(0, "a", "a");
    for (said, why, reason, expected) in [
        (said, finish(Finish::Stop), "end_turn", none),
        (said, sequence, "stop_sequence", "\"\\n\""),
        (said, finish(Finish::Length), "max_tokens", none),
        (said, finish(Finish::ToolCalls), "tool_use", none),
        (said, finish(Finish::ContentFilter), "refusal", none),
        (said, finish(Finish::Pause), "pause_turn", none),
        (refusal("\"No\""), finish(Finish::Stop), "refusal", none),
        (call, finish(Finish::Stop), "tool_use", none),
        (call, Said::Ping, "tool_use", none),
    ] {
        let written = written(Shape::Messages, &[said, why, Said::Done(None)]);
        let delta = format!("{{\"stop_reason\":\"{reason}\",\"stop_sequence\":{expected}}}");
        assert!(written.contains(&delta), "{written}");
    }
}

#[test]
fn a_usage_that_is_all_cache_is_not_below_zero() {
    let usage = Usage { input: Some(3), cached: Some(5), ..Usage::default() };
    let written = written(Shape::Messages, &[Said::Done(Some(&usage))]);
    let counts = r#""usage":{"input_tokens":0,"cache_read_input_tokens":5,"output_tokens":0}"#;
    assert!(written.contains(counts), "{written}");
}

#[test]
fn an_error_is_the_last_event() {
    let error = StreamError {
        kind: Some("requests".into()),
        message: Some("Slow down".into()),
        code: b"\"rate_limit_exceeded\"".to_vec(),
        param: b"null".to_vec(),
        status: Some(429),
        raw: Vec::new(),
    };
    let said = [Said::Error(&error), Said::Done(None), text("\"late\"")];
    let (writer, written) = told(Shape::Messages, &said);
    let payload = r#"{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}"#;
    assert_eq!(written, format!("event: error\ndata: {payload}\n\n"));
    assert_eq!(writer.dropped().clone(), [("error_code", 1)].into());
    assert_eq!(read(&written).error.and_then(|error| error.status), Some(429));
}

#[test]
fn a_citation_needs_its_text() {
    let other = Said::Text { index: 3, piece: b"\"c\"" };
    let cited = citation("\"u\"", "", "null");
    let (writer, written) = told(Shape::Messages, &[cited, other, cited]);
    assert!(!written.contains("citation"));
    assert_eq!(writer.dropped().clone(), [("citation", 2)].into());
    let (call, whole) = (call(0, "a", "a"), arguments(0, "\"{}\""));
    let (writer, written) = told(Shape::Messages, &[call, text("\"a\""), cited, whole]);
    assert!(written.contains(r#""cited_text":"","url":"u","title":null"#), "{written}");
    assert!(writer.dropped().is_empty());
}
