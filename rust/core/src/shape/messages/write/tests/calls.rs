use super::blocks;
use crate::write::telling::*;
use crate::write::{Finish, Said};
use crate::{Shape, StreamError};

#[test]
fn calls_wait_until_the_one_that_is_open_is_whole() {
    let said = [
        call(0, "a", "a"),
        call(1, "b", "b"),
        call(2, "c", "c"),
        arguments(1, "\"{\\\"y\""),
        arguments(0, "\"{\\\"x\\\": \\\"}\""),
        arguments(2, "\"{}\""),
        arguments(1, "\"\\\":1\""),
        arguments(0, "\"\\\"}\""),
        // The second is open now, the third waits.
        arguments(1, "\"}\""),
        arguments(0, "\" \""),
        arguments(2, "\" \""),
    ];
    assert_eq!(
        blocks(&said),
        [
            "+0tool_use",
            r#"0 "{\"x\": \"}""#.trim_end_matches('}'),
            r#"0 "\"}""#,
            "-0",
            "+1tool_use",
            r#"1 "{\"y\":1""#,
            r#"1 "}""#,
            "-1",
            "+2tool_use",
            r#"2 "{}""#,
            r#"2 " ""#,
        ]
    );
    let (writer, _) = told(Shape::Messages, &said);
    assert_eq!(writer.dropped().clone(), [("tool_arguments", 1)].into());
}

#[test]
fn text_waits_too() {
    let whole = [
        call(0, "a", "a"),
        arguments(0, "\"{\""),
        text("\"t\""),
        text("\"u\""),
        call(1, "b", "b"),
        arguments(1, "\"[]\""),
        signature("\"s\""),
        arguments(0, "\"}\""),
        text("\"v\""),
    ];
    assert_eq!(
        blocks(&whole),
        [
            "+0tool_use",
            r#"0 "{""#,
            r#"0 "}""#,
            "-0",
            "+1text",
            r#"1 "tu""#,
            "-1",
            "+2tool_use",
            r#"2 "[]""#,
            "-2",
            "+3thinking",
            r#"3 "s""#,
            "-3",
            "+4text",
            r#"4 "v""#,
        ]
    );
    let empty = [call(0, "a", "a"), text("\"t\""), arguments(0, "\"{}\"")];
    assert_eq!(blocks(&empty), ["+0tool_use", r#"0 "{}""#, "-0", "+1text", r#"1 "t""#]);
}

#[test]
fn what_waits_comes_out_at_the_end_and_at_a_cut() {
    let open = [
        call(0, "a", "a"),
        arguments(0, "\"{\""),
        signature("\"s\""),
        call(1, "b", "b"),
        arguments(1, "\"{\""),
        text("\"t\""),
    ];
    let expected = [
        "+0tool_use",
        r#"0 "{""#,
        "-0",
        "+1thinking",
        r#"1 "s""#,
        "-1",
        "+2tool_use",
        r#"2 "{""#,
        "-2",
        "+3text",
        r#"3 "t""#,
    ];
    let error = StreamError::default();
    for last in [finish(Finish::Length), Said::Error(&error)] {
        let said = [open.as_slice(), &[last]].concat();
        assert_eq!(blocks(&said), expected);
    }
    let (mut writer, mut written) = told(Shape::Messages, &open);
    let mut rest = Vec::new();
    writer.release(&mut rest);
    written.push_str(&String::from_utf8(rest).unwrap());
    assert_eq!(read(&written).texts[&0], "t");
    assert!(!read(&written).complete && !writer.has_ended());
}

#[test]
fn free_text_is_wrapped_and_escaped_once_more() {
    let said = [
        START,
        custom(0, "c", "sh"),
        arguments(0, "\"echo \\\"\u{fc}\""),
        arguments(0, "\"\\\"\\n\\\\\""),
        custom(1, "d", "sh"),
        finish(Finish::ToolCalls),
        Said::Done(None),
    ];
    let written = written(Shape::Messages, &said);
    assert!(written.contains(r#""partial_json":"{\"input\": \"echo \\\"ü"}"#), "{written}");
    let outcome = read(&written);
    let calls: Vec<_> = outcome.tool_calls.iter().map(|call| call.arguments.as_str()).collect();
    assert_eq!(calls, ["{\"input\": \"echo \\\"\u{fc}\\\"\\n\\\\\"}", r#"{"input": ""}"#]);
    assert!(outcome.tool_calls.iter().all(|call| call.is_json));
}
