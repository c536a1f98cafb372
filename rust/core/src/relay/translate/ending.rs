//! How a translation ends: why the answer stopped, and its usage.

use super::Translation;
use crate::answer::{Answer, word};
use crate::error::StreamError;
use crate::json::Value;
use crate::relay::options::AddToUsage;
use crate::relay::text::Ends;
use crate::shape::Shape;
use crate::write::{Finish, Said, Usage};

impl Translation {
    /// The source has ended: an answer that is whole ends too, another just stops.
    pub(in crate::relay) fn finish(
        &mut self,
        answer: &Answer,
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) {
        self.end_texts(Ends::All, out);
        self.openings(out);
        if self.stops(answer, add, out) {
        } else if let Some(error) = answer.error.as_deref() {
            self.error(error, out);
        } else if answer.outcome().complete {
            self.done(answer, add, out);
        } else {
            self.tell_pages(out);
            let Self { calls, writer, .. } = self;
            calls.flush(|said| writer.write(&said, out));
            writer.release(out);
        }
    }

    /// Ends with an error.
    pub(in crate::relay) fn error(&mut self, error: &StreamError, out: &mut Vec<u8>) {
        self.end_texts(Ends::All, out);
        self.tell_pages(out);
        let Self { calls, writer, .. } = self;
        calls.settle(|said| writer.write(&said, out));
        writer.fail(error, out);
    }

    pub(super) fn done(&mut self, answer: &Answer, add: &mut AddToUsage<'_>, out: &mut Vec<u8>) {
        if self.writer.has_ended() {
            return;
        }
        self.start(None, None, answer, out);
        self.write_finish(out);
        let outcome = answer.outcome();
        let mut usage = outcome.usage.as_deref().filter(|_| !self.strip_usage).map(|raw| {
            let mut usage = Usage::of(&outcome.tokens, raw, answer.shape);
            usage.extra = add(raw);
            usage
        });
        self.writer.write(&Said::Done(usage.take().as_ref()), out);
    }

    pub(super) fn finish_reason(&mut self, payload: &[u8], answer: &Answer, out: &mut Vec<u8>) {
        let why = match answer.finish() {
            // What failed is told by the event itself.
            Some("error") if answer.error.is_some() || answer.shape == Some(Shape::Responses) => {
                return;
            }
            Some("error") if self.writer.has_ended() => return,
            Some("error") => {
                let reasons = answer.outcome().finish_reasons;
                let reason = reasons.get(&0).cloned().flatten().unwrap_or_default();
                let message = format!("the model stopped: {reason}");
                let error = StreamError { status: Some(500), ..StreamError::message(&message) };
                return self.error(&error, out);
            }
            Some("length") => Finish::Length,
            Some("tool_calls") => Finish::ToolCalls,
            Some("content_filter") => Finish::ContentFilter,
            Some("pause") => Finish::Pause,
            _ => Finish::Stop,
        };
        let [delta] = Value::of(payload).unwrap_or_default().pick(["delta"]);
        let sequence = word(delta.pick(["stop_sequence"])[0]);
        let sequence = sequence.filter(|_| answer.shape == Some(Shape::Messages));
        self.finish = Some((why, sequence));
        // Here it is a reason that makes it whole; of several choices, each has its own.
        if self.choices && answer.choices() < 2 {
            self.write_finish(out);
        }
    }

    pub(super) fn write_finish(&mut self, out: &mut Vec<u8>) {
        self.tell_pages(out);
        let Self { calls, writer, .. } = self;
        calls.flush(|said| writer.write(&said, out));
        if let Some((why, sequence)) = self.finish.take() {
            writer.write(&Said::Finish { why, sequence: sequence.as_deref() }, out);
        }
    }

    /// Ends the answer if a stop string was found.
    pub(super) fn stops(
        &mut self,
        answer: &Answer,
        add: &mut AddToUsage<'_>,
        out: &mut Vec<u8>,
    ) -> bool {
        let (Some(stop), Some(texts)) = (self.stopping.take(), &self.texts) else {
            return false;
        };
        let stop = texts.stop(stop).to_owned();
        self.finish = Some((Finish::Stop, Some(stop.clone())));
        self.stopped = Some(stop);
        self.done(answer, add, out);
        true
    }
}
