//! What a template may and must do: it is found wherever an event is like one before, it never
//! gives text to what got it before but would not now, and it costs little where nothing is alike.

mod dispatching;

use dispatching::{Cost, both, pieces};
use ssewire_core::{DispatchOptions, Dispatcher, Outcome};

const EVENTS: usize = 1000;

fn json(text: &str) -> String {
    text.replace('\'', "\"")
}

/// An event of the chunk family.
fn chunk(choices: &str) -> String {
    json(&format!("data: {{'id':'c','choices':[{choices}]}}\n\n"))
}

fn content(index: usize, text: &str) -> String {
    chunk(&format!("{{'index':{index},'delta':{{'content':'{text}'}}}}"))
}

/// A piece of a tool call of choice 0.
fn call(entry: &str, arguments: &str) -> String {
    chunk(&format!(
        "{{'index':0,'delta':{{'tool_calls':[{{{entry}'function':{{'arguments':'{arguments}'}}}}]}}}}"
    ))
}

fn opening(entry: &str) -> String {
    chunk(&format!(
        "{{'index':0,'delta':{{'tool_calls':[{{{entry}'function':{{'name':'f','arguments':''}}}}]}}}}"
    ))
}

/// An event of the event family.
fn named(kind: &str, rest: &str) -> String {
    json(&format!("event: {kind}\ndata: {{'type':'{kind}'{rest}}}\n\n"))
}

fn text_delta(index: usize, text: &str) -> String {
    let rest = format!(",'index':{index},'delta':{{'type':'text_delta','text':'{text}'}}");
    named("content_block_delta", &rest)
}

fn block_start(index: usize, block: &str) -> String {
    named("content_block_start", &format!(",'index':{index},'content_block':{{{block}}}"))
}

fn output_text(item: usize, text: &str) -> String {
    let rest = format!(",'output_index':{item},'content_index':0,'delta':'{text}'");
    named("response.output_text.delta", &rest)
}

/// What a stream says, and how many of its events a template matched.
fn outcome(events: &[String]) -> (Outcome, u64) {
    let stream = events.concat();
    let (said, cost) = both(&[stream.as_bytes()], &DispatchOptions::default());
    (said.outcome, cost.hits)
}

fn arguments(outcome: &Outcome) -> Vec<&str> {
    outcome.tool_calls.iter().map(|call| &*call.arguments).collect()
}

/// Texts of many lengths.
fn text(n: usize) -> String {
    ["a", " the", "\\n\\n", "été", "0123456789abcdef", "\\u00e9"][n % 6].repeat(1 + n % 3)
}

fn many(event: impl FnMut(usize) -> String) -> String {
    (0..EVENTS).map(event).collect()
}

#[test]
fn nearly_every_event_is_like_one_before() {
    let pad = |n: usize| &"abcdefghijklmno"[..n % 15];
    let chat = |n: usize, head: &str| {
        let delta = format!("{{'index':{},'delta':{{'content':'{}'}}}}", n % 3, text(n));
        json(&format!("data: {{{head}'choices':[{delta}],'obfuscation':'{}'}}\n\n", pad(n)))
    };
    let calls = many(|n| call("'index':0,", &text(n)));
    let spaces = |n| format!("{}}}\n", " ".repeat(n % 9));
    let numbers = |n| json(&format!(",'sequence_number':{n},'obfuscation':'{}'}}\n", pad(n)));
    let ids = |n| json(&format!(",'item_id':'m{n}'}}\n"));
    let streams = [
        ("constant", many(|n| chat(n, "'id':'c','created':1,"))),
        ("ids", many(|n| chat(n, &format!("'id':'c{n}','created':{},", n + 1)))),
        ("eight choices", many(|n| content(n % 8, &text(n)))),
        ("no space", many(|n| content(0, &text(n)).replacen(": ", ":", 1))),
        ("CRLF", many(|n| content(0, &text(n)).replace('\n', "\r\n"))),
        ("completions", many(|n| chunk(&format!("{{'text':'{}','index':0}}", text(n))))),
        ("calls", opening("'index':0,'id':'a',") + &calls),
        ("messages", many(|n| text_delta(0, &text(n)).replace("}\n", &spaces(n)))),
        ("no name", many(|n| text_delta(0, &text(n)).replace("event: content_block_delta\n", ""))),
        ("responses", many(|n| output_text(0, &text(n)).replace("}\n", &numbers(n)))),
        ("item ids", many(|n| output_text(n % 2, &text(n)).replace("}\n", &ids(n)))),
    ];
    for (name, stream) in &streams {
        for size in [usize::MAX, 1460, 77, 1] {
            let chunks = pieces(stream.as_bytes(), &[size]);
            let (_, Cost { hits, capacity, .. }) = both(&chunks, &DispatchOptions::default());
            // A CR at the end of a chunk ends an event before its LF is there.
            let split = if *name == "CRLF" { EVENTS / size.min(EVENTS) } else { 0 };
            assert!(hits + 2 * split as u64 + 25 >= EVENTS as u64, "{name}, {size}: {hits}");
            // The first chunk may be kept until it is known to be of an event stream.
            assert!(capacity < chunks[0].len() + (16 << 10), "{name}, {size}: {capacity}");
        }
    }
}

