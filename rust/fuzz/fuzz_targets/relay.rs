//! What a relay sends on does not depend on the cuts, and nothing that it reads makes it fail. The
//! last bytes choose its options, the cuts, and how often each block comes again.
#![no_main]

mod repeated;

use libfuzzer_sys::fuzz_target;
use repeated::repeat;
use ssewire_core::{
    AddToUsage, DispatchOptions, Kind, Options, Outcome, Oversize, Relay, RelayOptions, Sent,
    Shape, StreamError, TextRules,
};

/// What came of a stream.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    sent: Vec<u8>,
    failed: bool,
    shape: Option<Shape>,
    outcome: Outcome,
    snapshot: Option<Vec<u8>>,
    stopped: Option<String>,
    dropped: Vec<(String, u64)>,
    answered: bool,
}

const KINDS: [Kind; 4] = [Kind::Text, Kind::Reasoning, Kind::Refusal, Kind::ToolArguments];

fn relayed<'c>(
    chunks: impl Iterator<Item = &'c [u8]>,
    options: &RelayOptions,
    fails: bool,
) -> Said {
    let add: &mut AddToUsage<'_> =
        &mut |usage| vec![("size".into(), usage.len().to_string().into())];
    let mut relay = Relay::new(options.clone());
    let (mut sent, mut failed, mut fed) = (Vec::new(), None, 0);
    // An error says itself again where something good came before it.
    for chunk in chunks.chain([&b""[..]]) {
        fed += chunk.len() as u64;
        match relay.feed(chunk, add) {
            Ok(Sent::Same) => sent.extend_from_slice(chunk),
            Ok(Sent::Bytes(bytes)) => sent.extend_from_slice(bytes),
            Err(error) => assert_eq!(*failed.get_or_insert(error.clone()), error),
        }
    }
    let work = relay.dispatcher().decoder().work();
    assert!(work.bytes_scanned <= 2 * fed + 64, "{work:?} for {fed}");
    assert!(work.bytes_copied <= fed, "{work:?} for {fed}");
    // What the gate holds is what would have been sent.
    if fails {
        sent.extend(relay.release());
        sent.extend(relay.fail(&StreamError::new("api_error", "gone", None)));
    } else {
        match relay.finish(add) {
            Ok(rest) => sent.extend_from_slice(rest),
            Err(error) => assert_eq!(*failed.get_or_insert(error.clone()), error),
        }
        sent.extend(relay.release());
    }
    assert_eq!(relay.finish(add), Ok(&b""[..]));
    assert_eq!(relay.feed(b"data: late\n\n", add), Ok(Sent::Bytes(b"")));
    Said {
        sent,
        failed: failed.is_some(),
        shape: relay.shape(),
        outcome: relay.outcome(),
        snapshot: relay.answer().snapshot(),
        stopped: relay.stopped().map(Into::into),
        dropped: relay.dropped().into_iter().collect(),
        answered: relay.is_answered(),
    }
}

/// A string that may be found: a part of the stream itself.
fn string(stream: &[u8], place: u8, length: u8) -> Option<String> {
    let start = usize::from(place) * stream.len() / 256;
    let end = (start + usize::from(length) % 16).min(stream.len());
    let string = String::from_utf8_lossy(&stream[start..end]).into_owned();
    (!string.is_empty()).then_some(string)
}

fn rules(stream: &[u8], flags: u8, bytes: [u8; 8]) -> TextRules {
    let [a, b, c, d, e, f, g, h] = bytes;
    let pairs = [[a, b, c], [d, e, f]].map(|[place, length, new]| {
        string(stream, place, length).zip(string(stream, new, length / 16).or(Some("".into())))
    });
    let pairs: Vec<_> = pairs.into_iter().flatten().collect();
    let kinds = KINDS.into_iter().enumerate().filter(|(n, _)| flags & 1 << n != 0);
    let kinds: Vec<_> = kinds.map(|(_, kind)| kind).collect();
    let stop = string(stream, g, h).filter(|_| flags & 16 != 0);
    TextRules::new(&pairs, &kinds, stop.into_iter().collect()).expect("strings that are not empty")
}

fuzz_target!(|input: &[u8]| {
    let Some((stream, tail)) = input.split_last_chunk::<24>() else { return };
    let &[limit, shapes, flags, more, texts, hold, size, times, ref rest @ ..] = tail;
    let (bytes, edits) = rest.split_at(8);
    let of = |number: u8| Shape::ALL.get(usize::from(number)).map(|(shape, _)| *shape);
    let edits: &[[u8; 2]] = edits.as_chunks().0;
    let stream = repeat(stream, times % 8, edits.try_into().expect("four"));
    let text = match texts {
        0..128 => TextRules::default(),
        _ => rules(&stream, texts, bytes.try_into().expect("eight")),
    };
    let plain = RelayOptions {
        dispatch: DispatchOptions {
            decoder: Options {
                max_event_size: if limit < 192 { usize::MAX } else { usize::from(limit) * 2 },
                oversize: if flags & 1 == 0 { Oversize::Raise } else { Oversize::Skip },
                ..Options::default()
            },
            shape: of(shapes & 15),
            keep: flags & 2 == 0,
            templates: flags & 4 == 0,
            ..DispatchOptions::default()
        },
        whole_events: flags & 8 != 0,
        ..RelayOptions::default()
    };
    let options = RelayOptions {
        to: of(shapes >> 4),
        model: (more & 1 != 0).then(|| "m\u{e9}".into()),
        id: (more & 2 != 0).then(|| "x".into()),
        strip_usage: more & 4 != 0,
        adds_to_usage: more & 8 != 0,
        created: 1,
        drop: ["ping", "reasoning"].into_iter().take((more >> 4).into()).map(Into::into).collect(),
        text,
        hold: (hold % 8).into(),
        ..plain.clone()
    };
    let fails = flags & 16 != 0;
    let once = || std::iter::once(&stream[..]);
    let whole = relayed(once(), &options, fails);
    let mut cut = relayed(stream.chunks(usize::from(size).max(1)), &options, fails);
    if whole.failed && !fails {
        // The beginning of an event that is too large may have gone on before that was known.
        assert!(cut.sent.starts_with(&whole.sent));
    }
    if whole.failed {
        cut.sent.clone_from(&whole.sent);
    }
    assert_eq!(cut, whole);
    let open = RelayOptions { hold: 0, ..options };
    assert_eq!(relayed(once(), &open, fails), whole);
    let passed = relayed(once(), &plain, false);
    if !plain.whole_events && !passed.failed {
        assert_eq!(passed.sent, stream);
    }
    assert!(stream.starts_with(&passed.sent));
});
