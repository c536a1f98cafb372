//! Templates are a cache: with them, without them, and under every cut a stream says the same.

mod dispatching;
mod streams;

use std::fs;

use dispatching::{both, check_framed, cut, pieces};
use proptest::collection::vec;
use proptest::prelude::*;
use ssewire_core::{
    DispatchError, DispatchOptions, Dispatcher, EventTooLarge, Kind, Options, Oversize, Shape,
};
use streams::{damaged, stream};

fn options() -> impl Strategy<Value = DispatchOptions> {
    let size = prop_oneof![4 => Just(usize::MAX), 1 => 60_usize..240];
    let shape = prop_oneof![
        9 => Just(None),
        1 => prop::sample::select(Shape::ALL.map(|(shape, _)| Some(shape)).to_vec()),
    ];
    let rare = || prop::bool::weighted(0.1);
    (size, rare(), rare(), rare(), shape, rare()).prop_map(
        |(max_event_size, skip, flush_at_end, strict, shape, only)| DispatchOptions {
            decoder: Options {
                max_event_size,
                oversize: if skip { Oversize::Skip } else { Oversize::Raise },
                flush_at_end,
                ..Options::default()
            },
            family: shape.map(Shape::family).filter(|_| only),
            shape: shape.filter(|_| !only),
            strict,
            ..DispatchOptions::default()
        },
    )
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![vec(0_usize..40, 1..20), vec(0_usize..600, 1..20), Just(vec![1])]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn streams_say_the_same(stream in stream(), options in options(), sizes in sizes()) {
        cut(&stream, &pieces(&stream, &sizes), &options);
    }

    #[test]
    fn damaged_ones_too(stream in damaged(), options in options(), sizes in sizes()) {
        cut(&stream, &pieces(&stream, &sizes), &options);
    }

    #[test]
    fn events_framed_elsewhere_say_the_same(stream in stream()) {
        // A field `error` is no event's.
        prop_assume!(!stream.windows(6).any(|bytes| matches!(bytes, b"\nerror" | b"\rerror")));
        check_framed(&stream, &DispatchOptions::default());
    }
}

#[test]
fn the_fixtures_say_the_same() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/corpus/wire");
    let mut count = 0;
    for file in fs::read_dir(folder).expect("the corpus") {
        let path = file.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "sse") {
            continue;
        }
        count += 1;
        let stream = fs::read(&path).expect("a stream");
        let decoder = Options { flush_at_end: true, ..Options::default() };
        let flushing = DispatchOptions { decoder, ..DispatchOptions::default() };
        let strict = DispatchOptions { strict: true, ..DispatchOptions::default() };
        for options in [DispatchOptions::default(), flushing, strict] {
            for size in [1, 2, 3, 7, 16, 61, 333, 1460] {
                let chunks: Vec<_> = stream.chunks(size).collect();
                cut(&stream, &chunks, &options);
            }
        }
        // One event a read, as tokens come, and the same three times over.
        let tokens: Vec<_> = stream.split_inclusive(|byte| *byte == b'\n').collect();
        cut(&stream, &tokens, &DispatchOptions::default());
        let often = stream.repeat(3);
        cut(&often, &pieces(&often, &[100, 7]), &DispatchOptions::default());
    }
    assert_eq!(count, 86);
}

fn limited(max_event_size: usize, oversize: Oversize) -> DispatchOptions {
    let decoder = Options { max_event_size, oversize, ..Options::default() };
    DispatchOptions { decoder, ..DispatchOptions::default() }
}

#[test]
fn limits_hold_for_repeated_events() {
    let event = |length: usize| {
        let text = "x".repeat(length);
        format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
    };
    let lengths = [1, 2, 3, 4, 20, 5, 21, 6, 7];
    let stream: String = lengths.map(event).concat();
    let limit = event(20).len();
    let sizes = [3, 200, 40];
    let chunks = pieces(stream.as_bytes(), &sizes);
    let raised = cut(stream.as_bytes(), &chunks, &limited(limit, Oversize::Raise));
    let offset = lengths[..6].iter().map(|length| event(*length).len() as u64).sum();
    assert_eq!(raised.error, Some(DispatchError::TooLarge(EventTooLarge { limit, offset })));
    assert_eq!((raised.items.len(), raised.outcome.texts[&0].len()), (6, 35));
    let skipped = cut(stream.as_bytes(), &chunks, &limited(limit, Oversize::Skip));
    assert_eq!((skipped.items.len(), skipped.outcome.texts[&0].len()), (8, 48));
    let (said, cost) = both(&[stream.as_bytes()], &limited(limit, Oversize::Skip));
    assert_eq!((said.skipped, cost.hits), (1, 6));
}

#[test]
fn an_error_is_the_first_thing_that_is_said_until_reset() {
    let strict = DispatchOptions { strict: true, ..DispatchOptions::default() };
    let mut dispatcher = Dispatcher::new(strict);
    for _ in 0..2 {
        let items = dispatcher.feed(b"data: {}\n\ndata: {\n\ndata: {}\n\n");
        assert_eq!(items.map(|item| item.is_ok()).collect::<Vec<_>>(), [true, false]);
        let items = dispatcher.feed(b"data: {}\n\n");
        assert_eq!(items.map(|item| item.is_ok()).collect::<Vec<_>>(), [false]);
        assert!(dispatcher.finish().is_err());
        dispatcher.reset();
        assert_eq!(dispatcher.finish(), Ok(Vec::new()));
        dispatcher.reset();
    }
}

#[test]
fn an_error_field_may_say_nothing() {
    for stream in ["error\n\n", "error:\n\n", "error: \n\n", "error:  \t\n\n", "error: {}\n\n"] {
        let (said, _) = both(&[stream.as_bytes()], &DispatchOptions::default());
        assert_eq!(said.outcome.events, 0, "{stream:?}");
        for item in said.items {
            assert!(matches!(item.payload().trim_ascii(), b"" | b"{}"));
        }
    }
}

#[test]
fn what_is_in_a_slot_is_checked() {
    let event = |number: &str, text: &str, padding: &str, spaces: &str| {
        format!(
            "data: {{'type':'content_block_delta','sequence_number':{number},'index':0,\
             'obfuscation':'{padding}','delta':{{'type':'text_delta','text':'{text}'}}{spaces}}}\n\n"
        )
        .replace('\'', "\"")
    };
    let good = event("1", "a", "x", "").repeat(3) + &event("20", "b", "", "  ");
    for (odd, valid) in [
        (event("0", "a", "", " "), true),
        (event("01", "a", "", ""), false),
        (event("", "a", "", ""), false),
        (event("1.5", "a", "", ""), true),
        (event("-1", "a", "", ""), true),
        (event("1x", "a", "", ""), false),
        (event("1", "\u{1f}", "", ""), false),
        (event("1", "\\x", "", ""), false),
        (event("1", "\\u12", "", ""), false),
        (event("1", "\\\"", "", ""), true),
        (event("1", "a", "\t", ""), false),
        (event("1", "a", "\\u00g0", ""), false),
        (event("1", "a", "", "\t"), true),
        (event("1", "a", "", "\u{b}"), false),
        (event("1", "a", "", "}"), false),
    ] {
        let stream = [good.as_str(), &odd, &good].concat();
        let (said, cost) = both(&[stream.as_bytes()], &DispatchOptions::default());
        assert_eq!(said.items[4].deltas.as_slice()[0].kind == Kind::Text, valid, "{odd}");
        assert!(cost.hits >= 4, "{odd}");
    }
}
