//! The core alone: what framing costs before Python sees anything of it. `cargo bench -p
//! ssewire-core`, and a part of a name after `--` to run only some.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use ssewire_core::{Decoder, Options};

fn main() {
    divan::main();
}

const EVENTS: usize = 2_000;
const PER_EVENT: usize = 0;
/// One event per read, as tokens come; one TCP segment; larger reads.
const CUTS: [usize; 4] = [PER_EVENT, 1460, 16 << 10, 64 << 10];

/// The blocks of a stream.
type Blocks = Vec<Vec<u8>>;

/// Words of many lengths, as tokens are.
fn words() -> impl Iterator<Item = &'static str> {
    [" the", " stream", ".", " of", "ing", " a", " language", "\\n\\n", " to", " event"]
        .into_iter()
        .cycle()
        .take(EVENTS)
}

/// A padded chat completion chunk, 310 bytes an event.
fn chat(newline: &str) -> Blocks {
    let block = |(i, word): (usize, &str)| {
        let padding = &"qJ3vLx0ZtB9k"[..=i % 12];
        format!(
            "data: {{\"id\":\"chatcmpl-i0VpEBOWfbZAVaBSo63bbH6xnAbnB\",\
             \"object\":\"chat.completion.chunk\",\"created\":1762790400,\
             \"model\":\"gpt-4o-2024-08-06\",\"service_tier\":\"default\",\
             \"system_fingerprint\":null,\"choices\":[{{\"index\":0,\
             \"delta\":{{\"content\":\"{word}\"}},\"logprobs\":null,\"finish_reason\":null}}],\
             \"usage\":null,\"obfuscation\":\"{padding}\"}}{newline}{newline}"
        )
        .into_bytes()
    };
    words().enumerate().map(block).collect()
}

/// A messages event: named, 125 bytes an event.
fn messages() -> Blocks {
    let block = |(i, word): (usize, &str)| {
        let spaces = &"             "[..i % 14];
        format!(
            "event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\
             \"delta\":{{\"type\":\"text_delta\",\"text\":\"{word}\"}}{spaces}}}\n\n"
        )
        .into_bytes()
    };
    words().enumerate().map(block).collect()
}

/// As many events of `size` bytes as make 8 MiB.
fn images(size: usize) -> Blocks {
    let frame = b"data: \n\n".len();
    vec![format!("data: {}\n\n", "A".repeat(size - frame)).into_bytes(); (8 << 20) / size]
}

fn cut(blocks: &Blocks, size: usize) -> Blocks {
    match size {
        PER_EVENT => blocks.clone(),
        _ => blocks.concat().chunks(size).map(<[u8]>::to_vec).collect(),
    }
}

/// Decodes the whole stream again and again, after a look at whether all events come out.
fn decode(bencher: Bencher<'_, '_>, blocks: &Blocks, size: usize) {
    let chunks = cut(blocks, size);
    let feed = || {
        let mut decoder = Decoder::new(Options::default());
        let mut events = 0;
        for chunk in &chunks {
            for event in decoder.feed(black_box(chunk)) {
                events += usize::from(black_box(event).is_ok());
            }
        }
        events
    };
    assert_eq!(feed(), blocks.len());
    bencher
        .counter(BytesCount::new(chunks.iter().map(Vec::len).sum::<usize>()))
        .counter(ItemsCount::new(blocks.len()))
        .bench_local(feed);
}

#[divan::bench(args = CUTS)]
fn chat_lf(bencher: Bencher<'_, '_>, size: usize) {
    decode(bencher, &chat("\n"), size);
}

#[divan::bench(args = CUTS)]
fn chat_crlf(bencher: Bencher<'_, '_>, size: usize) {
    decode(bencher, &chat("\r\n"), size);
}

#[divan::bench(args = CUTS)]
fn messages_lf(bencher: Bencher<'_, '_>, size: usize) {
    decode(bencher, &messages(), size);
}

/// All that Python would ask for: name and data as text.
#[divan::bench(args = CUTS)]
fn messages_text(bencher: Bencher<'_, '_>, size: usize) {
    let blocks = messages();
    let chunks = cut(&blocks, size);
    bencher
        .counter(BytesCount::new(chunks.iter().map(Vec::len).sum::<usize>()))
        .counter(ItemsCount::new(blocks.len()))
        .bench_local(|| {
            let mut decoder = Decoder::new(Options::default());
            for chunk in &chunks {
                for event in decoder.feed(black_box(chunk)).flatten() {
                    black_box((event.name(), event.data()));
                }
            }
        });
}

#[divan::bench(args = [64, 1460, 16 << 10])]
fn one_event_of_8_mib(bencher: Bencher<'_, '_>, size: usize) {
    decode(bencher, &images(8 << 20), size);
}

/// The same bytes in small events: per byte, the large one may cost half as much again.
#[divan::bench(args = [64, 1460, 16 << 10])]
fn events_of_64_kib(bencher: Bencher<'_, '_>, size: usize) {
    decode(bencher, &images(64 << 10), size);
}

#[divan::bench(args = [1460, 16 << 10])]
fn one_event_of_100_000_lines(bencher: Bencher<'_, '_>, size: usize) {
    let lines = ["data: 0\n", "data: 12\n", "data: 345\n", "data: 6789\n"].concat().repeat(25_000);
    decode(bencher, &vec![(lines + "\n").into_bytes()], size);
}
