//! The pages that a chat lists beside its choices: `citations`, addresses, and `search_results`,
//! objects with `url` and `title` (<https://docs.perplexity.ai/api-reference/chat-completions-post>).
//! The list comes again and again, so each page is told once, where the text ends.

use indexmap::IndexMap;

use super::Translation;
use super::pieces::valid;
use crate::json::{Value, quoted};
use crate::write::{Page, Said};

/// More pages than these are not kept: the list is the server's.
const MOST: usize = 1024;

/// The pages of an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Pages {
    /// Titles by address, strings of JSON; a title may be `null`. The ones that were told come first.
    known: IndexMap<Box<[u8]>, Box<[u8]>>,
    told: usize,
}

impl Pages {
    /// Notes the pages of a payload. Returns whether there was room for them.
    pub(super) fn list(&mut self, results: Value<'_>, citations: Value<'_>) -> bool {
        let mut room = true;
        results.elements(|result| {
            let [url, title] = result.pick(["url", "title"]);
            room &= self.add(url, title);
        });
        citations.elements(|url| room &= self.add(url, Value::Null));
        room
    }

    fn add(&mut self, url: Value<'_>, title: Value<'_>) -> bool {
        let Some(url) = address(url) else {
            return true;
        };
        let (room, is_new) = (self.known.len() < MOST, !self.known.contains_key(&url));
        if room && is_new {
            let title = title.string().map_or(Value::Null.raw(), |title| title.quoted());
            self.known.insert(url, valid(title).into());
        }
        room || !is_new
    }

    /// A page is told with its place in the text, which is better than at the end.
    pub(super) fn tell(&mut self, url: Value<'_>) {
        let Some(url) = address(url) else {
            return;
        };
        if self.known.len() < MOST || self.known.contains_key(&url) {
            let (place, _) = self.known.insert_full(url, Box::default());
            if place >= self.told {
                self.known.move_index(place, self.told);
                self.told += 1;
            }
        }
    }
}

/// An address as a string of JSON, the same however it was escaped; `None` if it is none.
fn address(url: Value<'_>) -> Option<Box<[u8]>> {
    let text = url.string().filter(|text| !text.is_empty())?;
    Some(quoted(Some(&text.text())).into())
}

impl Translation {
    /// Writes the pages that were not told, before the text is closed.
    pub(super) fn tell_pages(&mut self, out: &mut Vec<u8>) {
        let Self { pages, writer, .. } = self;
        for (url, title) in pages.known.iter().skip(pages.told) {
            let page = Page { url, title, cited_text: Value::Null.raw(), span: None };
            writer.write(&Said::Citation { index: 0, page }, out);
        }
        pages.told = pages.known.len();
    }

    /// The same where something else begins; if no text is open, one may yet come.
    #[inline]
    pub(super) fn text_ends(&mut self, out: &mut Vec<u8>) {
        if self.pages.told < self.pages.known.len() && self.writer.is_in_text() {
            self.tell_pages(out);
        }
    }
}
