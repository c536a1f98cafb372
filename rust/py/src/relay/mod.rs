//! `Relay`: the core's relay behind a lock that never waits.

mod feed;
mod options;
mod usage_extra;

use std::collections::BTreeMap;
use std::sync::Mutex;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMapping};
use pyo3::{PyTraverseError, PyVisit};
use ssewire_core::{DispatchOptions, Fields, RelayOptions, Shape, StreamError, encode_event};

use crate::{decoder, json, outcome, raw};
use feed::State;
pub(crate) use feed::add_feed;
pub(crate) use options::shape_of;
use options::{check_extra, rules, strips};

/// Passes a stream on: bytes in, bytes out, one call per read, and everything known of it.
///
/// With nothing to change, `feed(chunk) is chunk`. What is sent on never depends on how the stream
/// was cut. A relay has no I/O and no clock; it is for one stream at a time and one thread at a
/// time.
///
/// Args:
///     shape: the source's: `"chat"`, `"completions"`, `"messages"`, `"responses"`, or `"auto"`
///         to find out.
///     to: the shape to translate to: `"chat"`, `"messages"` or `"responses"`. The source's own is
///         no translation. What cannot be carried is dropped and counted in `dropped`. Unless
///         `shape` is given too, nothing is sent on before the source's shape is known.
///     model: what to write in place of `model`, `message.model` and `response.model`, where they
///         are present.
///     id: the same for `id` of chunks, `message.id` and `response.id`.
///     usage: `"pass"`, or `"strip"` for clients that did not ask for it: the chunk that is empty
///         but for usage is left out, and so is the member where it rides on choices. Messages and
///         responses always have usage.
///     usage_extra: members to add to the usage object that is sent, such as a cost; or a function
///         that is called with the usage (a dict) and returns them. What that raises goes to
///         `sys.unraisablehook`, and the usage goes on as it is. `KeyboardInterrupt` and whatever
///         else is no `Exception` is raised; then the call's bytes come with the next call.
///     created: when the answer began, in Unix seconds, for a translation; without it, what the
///         source says, or 0.
///     drop: native types of events, and kinds of deltas, whose events are left out.
///     replace: strings and what comes in their place, in the pieces of texts, wherever the pieces
///         are cut. The leftmost is found, and of those that begin at one place the longest. What
///         may be the beginning of one is held back. Texts that are repeated as a whole are
///         changed as their pieces were; `logprobs` of what was changed are left out. `outcome` is
///         the source's, unchanged. A signature of reasoning that was changed is no longer right.
///     replace_in: in which kinds of text: `"text"`, which it is if not given, `"reasoning"`,
///         `"refusal"`, `"tool_arguments"`. Of arguments, which are JSON, only the strings are changed, names
///         too, and their characters are found however they are escaped: what comes out is JSON.
///     stop: strings that end the text: it goes on up to the first of them, then the answer ends
///         as if the model had stopped there. See `stopped`.
///     keep_text: whether `outcome` has the texts and arguments. Without them, and without
///         `snapshot()`, memory does not grow with the answer.
///     hold: hold back so many events at most until the first content: see `held`.
///     whole_events: whether an event goes on only when it is whole: then the client never gets
///         half of one, though the upstream breaks off.
///     max_event_size: see `Decoder`.
///
/// Raises:
///     ValueError: an option that is not allowed.
#[pyclass(frozen, module = "ssewire._core")]
pub(crate) struct Relay {
    inner: Mutex<State>,
    usage_extra: Option<Py<PyAny>>,
}

