//! The Response so far, in its official form.

use std::collections::BTreeSet;

use super::{Key, Responses, Sort, arguments_member};
use crate::answer::{List, Text};
use crate::json::{Object, Value, quoted};

impl Responses {
    /// The Response so far.
    pub(crate) fn snapshot(&self) -> Vec<u8> {
        if let Some(response) = self.response.as_ref().filter(|_| self.is_final) {
            return response.clone();
        }
        let mut response = Object::default();
        response.set("object", b"\"response\"");
        if let Some(raw) = &self.response {
            response.merge(raw);
        }
        let mut output = List::default();
        for (_, item, _) in self.items() {
            output.push(Value::Object(&item));
        }
        response.set("output", &output.to_json());
        response.to_json()
    }

    /// The items so far: the place of each, itself, and whether it is done.
    pub(crate) fn items(&self) -> Vec<(u64, Vec<u8>, bool)> {
        let parts = self.parts_in_order();
        let mut indices: BTreeSet<u64> = parts.iter().map(|((index, ..), _)| *index).collect();
        indices.extend(self.calls.keys().chain(self.added.keys()).chain(self.done.keys()));
        let mut items = Vec::with_capacity(indices.len());
        let mut parts = parts.as_slice();
        for index in indices {
            let own = parts.partition_point(|((other, ..), _)| *other <= index);
            let is_done = self.done.contains_key(&index);
            items.push((index, self.item_snapshot(index, &parts[..own]), is_done));
            parts = &parts[own..];
        }
        items
    }

    fn item_snapshot(&self, index: u64, parts: &[(Key, &Text)]) -> Vec<u8> {
        if let Some(done) = self.done.get(&index) {
            return done.clone();
        }
        let mut item = self.added.get(&index).map(|raw| Object::of(raw)).unwrap_or_default();
        if let Some(call) = self.calls.get(&index) {
            if item.is_empty() {
                item.set("type", &quoted(Some(&call.kind)));
                item.set("call_id", &quoted(call.id.as_deref()));
                item.set("name", &quoted(call.name.as_deref()));
            }
            let member = arguments_member(&call.kind);
            if call.arguments.is_said() || item.get(member).is_none() {
                item.set(member, &quoted(Some(&call.arguments.text())));
            }
            return item.to_json();
        }
        let (mut summary, mut content) = (List::default(), List::default());
        let mut thinks = false;
        for ((_, part, sort), text) in parts {
            let mut json = Object::default();
            let (kind, member) = sort.names();
            json.set("type", &quoted(Some(kind)));
            json.set(member, &text.to_json());
            if *sort == Sort::Text {
                let annotations = self.annotations.get(&(index, *part)).map(List::to_json);
                json.set("annotations", &annotations.unwrap_or_else(|| b"[]".to_vec()));
            }
            thinks |= matches!(sort, Sort::Summary | Sort::Reasoning);
            let list = if *sort == Sort::Summary { &mut summary } else { &mut content };
            list.push(Value::Object(&json.to_json()));
        }
        if item.is_empty() {
            item.set("type", if thinks { b"\"reasoning\"" } else { b"\"message\"" });
            if !thinks {
                item.set("role", b"\"assistant\"");
            }
        }
        if !summary.is_empty() {
            item.set("summary", &summary.to_json());
        } else if item.get("type") == Some(b"\"reasoning\"") {
            item.set_default("summary", b"[]");
        }
        if !content.is_empty() {
            item.set("content", &content.to_json());
        }
        item.to_json()
    }
}
