//! Pages that a text cites, in a translation.

use super::Translation;
use super::pieces::valid;
use crate::answer::Answer;
use crate::delta::{Delta, Detail};
use crate::json::Value;
use crate::shape::Shape;
use crate::write::{Page, Said};

impl Translation {
    pub(super) fn citation(
        &mut self,
        delta: &Delta,
        payload: &[u8],
        answer: &Answer,
        out: &mut Vec<u8>,
    ) {
        let Some(Detail::Value(place)) = delta.detail.as_deref() else {
            return;
        };
        let Ok(value) = Value::of(place.raw(payload)) else {
            return;
        };
        let inner = match answer.shape {
            Some(Shape::Chat) => value.pick(["url_citation"])[0],
            _ => value,
        };
        let [url, title, cited_text, start, end] =
            inner.pick(["url", "title", "cited_text", "start_index", "end_index"]);
        if url.string().is_none() {
            self.drop("citation");
            return;
        }
        if answer.shape == Some(Shape::Chat) && self.writer.is_in_text() {
            self.pages.tell(url);
        }
        let (url, title, cited_text) =
            (valid(url.raw()), valid(title.raw()), valid(cited_text.raw()));
        let span = start.index().zip(end.index());
        let page = Page { url: &url, title: &title, cited_text: &cited_text, span };
        self.writer.write(&Said::Citation { index: delta.index.unwrap_or(0), page }, out);
    }
}
