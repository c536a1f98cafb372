//! Templates are a cache: with them, without them, and under every cut a stream says the same.

mod dispatching;
mod streams;

use dispatching::{both, check_framed, cut, pieces, read};
use proptest::collection::vec;
use proptest::prelude::*;
use ssewire_core::{
    DispatchError, DispatchOptions, Dispatcher, EventTooLarge, Options, Outcome, Oversize, Shape,
};
use streams::{damaged, stream};

fn options() -> impl Strategy<Value = DispatchOptions> {
    let size = prop_oneof![4 => Just(usize::MAX), 1 => 60_usize..240];
    let shape = prop_oneof![
        9 => Just(None),
        1 => prop::sample::select(Shape::ALL.map(|(shape, _)| Some(shape)).to_vec()),
    ];
    let rare = || prop::bool::weighted(0.1);
    (size, rare(), rare(), rare(), shape, rare()).prop_map(
        |(max_event_size, skip, flush_at_end, strict, shape, only)| DispatchOptions {
            decoder: Options {
                max_event_size,
                oversize: if skip { Oversize::Skip } else { Oversize::Raise },
                flush_at_end,
                ..Options::default()
            },
            family: shape.map(Shape::family).filter(|_| only),
            shape: shape.filter(|_| !only),
            strict,
            ..DispatchOptions::default()
        },
    )
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![vec(0_usize..40, 1..20), vec(0_usize..600, 1..20), Just(vec![1])]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn streams_say_the_same(stream in stream(), options in options(), sizes in sizes()) {
        cut(&stream, &pieces(&stream, &sizes), &options);
    }

    #[test]
    fn damaged_ones_too(stream in damaged(), options in options(), sizes in sizes()) {
        cut(&stream, &pieces(&stream, &sizes), &options);
    }

    #[test]
    fn events_framed_elsewhere_say_the_same(stream in stream()) {
        // A field `error` is no event's.
        prop_assume!(!stream.windows(7).any(|bytes| matches!(bytes, b"\nerror:" | b"\rerror:")));
        check_framed(&stream, &DispatchOptions::default());
    }
}
