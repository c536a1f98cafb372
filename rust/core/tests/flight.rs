//! Text in flight through relays: what is replaced in the pieces is what would be replaced in the
//! whole, under every cut.

use std::fs;
use std::path::PathBuf;

use ssewire_core::{
    DispatchOptions, Dispatcher, Kind, Relay, RelayOptions, Sent, Shape, TextRules,
};

const TABLE: [(&str, &str); 3] = [("e", "<e>"), (" the ", " THE "), ("\u{ed}", "i")];
const KINDS: [Kind; 4] = [Kind::Text, Kind::Reasoning, Kind::Refusal, Kind::ToolArguments];

fn rules(replace: &[(&str, &str)], kinds: &[Kind], stop: &[&str]) -> RelayOptions {
    let pairs: Vec<_> = replace.iter().map(|(from, to)| ((*from).into(), (*to).into())).collect();
    let stop = stop.iter().map(|stop| (*stop).into()).collect();
    let text = TextRules::new(&pairs, kinds, stop).expect("strings that are not empty");
    RelayOptions { text, ..RelayOptions::default() }
}

/// What is sent on, and the relay.
fn sent(stream: &[u8], size: usize, options: &RelayOptions) -> (Vec<u8>, Relay) {
    let mut relay = Relay::new(options.clone());
    let mut out = Vec::new();
    for chunk in stream.chunks(size) {
        match relay.feed(chunk, &mut |_| Vec::new()) {
            Ok(Sent::Same) => out.extend_from_slice(chunk),
            Ok(Sent::Bytes(bytes)) => out.extend_from_slice(bytes),
            Err(_) => break,
        }
    }
    if let Ok(rest) = relay.finish(&mut |_| Vec::new()) {
        out.extend_from_slice(rest);
    }
    (out, relay)
}

fn read(stream: &[u8]) -> Dispatcher {
    let mut dispatcher = Dispatcher::new(DispatchOptions::default());
    dispatcher.feed(stream).for_each(drop);
    let _ = dispatcher.finish();
    dispatcher
}

fn fixtures() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/corpus/wire");
    let paths = fs::read_dir(folder).expect("the corpus").map(|file| file.expect("a file").path());
    let streams = paths.filter(|path| path.extension().is_some_and(|name| name == "sse"));
    streams.map(|path| (path.clone(), fs::read(path).expect("a stream"))).collect()
}

