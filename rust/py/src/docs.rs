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

pub(crate) const CHUNK: &CStr =
    c"A payload of the chunk family: a chat completion chunk or a text completion chunk.

It reads like the openai SDK's objects: `chunk.choices[0].delta.content`, `chunk.usage`. Optional
members that are absent are `None`, members that no SDK knows are attributes too. Nothing of it is
built before somebody looks; each look builds anew, and changes nothing.
";

pub(crate) const STREAM_EVENT: &CStr =
    c"A payload of the event family: an Anthropic message event or an OpenAI Responses event.

It reads like the SDKs' objects: `event.type`, `event.delta.text`, `event.message.id`. Optional
members that are absent are `None`, members that no SDK knows are attributes too. Nothing of it is
built before somebody looks; each look builds anew, and changes nothing.
";

pub(crate) const PAYLOAD_OBJECT: &CStr =
    c"An object within a payload; its members are attributes, as they are in the SDKs.
";

pub(crate) const ITEM_JSON: &CStr = c"json($self, /)
--

Parse the payload.

Returns:
    What the payload is as Python objects.

Raises:
    json.JSONDecodeError: if the payload is not JSON, `[DONE]` included.
";

pub(crate) const ITEM_TEXT: &CStr =
    c"The text that this payload adds to the message, or to choice 0; `\"\"` if none.";

pub(crate) const ITEM_DELTAS: &CStr =
    c"What this payload adds to the answer: a tuple of `Delta`, at least one.";

pub(crate) const ITEM_EVENT: &CStr = c"The `ServerSentEvent` that this payload came with.";

pub(crate) const TO_DICT: &CStr = c"to_dict($self, /, **options)
--

The payload unchanged, as Python objects.

Args:
    options: those of the SDKs' method. `exclude_none=True` leaves out members that are `None`; the
        others change nothing here.

Raises:
    json.JSONDecodeError: if the payload is not JSON, `[DONE]` included.
";

pub(crate) const TO_JSON: &CStr = c"to_json($self, /, **options)
--

The payload as JSON, character by character as it came.

Args:
    options: those of the SDKs' method. With `indent` or `exclude_none=True` it is written anew.
";

pub(crate) const MODEL_DUMP: &CStr = c"model_dump($self, /, **options)
--

The same as `to_dict`, under the name that pydantic has for it.
";

pub(crate) const MODEL_DUMP_JSON: &CStr = c"model_dump_json($self, /, **options)
--

The same as `to_json`, under the name that pydantic has for it.
";

pub(crate) const DISPATCH_FEED: &CStr = c"feed($self, chunk, /)
--

Read on in the stream, and call the handlers.

Args:
    chunk: bytes as the transport delivered them, cut anywhere, empty too: `bytes`, or any other
        buffer, which is copied.

Returns:
    One item for each payload that ends in this chunk, as soon as its last byte is in: a `Chunk` or
    a `StreamEvent`.

Raises:
    EventTooLarge: if an event was larger than `max_event_size`; with the call after the one that
        returned the items before it, if there were any. Raised again until `reset()`.
    InvalidPayload: with `strict`, if a payload was not JSON; in the same way.
    TypeError: if `chunk` is no buffer. Text is none.
    ValueError: after `finish()`.
    RuntimeError: within a handler of this dispatcher, or while another thread feeds it.
";

pub(crate) const FEED_TEXT: &CStr = c"feed_text($self, chunk, /)
--

Read on in the stream, as `feed` does, for whoever wants nothing but the text.

Args:
    chunk: see `feed`.

Returns:
    The new text of the message, or of choice 0; `\"\"` if this chunk brought none.

Raises:
    EventTooLarge: see `feed`.
    InvalidPayload: see `feed`.
";

pub(crate) const RELAY_FEED: &CStr = c"feed($self, chunk, /)
--

Read on in the stream.

Args:
    chunk: bytes as the upstream sent them, cut anywhere, empty too: `bytes`, or any other buffer,
        which is copied.

Returns:
    What to send on, perhaps nothing; the same object where nothing changes.

Raises:
    EventTooLarge: if an event was larger than `max_event_size`; with the call after the one that
        returned what came before it, if there was anything. Raised again until `reset()`.
    TypeError: if `chunk` is no buffer. Text is none.
    ValueError: after `finish()` or `fail()`.
    RuntimeError: while another thread feeds it.
";
