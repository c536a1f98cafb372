//! Templates and cuts change nothing. The last bytes choose limits, cuts, and how often each block
//! comes again, with which bytes changed: without repetition no template would ever match.
#![no_main]

#[path = "../../core/tests/dispatching/mod.rs"]
mod dispatching;
mod repeated;

use libfuzzer_sys::fuzz_target;
use repeated::repeat;
use ssewire_core::{DispatchOptions, Options, Oversize, Shape};

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
