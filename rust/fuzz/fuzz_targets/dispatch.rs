//! Templates and cuts change nothing. The last bytes choose limits, cuts, and how often each block
//! comes again, with which bytes changed: without repetition no template would ever match.
#![no_main]

#[path = "../../core/tests/dispatching/mod.rs"]
mod dispatching;

use libfuzzer_sys::fuzz_target;
use ssewire_core::{DispatchOptions, Options, Oversize, Shape};

/// Places in a block, in 256ths of it, and what to put there.
type Edits = [[u8; 2]; 4];

/// The most bytes of a stream.
const SIZE: usize = 1 << 16;

/// The stream with each of its blocks so often, some bytes changed from one time to the next.
fn repeat(stream: &[u8], times: u8, edits: Edits) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() && out.len() < SIZE {
        let blank = memchr::memmem::find(rest, b"\n\n").map(|at| at + 2);
        let crlf = memchr::memmem::find(rest, b"\r\n\r\n").map(|at| at + 4);
        let end = blank.into_iter().chain(crlf).min().unwrap_or(rest.len());
        let (block, next) = rest.split_at(end);
        for time in 0..=usize::from(times) {
            let start = out.len();
            out.extend_from_slice(block);
            let [place, byte] = edits[time % edits.len()];
            // Zero leaves the block as it is.
            if time > 0 && byte != 0 {
                out[start + usize::from(place) * block.len() / 256] = byte;
            }
        }
        rest = next;
    }
    out
}

fuzz_target!(|input: &[u8]| {
    let Some((stream, tail)) = input.split_last_chunk::<12>() else { return };
    let &[limit, flags, size, times, ref edits @ ..] = tail;
    let shape = Shape::ALL.get(usize::from(flags >> 4)).map(|(shape, _)| *shape);
    let options = DispatchOptions {
        decoder: Options {
            max_event_size: if limit < 128 { usize::MAX } else { usize::from(limit) * 2 },
            oversize: if flags & 1 == 0 { Oversize::Raise } else { Oversize::Skip },
            flush_at_end: flags & 2 != 0,
            ..Options::default()
        },
        family: shape.map(Shape::family).filter(|_| flags & 4 != 0),
        shape: shape.filter(|_| flags & 4 == 0),
        strict: flags & 8 != 0,
        ..DispatchOptions::default()
    };
    let edits: &[[u8; 2]] = edits.as_chunks().0;
    let stream = repeat(stream, times % 8, edits.try_into().expect("four"));
    let chunks: Vec<_> = stream.chunks(usize::from(size).max(1)).collect();
    dispatching::cut(&stream, &chunks, &options);
});
