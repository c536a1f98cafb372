//! The ways through a relay, and which of them a stream goes.

use super::editing::Editing;
use super::options::{AddToUsage, RelayOptions};
use super::translate::Translation;
use crate::dispatch::{DispatchError, Dispatcher};
use crate::shape::Shape;
use crate::write::Writer;

/// This much is held until the shape is known: a first event may be large.
const UNKNOWN: usize = 1 << 20;

/// The way that a stream goes.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// The bytes as they are.
    Pass,
    /// The bytes, some of them changed.
    Edit(Box<Editing>),
    /// Other bytes.
    Translate(Box<Translation>),
    /// That depends on the shape: the bytes so far.
    Unknown(Vec<u8>),
}

/// Why a stream does not go on.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: DispatchError,
    /// Whether the beginning of what is wrong was sent on.
    pub(super) torn: bool,
}

impl Way {
    pub(super) fn new(options: &RelayOptions) -> Self {
        match (options.to, options.dispatch.shape) {
            (Some(_), None) => Self::Unknown(Vec::new()),
            (_, shape) => Self::of(options, shape),
        }
    }

    /// The way of a stream of that shape.
    fn of(options: &RelayOptions, shape: Option<Shape>) -> Self {
        if let Some(to) = options.to
            && shape != Some(to)
        {
            return Self::Translate(Translation::new(to, options).into());
        }
        Editing::new(options).map_or(Self::Pass, |editing| Self::Edit(editing.into()))
    }

    /// Takes a chunk; returns whether it goes on as it is, or else has written what does.
    #[inline]
    pub(super) fn feed(
        &mut self,
        dispatcher: &mut Dispatcher,
        options: &RelayOptions,
        chunk: &[u8],
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Failed> {
        match self {
            Self::Pass => pass(dispatcher, chunk, 0, out),
            Self::Edit(editing) => editing.feed(dispatcher, chunk, add, out),
            Self::Translate(translation) => translation.feed(dispatcher, chunk, add, out),
            Self::Unknown(bytes) => {
                // Never more, so that it does not depend on the cut what is known by then.
                let (chunk, rest) = chunk.split_at(chunk.len().min(UNKNOWN - bytes.len()));
                bytes.extend_from_slice(chunk);
                dispatcher.feed(chunk).for_each(drop);
                let answer = dispatcher.answer();
                let known = answer.shape.is_some() || answer.has_ended() || dispatcher.has_failed();
                if !known && bytes.len() < UNKNOWN {
                    return Ok(false);
                }
                let bytes = std::mem::take(bytes);
                *self = Self::of(options, shape(dispatcher, options.to));
                // Now it is known how to read them.
                dispatcher.reset();
                let passes = self.feed(dispatcher, options, &bytes, add, out)?;
                if passes {
                    out.extend_from_slice(&bytes);
                }
                if !rest.is_empty() && self.feed(dispatcher, options, rest, add, out)? {
                    out.extend_from_slice(rest);
                }
                Ok(false)
            }
        }
    }

    /// Writes what is left when the source has ended.
    pub(super) fn finish(
        &mut self,
        dispatcher: &Dispatcher,
        options: &RelayOptions,
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) {
        match self {
            Self::Pass => {}
            Self::Edit(editing) => editing.finish(dispatcher.answer(), add, out),
            Self::Translate(translation) => translation.finish(dispatcher.answer(), add, out),
            // It never was an event stream, or said nothing.
            Self::Unknown(_) => {
                if let (Some(to), Some(error)) = (options.to, dispatcher.answer().error.as_deref())
                {
                    Writer::new(to).fail(error, out);
                }
            }
        }
    }

    /// The stop string that has ended the text.
    pub(super) fn stopped(&self) -> Option<&str> {
        match self {
            Self::Edit(editing) => editing.stopped(),
            Self::Translate(translation) => translation.stopped(),
            Self::Pass | Self::Unknown(_) => None,
        }
    }

    /// Whether a stop string has ended the answer.
    pub(super) fn is_over(&self) -> bool {
        match self {
            Self::Edit(editing) => editing.is_over(),
            Self::Translate(translation) => translation.stopped().is_some(),
            Self::Pass | Self::Unknown(_) => false,
        }
    }

    /// Whether the beginning of an event is held.
    pub(super) fn holds(&self) -> bool {
        matches!(self, Self::Edit(editing) if editing.holds())
    }

    pub(super) fn capacity(&self) -> usize {
        match self {
            Self::Edit(editing) => editing.capacity(),
            Self::Unknown(bytes) => bytes.capacity(),
            Self::Pass | Self::Translate(_) => 0,
        }
    }
}

/// The shape that was found out. A bare `[DONE]` may be of any shape of the chunk family.
fn shape(dispatcher: &Dispatcher, to: Option<Shape>) -> Option<Shape> {
    let bare = dispatcher.answer().done_seen && dispatcher.answer().error.is_none();
    dispatcher.shape().or(to.filter(|to| bare && *to == Shape::Chat))
}

/// Looks at a chunk that goes on as it is, the first `known` bytes of which were looked at.
pub(super) fn pass(
    dispatcher: &mut Dispatcher,
    chunk: &[u8],
    known: usize,
    out: &mut Vec<u8>,
) -> Result<bool, Failed> {
    let base = dispatcher.decoder().offset() - known as u64;
    let mut items = dispatcher.feed(&chunk[known..]);
    let error = loop {
        while items.seen().is_some() {}
        match items.next() {
            None => return Ok(true),
            Some(Ok(item)) => {
                if let Ok((_, raw)) = item.into_repeat() {
                    items.recycle(raw);
                }
            }
            Some(Err(error)) => break error,
        }
    };
    let good = error.offset().checked_sub(base);
    // What was good before it goes on.
    let good_bytes = good.and_then(|good| chunk.get(..usize::try_from(good).ok()?));
    out.extend_from_slice(good_bytes.unwrap_or_default());
    Err(Failed { error, torn: good.is_none() })
}
