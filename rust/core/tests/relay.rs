//! What a relay sends on where the source says things in unusual ways: under every cut the same.

use ssewire_core::{
    DispatchOptions, Dispatcher, Kind, Outcome, Relay, RelayOptions, Sent, Shape, TextRules,
};

fn to(shape: Shape) -> RelayOptions {
    RelayOptions { to: Some(shape), ..RelayOptions::default() }
}

fn take(relay: &mut Relay, chunk: &[u8]) -> Vec<u8> {
    match relay.feed(chunk, &mut |_| Vec::new()) {
        Ok(Sent::Same) => chunk.to_vec(),
        Ok(Sent::Bytes(bytes)) => bytes.to_vec(),
        Err(error) => panic!("{error}"),
    }
}

/// What is sent on, and the relay.
fn sent(stream: &str, options: &RelayOptions) -> (String, Relay) {
    let read_in = |size| {
        let mut relay = Relay::new(options.clone());
        let mut out = Vec::new();
        for chunk in stream.as_bytes().chunks(size) {
            out.extend(take(&mut relay, chunk));
        }
        out.extend_from_slice(relay.finish(&mut |_| Vec::new()).expect("no event is too large"));
        (String::from_utf8(out).expect("UTF-8"), relay)
    };
    let whole = read_in(usize::MAX);
    for size in [1, 2, 7, 64] {
        assert_eq!(read_in(size).0, whole.0, "{size}");
    }
    whole
}

fn outcome(stream: &str) -> Outcome {
    let mut dispatcher = Dispatcher::new(DispatchOptions::default());
    dispatcher.feed(stream.as_bytes()).for_each(drop);
    let _ = dispatcher.finish();
    dispatcher.outcome()
}

fn event(data: &str) -> String {
    format!("data: {data}\n\n")
}

/// A chunk with a choice that has this delta.
fn chunk(index: u64, delta: &str, finish: &str) -> String {
    event(&format!(
        r#"{{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{{"index":{index},"delta":{delta},"finish_reason":{finish}}}]}}"#
    ))
}

