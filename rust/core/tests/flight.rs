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
    for (path, stream) in fixtures() {
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
