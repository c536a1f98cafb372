//! `feed` to items: by a template where one matches, else in full.

use std::collections::VecDeque;

use super::item::{Item, Repeat, Seen};
use super::options::DispatchError;
use super::payloads::State;
use crate::answer::Answer;
use crate::delta::Kind;
use crate::shape::Family;
use crate::sse::{Event, Events};
use crate::template::{Hit, Template};

/// The items that end in a chunk; made by [`Dispatcher::feed`].
#[derive(Debug)]
pub struct Items<'d, 'c> {
    events: Events<'d, 'c>,
    state: &'d mut State,
    /// Of an event that had several.
    more: VecDeque<Item<'c>>,
    failed: bool,
}

impl<'d, 'c> Items<'d, 'c> {
    pub(super) fn new(events: Events<'d, 'c>, state: &'d mut State) -> Self {
        Self { events, state, more: VecDeque::new(), failed: false }
    }
}

impl<'c> Iterator for Items<'_, 'c> {
    type Item = Result<Item<'c>, DispatchError>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        match self.repeated() {
            Some(item) => Some(Ok(item)),
            None => self.read(),
        }
    }
}

impl Drop for Items<'_, '_> {
    fn drop(&mut self) {
        while !self.events.is_over()
            && let Some(Ok(_)) = self.next()
        {}
        self.state.keep_body(self.events.unrecognised());
    }
}

impl<'c> Items<'_, 'c> {
    /// The next item, read in full.
    #[inline(never)]
    fn read(&mut self) -> Option<Result<Item<'c>, DispatchError>> {
        loop {
            if let Some(item) = self.more.pop_front() {
                return Some(Ok(item));
            }
            if let Some(error) = &self.state.failed {
                return (!std::mem::replace(&mut self.failed, true))
                    .then(|| Err((**error).clone()));
            }
            let event = match self.events.next()? {
                Ok(event) => event,
                // "Nothing after it is read."
                Err(_) if self.state.ended => return None,
                Err(error) => return Some(Err(DispatchError::TooLarge(error))),
            };
            if self.state.ended {
                continue;
            }
            let event = match self.held(event) {
                Ok(item) => return Some(Ok(item)),
                Err(event) => event,
            };
            let offset = self.events.offset_of(&event);
            let read = self.state.event(event, offset, &mut self.more);
            if self.state.ended || self.state.failed.is_some() {
                self.state.comments = Some(self.events.comments());
            }
            match read {
                Ok(None) => {
                    if let Some(item) = self.repeated() {
                        return Some(Ok(item));
                    }
                }
                Ok(Some(item)) => return Some(Ok(item)),
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            }
        }
    }

    /// The next event, if a template matches the bytes of the chunk: framing and payload at once.
    #[inline(always)]
    fn repeated(&mut self) -> Option<Item<'c>> {
        let (start, hit) = self.hit()?;
        let parts = self.state.templates.first().parts(hit);
        let event = self.events.event(start..start + hit.length, parts);
        Some(self.state.repeated(hit, event))
    }

    /// The same for whoever keeps the chunk and wants no more than places in it. `None` says only
    /// that the next item is no such one.
    #[inline(always)]
    pub fn repeat(&mut self) -> Option<Repeat> {
        let (start, hit) = self.hit()?;
        let template = self.state.templates.first();
        let &Template { kind, index, call, family, path, .. } = template;
        let (length, plain) = (hit.length, hit.plain);
        let (parts, text) = (template.parts(hit), template.text(hit));
        let id = self.events.id();
        Some(Repeat { start, length, parts, id, kind, index, call, text, plain, family, path })
    }

    /// The same for whoever sends the bytes on: where in the chunk the event and its text are.
    #[inline(always)]
    pub(crate) fn seen(&mut self) -> Option<Seen> {
        let (start, hit) = self.hit()?;
        let &Template { kind, index, call, tag, .. } = self.state.templates.first();
        let text = start + hit.text().start..start + hit.text().end;
        Some(Seen {
            event: start..start + hit.length,
            text,
            plain: hit.plain,
            kind,
            index,
            call,
            tag,
        })
    }

    /// Whether nothing is left to be read, which says the same as an item that does not come.
    #[inline]
    pub(crate) fn are_over(&self) -> bool {
        self.more.is_empty() && self.events.are_read() && self.state.failed.is_none()
    }

    /// The event that was seen just now.
    pub(crate) fn event_of(&self, seen: &Seen) -> Event<'c> {
        let length = seen.event.len();
        let parts = self.state.templates.first().parts_of(length);
        self.events.event(seen.event.clone(), parts)
    }

    /// The tag of the template that was learnt or matched last.
    pub(crate) fn tag(&self) -> Option<u64> {
        self.state.templates.newest()
    }

    /// The answer so far.
    pub(crate) fn answer(&self) -> &Answer {
        &self.state.reading.answer
    }

    /// How many comment lines have ended, while the answer went on.
    pub(crate) fn comments(&self) -> u64 {
        self.state.comments.unwrap_or_else(|| self.events.comments())
    }

    /// The other items of the event of the item that has just come.
    pub(crate) fn rest_of_event(&mut self) -> Vec<Item<'c>> {
        self.more.drain(..).collect()
    }

    /// Where in the stream the event of an item began that has just come.
    pub(crate) fn offset_of(&self, event: &Event<'_>) -> u64 {
        self.events.offset_of(event)
    }

    /// Takes back the bytes of an item, for one that comes.
    #[inline]
    pub fn recycle(&mut self, raw: Vec<u8>) {
        self.events.recycle(raw);
    }

    /// The next event, if a template matches the bytes of the chunk: where it begins. It is taken
    /// and folded.
    #[inline(always)]
    fn hit(&mut self) -> Option<(usize, Hit)> {
        if !self.more.is_empty() || !self.state.may_repeat() {
            return None;
        }
        let rest = self.events.rest()?;
        let hit = self.state.templates.find(rest)?;
        let start = self.events.take_block(hit.length)?;
        self.state.fold(rest, hit);
        Some((start, hit))
    }

    /// Takes the next event in the same way, and appends its text.
    #[inline]
    pub(super) fn repeated_text(&mut self, text: &mut Vec<u8>) -> bool {
        if !self.more.is_empty() || !self.state.may_repeat() {
            return false;
        }
        let Some(rest) = self.events.rest() else {
            return false;
        };
        let Some(hit) = self.state.templates.find(rest) else {
            return false;
        };
        if self.events.take_block(hit.length).is_none() {
            return false;
        }
        let template = self.state.templates.first();
        if template.kind == Kind::Text
            && (template.family == Family::Events || template.index == Some(0))
        {
            hit.append(rest, text);
        }
        self.state.fold(rest, hit);
        true
    }

    /// The same for an event that came in several chunks, or with other line ends than before.
    fn held(&mut self, event: Event<'c>) -> Result<Item<'c>, Event<'c>> {
        if !self.state.may_repeat() {
            return Err(event);
        }
        match self.state.templates.find(event.raw()) {
            Some(hit) if hit.length == event.raw().len() => {
                self.state.fold(event.raw(), hit);
                Ok(self.state.repeated(hit, event))
            }
            _ => Err(event),
        }
    }
}
