//! The docstrings of what `object` makes by hand; PyO3 takes the others from the doc comments.

use std::ffi::CStr;

pub(crate) const EVENT: &CStr =
    c"ServerSentEvent(event='message', data='', id='', retry=None, raw=None)
--

One event of a stream. Immutable; two are equal if `event`, `data`, `id` and `retry` are.

An event costs little until it is read: its text is made from the bytes that were received when it
is first asked for. For that it keeps the chunk alive that it came in. Whoever keeps few events of
large chunks for long lets go of the chunks with `copy.copy(event)`.

Args:
    event: the event's name.
    data: the event's data.
    id: the last event id.
    retry: the reconnection time in milliseconds.
    raw: the bytes that it was received as; without them `raw` is what `encode_event` makes.
";
pub(crate) const FEED: &CStr = c"feed($self, chunk, /)
--

Read on in the stream.

Args:
    chunk: bytes as the transport delivered them, cut anywhere, empty too: `bytes`, or any other
        buffer, which is copied.

Returns:
    The events that end in this chunk, each as soon as its last byte is in.

Raises:
    EventTooLarge: if an event was larger than `max_event_size`; with the call after the one that
        returned the events before it, if there were any. Raised again until `reset()`.
    TypeError: if `chunk` is no buffer. Text is none.
    ValueError: after `finish()`.
    RuntimeError: if this decoder is feeding already, in another thread or further up.
";

pub(crate) const JSON: &CStr = c"json($self, /)
--

Parse the data as JSON, from its bytes.

Returns:
    What `json.loads(event.data)` returns.

Raises:
    json.JSONDecodeError: if the data is not JSON.
";
