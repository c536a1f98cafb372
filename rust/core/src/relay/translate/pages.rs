//! The pages that a chat lists beside its choices: `citations`, addresses, and `search_results`,
//! objects with `url` and `title` (<https://docs.perplexity.ai/api-reference/chat-completions-post>).
//! The list comes again and again, so each page is told once, where the text ends.

use indexmap::IndexMap;

use super::Translation;
use super::pieces::valid;
use crate::json::Value;
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
        let is_new = url.string().is_some_and(|text| !text.is_empty())
            && !self.known.contains_key(url.raw());
        let room = self.known.len() < MOST;
        if is_new && room {
            let title = title.string().map_or(Value::Null.raw(), |title| title.quoted());
            self.known.insert(valid(url.raw()).into(), valid(title).into());
        }
        room || !is_new
    }

    /// A page is told with its place in the text, which is better than at the end.
    pub(super) fn tell(&mut self, url: &[u8]) {
        if self.known.len() < MOST || self.known.contains_key(url) {
            let (place, _) = self.known.insert_full(url.into(), Box::default());
            if place >= self.told {
                self.known.move_index(place, self.told);
                self.told += 1;
            }
        }
    }
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
}