fn call(members: &str) -> String {
    chunk(0, &format!(r#"{{"tool_calls":[{{"index":0,{members}}}]}}"#), "null")
}

const OPENS: &str = r#""id":"t","type":"function","function":{"name":"get_","arguments":""}"#;
const TARGETS: [Shape; 2] = [Shape::Messages, Shape::Responses];

#[test]
fn a_name_in_pieces_is_whole_in_translation() {
    let more = call(r#""function":{"name":"weather"}"#);
    let arguments = call(r#""function":{"arguments":"{\"a\":1}"}"#);
    let both = call(r#""function":{"name":"weather","arguments":"{\"a\":1}"}"#);
    let end = chunk(0, "{}", r#""tool_calls""#);
    let last = chunk(
        0,
        r#"{"tool_calls":[{"index":0,"function":{"name":"weather"}}]}"#,
        r#""tool_calls""#,
    );
    let done = event("[DONE]");
    for rest in [
        [more.as_str(), &arguments, &arguments, &end, &done].concat(),
        [both.as_str(), &end, &done].concat(),
        [more.as_str(), &end, &done].concat(),
        [last.as_str(), &done].concat(),
        more.clone(),
    ] {
        let stream = call(OPENS) + &rest;
        for shape in TARGETS {
            let (out, _) = sent(&stream, &to(shape));
            let found = outcome(&out).tool_calls;
            assert_eq!(found.len(), 1, "{out}");
            assert_eq!(found[0].name.as_deref(), Some("get_weather"), "{out}");
            let source = &outcome(&stream).tool_calls[0];
            let or_none = |arguments: &str| arguments.replace("{}", "");
            assert_eq!(or_none(&found[0].arguments), source.arguments, "{out}");
        }
    }
}

#[test]
fn names_of_two_calls_may_come_in_turns_of_one_event_each() {
    let both = |first: &str, second: &str| {
        chunk(
            0,
            &format!(r#"{{"tool_calls":[{{"index":0,{first}}},{{"index":1,{second}}}]}}"#),
            "null",
        )
    };
    let function = |name: &str, arguments: &str| {
        format!(r#""function":{{"name":"{name}","arguments":"{arguments}"}}"#)
    };
    let opens = |id: &str, name: &str, arguments: &str| {
        format!(r#""id":"{id}",{}"#, function(name, arguments))
    };
    let stream = both(&opens("t", "get_", ""), &opens("u", "set_", ""))
        + &both(&function("weather", ""), &function("time", "{}"));
    // The second one has arguments at once, and comes second all the same.
    let ordered = both(&opens("t", "get_weather", ""), &opens("u", "set_time", "{}"));
    for stream in [stream, ordered] {
        for shape in TARGETS {
            let (out, _) = sent(&stream, &to(shape));
            let names = outcome(&out).tool_calls.into_iter().filter_map(|call| call.name);
            assert_eq!(names.collect::<Vec<_>>(), ["get_weather", "set_time"], "{out}");
        }
    }
}

#[test]
fn many_calls_without_ids_are_told_in_order() {
    let name = |n: usize| format!("f{n}");
    let call = |n: usize| {
        let function = format!(r#"{{"name":"{}","arguments":"{{}}"}}"#, name(n));
        chunk(0, &format!(r#"{{"tool_calls":[{{"index":{n},"function":{function}}}]}}"#), "null")
    };
    let stream: String = (0..300).map(call).collect();
    for shape in TARGETS {
        let (out, _) = sent(&stream, &to(shape));
        let names = outcome(&out).tool_calls.into_iter().filter_map(|call| call.name);
        assert!(names.eq((0..300).map(name)), "{out}");
    }
}

#[test]
fn a_deprecated_call_too_may_have_its_name_in_pieces() {
    let stream = [
        chunk(0, r#"{"function_call":{"name":"get_","arguments":""}}"#, "null"),
        chunk(0, r#"{"function_call":{"name":"weather"}}"#, "null"),
        chunk(0, r#"{"function_call":{"arguments":"{}"}}"#, r#""function_call""#),
    ];
    for shape in TARGETS {
        let (out, _) = sent(&stream.concat(), &to(shape));
        assert_eq!(outcome(&out).tool_calls[0].name.as_deref(), Some("get_weather"), "{out}");
    }
}

#[test]
fn a_call_waits_for_no_more_than_the_next_event() {
    let text = chunk(0, r#"{"content":"x"}"#, "null");
    let other = r#"{"tool_calls":[{"index":1,"id":"u","function":{"name":"b","arguments":""}}]}"#;
    let same = call(r#""function":{"name":"get_"}"#);
    let nexts = [text.clone(), event("{}"), chunk(0, other, "null"), chunk(0, "{}", "null"), same];
    for next in nexts {
        let mut relay = Relay::new(RelayOptions {
            dispatch: DispatchOptions { shape: Some(Shape::Chat), ..DispatchOptions::default() },
            ..to(Shape::Messages)
        });
        // Text comes by a template the second time.
        let begin = [text.as_str(), &text, &call(OPENS)].concat();
        let mut out = take(&mut relay, begin.as_bytes());
        assert!(!String::from_utf8_lossy(&out).contains("get_"));
        out = take(&mut relay, next.as_bytes());
        assert!(String::from_utf8_lossy(&out).contains(r#""name":"get_""#), "{next}");
    }
    let whole = call(r#""id":"t","function":{"name":"f","arguments":"{"}"#);
    let out = take(&mut Relay::new(to(Shape::Messages)), whole.as_bytes());
    assert!(String::from_utf8_lossy(&out).contains("partial_json"), "arguments come at once");
    let events = concat!(
        "data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"m\"}}\n\n",
        "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":",
        "\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{}}}\n\n",
    );
    let out = take(&mut Relay::new(to(Shape::Chat)), events.as_bytes());
    assert!(String::from_utf8_lossy(&out).contains(r#""name":"f""#), "names of events are whole");
}

#[test]
fn arguments_without_a_call_make_none() {
    let typed = |data: &str| {
        let kind = data.split('"').nth(3).expect("a type");
        format!("event: {kind}\ndata: {data}\n\n")
    };
    let stream = [
        r#"{"type":"message_start","message":{"id":"m","model":"m","usage":{}}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{}}"#,
        r#"{"type":"message_stop"}"#,
    ];
    let stream: String = stream.into_iter().map(typed).collect();
    assert!(outcome(&stream).tool_calls.is_empty());
    for shape in [Shape::Chat, Shape::Responses] {
        let (out, relay) = sent(&stream, &to(shape));
        let found = outcome(&out);
        assert!(found.tool_calls.is_empty() && found.complete, "{out}");
        assert_eq!(found.texts[&0], "Hi");
        assert_eq!(relay.dropped().get("tool_arguments"), Some(&1));
    }
}

#[test]
fn a_cut_source_with_choices_is_cut_in_translation() {
    let text = |index, text: &str| {
        event(&format!(
            r#"{{"id":"c","object":"text_completion","created":1,"model":"m","choices":[{{"index":{index},"text":"{text}","finish_reason":null}}]}}"#
        ))
    };
    let chat = [
        chunk(0, r#"{"role":"assistant","content":"a"}"#, "null"),
        chunk(1, r#"{"role":"assistant","content":"b"}"#, "null"),
        chunk(0, "{}", r#""stop""#),
    ]
    .concat();
    let completions = text(0, "a")
        + &text(1, "b")
        + &text(0, "").replace(r#""finish_reason":null"#, r#""finish_reason":"stop""#);
    let second = |stream: &str| stream.replace(r#""index":0"#, r#""index":1"#);
    for (stream, shapes) in [
        (chat, [Shape::Messages, Shape::Responses].as_slice()),
        (completions, &[Shape::Chat, Shape::Messages, Shape::Responses]),
    ] {
        assert!(!outcome(&stream).complete);
        let last = stream.trim_end().rfind("data:").expect("an event");
        let whole = [stream.as_str(), &second(&stream[last..])].concat();
        for shape in shapes {
            let (out, _) = sent(&stream, &to(*shape));
            assert!(!outcome(&out).complete, "{out}");
            for whole in [whole.clone(), stream.clone() + "data: [DONE]\n\n"] {
                let (out, _) = sent(&whole, &to(*shape));
                let found = outcome(&out);
                assert!(found.complete && found.finish == Some("stop"), "{out}");
            }
        }
    }
}

#[test]
fn an_event_is_left_out_only_if_all_its_payloads_are() {
    let payload = |kind: &str| format!(r#"{{"type":"{kind}","response":{{"id":"r"}}}}"#);
    let two = |first: &str, second: &str| {
        format!("data: {}\ndata: {}\n\n", payload(first), payload(second))
    };
    let drop = vec!["response.in_progress".to_owned(), "response.queued".to_owned()];
    let options = RelayOptions { drop, ..RelayOptions::default() };
    let created = event(&payload("response.created"));
    for (first, second, stays) in [
        ("response.in_progress", "response.completed", true),
        ("response.completed", "response.in_progress", true),
        ("response.in_progress", "response.queued", false),
    ] {
        let stream = created.clone() + &two(first, second);
        let (out, _) = sent(&stream, &options);
        assert_eq!(out, if stays { stream } else { created.clone() });
    }
}

#[test]
fn payloads_behind_one_that_is_no_object_are_edited() {
    let (model, id) = (Some("own".to_owned()), Some("mine".to_owned()));
    let options = RelayOptions { model, id, ..RelayOptions::default() };
    let chunk = |id, model| {
        format!(r#"{{"id":"{id}","model":"{model}","choices":[{{"index":0,"delta":{{}}}}]}}"#)
    };
    let stream = |payload: &str| {
        let first = event(payload);
        format!("{first}data: null\ndata: {payload}\ndata: [1]\ndata: {payload}\n\n")
    };
    let (out, _) = sent(&stream(&chunk("c", "m")), &options);
    assert_eq!(out, stream(&chunk("mine", "own")));
}

#[test]
fn both_kinds_of_calls_go_where_a_stop_string_ends_the_answer() {
    let text = TextRules::new(&[], &[Kind::Text], vec!["END".into()]).expect("a stop string");
    let options = RelayOptions { text, ..RelayOptions::default() };
    let calls = r#""tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":"{}"}}]"#;
    let old = r#""function_call":{"name":"f","arguments":"{}"}"#;
    let content = r#""content":"a END b""#;
    for delta in [
        format!("{{{calls},{old},{content}}}"),
        format!("{{{old} , {calls} ,{content}}}"),
        format!("{{{content},{calls}, {old}}}"),
        format!("{{{calls},{content},{old}}}"),
    ] {
        let (out, relay) = sent(&chunk(0, &delta, "null"), &options);
        assert_eq!(relay.stopped(), Some("END"));
        let found = outcome(&out);
        assert!(found.tool_calls.is_empty() && found.function_call.is_none(), "{out}");
        assert_eq!(found.texts[&0], "a ", "{out}");
        assert!(found.complete && found.finish == Some("stop"), "{out}");
    }
}
