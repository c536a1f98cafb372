//! The end of a response whose text a stop string has ended: all that is open is told to be done.

use super::responses::{Form, head};
use super::{Change, Key, Part, Texts};
use crate::answer::{Answer, Body, List};
use crate::json::{Object, Value, quoted};
use crate::write::bytes::{digits, put};

impl Texts {
    /// Ends a response in the text that has this key.
    pub(super) fn end_response(
        &mut self,
        key: Key,
        form: &Form,
        stop: usize,
        answer: &Answer,
        out: &mut Vec<u8>,
    ) {
        self.stop.get_or_insert(stop);
        self.over = true;
        let Body::Responses(body) = &answer.body else {
            return;
        };
        let mut items = body.items();
        if !items.iter().any(|(index, ..)| *index == key.index) {
            items.push((key.index, br#"{"type":"message","role":"assistant"}"#.to_vec(), false));
        }
        let mut output = List::default();
        for (index, item, is_done) in items {
            let mut item = Object::of(&self.rewritten(&item));
            if index == key.index {
                self.end_text(&mut item, key, form, out);
            }
            if !is_done {
                if !form.item_id.is_empty() {
                    item.set_default("id", &form.item_id);
                }
                item.set("status", b"\"completed\"");
                put(out, [ITEM_DONE, &digits(index), b",\"item\":", &item.to_json()]);
                put(out, [&self.numbers.one_more(), b"}\n\n"]);
            }
            output.push(Value::Object(&item.to_json()));
        }
        let mut response = Object::of(body.response());
        for (name, set) in [("model", &self.model), ("id", &self.id)] {
            if let Some(set) = set.as_ref().filter(|_| response.get(name).is_some()) {
                response.set(name, set);
            }
        }
        response.set("status", b"\"completed\"");
        response.set("output", &output.to_json());
        response.set_default("usage", b"null");
        put(out, [COMPLETED, &response.to_json(), &self.numbers.one_more(), b"}\n\n"]);
    }

    /// Ends the text of an item, and its part.
    fn end_text(&mut self, item: &mut Object, key: Key, form: &Form, out: &mut Vec<u8>) {
        let mut parts = Vec::new();
        let content = item.get("content").and_then(|raw| Value::of(raw).ok());
        content.unwrap_or_default().elements(|part| parts.push(Object::of(part.raw())));
        let place = usize::try_from(key.part.1).unwrap_or(usize::MAX).min(parts.len());
        if place == parts.len() {
            parts.push(Object::of(br#"{"type":"output_text","text":""}"#));
        }
        let part = &mut parts[place];
        if let Some((_, said)) = &self.said {
            part.set("text", &quoted(Some(said)));
        }
        part.set_default("annotations", b"[]");
        part.set_default("logprobs", b"[]");
        let text = part.get("text").unwrap_or(b"\"\"").to_vec();
        head(form, b".done", key, out);
        put(out, [b",\"text\":", &text, b",\"logprobs\":[]", &self.numbers.one_more(), b"}\n\n"]);
        let form = Form { about: "response.content_part".into(), ..form.clone() };
        head(&form, b".done", key, out);
        put(out, [b",\"part\":", &part.to_json(), &self.numbers.one_more(), b"}\n\n"]);
        let mut content = List::default();
        for part in &parts {
            content.push(Value::Object(&part.to_json()));
        }
        item.set("content", &content.to_json());
    }

    /// An item as it is to be sent.
    fn rewritten(&self, item: &[u8]) -> Vec<u8> {
        let part = Part { payload: item, base: 0, name: b"", deltas: &[], tag: None, fed: None };
        let mut change = Change::default();
        self.whole_item(&part, Value::of(item).unwrap_or_default(), &mut change);
        let mut out = Vec::new();
        change.patches.sorted().apply(item, &mut out);
        out
    }
}

const ITEM_DONE: &[u8] = b"event: response.output_item.done\n\
    data: {\"type\":\"response.output_item.done\",\"output_index\":";
const COMPLETED: &[u8] = b"event: response.completed\n\
    data: {\"type\":\"response.completed\",\"response\":";
