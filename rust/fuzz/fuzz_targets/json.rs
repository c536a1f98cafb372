//! Any bytes are JSON, and say the same, for the reader and for serde_json, or for neither.
#![no_main]

#[path = "../../core/tests/differential/mod.rs"]
mod differential;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    // The corpus is streams: their payloads are what is meant.
    for line in text.split(|byte| *byte == b'\n') {
        differential::check(line.strip_prefix(b"data: ").unwrap_or(line));
    }
    differential::check(text);
});
