mod calls;

use crate::write::telling::*;
use crate::write::{Finish, Said};
use crate::{Shape, StreamError};

/// A Response, but for what is always the same at its end.
fn response(status: &str, details: &str, output: &str, usage: &str) -> String {
    format!(
        "{{\"id\":\"resp_a1\",\"object\":\"response\",\"created_at\":7,\"status\":\"{status}\",\
         \"error\":null,\"incomplete_details\":{details},\"instructions\":null,\
         \"max_output_tokens\":null,\"metadata\":{{}},\"model\":\"m\",\"output\":[{output}],\
         \"parallel_tool_calls\":true,\"previous_response_id\":null,\"temperature\":null,\
         \"text\":{{\"format\":{{\"type\":\"text\"}}}},\"tool_choice\":\"auto\",\"tools\":[],\
         \"top_p\":null,\"truncation\":\"disabled\",\"usage\":{usage}}}"
    )
}

/// The events: their types and what is behind the number, which has to be the next one.
fn events(said: &[Said<'_>]) -> Vec<String> {
    let written = written(Shape::Responses, said);
    let mut events = Vec::new();
    for event in written.split_terminator("\n\n").filter(|event| *event != ": ping") {
        let (name, payload) = event.split_once("\ndata: ").expect("data");
        let name = name.strip_prefix("event: ").expect("a name");
        let head = format!("{{\"type\":\"{name}\",\"sequence_number\":{},", events.len());
        let rest = payload.strip_prefix(&head).unwrap_or_else(|| panic!("{payload}"));
        let name = name.strip_prefix("response.").unwrap_or(name);
        events.push(format!("{name} {}", rest.strip_suffix('}').expect("an object")));
    }
    events
}

/// The types of the events.
fn kinds(said: &[Said<'_>]) -> Vec<String> {
    let kind = |event: String| event.split(' ').next().unwrap_or_default().to_owned();
    events(said).into_iter().map(kind).collect()
}

#[test]
fn everything_is_written() {
    let usage = usage();
    let rs = r#""item_id":"rs_a1_0","output_index":0,"summary_index":0"#;
    let msg = r#""item_id":"msg_a1_1","output_index":1,"content_index":0"#;
    let annotation = concat!(
        r#"{"type":"url_citation","start_index":1,"end_index":5,"title":"A","#,
        r#""url":"https://a.example"}"#
    );
    let summary = r#"{"type":"summary_text","text":"Hm\n."}"#;
    let part = format!(
        r#"{{"type":"output_text","annotations":[{annotation}],"logprobs":[],"text":"Hi \"ü"}}"#
    );
    let rs_item = |summary: &str, more: &str| {
        format!(r#"{{"id":"rs_a1_0","type":"reasoning","summary":[{summary}]{more}}}"#)
    };
    let msg_item = |status: &str, part: &str| {
        format!(
            r#"{{"id":"msg_a1_1","type":"message","status":"{status}","content":[{part}],"role":"assistant"}}"#
        )
    };
    let fc = |index, status: &str, arguments: &str, id: &str, name: &str| {
        format!(
            r#"{{"id":"fc_a1_{index}","type":"function_call","status":"{status}","arguments":"{arguments}","call_id":"{id}","name":"{name}"}}"#
        )
    };
    let (rs_done, msg_done) =
        (rs_item(summary, r#","encrypted_content":"c2ln""#), msg_item("completed", &part));
    let fc_done = [
        fc(2, "completed", r#"{\"x\":1}"#, "call_1", "add"),
        fc(3, "completed", "{}", "call_a1_1", "now"),
    ];
    let output = [&rs_done, &msg_done, &fc_done[0], &fc_done[1]].map(String::as_str).join(",");
    let counts = concat!(
        r#"{"input_tokens":10,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":1},"#,
        r#""output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":15,"#,
        r#""cost":{"usd":1}}"#
    );
    let [first, last] = [
        response("in_progress", "null", "", "null"),
        response("completed", "null", &output, counts),
    ];
    let expected = [
        format!(r#"created "response":{first}"#),
        format!(r#"in_progress "response":{first}"#),
        format!(r#"output_item.added "output_index":0,"item":{}"#, rs_item("", "")),
        format!(r#"reasoning_summary_part.added {rs},"part":{{"type":"summary_text","text":""}}"#),
        format!(r#"reasoning_summary_text.delta {rs},"delta":"Hm""#),
        format!(r#"reasoning_summary_text.delta {rs},"delta":"\n.""#),
        format!(r#"reasoning_summary_text.done {rs},"text":"Hm\n.""#),
        format!(r#"reasoning_summary_part.done {rs},"part":{summary}"#),
        format!(r#"output_item.done "output_index":0,"item":{rs_done}"#),
        format!(r#"output_item.added "output_index":1,"item":{}"#, msg_item("in_progress", "")),
        format!(
            r#"content_part.added {msg},"part":{{"type":"output_text","annotations":[],"logprobs":[],"text":""}}"#
        ),
        format!(r#"output_text.delta {msg},"delta":"Hi \"","logprobs":[]"#),
        format!(r#"output_text.delta {msg},"delta":"ü","logprobs":[]"#),
        format!(
            r#"output_text.annotation.added {msg},"annotation_index":0,"annotation":{annotation}"#
        ),
        format!(r#"output_text.done {msg},"text":"Hi \"ü","logprobs":[]"#),
        format!(r#"content_part.done {msg},"part":{part}"#),
        format!(r#"output_item.done "output_index":1,"item":{msg_done}"#),
        format!(
            r#"output_item.added "output_index":2,"item":{}"#,
            fc(2, "in_progress", "", "call_1", "add")
        ),
        r#"function_call_arguments.delta "item_id":"fc_a1_2","output_index":2,"delta":"{\"x""#
            .into(),
        format!(
            r#"output_item.added "output_index":3,"item":{}"#,
            fc(3, "in_progress", "", "call_a1_1", "now")
        ),
        r#"function_call_arguments.delta "item_id":"fc_a1_2","output_index":2,"delta":"\":1}""#
            .into(),
        r#"function_call_arguments.done "item_id":"fc_a1_2","output_index":2,"name":"add","arguments":"{\"x\":1}""#.into(),
        format!(r#"output_item.done "output_index":2,"item":{}"#, fc_done[0]),
        r#"function_call_arguments.delta "item_id":"fc_a1_3","output_index":3,"delta":"{}""#.into(),
        r#"function_call_arguments.done "item_id":"fc_a1_3","output_index":3,"name":"now","arguments":"{}""#.into(),
        format!(r#"output_item.done "output_index":3,"item":{}"#, fc_done[1]),
        format!(r#"completed "response":{last}"#),
    ];
    let said = everything(&usage);
    assert_eq!(events(&said), expected);
    let (writer, written) = told(Shape::Responses, &said);
    assert_eq!(writer.dropped().clone(), [("cited_text", 1)].into());
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
fn nothing_said_is_a_response_without_output() {
    let events = events(&[START, Said::Done(None)]);
    let first = response("in_progress", "null", "", "null");
    let last = response("completed", "null", "", "null");
    assert_eq!(
        events,
        [
            format!("created \"response\":{first}"),
            format!("in_progress \"response\":{first}"),
            format!("completed \"response\":{last}")
        ]
    );
}

#[test]
fn a_refusal_is_a_part_of_the_message() {
    let said = [text("\"a\""), refusal("\"N\""), refusal("\"o\""), Said::Done(None)];
    assert_eq!(
        kinds(&said)[2..],
        [
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "content_part.added",
            "refusal.delta",
            "refusal.delta",
            "refusal.done",
            "content_part.done",
            "output_item.done",
            "completed"
        ]
    );
    assert!(events(&said)[10].ends_with(r#""content_index":1,"refusal":"No""#));
    let outcome = read(&written(Shape::Responses, &said));
    assert_eq!((outcome.texts[&0].as_str(), outcome.refusal.as_deref()), ("a", Some("No")));
    assert_eq!(outcome.finish, Some("stop"));
}

#[test]
fn another_kind_or_index_is_another_item() {
    let other = Said::Text { index: 3, piece: b"\"c\"" };
    let said = [text("\"a\""), reasoning("\"r\""), text("\"b\""), other, Said::Done(None)];
    let added = |event: &String| event.starts_with("output_item.added");
    assert_eq!(events(&said).iter().filter(|event| added(event)).count(), 4);
    let outcome = read(&written(Shape::Responses, &said));
    assert_eq!((outcome.texts[&0].as_str(), outcome.reasoning.as_deref()), ("abc", Some("r")));
}

#[test]
fn a_signature_without_words_is_an_item() {
    let events = events(&[START, signature("\"s\""), text("\"a\"")]);
    assert!(events[2].ends_with(r#"{"id":"rs_a1_0","type":"reasoning","summary":[]}"#));
    let done = r#"{"id":"rs_a1_0","type":"reasoning","summary":[],"encrypted_content":"s"}"#;
    assert!(events[3].ends_with(done), "{}", events[3]);
}

#[test]
fn how_the_response_ended() {
    for (why, event, details, expected) in [
        (Finish::Stop, "completed", "null", Some("stop")),
        (Finish::ToolCalls, "completed", "null", Some("stop")),
        (Finish::Pause, "completed", "null", Some("stop")),
        (Finish::Length, "incomplete", r#"{"reason":"max_output_tokens"}"#, Some("length")),
        (
            Finish::ContentFilter,
            "incomplete",
            r#"{"reason":"content_filter"}"#,
            Some("content_filter"),
        ),
    ] {
        let said = [START, text("\"a\""), finish(why), Said::Done(None)];
        let item = format!(
            r#"{{"id":"msg_a1_0","type":"message","status":"{event}","content":[{{"type":"output_text","annotations":[],"logprobs":[],"text":"a"}}],"role":"assistant"}}"#
        );
        let response = response(event, details, &item, "null");
        assert_eq!(events(&said).last(), Some(&format!("{event} \"response\":{response}")));
        let outcome = read(&written(Shape::Responses, &said));
        assert_eq!((outcome.finish, outcome.complete), (expected, true));
    }
}

#[test]
fn an_error_is_the_last_event() {
    let error = StreamError {
        kind: Some("server_error".into()),
        message: Some("Oh".into()),
        code: b"\"c\"".to_vec(),
        param: b"null".to_vec(),
        status: Some(500),
        raw: Vec::new(),
    };
    let said = [START, text("\"a\""), Said::Error(&error), Said::Done(None)];
    let expected =
        r#"error "error":{"message":"Oh","type":"server_error","param":null,"code":"c"}"#;
    assert_eq!(events(&said)[5..], [expected]);
    let outcome = read(&written(Shape::Responses, &said));
    assert_eq!(outcome.error.and_then(|error| error.message).as_deref(), Some("Oh"));
    assert_eq!(kinds(&[Said::Ping, Said::Error(&error)]), ["error"]);
}
