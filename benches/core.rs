//! The core alone: what framing and reading cost before Python sees anything of it. `cargo bench -p
//! ssewire-core`, and a part of a name after `--` to run only some.

#[path = "core/client.rs"]
mod client;

use std::cell::RefCell;

use client::{Chunk, MessagesEvent, ResponsesEvent, parse};
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use ssewire_core::json::Value;
use ssewire_core::{Decoder, DispatchOptions, Dispatcher, Options, Shape};

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
const WORDS: [&str; 10] =
    [" the", " stream", ".", " of", "ing", " a", " language", "\\n\\n", " to", " event"];
/// A quarter of them is not ASCII, some of that in escapes.
const UNICODE: [&str; 10] =
    [" the", "海", ".", " of", "\\u5e83\\u3044", " a", " naïve", " to", " lang", "\\n\\n"];

fn words() -> impl Iterator<Item = &'static str> {
    WORDS.into_iter().cycle().take(EVENTS)
}

/// A padded chat completion chunk, 310 bytes an event.
fn chat(newline: &str) -> Blocks {
    chat_of(&WORDS, newline)
}

fn chat_of(words: &[&str], newline: &str) -> Blocks {
    let words = words.iter().copied().cycle().take(EVENTS);
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
    words.enumerate().map(block).collect()
}

/// The short chunk of servers with open weights, 215 bytes an event.
fn lean() -> Blocks {
    let block = |word: &str| {
        format!(
            "data: {{\"id\":\"chatcmpl-i0VpEBOWfbZAVaBSo63bbH6xnAbnB\",\
             \"object\":\"chat.completion.chunk\",\"created\":1762790400,\
             \"model\":\"qwen3-32b\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{word}\"}},\
             \"logprobs\":null,\"finish_reason\":null}}]}}\n\n"
        )
        .into_bytes()
    };
    words().map(block).collect()
}

/// A text completion chunk, 255 bytes an event.
fn completions() -> Blocks {
    let block = |word: &str| {
        format!(
            "data: {{\"id\":\"cmpl-i0VpEBOWfbZAVaBSo63bbH6xnAbnB\",\"object\":\"text_completion\",\
             \"created\":1762790400,\"model\":\"gpt-3.5-turbo-instruct:20230824-v2\",\
             \"system_fingerprint\":null,\"choices\":[{{\"text\":\"{word}\",\"index\":0,\
             \"logprobs\":null,\"finish_reason\":null}}],\"usage\":null}}\n\n"
        )
        .into_bytes()
    };
    words().map(block).collect()
}

/// A responses event, 260 bytes an event.
fn responses() -> Blocks {
    let block = |(i, word): (usize, &str)| {
        let padding = &"qJ3vLx0ZtB9kWmPe"[..=i % 16];
        format!(
            "event: response.output_text.delta\ndata: {{\"type\":\"response.output_text.delta\",\
             \"sequence_number\":{i},\"item_id\":\"msg_68a1f0c2d3e4b5a697887766554433221100ffeeddccbbaa\",\
             \"output_index\":0,\"content_index\":0,\"delta\":\"{word}\",\"logprobs\":[],\
             \"obfuscation\":\"{padding}\"}}\n\n"
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

const STREAMS: [&str; 6] = ["chat", "lean", "unicode", "completions", "messages", "responses"];

fn stream(name: &str) -> Blocks {
    match name {
        "chat" => chat("\n"),
        "lean" => lean(),
        "unicode" => chat_of(&UNICODE, "\n"),
        "completions" => completions(),
        "messages" => messages(),
        _ => responses(),
    }
}

/// The payloads of a stream, and the name of its events.
fn payloads(stream: &Blocks) -> (Vec<Vec<u8>>, String) {
    let mut decoder = Decoder::new(Options::default());
    let mut name = String::new();
    let mut payload = |block: &Vec<u8>| {
        let event = decoder.feed(block).flatten().next().expect("an event");
        name = event.name().into_owned();
        event.data_bytes().into_owned()
    };
    (stream.iter().map(&mut payload).collect(), name)
}

/// Runs `read` for every payload, and counts payloads.
fn each_payload(bencher: Bencher<'_, '_>, payloads: &[Vec<u8>], read: impl Fn(&[u8])) {
    bencher
        .counter(BytesCount::new(payloads.iter().map(Vec::len).sum::<usize>()))
        .counter(ItemsCount::new(payloads.len()))
        .bench_local(|| payloads.iter().for_each(|payload| read(black_box(payload))));
}

/// The baseline: parsing alone.
#[divan::bench(args = STREAMS)]
fn read_serde_json(bencher: Bencher<'_, '_>, name: &str) {
    let (payloads, _) = payloads(&stream(name));
    each_payload(bencher, &payloads, |payload| match name {
        "messages" => parse::<MessagesEvent<'_>>(payload),
        "responses" => parse::<ResponsesEvent<'_>>(payload),
        _ => parse::<Chunk<'_>>(payload),
    });
}

/// Our reader where nobody asks for anything.
#[divan::bench(args = STREAMS)]
fn read_validate(bencher: Bencher<'_, '_>, name: &str) {
    let (payloads, _) = payloads(&stream(name));
    each_payload(bencher, &payloads, |payload| assert!(Value::of(payload).is_ok()));
}

/// The members that the shape's reader asks for: what the baseline does, but for more members.
#[divan::bench(args = STREAMS)]
fn read_members(bencher: Bencher<'_, '_>, name: &str) {
    let (payloads, _) = payloads(&stream(name));
    let shape = match name {
        "messages" => Shape::Messages,
        "responses" => Shape::Responses,
        _ => Shape::Chat,
    };
    each_payload(bencher, &payloads, |payload| {
        assert!(ssewire_core::read_members(shape, payload));
    });
}

/// Payload to delta, and folded: without templates, and without framing.
#[divan::bench(args = STREAMS)]
fn read_full(bencher: Bencher<'_, '_>, name: &str) {
    let (payloads, event) = payloads(&stream(name));
    let dispatcher = RefCell::new(Dispatcher::new(DispatchOptions::default()));
    each_payload(bencher, &payloads, |payload| {
        let mut dispatcher = dispatcher.borrow_mut();
        drop(black_box(dispatcher.read(payload, event.as_bytes())));
    });
}

/// Bytes to items and an answer.
fn dispatch(bencher: Bencher<'_, '_>, name: &str, templates: bool) {
    let blocks = stream(name);
    let chunks = cut(&blocks, 16 << 10);
    let feed = || {
        let options = DispatchOptions { templates, ..DispatchOptions::default() };
        let mut dispatcher = Dispatcher::new(options);
        chunks
            .iter()
            .map(|chunk| dispatcher.feed(black_box(chunk)).map(black_box).count())
            .sum::<usize>()
    };
    assert_eq!(blocks.len(), feed());
    bencher
        .counter(BytesCount::new(chunks.iter().map(Vec::len).sum::<usize>()))
        .counter(ItemsCount::new(blocks.len()))
        .bench_local(feed);
}

#[divan::bench(args = STREAMS)]
fn stream_full(bencher: Bencher<'_, '_>, name: &str) {
    dispatch(bencher, name, false);
}

#[divan::bench(args = STREAMS)]
fn stream_templates(bencher: Bencher<'_, '_>, name: &str) {
    dispatch(bencher, name, true);
}
