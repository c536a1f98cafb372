//! The pieces of texts and arguments in a translation, some of them rewritten.

use std::borrow::Cow;

use super::Translation;
use crate::answer::Answer;
use crate::delta::{Delta, Kind};
use crate::dispatch::Item;
use crate::json::{Value, quoted};
use crate::relay::text::{Ends, Fed, Place};
use crate::shape::Shape;
use crate::write::Said;

impl Translation {
    #[inline]
    pub(super) fn piece(
        &mut self,
        kind: Kind,
        index: Option<u64>,
        call: Option<u32>,
        piece: &[u8],
        out: &mut Vec<u8>,
    ) {
        let index = index.unwrap_or(0);
        if self.choices && index != 0 {
            self.drop("choice");
            return;
        }
        if self.texts.is_some() {
            return self.rewrite((kind, index, call), piece, out);
        }
        self.write_piece((kind, index, call), piece, out);
    }

    /// A piece of a text that is rewritten.
    pub(super) fn rewrite(&mut self, place: Place, piece: &[u8], out: &mut Vec<u8>) {
        let ends = if place.0 == Kind::ToolArguments { Ends::Texts } else { Ends::Others(place) };
        self.end_texts(ends, out);
        let Some(texts) = self.texts.as_mut().filter(|_| self.stopping.is_none()) else {
            return;
        };
        match texts.feed(place, piece) {
            Fed::Same => self.write_piece(place, piece, out),
            Fed::New(text) => self.write_piece(place, &quoted(Some(&text)), out),
            Fed::Stopped(text, stop) => {
                self.write_piece(place, &quoted(Some(&text)), out);
                self.stopping = Some(stop);
            }
        }
    }

    /// Writes what is held where a block ends, or an item.
    pub(super) fn end_block(&mut self, payload: &[u8], item: &Item<'_>, out: &mut Vec<u8>) {
        let kind = item.native_type();
        if kind == "content_block_stop" || kind.strip_suffix(".done").is_some() {
            let value = Value::of(payload).unwrap_or_default();
            let [index, output_index] = value.pick(["index", "output_index"]);
            let index = index.index().or(output_index.index());
            self.end_texts(index.map_or(Ends::Texts, Ends::Block), out);
        }
    }

    /// Writes what is held of texts that end.
    pub(super) fn end_texts(&mut self, ends: Ends, out: &mut Vec<u8>) {
        let Some(texts) = self.texts.as_mut().filter(|_| self.stopping.is_none()) else {
            return;
        };
        for (place, rest, stop) in texts.flush(ends) {
            self.write_piece(place, &rest, out);
            self.stopping = self.stopping.or(stop);
        }
    }

    #[inline]
    pub(super) fn write_piece(
        &mut self,
        (kind, index, call): Place,
        piece: &[u8],
        out: &mut Vec<u8>,
    ) {
        if matches!(kind, Kind::Reasoning | Kind::Signature | Kind::Refusal) && piece.len() > 2 {
            self.text_ends(out);
        }
        match kind {
            Kind::Text => self.writer.write(&Said::Text { index, piece }, out),
            Kind::Reasoning => self.writer.write(&Said::Reasoning { index, piece }, out),
            Kind::Signature => self.writer.write(&Said::Signature { index, piece }, out),
            Kind::Refusal => self.writer.write(&Said::Refusal { index, piece }, out),
            // The source has no such call: they came in a block of another kind.
            Kind::ToolArguments if !self.choices && call.is_none() => self.drop("tool_arguments"),
            Kind::ToolArguments => {
                let Self { calls, writer, .. } = self;
                calls.piece(call, piece, |said| writer.write(&said, out));
            }
            _ => {}
        }
    }

    /// The encrypted reasoning of a response is what a signature is elsewhere: it is sent back.
    pub(super) fn encrypted(
        &mut self,
        payload: &[u8],
        item: &Item<'_>,
        answer: &Answer,
        out: &mut Vec<u8>,
    ) {
        if answer.shape != Some(Shape::Responses)
            || item.native_type() != "response.output_item.done"
            || self.drops(Kind::Signature.name())
        {
            return;
        }
        let [output_index, inner] =
            Value::of(payload).unwrap_or_default().pick(["output_index", "item"]);
        let [kind, content] = inner.pick(["type", "encrypted_content"]);
        if kind.string().is_some_and(|kind| kind.is("reasoning")) && content.string().is_some() {
            self.piece(Kind::Signature, output_index.index(), None, &valid(content.raw()), out);
        }
    }
}

/// The piece of a delta, as a JSON string.
pub(super) fn piece<'p>(delta: &Delta, payload: &'p [u8]) -> Cow<'p, [u8]> {
    let raw = delta.text.raw(payload);
    if raw.first() == Some(&b'"') {
        return valid(raw);
    }
    quoted(delta.text.text(payload).as_deref()).into()
}

/// JSON whose bytes are UTF-8.
#[inline]
pub(super) fn valid(raw: &[u8]) -> Cow<'_, [u8]> {
    match String::from_utf8_lossy(raw) {
        Cow::Borrowed(_) => raw.into(),
        Cow::Owned(text) => text.into_bytes().into(),
    }
}
