//! Cuts and limits: the first bytes choose them, the rest is the stream, cut and whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ssewire_core::{Decoder, Options, Oversize};

type Said = (Vec<(String, String, String)>, bool, Option<u128>, u64, u64, bool);

fn decode<'a>(chunks: impl Iterator<Item = &'a [u8]>, options: &Options) -> Said {
    let mut decoder = Decoder::new(options.clone());
    let mut events = Vec::new();
    let mut failed = false;
    for chunk in chunks {
        for event in decoder.feed(chunk) {
            match event {
                Ok(event) => {
                    let (name, data) = (event.name().into_owned(), event.data().into_owned());
                    events.push((name, data, event.id().to_owned()));
                }
                Err(_) => failed = true,
            }
        }
        assert!(decoder.pending() <= options.max_event_size.max(5));
    }
    if let Ok(Some(event)) = decoder.finish() {
        events.push((event.name().into_owned(), event.data().into_owned(), String::new()));
    }
    let counts = (decoder.comments(), decoder.skipped());
    (events, failed, decoder.retry(), counts.0, counts.1, decoder.truncated())
}

fuzz_target!(|input: &[u8]| {
    let Some((&[size, limit, flags], stream)) = input.split_first_chunk::<3>() else { return };
    let options = Options {
        max_event_size: if limit == 0 { usize::MAX } else { limit.into() },
        oversize: if flags & 1 == 0 { Oversize::Raise } else { Oversize::Skip },
        flush_at_end: flags & 2 != 0,
        ..Options::default()
    };
    let whole = decode(std::iter::once(stream), &options);
    assert_eq!(decode(stream.chunks(usize::from(size).max(1)), &options), whole);
    let (head, tail) = stream.split_at(usize::from(size).min(stream.len()));
    assert_eq!(decode([head, b"", tail].into_iter(), &options), whole);
});
