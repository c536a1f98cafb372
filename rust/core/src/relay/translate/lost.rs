//! What events say beside their deltas: pages, which are carried, and what only one API has. That
//! is counted for each event, be it read in full or matched by a template.

use smallvec::SmallVec;

use super::Translation;
use crate::delta::Kind;
use crate::dispatch::Item;
use crate::json::Value;
use crate::shape::Shape;
use crate::template::Path;

/// As many as there are templates.
const MOST_KNOWN: usize = 8;

type Names = SmallVec<[&'static str; 2]>;

/// What is known of the events that templates match.
#[derive(Clone, Debug, Default)]
pub(super) struct Lost {
    /// What those say that cannot be carried, by the template's tag, the last one used last. Those
    /// of other templates say nothing of the kind.
    known: Vec<(u64, Names)>,
    /// Templates from this tag on are new.
    new_tag: u64,
}

impl Translation {
    /// Counts what an event of this template says.
    #[inline]
    pub(super) fn count_matched(&mut self, tag: u64) {
        if !self.lost.known.is_empty() {
            self.count_known(tag);
        }
    }

    #[cold]
    fn count_known(&mut self, tag: u64) {
        let known = &mut self.lost.known;
        if let Some(place) = known.iter().position(|(own, _)| *own == tag) {
            known[place..].rotate_left(1);
            let names = known[known.len() - 1].1.clone();
            names.iter().for_each(|name| self.drop(name));
        }
    }

    /// Counts what an item says, and keeps its pages.
    ///
    /// `tag` is that of the template that was learnt or matched last.
    pub(super) fn beside(&mut self, item: &Item<'_>, tag: Option<u64>, shape: Option<Shape>) {
        if item.path != Path::Unknown {
            return tag.into_iter().for_each(|tag| self.count_matched(tag));
        }
        let names = self.names(item.payload(), shape);
        names.iter().for_each(|name| self.drop(name));
        let lost = &mut self.lost;
        if let Some(tag) = tag.filter(|tag| *tag >= lost.new_tag) {
            lost.new_tag = tag + 1;
            if !names.is_empty() {
                if lost.known.len() == MOST_KNOWN {
                    lost.known.remove(0);
                }
                lost.known.push((tag, names));
            }
        }
    }

    /// The names of what a payload says that cannot be carried.
    fn names(&mut self, payload: &[u8], shape: Option<Shape>) -> Names {
        let mut names = Names::new();
        let value = Value::of(payload).unwrap_or_default();
        match shape {
            Some(Shape::Chat | Shape::Completions) => {
                let [choices, results, citations, images, questions] = value.pick([
                    "choices",
                    "search_results",
                    "citations",
                    "images",
                    "related_questions",
                ]);
                let citation = Kind::Citation.name();
                if !self.drops(citation) && !self.pages.list(results, citations) {
                    names.push(citation);
                }
                add(&mut names, [("images", images), ("related_questions", questions)]);
                choices.elements(|choice| of_choice(choice, &mut names));
            }
            Some(Shape::Responses) => {
                let [delta, logprobs] = value.pick(["delta", "logprobs"]);
                // They are said once more when the text is done.
                if delta.string().is_some() {
                    add(&mut names, [("logprobs", logprobs)]);
                }
            }
            Some(Shape::Messages) | None => {}
        }
        names
    }
}

fn of_choice(choice: Value<'_>, names: &mut Names) {
    let [delta, logprobs] = choice.pick(["delta", "logprobs"]);
    let [images, details, executed, extra, calls] = delta.pick([
        "images",
        "reasoning_details",
        "executed_tools",
        "extra_content",
        "tool_calls",
    ]);
    add(names, [("logprobs", logprobs), ("images", images), ("executed_tools", executed)]);
    add(names, [("extra_content", extra)]);
    calls.elements(|call| add(names, [("extra_content", call.pick(["extra_content"])[0])]));
    // The text of the others is in `reasoning` too.
    details.elements(|detail| {
        let [data, signature] = detail.pick(["data", "signature"]);
        add(names, [("reasoning_details", data), ("reasoning_details", signature)]);
    });
}

/// Adds the names of those that say something.
fn add<const N: usize>(names: &mut Names, members: [(&'static str, Value<'_>); N]) {
    for (name, value) in members {
        if value.is_truthy() && !names.contains(&name) {
            names.push(name);
        }
    }
}
