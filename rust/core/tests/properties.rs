//! Any bytes, any cuts, any limits: the same events, linear work, and never a panic.

mod decoding;

use decoding::decode;
use proptest::prelude::*;
use ssewire_core::{Decoder, Fields, Options, Oversize, encode_comment, encode_event};

/// Bytes that make lines of all sorts likely.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            &b"data: "[..], b"data:", b"data", b"event: ", b"event:", b"id: ", b"id", b"retry: ",
            b":", b": ping", b"\n", b"\n", b"\n\n", b"\r", b"\r\n", b"\r\n\r\n", b"\xef\xbb\xbf",
            b"12", b"{\"a\":1}", b"[DONE]", b"\0", b" ", b"\xe2\x82", b"\xff", "é€😀".as_bytes(),
            b"dat", b"comment: x", b"error: ", b"error",
        ]).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn options() -> impl Strategy<Value = Options> {
    let size = prop_oneof![1_usize..40, Just(usize::MAX)];
    (size, any::<[bool; 3]>()).prop_map(|(max_event_size, [skip, flush_at_end, error_field])| {
        Options {
            last_event_id: String::new(),
            max_event_size,
            oversize: if skip { Oversize::Skip } else { Oversize::Raise },
            flush_at_end,
            error_field,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn cuts_change_nothing(
        stream in stream(),
        options in options(),
        sizes in prop::collection::vec(0_usize..9, 1..20),
    ) {
        let mut chunks = Vec::new();
        let mut rest = &stream[..];
        for size in sizes.iter().cycle().take(stream.len() + sizes.len()) {
            let (chunk, next) = rest.split_at((*size).min(rest.len()));
            chunks.push(chunk);
            rest = next;
        }
        chunks.push(rest);
        let whole = decode([&stream[..]], &options);
        prop_assert_eq!(decode(chunks, &options), whole.clone());
        prop_assert_eq!(decode(stream.chunks(1), &options), whole);
    }

    #[test]
    fn raw_is_the_event_again(stream in stream()) {
        let said = decode([&stream[..]], &Options::default());
        for event in said.events {
            let again = decode([&event.raw[..]], &Options::default());
            prop_assert_eq!(again.events.len(), 1);
            prop_assert_eq!(&again.events[0].data, &event.data);
            prop_assert_eq!(&again.events[0].name, &event.name);
            prop_assert_eq!(again.events[0].retry, event.retry);
        }
    }

    #[test]
    fn what_is_encoded_is_decoded(
        data in any::<String>(),
        event in any::<Option<String>>(),
        id in any::<Option<String>>(),
        retry in any::<Option<u128>>(),
    ) {
        let fields = Fields { event: event.as_deref(), id: id.as_deref(), retry };
        let unfit = |text: &Option<String>, unfit: &[char]| {
            text.as_ref().is_some_and(|text| text.contains(unfit))
        };
        let Ok(mut bytes) = encode_event(&data, &fields) else {
            prop_assert!(unfit(&event, &['\r', '\n']) || unfit(&id, &['\r', '\n', '\0']));
            return Ok(());
        };
        bytes.splice(0..0, encode_comment(&data));
        let said = decode([&bytes[..]], &Options::default());
        prop_assert_eq!(said.events.len(), 1);
        let seen = &said.events[0];
        prop_assert_eq!(&seen.data, &data.replace("\r\n", "\n").replace('\r', "\n"));
        let name = event.as_deref().filter(|event| !event.is_empty()).unwrap_or("message");
        prop_assert_eq!(&seen.name, name);
        prop_assert_eq!(&seen.id, id.as_deref().unwrap_or_default());
        prop_assert_eq!(seen.retry, retry);
    }

    #[test]
    fn events_that_nobody_takes_are_dropped(stream in stream(), cut in any::<prop::sample::Index>()) {
        let (a, b) = stream.split_at(cut.index(stream.len() + 1));
        let mut decoder = Decoder::new(Options::default());
        drop(decoder.feed(a));
        let events = decoder.feed(b).count();
        let in_a = decode([a], &Options::default()).events.len();
        prop_assert_eq!(in_a + events, decode([&stream[..]], &Options::default()).events.len());
    }
}