#[test]
fn where_nothing_is_alike_little_is_tried() {
    let odd = |n: usize| chunk(&format!("{{'index':0,'x':{n},'delta':{{'content':'a'}}}}"));
    let stream: String = (0..64 * 100).map(odd).collect();
    let (_, Cost { hits, in_vain, .. }) = both(&[stream.as_bytes()], &DispatchOptions::default());
    assert_eq!(hits, 0);
    // "After so many misses in a row only `TRIES` of `EVENTS` events are tried".
    assert!((200..=32 + 2 * 100).contains(&in_vain), "{in_vain}");

    // What becomes alike again is found soon.
    let alike = many(|n| content(0, &text(n)));
    let stream = stream + &alike;
    let (_, Cost { hits, .. }) = both(&[stream.as_bytes()], &DispatchOptions::default());
    assert!(hits >= EVENTS as u64 - 70, "{hits}");
}

#[test]
fn without_templates_none_is_tried() {
    let stream = many(|n| content(0, &text(n)));
    let mut dispatcher =
        Dispatcher::new(DispatchOptions { templates: false, ..DispatchOptions::default() });
    assert_eq!(dispatcher.feed(stream.as_bytes()).count(), EVENTS);
    assert_eq!(dispatcher.template_counts(), (0, 0));
}

#[test]
fn text_goes_to_its_choice() {
    let turns = [content(0, "a"), content(1, "b")].concat().repeat(4);
    let stream = turns.clone() + &content(2, "c") + &turns + &content(2, "d").repeat(3) + &turns;
    let (outcome, hits) = outcome(&[stream]);
    assert_eq!(outcome.texts[&0], "a".repeat(12));
    assert_eq!(outcome.texts[&1], "b".repeat(12));
    assert_eq!(outcome.texts[&2], "cddd");
    assert!(hits > 15, "{hits}");
}

#[test]
fn arguments_go_to_the_call_that_an_index_points_to_now() {
    let pieces = call("'index':0,", "x").repeat(4);
    let stream = [
        opening("'index':0,'id':'a',"),
        pieces.clone(),
        opening("'index':0,'id':'b',"),
        pieces.replace("\"x\"", "\"y\""),
        call("'id':'a',", "z").repeat(4),
        pieces,
    ];
    let (outcome, hits) = outcome(&stream);
    assert_eq!(arguments(&outcome), ["xxxxzzzz", "yyyyxxxx"]);
    assert!(hits > 6, "{hits}");
}

#[test]
fn arguments_without_an_index_go_to_the_call_in_hand() {
    let [first, second] = [opening("'index':0,'id':'a',"), opening("'index':1,'id':'b',")];
    let pieces = |index: &str, text: &str| call(index, text).repeat(3) + &call("", text).repeat(3);
    let turns = [pieces("'index':1,", "b"), pieces("'index':0,", "a")].concat().repeat(3);
    // The last that got a piece got it through a template.
    let turn = ["b", "a", "b"]
        .map(|text| call(&format!("'index':{},", u8::from(text == "b")), text).repeat(2));
    let (outcome, hits) = outcome(&[first, second, turns, turn.concat(), call("", "b")]);
    assert_eq!(arguments(&outcome), ["a".repeat(20), "b".repeat(23)]);
    assert!(hits > 6, "{hits}");
}