#[pymethods]
impl Relay {
    #[new]
    #[pyo3(signature = (
        shape="auto",
        *,
        to=None,
        model=None,
        id=None,
        usage="pass",
        usage_extra=None,
        created=0,
        drop=Vec::new(),
        replace=None,
        replace_in=None,
        stop=None,
        keep_text=true,
        hold=0,
        whole_events=false,
        max_event_size=Some(ssewire_core::Options::MAX_EVENT_SIZE as i128),
    ))]
    #[pyo3(text_signature = "(shape='auto', *, to=None, model=None, id=None, usage='pass', \
                             usage_extra=None, created=0, drop=(), replace=None, \
                             replace_in=None, stop=(), keep_text=True, hold=0, whole_events=False, \
                             max_event_size=67108864)")]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn new(
        shape: &str,
        to: Option<&str>,
        model: Option<String>,
        id: Option<String>,
        usage: &str,
        usage_extra: Option<Bound<'_, PyAny>>,
        created: u64,
        drop: Vec<String>,
        replace: Option<&Bound<'_, PyMapping>>,
        replace_in: Option<&Bound<'_, PyAny>>,
        stop: Option<&Bound<'_, PyAny>>,
        keep_text: bool,
        hold: u64,
        whole_events: bool,
        max_event_size: Option<i128>,
    ) -> PyResult<Self> {
        let decoder = decoder::options(String::new(), max_event_size, "raise", false)?;
        let shape = if shape == "auto" { None } else { Some(shape_of("shape", shape, |_| true)?) };
        let dispatch =
            DispatchOptions { decoder, shape, keep: keep_text, ..DispatchOptions::default() };
        check_extra(usage_extra.as_ref())?;
        let options = RelayOptions {
            dispatch,
            to: to.map(|to| shape_of("to", to, |shape| shape != Shape::Completions)).transpose()?,
            model,
            id,
            strip_usage: strips(usage)?,
            created,
            drop,
            text: rules(replace, replace_in, stop)?,
            adds_to_usage: usage_extra.is_some(),
            hold,
            whole_events,
        };
        let usage_extra = usage_extra.map(Bound::unbind);
        Ok(Self { inner: State::new(ssewire_core::Relay::new(options)).into(), usage_extra })
    }

    /// End the stream.
    ///
    /// Returns:
    ///     What is left to be sent on. A translation of a stream that just ended has no ending
    ///     either: see `fail()`. A second call returns nothing.
    ///
    /// Raises:
    ///     EventTooLarge: if that is how the stream ended.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.end(py)
    }

    /// Go back to the state after construction, ready for another stream.
    fn reset(&self) -> PyResult<()> {
        let mut state = self.lock()?;
        state.kept.clear();
        state.relay.reset();
        Ok(())
    }

    /// The shape of the source, or `None` while unknown.
    #[getter]
    fn shape(&self) -> PyResult<Option<&'static str>> {
        Ok(self.lock()?.relay.shape().map(Shape::name))
    }

    /// Whether any output has come: text, reasoning, a refusal, a call, audio.
    #[getter]
    fn begun(&self) -> PyResult<bool> {
        Ok(self.lock()?.relay.answer().has_begun())
    }

    /// Whether the answer is over, so that reading on is of no use.
    #[getter]
    fn ended(&self) -> PyResult<bool> {
        Ok(self.lock()?.relay.is_answered())
    }

    /// The stop string that ended the text, or `None`.
    ///
    /// Then the ending was sent, nothing more is sent on, and `ended` is true: whoever relays may
    /// close the source. With several choices, it ends its own, and the last of them ends the
    /// answer. `outcome` goes on with what is still fed.
    #[getter]
    fn stopped(&self) -> PyResult<Option<String>> {
        Ok(self.lock()?.relay.stopped().map(ToOwned::to_owned))
    }

    /// The `Outcome` of the source so far, at any moment, also after an error.
    #[getter]
    fn outcome<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (own, body) = {
            let relay = &self.lock()?.relay;
            let body = relay.dispatcher().body().map(|body| PyBytes::new(py, body));
            (relay.outcome(), body)
        };
        outcome::new(py, own, body)
    }

    /// The source's message so far in the official final form of its API.
    ///
    /// Returns:
    ///     A dict; `None` as long as the shape is not known, and without `keep_text`.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let snapshot = self.lock()?.relay.answer().snapshot();
        snapshot.map_or_else(|| Ok(py.None().into_bound(py)), |json| json::parse(py, &json))
    }

    /// What translation could not carry, by name, and how often: events, blocks or pieces.
    #[getter]
    fn dropped(&self) -> PyResult<BTreeMap<String, u64>> {
        Ok(self.lock()?.relay.dropped())
    }

    /// Whether output is held back.
    ///
    /// With `hold`, nothing is sent on before the first content, the end of a whole answer, or so
    /// many events; then all of it comes with `feed`. As long as this is true the client has seen
    /// nothing, and another upstream may be asked.
    #[getter]
    fn held(&self) -> PyResult<bool> {
        Ok(self.lock()?.relay.is_held())
    }

    /// Let through what is held back, and from now on everything.
    fn release<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(self.lock()?.sends(py, ssewire_core::Relay::release))
    }

    /// Whether what was sent on ends between two events.
    #[getter]
    fn at_boundary(&self) -> PyResult<bool> {
        Ok(self.lock()?.relay.is_at_boundary())
    }

    /// A sign of life for the client: a comment, or a ping in messages.
    ///
    /// Returns:
    ///     `b""` away from a boundary, and after the end.
    fn keep_alive<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(self.lock()?.sends(py, ssewire_core::Relay::keep_alive))
    }

    /// An event of your own, in the client's shape.
    ///
    /// Args:
    ///     data: what it says.
    ///     event: its name.
    ///
    /// Returns:
    ///     Its bytes; or `b""` within another event, and then they come with `feed` at the next
    ///     boundary.
    ///
    /// Raises:
    ///     ValueError: the name has a line end.
    #[pyo3(signature = (data, *, event=None))]
    fn insert<'py>(
        &self,
        py: Python<'py>,
        data: &str,
        event: Option<&str>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let fields = Fields { event, ..Fields::default() };
        let event = encode_event(data, &fields);
        let event = event.map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(self.lock()?.sends(py, |relay| relay.insert(event)))
    }

    /// End with an error in the client's shape, for it to be the last that the client reads.
    ///
    /// An event that was sent on in part is closed first; what is held back is not sent. In the
    /// chunk family `[DONE]` follows. Afterwards nothing more is sent on.
    ///
    /// Args:
    ///     message: what the client may know.
    ///     type: the error's type.
    ///     status: the HTTP status that it would have had, in messages the type follows from it.
    ///
    /// Returns:
    ///     What to send; `b""` if there was an ending already.
    #[pyo3(signature = (message, *, r#type="api_error", status=None))]
    #[pyo3(text_signature = "($self, message, *, type='api_error', status=None)")]
    fn fail<'py>(
        &self,
        py: Python<'py>,
        message: &str,
        r#type: &str,
        status: Option<u16>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let error = StreamError::new(r#type, message, status);
        Ok(self.lock()?.sends(py, |relay| relay.fail(&error)))
    }

    /// Bytes scanned and bytes copied by the decoder: for the tests.
    fn _work(&self) -> PyResult<(u64, u64)> {
        let work = self.lock()?.relay.dispatcher().decoder().work();
        Ok((work.bytes_scanned, work.bytes_copied))
    }

    fn __sizeof__(&self) -> PyResult<usize> {
        Ok(size_of::<Self>() + raw::HEADER + self.lock()?.relay.capacity())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.usage_extra)
    }
}
