//! What is encoded is decoded, and nothing else comes of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ssewire_core::{Decoder, Fields, Options, encode_event};

fuzz_target!(|input: (String, Option<String>, Option<String>, Option<u128>)| {
    let (data, event, id, retry) = input;
    let fields = Fields { event: event.as_deref(), id: id.as_deref(), retry };
    let Ok(bytes) = encode_event(&data, &fields) else { return };
    let mut decoder = Decoder::new(Options::default());
    let events: Vec<_> = decoder.feed(&bytes).map(|event| event.expect("small")).collect();
    let [seen] = &events[..] else { panic!("{} events", events.len()) };
    assert_eq!(seen.data(), data.replace("\r\n", "\n").replace('\r', "\n"));
    assert_eq!(
        seen.name(),
        event.as_deref().filter(|event| !event.is_empty()).unwrap_or("message")
    );
    assert_eq!(seen.id(), id.as_deref().unwrap_or_default());
    assert_eq!(seen.retry(), retry);
});