#[test]
fn a_call_is_in_hand_although_it_gets_nothing() {
    let two = |text: &str| {
        chunk(&format!(
            "{{'index':0,'delta':{{'tool_calls':[{{'index':0,'function':{{'arguments':'{text}'}}}},\
             {{'index':1,'function':{{'arguments':''}}}}]}}}}"
        ))
    };
    let text = "{'index':0,'delta':{'content':'a','tool_calls':[{'index':1,'function':{}}]}}";
    for piece in [two("a"), chunk(text)] {
        let stream = [
            opening("'index':0,'id':'a',"),
            opening("'index':1,'id':'b',"),
            piece.repeat(3),
            call("'index':0,", "a").repeat(3),
            piece.repeat(2),
            call("", "b"),
        ];
        let (outcome, _) = outcome(&stream);
        assert_eq!(outcome.tool_calls[1].arguments, "b");
    }
}

#[test]
fn a_name_opens_a_call_once_the_one_in_hand_has_begun() {
    let named = |text: &str| {
        chunk(&format!(
            "{{'index':0,'delta':{{'tool_calls':[{{'function':{{'name':'f','arguments':'{text}'}}}}]}}}}"
        ))
    };
    let stream = ["", "", "1", "2", "3"].map(named);
    let (outcome, _) = outcome(&stream);
    assert_eq!(arguments(&outcome), ["1", "2", "3"]);
}

#[test]
fn a_block_that_starts_again_has_nothing_of_the_one_before() {
    let start = block_start(0, "'type':'text','text':''");
    let tool = block_start(1, "'type':'tool_use','id':'t','name':'f','input':{}");
    let input = named(
        "content_block_delta",
        ",'index':1,'delta':{'type':'input_json_delta','partial_json':'1'}",
    );
    let stream = [
        start.clone(),
        text_delta(0, "a").repeat(4),
        tool,
        input.repeat(4),
        text_delta(0, "b").repeat(4),
        start,
        text_delta(0, "c").repeat(4),
    ];
    let stream = stream.concat();
    let (said, cost) = both(&[stream.as_bytes()], &DispatchOptions::default());
    let message: serde_json::Value = serde_json::from_slice(&said.snapshot.unwrap()).unwrap();
    let blocks = message["content"].as_array().unwrap();
    let texts: Vec<_> = blocks.iter().filter_map(|block| block["text"].as_str()).collect();
    assert_eq!(texts, ["aaaabbbb", "cccc"]);
    assert_eq!(said.outcome.tool_calls[0].arguments, "1111");
    assert!(cost.hits >= 8, "{cost:?}");
}

#[test]
fn text_goes_to_its_output_item() {
    let added = |item: usize| {
        named(
            "response.output_item.added",
            &format!(",'output_index':{item},'item':{{'type':'message'}}"),
        )
    };
    let stream = [
        added(0),
        output_text(0, "a").repeat(4),
        added(1),
        output_text(1, "b").repeat(4),
        output_text(0, "a").repeat(4),
    ];
    let (outcome, hits) = outcome(&stream);
    assert_eq!(outcome.texts[&0], "aaaaaaaabbbb");
    assert!(hits >= 7, "{hits}");
}

#[test]
fn nothing_is_read_after_the_end() {
    for end in ["data: [DONE]\n\n", "data: {\"error\":\"x\"}\n\n"] {
        let stream = [content(0, "a").repeat(4), end.into(), content(0, "a").repeat(4)];
        let (outcome, hits) = outcome(&stream);
        assert_eq!((&*outcome.texts[&0], hits), ("aaaa", 2));
    }
}

#[test]
fn templates_are_of_one_stream() {
    let mut dispatcher = Dispatcher::new(DispatchOptions::default());
    for _ in 0..2 {
        for event in [content(0, "a"), text_delta(0, "a"), output_text(0, "a")] {
            assert_eq!(dispatcher.feed(event.repeat(4).as_bytes()).count(), 4);
            assert_eq!(dispatcher.outcome().texts[&0], "aaaa");
            dispatcher.reset();
        }
    }
}
