use super::{events, kinds};
use crate::Shape;
use crate::write::telling::*;
use crate::write::{Finish, Said};

#[test]
fn calls_close_when_they_are_whole_and_something_else_is_said() {
    let said = [
        call(0, "a", "a"),
        call(1, "b", "b"),
        arguments(1, "\"[\""),
        arguments(0, "\"{\\\"}\""),
        arguments(0, "\"\\\":0}\""),
        arguments(0, "\" \""),
        text("\"t\""),
        arguments(1, "\"]\""),
        text("\"u\""),
        arguments(0, "\" \""),
        finish(Finish::ToolCalls),
        Said::Done(None),
    ];
    assert_eq!(
        kinds(&said)[2..],
        [
            "output_item.added",
            "output_item.added",
            "function_call_arguments.delta",
            "function_call_arguments.delta",
            "function_call_arguments.delta",
            "function_call_arguments.delta",
            "function_call_arguments.done",
            "output_item.done",
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "function_call_arguments.delta",
            "output_text.delta",
            "function_call_arguments.done",
            "output_item.done",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "completed"
        ]
    );
    let (writer, written) = told(Shape::Responses, &said);
    assert_eq!(writer.dropped().clone(), [("tool_arguments", 1)].into());
    let outcome = read(&written);
    let calls: Vec<_> = outcome.tool_calls.iter().map(|call| call.arguments.as_str()).collect();
    assert_eq!(
        (calls.as_slice(), outcome.texts[&0].as_str()),
        (["{\"}\":0} ", "[]"].as_slice(), "tu")
    );
}

#[test]
fn calls_without_arguments_and_custom_ones_close_at_the_end() {
    let said = [
        START,
        call(0, "a", "now"),
        custom(1, "b", "sh"),
        arguments(1, "\"{}\""),
        custom(2, "c", "sh"),
        Said::Done(None),
    ];
    let kinds = kinds(&said);
    assert_eq!(kinds[5], "output_item.added");
    assert_eq!(kinds[4], "custom_tool_call_input.delta");
    let events = events(&said);
    assert_eq!(
        events[8],
        r#"custom_tool_call_input.done "item_id":"ctc_a1_1","output_index":1,"input":"{}""#
    );
    let item = r#"{"id":"ctc_a1_1","type":"custom_tool_call","status":"completed","input":"{}","call_id":"b","name":"sh"}"#;
    assert!(events[9].ends_with(item), "{}", events[9]);
    let outcome = read(&written(Shape::Responses, &said));
    let calls: Vec<_> = outcome.tool_calls.iter().map(|call| call.arguments.as_str()).collect();
    assert_eq!(calls, ["{}", "{}", ""]);
}
