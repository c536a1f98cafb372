//! Streams and what they say, under every cut.

mod decoding;

use decoding::{Said, every_cut};
use ssewire_core::{EventTooLarge, Options, Oversize};

/// The name, data and id of each event, whatever the cuts.
fn events(stream: &[u8]) -> Vec<(String, String, String)> {
    let said = every_cut(stream, &Options::default());
    said.events.into_iter().map(|event| (event.name, event.data, event.id)).collect()
}

fn data(stream: &[u8]) -> Vec<String> {
    events(stream).into_iter().map(|(_, data, _)| data).collect()
}

fn said(stream: &[u8], options: &Options) -> Said {
    every_cut(stream, options)
}

#[test]
fn line_ends_may_be_mixed() {
    for stream in [
        &b"data: a\n\ndata: b\n\n"[..],
        b"data: a\r\rdata: b\r\r",
        b"data: a\r\n\r\ndata: b\r\n\r\n",
        b"data: a\r\n\ndata: b\n\r",
        b"data: a\n\r\ndata: b\r\n\r",
    ] {
        assert_eq!(data(stream), ["a", "b"], "{stream:?}");
    }
    assert_eq!(data(b"data: a\r\ndata: b\r\n\r\n"), ["a\nb"]);
    assert_eq!(
        data("data: a\u{2028}b\u{85}c\x0b\x0c\n\n".as_bytes()),
        ["a\u{2028}b\u{85}c\x0b\x0c"]
    );
}

#[test]
fn one_byte_order_mark_is_dropped() {
    assert_eq!(data(b"\xef\xbb\xbfdata: a\n\n"), ["a"]);
    assert_eq!(data(b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n"), ["b"]);
    assert_eq!(data(b"\xef\xbbdata: a\ndata: b\n\n"), ["b"]);
    assert_eq!(data(b"data: a\n\n\xef\xbb\xbfdata: b\n\n"), ["a"]);
}

#[test]
fn a_block_without_data_is_no_event() {
    let said =
        said(b"id: 1\n\nretry: 10\nevent: x\n\n: c\n\ndata\n\ndata\ndata\n\n", &Options::default());
    let data: Vec<_> = said.events.iter().map(|event| event.data.as_str()).collect();
    assert_eq!(data, ["", "\n"]);
    assert_eq!((said.last_event_id.as_str(), said.retry, said.comments), ("1", Some(10), 1));
    assert_eq!(said.events[0].name, "message");
}

#[test]
fn ids_stay_and_names_do_not() {
    let named = |name: &str, data: &str, id: &str| (name.into(), data.into(), id.into());
    assert_eq!(
        events(b"event: x\nid: 1\ndata: a\n\nid: 2\x003\ndata: b\n\nid\ndata: c\n\n"),
        [named("x", "a", "1"), named("message", "b", "1"), named("message", "c", "")]
    );
    assert_eq!(events(b"event: x\nevent\ndata: a\n\n"), [named("message", "a", "")]);
}

#[test]
fn what_comes_before_the_first_field_is_not_part_of_the_event() {
    let said =
        said(b"\xef\xbb\xbf: c\nwhat\r\ndata: a\n: in\r\nx\n\n\nid: 1\n\n", &Options::default());
    assert_eq!(said.events[0].raw, b"data: a\n: in\r\nx\n\n");
    assert_eq!(said.comments, 2);
}

#[test]
fn the_end_drops_or_flushes_what_is_pending() {
    let flush = Options { flush_at_end: true, ..Options::default() };
    for (stream, flushed) in [
        (&b"data: a\n\ndata: b\n"[..], Some("b")),
        (b"data: a\n\ndata: [DONE]", Some("[DONE]")),
        (b"data: a\n\ndata", Some("")),
        (b"data: a\n\nid: 1", None),
        (b"data: a\n\n: c", None),
        (b"data: a\n\ndat", None),
    ] {
        let dropped = said(stream, &Options::default());
        assert_eq!((dropped.events.len(), dropped.truncated), (1, true), "{stream:?}");
        let said = said(stream, &flush);
        assert_eq!(said.events.get(1).map(|event| event.data.as_str()), flushed, "{stream:?}");
        assert!(said.truncated);
    }
    assert!(!said(b"data: a\n\n: c\n\n", &flush).truncated);
}

#[test]
fn an_event_may_be_as_large_as_the_limit() {
    let stream = b": a comment that is longer\ndata: 1\n\ndata: 1234\r\n\r\nid: 7\ndata: 12345\n\ndata: 1\n\n";
    let limit = |max_event_size| Options { max_event_size, ..Options::default() };
    assert_eq!(said(stream, &limit(19)).error, None);
    let failed = said(stream, &limit(13));
    let expected = EventTooLarge { limit: 13, offset: 50 };
    assert_eq!((failed.events.len(), failed.error), (2, Some(expected)));
    assert_eq!(said(stream, &limit(12)).error.map(|error| error.offset), Some(36));

    let skip = |max| said(stream, &Options { oversize: Oversize::Skip, ..limit(max) });
    let skipped = skip(12);
    let data: Vec<_> = skipped.events.iter().map(|event| event.data.as_str()).collect();
    assert_eq!((data, skipped.skipped), (vec!["1", "1"], 2));
    assert_eq!(skipped.last_event_id, "");
}

#[test]
fn nothing_is_held_of_what_means_nothing() {
    let mut decoder = ssewire_core::Decoder::new(Options::default());
    for part in [": ", "x", "\ndataset", "", " or not: ", "\ndat", "es\n"] {
        for _ in 0..1000 {
            assert_eq!(decoder.feed(part.as_bytes()).count(), 0);
            assert!(decoder.pending() <= 5, "{part:?}");
        }
    }
}
