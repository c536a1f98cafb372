//! What a dispatcher says of a stream, and that templates and cuts change nothing. The fuzzer uses
//! this too.

#![allow(dead_code, reason = "not every program needs all of it")]

use serde_json::Value;
use ssewire_core::{
    Decoder, Deltas, DispatchError, DispatchOptions, Dispatcher, Event, Family, Item, Kind,
    Options, Outcome, Path, Shape,
};

/// Everything that a dispatcher says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said<'c> {
    /// Without their paths, which only templates know.
    pub(crate) items: Vec<Item<'c>>,
    pub(crate) error: Option<DispatchError>,
    pub(crate) shape: Option<Shape>,
    pub(crate) outcome: Outcome,
    pub(crate) snapshot: Option<Vec<u8>>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) skipped: u64,
    pub(crate) truncated: bool,
}

/// How it went, as of before the end.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// How many events a template matched.
    pub(crate) hits: u64,
    /// How many none did although some were tried.
    pub(crate) in_vain: u64,
    /// The memory that was held beside the answer.
    pub(crate) capacity: usize,
}

/// An item, as it is under every cut.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    /// Name, data and last event id.
    event: [String; 3],
    /// Without a LF that follows the last CR: it may come too late.
    raw: Vec<u8>,
    payload: Vec<u8>,
    deltas: Deltas,
    family: Family,
}

/// Reads the chunks, and checks that this took no more work and memory than it may.
pub(crate) fn read<'c>(
    chunks: impl IntoIterator<Item = &'c [u8]>,
    options: &DispatchOptions,
) -> (Said<'c>, Cost) {
    let mut dispatcher = Dispatcher::new(options.clone());
    let (mut items, mut error, mut fed) = (Vec::new(), None, 0);
    for chunk in chunks {
        fed += chunk.len() as u64;
        for item in dispatcher.feed(chunk) {
            match item {
                Ok(item) => items.push(item),
                Err(this) => assert_eq!(*error.get_or_insert(this.clone()), this),
            }
        }
    }
    let (hits, in_vain) = dispatcher.template_counts();
    let cost = Cost { hits, in_vain, capacity: dispatcher.capacity() };
    match dispatcher.finish() {
        Ok(more) => items.extend(more),
        Err(this) => assert_eq!(*error.get_or_insert(this.clone()), this),
    }
    let work = dispatcher.decoder().work();
    assert!(work.bytes_scanned <= 2 * fed + 64, "{work:?} for {fed}");
    assert!(work.bytes_copied <= fed, "{work:?} for {fed}");
    for item in &mut items {
        check_path(item);
        item.path = Path::default();
    }
    let said = Said {
        items,
        error,
        shape: dispatcher.shape(),
        outcome: dispatcher.outcome(),
        snapshot: dispatcher.answer().snapshot(),
        body: dispatcher.body().map(<[u8]>::to_vec),
        skipped: dispatcher.decoder().skipped(),
        truncated: dispatcher.decoder().truncated(),
    };
    (said, cost)
}

/// The text is where the path says, and no member has a name that it should not have.
fn check_path(item: &Item<'_>) {
    if item.path == Path::Unknown {
        return;
    }
    let [delta] = item.deltas.as_slice() else { panic!("a template has one delta") };
    let text = delta.text.text(item.payload()).expect("a text");
    let payload = ssewire_core::json::mend(item.payload());
    // Numbers that are too large, and levels that are too many, are not for serde_json.
    let Ok(payload) = serde_json::from_slice::<Value>(&payload) else { return };
    for name in ["text", "deltas", "event"] {
        assert_eq!(payload.get(name), None, "{payload}");
    }
    let pointer = match item.path {
        Path::Unknown | Path::Elsewhere => return,
        Path::Content => "/choices/0/delta/content",
        Path::ReasoningContent => "/choices/0/delta/reasoning_content",
        Path::Reasoning => "/choices/0/delta/reasoning",
        Path::ChoiceText => "/choices/0/text",
        Path::BlockText => "/delta/text",
        Path::BlockThinking => "/delta/thinking",
        Path::BlockJson => "/delta/partial_json",
        Path::OutputText => "/delta",
    };
    assert_eq!(payload.pointer(pointer).and_then(Value::as_str), Some(&*text), "{payload}");
    let kind = match item.path {
        Path::BlockText => "text_delta",
        Path::BlockThinking => "thinking_delta",
        Path::BlockJson => "input_json_delta",
        _ => "",
    };
    assert!(kind.is_empty() || payload["delta"]["type"] == kind, "{payload}");
    assert!(payload["choices"].as_array().is_none_or(|choices| choices.len() == 1));
}

fn seen(said: &Said<'_>) -> Vec<Seen> {
    let see = |item: &Item<'_>| {
        let event = &item.event;
        let raw = event.raw();
        Seen {
            event: [event.name().into(), event.data().into(), event.id().into()],
            raw: raw.strip_suffix(b"\r\n").map_or(raw.to_vec(), |raw| [raw, b"\r"].concat()),
            payload: item.payload().to_vec(),
            deltas: item.deltas.clone(),
            family: item.family,
        }
    };
    said.items.iter().map(see).collect()
}

/// Reads the chunks with templates, without, and as text alone; everybody must say the same.
pub(crate) fn both<'c>(chunks: &[&'c [u8]], options: &DispatchOptions) -> (Said<'c>, Cost) {
    let (full, _) =
        read(chunks.iter().copied(), &DispatchOptions { templates: false, ..options.clone() });
    let on = DispatchOptions { templates: true, ..options.clone() };
    let (said, cost) = read(chunks.iter().copied(), &on);
    for (item, full) in said.items.iter().zip(&full.items) {
        assert_eq!(item, full);
    }
    assert_eq!(said, full);
    check_text(chunks, &said, options);
    check_repeats(chunks, &said, &on);
    (said, cost)
}

