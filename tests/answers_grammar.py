"""Strategies that make the payloads of each shape, as they should be and as vendors send them."""

from __future__ import annotations

from typing import Any, TypeAlias

from hypothesis import strategies as st

Payload: TypeAlias = "dict[str, Any]"
Payloads: TypeAlias = "st.SearchStrategy[Payload]"

# Pieces that are easily read wrongly; among them halves of a pair, and what looks like framing.
PIECES = [
    *("Hello", " world", "é", "\u20ac", "\U0001f600", "\u2028\x85", '"', "\\", "\n\t\0", "", ""),
    *("\ud83d", "\ude00", "\ud83d\ude00", "[DONE]", "data: x", "{}", "</think>", "x" * 70, "\x7f"),
]
ARGUMENTS = ["", "{", '{"a"', ":1}", '{"a":1}', "{}", "null", '"\\ud83d"', " ", "[1, 2]", "\n"]
IDS = ["call_1", "call_2", "", "null"]
NAMES = ["search", "sea", "rch", ""]
REASONS = [
    *("stop", "length", "tool_calls", "content_filter", "function_call", "end_turn", "tool_use"),
    *("", "null", "error", "COMPLETE", "refusal", "pause_turn", "whatever"),
]

pieces = st.sampled_from(PIECES) | st.text(max_size=6)
arguments = st.sampled_from(ARGUMENTS) | pieces
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | pieces,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=5,
)
# Indices: the small ones, some that are absent, and those at the ends of 64 bits.
indices = st.sampled_from([0, 0, 0, 1, 1, 2, 7, 2**63, 2**64 - 1, 2**64, -1, "1", "x", 1.0, None])
small = st.sampled_from([0, 0, 0, 1, 2])
counts = st.sampled_from([0, 1, 7, 100, 2**53 + 1, 2**70, -1, 1.5, "5", None])


def mostly(good: st.SearchStrategy[Any], bad: Any = anything) -> st.SearchStrategy[Any]:
    """Now and then something else than what is expected."""
    return st.integers(0, 15).flatmap(lambda dice: bad if dice == 0 else good)


def some(**members: st.SearchStrategy[Any]) -> Payloads:
    """Any of these members, each mostly of its own type."""
    optional = {name: mostly(each) for name, each in members.items()}
    return st.fixed_dictionaries({}, optional=optional)


def with_members(required: dict[str, Any], optional: Payloads) -> Payloads:
    return st.builds(lambda low, high: {**low, **high}, st.fixed_dictionaries(required), optional)


