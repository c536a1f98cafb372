//! The chunks that a relay writes: a piece of a text that was held, and the end of a choice.

use std::collections::HashSet;

use crate::answer::Answer;
use crate::json::write_string;
use crate::shape::Shape;
use crate::write::bytes::{digits, put};

/// What is known for the chunks that a relay writes.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// What they repeat of the source's, as [`super::look::envelope`] has it.
    pub(super) envelope: Vec<u8>,
    /// The choices that a stop string has ended while others go on.
    pub(super) stopped: HashSet<u64>,
    /// So many of the choices are over, in order of arrival, before one that is not.
    pub(super) over: usize,
}

/// Where in a chunk a text is.
#[derive(Clone, Debug)]
pub(super) enum Form {
    /// `text` of the choice.
    Text,
    /// This member of the delta.
    Member(Vec<u8>),
    /// A part of its `content`.
    Thinking,
    /// The arguments of the call that is a member of its own.
    FunctionCall,
    /// The arguments of a call, which has this `index`; or its free text.
    Call { index: Vec<u8>, custom: bool },
}

impl State {
    pub(super) fn has_stopped_choices(&self) -> bool {
        !self.stopped.is_empty()
    }

    pub(super) fn capacity(&self) -> usize {
        self.envelope.capacity() + self.stopped.capacity() * size_of::<u64>()
    }

    /// Writes a chunk with a piece of a text.
    pub(super) fn write(&self, index: u64, form: &Form, text: &str, out: &mut Vec<u8>) {
        let mut json = Vec::new();
        write_string(text, &mut json);
        let mut choice = Vec::new();
        match form {
            Form::Text => put(&mut choice, [b"\"text\":", &json, b",\"logprobs\":null"]),
            Form::Member(name) => put(&mut choice, [b"\"delta\":{\"", name, b"\":", &json, b"}"]),
            Form::Thinking => {
                let open = b"\"delta\":{\"content\":[{\"type\":\"thinking\",\"thinking\":[";
                put(&mut choice, [open, b"{\"type\":\"text\",\"text\":", &json, b"}]}]}"]);
            }
            Form::FunctionCall => {
                put(&mut choice, [b"\"delta\":{\"function_call\":{\"arguments\":", &json, b"}}"]);
            }
            Form::Call { index, custom } => {
                let [outer, inner]: [&[u8]; 2] =
                    if *custom { [b"custom", b"input"] } else { [b"function", b"arguments"] };
                put(&mut choice, [b"\"delta\":{\"tool_calls\":[{\"index\":", index, b",\""]);
                put(&mut choice, [outer, b"\":{\"", inner, b"\":", &json, b"}}]}"]);
            }
        }
        put(out, [b"data: {", &self.envelope, b"\"choices\":[{\"index\":", &digits(index), b","]);
        put(out, [&choice, b",\"finish_reason\":null}]}\n\n"]);
    }

    /// Writes the chunk that ends a choice.
    pub(super) fn write_finish(&self, answer: &Answer, index: u64, out: &mut Vec<u8>) {
        let empty: &[u8] = match answer.shape {
            Some(Shape::Completions) => b",\"text\":\"\",\"logprobs\":null",
            _ => b",\"delta\":{}",
        };
        put(out, [b"data: {", &self.envelope, b"\"choices\":[{\"index\":", &digits(index), empty]);
        out.extend_from_slice(b",\"finish_reason\":\"stop\"}]}\n\n");
    }
}