/// From left to right, the longest of those that begin at a place.
fn replaced(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let here = TABLE.iter().filter(|(from, _)| rest.starts_with(from));
        if let Some((from, to)) = here.max_by_key(|(from, _)| from.len()) {
            out.push_str(to);
            rest = &rest[from.len()..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

#[test]
fn nothing_found_is_nothing_changed() {
    let options = rules(&[("\0never", "?")], &[Kind::Text], &["\u{1}nor"]);
    // A half of a character is held, and comes with the other half.
    let halves = |path: &PathBuf| path.ends_with("chat_lone_surrogates.sse");
    for (path, stream) in fixtures().into_iter().filter(|(path, _)| !halves(path)) {
        for size in [1, 7, 64, usize::MAX] {
            let (out, relay) = sent(&stream, size, &options);
            assert!(out == stream, "{} {size}", path.display());
            assert_eq!(relay.stopped(), None);
        }
    }
}

#[test]
fn pieces_become_what_the_whole_becomes() {
    let mut changed = 0;
    for (path, stream) in fixtures() {
        let options = rules(&TABLE, &KINDS, &[]);
        let (out, _) = sent(&stream, usize::MAX, &options);
        for size in [1, 2, 3, 16, 61, 333] {
            let (other, _) = sent(&stream, size, &options);
            assert_eq!(
                String::from_utf8_lossy(&other),
                String::from_utf8_lossy(&out),
                "{} {size}",
                path.display()
            );
        }
        let (found, source) = (read(&out).outcome(), read(&stream).outcome());
        let name = path.display();
        assert_eq!((found.complete, found.usage), (source.complete, source.usage), "{name}");
        assert_eq!(found.error, source.error, "{name}");
        assert_eq!(found.finish_reasons, source.finish_reasons, "{name}");
        if matches!(read(&stream).shape(), Some(Shape::Chat | Shape::Completions)) {
            let halves = path.ends_with("chat_lone_surrogates.sse");
            for (index, text) in source.texts.iter().filter(|_| !halves) {
                assert_eq!(found.texts[index], replaced(text), "{name}");
            }
        } else if source.texts.len() == found.texts.len() {
            for (index, text) in &source.texts {
                let plain = |text: &str| text.to_lowercase().replace("<e>", "e");
                assert_eq!(plain(&found.texts[index]), plain(&replaced(text)), "{name}");
            }
        }
        changed += usize::from(out != stream);
    }
    assert!(changed > 50, "{changed}");
}

#[test]
fn a_stop_string_ends_every_stream_in_the_same_way() {
    let mut stopped = 0;
    for (path, stream) in fixtures() {
        for stop in ["e", "o ", "th", "."] {
            let options = rules(&[], &[], &[stop]);
            let (out, relay) = sent(&stream, usize::MAX, &options);
            for size in [1, 5, 47, 400] {
                let (other, _) = sent(&stream, size, &options);
                assert_eq!(
                    String::from_utf8_lossy(&other),
                    String::from_utf8_lossy(&out),
                    "{} {size} {stop:?}",
                    path.display()
                );
            }
            if relay.stopped().is_none() {
                continue;
            }
            stopped += 1;
            let found = read(&out).outcome();
            assert!(
                found.texts.len() > 1 || found.texts.values().all(|text| !text.contains(stop)),
                "{}",
                path.display()
            );
            assert!(found.complete, "{} {stop:?}", path.display());
        }
    }
    assert!(stopped > 100, "{stopped}");
}

fn events(payloads: &[&str]) -> Vec<u8> {
    payloads.iter().flat_map(|payload| format!("data: {payload}\n\n").into_bytes()).collect()
}

/// What comes of the payloads, under every cut.
fn all_sent(payloads: &[&str], options: &RelayOptions) -> (String, Relay) {
    let stream = events(payloads);
    let (out, relay) = sent(&stream, usize::MAX, options);
    for size in [1, 2, 7, 64] {
        assert_eq!(sent(&stream, size, options).0, out);
    }
    (String::from_utf8(out).expect("characters that are whole"), relay)
}

#[test]
fn a_character_in_two_halves_stays_whole_where_the_second_piece_is_changed() {
    let options = rules(&[("secret", "?")], &[Kind::Text], &[]);
    let halves = [
        r#"{"choices":[{"index":0,"delta":{"content":"a\ud83d"}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"\ude00 secret"}}]}"#,
    ];
    let (out, _) = all_sent(&halves, &options);
    assert_eq!(read(out.as_bytes()).outcome().texts[&0], "a\u{1f600} ?");
    assert!(!out.contains("\\ud83d"), "{out}");
}

#[test]
fn what_is_held_of_a_function_call_is_sent_as_its_arguments() {
    let options = rules(&[("secret", "?")], &KINDS, &[]);
    let pieces = [
        r#"{"choices":[{"index":0,"delta":{"function_call":{"name":"f","arguments":"[\"sec"}}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"function_call":{"arguments":"re"}}}]}"#,
        r#"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#,
    ];
    let (out, _) = all_sent(&pieces, &options);
    let call = read(out.as_bytes()).outcome().function_call.expect("a call");
    assert_eq!(call, (Some("f".into()), "[\"secre".into()));
}

#[test]
fn details_of_a_whole_message_are_its_reasoning() {
    let options = rules(&[("secret", "?")], &[Kind::Reasoning], &[]);
    let says = r#""reasoning":"a secret","reasoning_details":[{"text":"a secret"}]"#;
    let message = format!(r#"{{"choices":[{{"index":0,"message":{{{says}}}}}]}}"#);
    let (out, _) = all_sent(&[&message], &options);
    assert_eq!((out.matches('?').count(), out.matches("secret").count()), (2, 0), "{out}");
}

#[test]
fn events_are_numbered_whatever_spaces_their_numbers_have() {
    let options = rules(&[("secret", "?")], &[Kind::Text], &[]);
    for colon in [":", ": ", " : ", ":\t", "\t:"] {
        let event = |(number, text): (usize, &&str)| {
            let about = r#""type":"response.output_text.delta","output_index":0"#;
            let place = r#""content_index":0,"item_id":"m""#;
            format!(r#"{{{about},"sequence_number"{colon}{number},{place},"delta":"{text}"}}"#)
        };
        let texts = ["a", "b", "sec", "c", "d", "se", "c", "ret", "e", "f", "g"];
        let payloads: Vec<_> = texts.iter().enumerate().map(event).collect();
        let payloads: Vec<_> = payloads.iter().map(String::as_str).collect();
        let (out, _) = all_sent(&payloads, &options);
        let numbers = out.split("sequence_number").skip(1).map(|rest| {
            let digits = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
            digits.split(',').next().and_then(|digits| digits.parse().ok())
        });
        let numbers: Vec<Option<usize>> = numbers.collect();
        assert_eq!(numbers, (0..8).map(Some).collect::<Vec<_>>(), "{colon:?}");
    }
}

#[test]
fn a_stop_string_that_an_error_ends_is_told() {
    let options = rules(&[], &[], &["EN", "END"]);
    let streams = [
        [r#"{"choices":[{"index":0,"delta":{"content":"a EN"}}]}"#, r#"{"error":{"message":"x"}}"#],
        [
            r#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"a EN"}}"#,
            r#"{"type":"error","error":{"type":"api_error","message":"x"}}"#,
        ],
        [
            r#"{"type":"response.output_text.delta","output_index":0,"delta":"a EN"}"#,
            r#"{"type":"error","message":"x"}"#,
        ],
    ];
    for payloads in streams {
        let (out, relay) = all_sent(&payloads, &options);
        assert_eq!(relay.stopped(), Some("EN"), "{out}");
        assert!(!out.contains("EN"), "{out}");
    }
}

/// None of these would come to an end if the work grew with the square of what is in one event.
#[test]
fn many_things_in_one_event_are_no_more_work_than_in_many() {
    const MANY: usize = 10_000;
    let many = |of: &dyn Fn(usize) -> String| (0..MANY).map(of).collect::<Vec<_>>();
    let calls = many(&|n| {
        let function = r#"{"name":"f","arguments":"[\"secret\"]"}"#;
        format!(r#"{{"index":{n},"id":"c{n}","function":{function}}}"#)
    });
    let calls = format!(
        r#"data: {{"choices":[{{"delta":{{"tool_calls":[{}]}}}}]}}{}"#,
        calls.join(","),
        "\n\n"
    );
    let choices = many(&|n| format!(r#"{{"index":{n},"delta":{{"content":"a secretEND"}}}}"#));
    let choices = format!("data: {{\"choices\":[{}]}}\n\n", choices.join(","));
    let text = r#"{"model":"m","choices":[{"index":0,"delta":{"content":"a secret"}}]}"#;
    let payloads = format!("{}\n", many(&|_| format!("data: {text}\n")).concat());
    let plain = rules(&[("secret", "?")], &KINDS, &[]);
    let options = RelayOptions { model: Some("x".into()), ..plain };
    let stops = rules(&[("secret", "?")], &KINDS, &["END"]);
    for (stream, options) in [(calls, &options), (choices, &stops), (payloads, &options)] {
        let (out, _) = sent(stream.as_bytes(), usize::MAX, options);
        assert_eq!(memchr::memchr_iter(b'?', &out).count(), MANY);
    }
}

/// The same for what many events leave open.
#[test]
fn many_open_texts_are_no_more_work_than_one() {
    const MANY: usize = 10_000;
    let block = |kind: &str, n: usize, rest: &str| {
        format!(r#"{{"type":"content_block_{kind}","index":{n}{rest}}}"#)
    };
    let tool = r#","content_block":{"type":"tool_use","id":"t","name":"f","input":{}}"#;
    let piece = r#","delta":{"type":"input_json_delta","partial_json":"[\"a secre"}"#;
    let rest = r#","delta":{"type":"input_json_delta","partial_json":"t\"]"}"#;
    let kinds = [("start", tool), ("delta", piece), ("delta", rest), ("stop", "")];
    let each =
        |(kind, rest): (&str, &str)| (0..MANY).map(|n| block(kind, n, rest)).collect::<Vec<_>>();
    let blocks = kinds.into_iter().flat_map(each).collect::<Vec<_>>();
    let choice = |n: usize, text: &str| {
        format!(r#"{{"choices":[{{"index":{n},"delta":{{"content":"{text}"}}}}]}}"#)
    };
    let choices = |text: &'static str| (0..MANY).map(move |n| choice(n, text));
    let choices = choices("a secre").chain(choices("tEND")).collect::<Vec<_>>();
    let blocks_options = rules(&[("secret", "?")], &KINDS, &[]);
    let stops = rules(&[("secret", "?")], &KINDS, &["END"]);
    let translated = RelayOptions { to: Some(Shape::Chat), ..blocks_options.clone() };
    let cases = [(&blocks, &blocks_options), (&blocks, &translated), (&choices, &stops)];
    for (payloads, options) in cases {
        let payloads: Vec<_> = payloads.iter().map(String::as_str).collect();
        let (out, _) = sent(&events(&payloads), 4096, options);
        assert_eq!(memchr::memchr_iter(b'?', &out).count(), MANY);
    }
}
