//! What a decoder says of a stream, and that it says the same under every cut.

use ssewire_core::{Decoder, Event, EventTooLarge, Options};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) data: String,
    pub(crate) id: String,
    pub(crate) retry: Option<u128>,
    /// Without a LF that follows the last CR: it may come too late.
    pub(crate) raw: Vec<u8>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) events: Vec<Seen>,
    pub(crate) error: Option<EventTooLarge>,
    pub(crate) last_event_id: String,
    pub(crate) retry: Option<u128>,
    pub(crate) truncated: bool,
    pub(crate) comments: u64,
    pub(crate) skipped: u64,
}

fn see(event: &Event<'_>) -> Seen {
    let raw = event.raw();
    Seen {
        name: event.name().into_owned(),
        data: event.data().into_owned(),
        id: event.id().to_owned(),
        retry: event.retry(),
        raw: raw.strip_suffix(b"\r\n").map_or(raw.to_vec(), |raw| [raw, b"\r"].concat()),
    }
}

/// Decodes the chunks, and checks that this took no more work and memory than it may.
pub(crate) fn decode<'a>(chunks: impl IntoIterator<Item = &'a [u8]>, options: &Options) -> Said {
    let mut decoder = Decoder::new(options.clone());
    let mut said = Said::default();
    let mut n = 0;
    for chunk in chunks {
        n += chunk.len() as u64;
        for event in decoder.feed(chunk) {
            match event {
                Ok(event) => said.events.push(see(&event)),
                Err(error) => said.error = Some(error),
            }
        }
        // Five bytes of a name are held before it is known to be one.
        assert!(decoder.pending() <= options.max_event_size.max(5));
    }
    match decoder.finish() {
        Ok(event) => said.events.extend(event.as_ref().map(see)),
        Err(error) => said.error = Some(error),
    }
    assert_eq!(decoder.finish(), Ok(None));
    assert_eq!(decoder.pending(), 0);
    let work = decoder.work();
    assert!(work.bytes_scanned <= 2 * n + 64, "{work:?} for {n}");
    assert!(work.bytes_copied <= n, "{work:?} for {n}");
    Said {
        last_event_id: decoder.last_event_id().to_owned(),
        retry: decoder.retry(),
        truncated: decoder.truncated(),
        comments: decoder.comments(),
        skipped: decoder.skipped(),
        ..said
    }
}

/// What is said of the stream whole, byte by byte, and cut once anywhere.
#[allow(dead_code, reason = "each test file is a program of its own")]
pub(crate) fn every_cut(stream: &[u8], options: &Options) -> Said {
    let said = decode([stream], options);
    let bytewise: Vec<&[u8]> = stream.chunks(1).flat_map(|byte| [byte, b""]).collect();
    assert_eq!(decode(bytewise, options), said, "byte by byte");
    for cut in 0..=stream.len() {
        let (a, b) = stream.split_at(cut);
        assert_eq!(decode([a, b], options), said, "cut at {cut}");
    }
    said
}
