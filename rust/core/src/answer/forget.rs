//! Forgetting what an answer says, for whoever wants to know only how it goes.

use super::{Answer, Body, Call, List, Text};
use crate::json::Object;
use crate::shape::chunk::{Choice, Chunks};

/// So much may be remembered at any time, and so much more for each part of the answer: then
/// forgetting costs as much as reading does, whatever the stream.
const ROOM: usize = 16 << 10;
const ROOM_OF_PART: usize = 64;

impl Answer {
    /// Notes that so many bytes were read, and forgets what they said when it has become much.
    pub(crate) fn forget(&mut self, bytes: usize) {
        self.remembered += bytes;
        if self.remembered < self.room {
            return;
        }
        // Counting the parts costs as much as there are: not for each event.
        self.room = ROOM + ROOM_OF_PART * self.parts();
        if self.remembered < self.room {
            return;
        }
        self.remembered = 0;
        match &mut self.body {
            Body::Chunks(chunks) => chunks.forget(),
            Body::Messages(messages) => messages.forget(),
            Body::Responses(responses) => responses.forget(),
        }
    }

    fn parts(&self) -> usize {
        match &self.body {
            Body::Chunks(chunks) => {
                let calls = chunks.choices.values().map(|choice| choice.calls.len());
                chunks.choices.len() + calls.sum::<usize>()
            }
            Body::Messages(messages) => messages.parts(),
            Body::Responses(responses) => responses.parts(),
        }
    }
}

impl Chunks {
    fn forget(&mut self) {
        self.choices.values_mut().for_each(|choice| choice.forget());
    }
}

impl Choice {
    fn forget(&mut self) {
        self.text.forget();
        self.reasoning.forget();
        self.refusal.forget();
        let names = &mut self.reasoning_names;
        names.drain(..names.len().saturating_sub(1));
        self.annotations = List::default();
        self.calls.iter_mut().for_each(Call::forget);
        if let Some(call) = &mut self.function_call {
            call.forget();
        }
        if let Some(audio) = &mut self.audio {
            audio.data.forget();
            audio.transcript.forget();
        }
        self.forget_logprobs();
    }
}

impl Call {
    fn forget(&mut self) {
        self.arguments.forget();
        self.extra = Object::default();
    }
}

impl Text {
    /// That there was any is remembered.
    pub(crate) fn forget(&mut self) {
        if self.is_said() {
            *self.bytes() = vec![b' '];
        }
    }
}