def lists(inner: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[list[Any]]:
    return st.lists(mostly(inner), max_size=most)


details = some(cached_tokens=counts, reasoning_tokens=counts, thinking_tokens=counts)
usages = some(
    prompt_tokens=counts,
    completion_tokens=counts,
    total_tokens=counts,
    input_tokens=counts,
    output_tokens=counts,
    cache_read_input_tokens=counts,
    cache_creation_input_tokens=counts,
    prompt_tokens_details=details,
    completion_tokens_details=details,
    input_tokens_details=details,
    output_tokens_details=details,
)
codes = st.sampled_from([None, 400, 502, 399, 600, "429", "rate_limit_exceeded", "api_error", True])
error_objects = some(
    type=st.sampled_from(["server_error", "overloaded_error", "error", "BadRequestError", "x"]),
    code=codes,
    message=pieces,
    param=pieces,
    status=st.sampled_from([500, 99, 100, 599, 600, "500", None]),
)
errors = mostly(error_objects | pieces)

tool_calls = some(
    index=indices,
    id=st.sampled_from(IDS) | st.integers(0, 9),
    type=st.sampled_from(["function", "custom", ""]),
    function=some(name=st.sampled_from(NAMES), arguments=arguments),
    custom=st.just({}) | some(name=st.sampled_from(NAMES), input=arguments),
    extra_content=st.just({"google": {"thought_signature": "sig"}}),
)
content_parts = some(
    type=st.sampled_from(["text", "thinking", "reasoning", "reference"]),
    text=pieces,
    thinking=pieces | lists(some(type=st.just("text"), text=pieces)),
    summary=lists(some(text=pieces)),
)
chat_deltas = some(
    role=st.sampled_from(["assistant", "", "tool"]),
    content=pieces | pieces | lists(content_parts),
    refusal=pieces,
    reasoning_content=pieces,
    reasoning=pieces,
    tool_calls=lists(tool_calls),
    function_call=some(name=st.sampled_from(NAMES), arguments=arguments),
    audio=some(id=pieces, data=pieces, transcript=pieces, expires_at=counts),
    annotations=lists(st.just({"type": "url_citation"})),
)
log_probabilities = some(
    content=lists(st.just({"token": "a"})),
    refusal=lists(st.just({"token": "b"})),
    tokens=lists(pieces),
    token_logprobs=lists(st.just(-0.5)),
    top_logprobs=lists(st.just({})),
    text_offset=lists(counts),
)
chat_choices = some(
    index=indices,
    delta=chat_deltas | st.just({}) | st.none(),
    message=chat_deltas,
    finish_reason=st.sampled_from(REASONS),
    logprobs=log_probabilities,
    usage=usages,
)
completion_choices = some(
    index=indices, text=pieces, finish_reason=st.sampled_from(REASONS), logprobs=log_probabilities
)


def chunks(choices: Payloads, objects: list[str]) -> Payloads:
    return some(
        id=st.sampled_from(["", "chatcmpl-1", "chatcmpl-2"]),
        object=st.sampled_from(objects),
        created=st.sampled_from([0, 1762790400, 1762790401]),
        model=st.sampled_from(["", "m", "gpt"]),
        choices=lists(choices, 3) | st.none(),
        usage=usages | st.none(),
        x_groq=some(usage=usages, error=errors),
        service_tier=pieces | st.none(),
        system_fingerprint=pieces | st.none(),
        moderation=st.just({"input": {}}),
    )


chat_chunks = chunks(chat_choices, ["chat.completion.chunk", "chat.completion", "", "x"])
completion_chunks = chunks(completion_choices, ["text_completion", "text_completion", ""])
error_payloads = st.one_of(
    some(error=errors, message=pieces, success=st.just(False)),
    with_members({"type": st.just("error")}, some(error=errors, sequence_number=counts)),
    with_members({"type": st.just("error")}, error_objects),
    with_members({"object": st.just("error")}, error_objects),
)

citations = st.just({"type": "char_location", "cited_text": "x"})
blocks = some(
    type=st.sampled_from(
        ["text", "thinking", "tool_use", "server_tool_use", "mcp_tool_use", "fallback", "hologram"]
    ),
    text=pieces,
    thinking=pieces,
    signature=pieces,
    id=st.sampled_from(IDS),
    name=st.sampled_from(NAMES),
    input=st.just({}) | anything,
    citations=lists(citations),
    to=st.just({"model": "other"}),
)
block_deltas = st.one_of(
    *(
        with_members({"type": st.just(type_)}, some(**{member: value}))
        for type_, member, value in [
            ("text_delta", "text", pieces),
            ("thinking_delta", "thinking", pieces),
            ("signature_delta", "signature", pieces),
            ("input_json_delta", "partial_json", arguments),
            ("citations_delta", "citation", citations),
            ("compaction_delta", "content", pieces),
            ("sparkle_delta", "text", pieces),
        ]
    )
)
messages_of_start = some(
    id=st.sampled_from(["msg_1", ""]),
    type=st.just("message"),
    role=st.just("assistant"),
    model=st.sampled_from(["claude", ""]),
    content=st.just([]),
    stop_reason=st.none(),
    usage=usages,
)


def typed(type_: str, **members: st.SearchStrategy[Any]) -> Payloads:
    return with_members({"type": st.just(type_)}, some(**members))


message_changes = some(
    stop_reason=st.sampled_from([*REASONS, None]), stop_sequence=pieces | st.none()
)
message_events = st.one_of(
    typed("message_start", message=messages_of_start),
    typed("content_block_start", index=small | indices, content_block=blocks),
    typed("content_block_delta", index=small, delta=block_deltas),
    typed("content_block_delta", index=small | indices, delta=block_deltas),
    typed("content_block_stop", index=small),
    typed("message_delta", delta=message_changes, usage=usages, context_management=anything),
    typed("message_stop"),
    typed("ping"),
    typed("vertex_event"),
)

texts_whole = some(
    type=st.sampled_from(["output_text", "refusal", "summary_text", "reasoning_text"]),
    text=pieces,
    refusal=pieces,
)
output_items = some(
    type=st.sampled_from(["message", "reasoning", "function_call", "custom_tool_call", "mcp_call"]),
    id=st.sampled_from(IDS),
    call_id=st.sampled_from(IDS),
    name=st.sampled_from(NAMES),
    arguments=arguments,
    input=arguments,
    content=lists(texts_whole),
    summary=lists(texts_whole),
)
response_objects = some(
    id=st.sampled_from(["resp_1", ""]),
    object=st.just("response"),
    model=st.sampled_from(["gpt", ""]),
    status=st.sampled_from(["completed", "incomplete", "failed", "in_progress", ""]),
    incomplete_details=some(reason=st.sampled_from(["max_output_tokens", "content_filter", "x"])),
    output=lists(output_items),
    usage=usages,
    error=errors,
)
places = {"output_index": small, "content_index": small, "summary_index": small}
RESPONSE_TYPES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    **{f"{name}.delta": {"delta": pieces} for name in ("output_text", "refusal", "audio")},
    "reasoning_summary_text.delta": {"delta": pieces},
    "reasoning_text.delta": {"delta": pieces},
    "function_call_arguments.delta": {"delta": arguments},
    "custom_tool_call_input.delta": {"delta": arguments},
    "mcp_call_arguments.delta": {"delta": arguments},
    "output_text.done": {"text": pieces},
    "refusal.done": {"refusal": pieces},
    "reasoning_summary_text.done": {"text": pieces},
    "reasoning_text.done": {"text": pieces},
    "content_part.done": {"part": texts_whole},
    "reasoning_summary_part.done": {"part": texts_whole},
    "function_call_arguments.done": {"arguments": arguments},
    "custom_tool_call_input.done": {"input": arguments},
    "output_text.annotation.added": {"annotation": citations},
    "output_item.added": {"item": output_items},
    "output_item.done": {"item": output_items},
    "brand_new.delta": {"delta": pieces},
    **{f"{name}": {"response": response_objects} for name in ("created", "queued")},
    **{f"{name}": {"response": response_objects} for name in ("completed", "incomplete", "failed")},
}
response_events = st.one_of(
    *(typed(f"response.{name}", **places, **members) for name, members in RESPONSE_TYPES.items())
)