/// `feed_text` is the text deltas of the message, or of choice 0.
fn check_text(chunks: &[&[u8]], said: &Said<'_>, options: &DispatchOptions) {
    let mut expected = Vec::new();
    let pending = said.items.len() - flushed(chunks, options);
    for item in &said.items[..pending] {
        for delta in item.deltas.as_slice() {
            let ours = item.family == Family::Events || delta.index == Some(0);
            if delta.kind == Kind::Text && ours {
                let text = delta.text.text(item.payload()).expect("a text");
                expected.extend_from_slice(text.as_bytes());
            }
        }
    }
    let (mut dispatcher, mut text) = (Dispatcher::new(options.clone()), Vec::new());
    for chunk in chunks {
        let fed = dispatcher.feed_text(chunk, &mut text);
        assert!(fed.is_ok() || said.error == fed.err());
    }
    let _ = dispatcher.finish();
    assert_eq!(text, expected);
    assert_eq!(dispatcher.outcome(), said.outcome);
}

/// How many items come only with the end.
fn flushed(chunks: &[&[u8]], options: &DispatchOptions) -> usize {
    let mut dispatcher = Dispatcher::new(options.clone());
    for chunk in chunks {
        drop(dispatcher.feed(chunk));
    }
    dispatcher.finish().map_or(0, |items| items.len())
}

/// Places in the chunk, for whoever asks for no more, are those of the items.
fn check_repeats(chunks: &[&[u8]], said: &Said<'_>, options: &DispatchOptions) {
    let mut dispatcher = Dispatcher::new(options.clone());
    let mut expected = said.items.iter();
    for chunk in chunks {
        let mut items = dispatcher.feed(chunk);
        loop {
            if let Some(repeat) = items.repeat() {
                let item = expected.next().expect("no more than with items");
                let raw = &chunk[repeat.start..repeat.start + repeat.length];
                assert_eq!(raw, item.event.raw());
                assert_eq!(repeat.parts.data(raw), item.payload());
                assert_eq!(String::from_utf8_lossy(repeat.parts.name(raw)), item.event.name());
                assert_eq!(repeat.id.as_ref().map_or("", |id| id.as_str()), item.event.id());
                let [delta] = item.deltas.as_slice() else { panic!("a template has one delta") };
                let own = (repeat.kind, repeat.index, repeat.call, repeat.text);
                assert_eq!(own, (delta.kind, delta.index, delta.call, delta.text));
                assert_eq!(repeat.family, item.family);
                let text = &item.payload()[repeat.text.range()];
                assert_eq!(repeat.plain, text.is_ascii() && !text.contains(&b'\\'));
                continue;
            }
            match items.next() {
                Some(Ok(item)) => {
                    let item = Item { path: Path::default(), ..item };
                    assert_eq!(Some(&item), expected.next());
                }
                Some(Err(_)) => {}
                None => break,
            }
        }
    }
    let _ = dispatcher.finish();
    assert_eq!(dispatcher.outcome(), said.outcome);
}

/// Reads the stream whole and in these chunks; they must say the same.
pub(crate) fn cut<'c>(
    stream: &'c [u8],
    chunks: &[&'c [u8]],
    options: &DispatchOptions,
) -> Said<'c> {
    let (whole, _) = both(&[stream], options);
    let (said, _) = both(chunks, options);
    for (cut, whole) in seen(&said).iter().zip(&seen(&whole)) {
        assert_eq!(cut, whole);
    }
    let same = |said: &Said<'c>| Said { items: Vec::new(), ..said.clone() };
    assert_eq!(said.items.len(), whole.items.len());
    assert_eq!(same(&said), same(&whole));
    whole
}

/// The stream in pieces of these sizes, again and again.
pub(crate) fn pieces<'c>(mut rest: &'c [u8], sizes: &[usize]) -> Vec<&'c [u8]> {
    let mut chunks = Vec::new();
    for size in sizes.iter().chain([&1]).cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, next) = rest.split_at((*size).min(rest.len()));
        chunks.push(chunk);
        rest = next;
    }
    chunks
}

/// Events that another decoder has framed say what they say in a stream.
pub(crate) fn check_framed(stream: &[u8], options: &DispatchOptions) {
    let (said, _) = both(&[stream], options);
    let unlimited = Options { flush_at_end: options.decoder.flush_at_end, ..Options::default() };
    let (mut decoder, mut dispatcher) = (Decoder::new(unlimited), Dispatcher::new(options.clone()));
    let mut items = said.items.iter();
    let mut framed = |event: Event<'_>| {
        let data = event.data_bytes();
        for part in dispatcher.read(&data, event.name().as_bytes()).expect("not strict") {
            let item = items.next().expect("no more than in a stream");
            assert_eq!(data[part.place].trim_ascii(), item.payload().trim_ascii());
            assert_eq!((part.deltas, part.family), (item.deltas.clone(), item.family));
        }
    };
    decoder.feed(stream).flatten().for_each(&mut framed);
    decoder.finish().ok().flatten().into_iter().for_each(&mut framed);
    assert_eq!(items.next(), None);
    let outcome = Outcome { comments: said.outcome.comments, ..dispatcher.outcome() };
    assert_eq!(outcome, said.outcome);
}
