//! Any bytes are a stream: every part of every event can be read, for no more than linear work.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ssewire_core::{Decoder, Options};

fuzz_target!(|stream: &[u8]| {
    let mut decoder = Decoder::new(Options { flush_at_end: true, ..Options::default() });
    for event in decoder.feed(stream) {
        let event = event.expect("below the limit");
        let _ = (event.name(), event.data(), event.id(), event.retry());
        assert!(event.raw().len() <= stream.len());
    }
    let _ = decoder.finish().expect("below the limit");
    assert!(decoder.work().bytes_scanned <= 2 * stream.len() as u64 + 64);
    assert!(decoder.work().bytes_copied <= stream.len() as u64);
});
