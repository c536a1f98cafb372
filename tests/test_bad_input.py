"""Nothing that a server sends is too odd to go on reading."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from answer_case import DONE, choice, chunk, finishes, says
from answers import assert_same, read, real, reference, stream
from replay import bytewise, in_steps
from ssewire import Dispatcher, InvalidPayload, ServerSentEvent
from streams_grammar import all_places

LEVELS = 10_000
DEEP = "[" * LEVELS + "]" * LEVELS
DEEP_OBJECTS = '{"a":' * LEVELS + "1" + "}" * LEVELS

NOT_JSON = [
    *("{", "}", "{oops", "<html>", "data", '{"a":1,}', "{'a':1}", "[1,2", "01", "+1", ".5", "NaN"),
    *("Infinity", "-Infinity", "nul", "True", '"', '"\\x"', '"\\u12g4"', '"\t"', "{}{}", "1 2"),
    *("\ufeff{}", "\u00a0{}", "\u0663", '"\\ud800', "[DONE", "[done]", "-", "1.", "1e", '{"a"}'),
    *('{"a":1 "b":2}', "[1 2]", "{,}", "[,]", "{1:2}", "//", "{}//", '{"a":\\u0031}', "DONE"),
]
NO_OBJECT = ["null", "true", "5", "-0.0", "1e400", '"text"', "[]", '[{"choices":[]}]', '""']


@pytest.mark.parametrize("data", NOT_JSON)
@pytest.mark.parametrize("way", ["any", "chat", "messages"])
def test_not_json(data: str, way: str) -> None:
    dispatcher = real(way)
    body = stream(data, says("Hi")) if way != "messages" else stream(data, {"type": "ping"})
    items, state = read(dispatcher, [body])
    assert [delta["kind"] for delta in items[0].deltas] == ["invalid"]
    assert items[0].payload == data.strip()
    assert len(items) == 2
    assert state.outcome["n_events"] == 2
    assert state.outcome["text"] == ("" if way == "messages" else "Hi")


@pytest.mark.parametrize("data", NO_OBJECT)
@pytest.mark.parametrize("strict", [False, True])
def test_json_of_another_form(data: str, strict: bool) -> None:
    items, state = read(real(strict=strict), [stream(data, says("Hi"))])
    assert [delta["kind"] for delta in items[0].deltas] == ["other"]
    assert state.outcome["text"] == "Hi"


ENTRY = {"index": 0, "id": "x", "type": "function", "function": {"name": "f", "arguments": "{"}}
PAYLOADS: list[dict[str, Any]] = [
    chunk(
        {
            **choice(role="assistant", content="a", refusal="r", reasoning="t"),
            "logprobs": {"content": [{"token": "a"}], "refusal": []},
        },
        id="c",
        created=1,
        model="m",
        usage={"prompt_tokens": 1, "prompt_tokens_details": {"cached_tokens": 1}},
    ),
    chunk(choice(tool_calls=[ENTRY], function_call={"name": "f", "arguments": "{"})),
    chunk(choice(content=[{"type": "thinking", "thinking": [{"text": "h"}]}], audio={"data": "x"})),
    chunk({"index": 0, "message": {"content": "a"}}, x_groq={"usage": {}, "error": ""}),
    {"object": "text_completion", "choices": [{"text": "a", "index": 0, "logprobs": {}}]},
    {"type": "message_start", "message": {"id": "m", "role": "assistant", "usage": {"a": 1}}},
    {
        "type": "content_block_start",
        "index": 0,
        "content_block": {"type": "tool_use", "id": "x", "name": "f", "input": {"a": 1}},
    },
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a"}},
    {"type": "message_delta", "delta": {"stop_reason": "x"}, "usage": {"output_tokens": 1}},
    {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": "a"},
    {"type": "response.output_item.added", "output_index": 0, "item": {"type": "function_call"}},
    {
        "type": "response.completed",
        "response": {
            "id": "r",
            "status": "completed",
            "output": [{"type": "message", "content": [{"type": "output_text", "text": "a"}]}],
            "usage": {"input_tokens": 1},
        },
    },
    {"error": {"message": "m", "type": "t", "code": 500, "status": 500, "param": None}},
    {"type": "error", "sequence_number": 1, "message": "m", "code": "x"},
]
WRONG: list[Any] = [None, True, 5, -1, 1.5, 2**63, 2**64, "x", "", "1", [], {}, [None, "a"], [{}]]


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_wrong_types_in_any_member(number: int) -> None:
    payload = PAYLOADS[number]
    for *way, last in all_places(payload):
        for wrong in WRONG:
            changed = copy.deepcopy(payload)
            holder: Any = changed
            for name in way:
                holder = holder[name]
            holder[last] = wrong
            body = stream(changed, payload, changed)
            assert_same(read(real(), [body]), read(reference(), [body]))


@pytest.mark.parametrize("deep", [DEEP, DEEP_OBJECTS], ids=["lists", "objects"])
def test_deep_nesting(deep: str) -> None:
    dispatcher = real()
    inside = f'{{"deep":{deep},"choices":[{{"delta":{{"content":"Hi","deep":{deep}}}}}]}}'
    arguments = '{"choices":[{"delta":{"tool_calls":[{"id":"x","function":{"name":"f",'
    arguments += f'"arguments":{deep}}}}}]}}}}],"usage":{{"deep":{deep}}}}}'
    items = dispatcher.feed(stream(deep, inside, arguments, says(" there")))
    kinds = [" ".join(delta.kind for delta in item.deltas) for item in items]
    assert kinds == ["other", "start text", "tool_call tool_arguments usage", "text"]
    assert dispatcher.outcome.text == "Hi there"
    assert dispatcher.outcome.tool_calls[0].arguments == deep
    assert items[1].choices[0].delta.content == "Hi"
    assert dispatcher.snapshot() is not None


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"none":null,"deep":', "}")])
def test_deep_nesting_without_none(opening: str, closing: str) -> None:
    # More levels than a stack of 8 MiB has room for.
    levels = 20 * LEVELS
    deep = opening * levels + "1" + closing * levels
    (item,) = real().feed(stream(f'{{"choices":[],"none":null,"deep":{deep}}}'))
    value: Any = item.to_dict(exclude_none=True)
    assert value.pop("choices") == []
    for _ in range(levels + 1):
        (value,) = value if isinstance(value, list) else value.values()
    assert value == 1


@pytest.mark.parametrize("broken", ["[" * LEVELS, '{"a":' * LEVELS, DEEP + "]", DEEP[:-1]])
def test_deep_nesting_that_does_not_close(broken: str) -> None:
    items, state = read(real(), [stream(broken, says("Hi"))])
    assert [delta["kind"] for delta in items[0].deltas] == ["invalid"]
    assert state.outcome["text"] == "Hi"


@pytest.mark.parametrize(
    "number", ["9" * 4000, "-" + "9" * 4000, "9" * 5000, "1e999", "0." + "3" * 5000]
)
def test_huge_numbers(number: str) -> None:
    dispatcher = real()
    dispatcher.feed(
        stream(
            f'{{"choices":[{{"index":{number},"delta":{{"content":"x"}}}}],"created":{number}}}',
            f'{{"choices":[],"usage":{{"prompt_tokens":{number}}}}}',
            says("Hi"),
            f'{{"error":{{"message":{number},"code":{number},"status":{number}}}}}',
        )
    )
    outcome = dispatcher.outcome
    error: Any = outcome.error
    assert outcome.text == "xHi"  # no index is 0
    assert (error.message, error.status) == (number, None)


def test_duplicate_members() -> None:
    body = stream(
        '{"choices":[],"choices":[{"delta":{},"delta":{"content":"a","content":"b"}}]}',
        '{"choices":[{"delta":{"content":"c","content":null}}],"usage":{"a":1},"usage":{"b":2}}',
    )
    dispatcher = real()
    items: list[Any] = dispatcher.feed(body)
    assert dispatcher.outcome.text == "b"
    assert dispatcher.outcome.usage == {"b": 2}
    assert items[1].usage.to_dict() == {"b": 2}


def entries(numbers: range) -> list[dict[str, Any]]:
    function = {"name": "f", "arguments": "{}"}
    return [{"index": n, "id": f"id{n}", "function": function} for n in numbers]


MANY = 100_000


@pytest.mark.parametrize("per_chunk", [1, 1000, MANY])
def test_a_hundred_thousand_tool_calls(per_chunk: int) -> None:
    dispatcher = real()
    for first in range(0, MANY, per_chunk):
        more = entries(range(first, first + per_chunk))
        dispatcher.feed(stream(chunk(choice(tool_calls=more))))
    calls = dispatcher.outcome.tool_calls
    assert len(calls) == MANY
    assert (calls[-1].index, calls[-1].id, calls[-1].arguments) == (MANY - 1, f"id{MANY - 1}", "{}")


@pytest.mark.parametrize("index", [2**31, 2**63, 2**64 - 1])
def test_large_indices(index: int) -> None:
    entry = {"index": index, "id": "x", "function": {"name": "f"}}
    delta = {"type": "text_delta", "text": "a"}
    for way, payload in {
        "chat": chunk(choice(index, content="a", tool_calls=[entry])),
        "completions": {"choices": [{"index": index, "text": "a"}]},
        "messages": {"type": "content_block_delta", "index": index, "delta": delta},
        "responses": {"type": "response.output_text.delta", "output_index": index, "delta": "a"},
    }.items():
        body = stream(payload, payload)
        items, state = read(real(way), [body])
        assert_same((items, state), read(reference(way), [body]))
        assert index in [delta["index"] for delta in items[0].deltas]


@pytest.mark.parametrize("half", ["\\ud83d", "\\ude00", "\\ude00\\ud83d", "\\ud83dx\\ude00"])
def test_half_surrogates(half: str) -> None:
    wire = f'{{"choices":[{{"delta":{{"content":"{half}"}}}}],"id":"{half}","{half}":1}}'
    dispatcher = real()
    items = dispatcher.feed(stream(wire))
    assert dispatcher.outcome.text.encode()
    assert dispatcher.outcome.text == half.replace("\\ud83d", "\ufffd").replace("\\ude00", "\ufffd")
    assert json.dumps(dispatcher.snapshot(), ensure_ascii=False).encode()
    assert items[0].to_json() == wire


GOOD = stream(says("a"), says("b"))


@pytest.mark.parametrize(
    ("bad", "offset"),
    [
        (b"data: {oops\n\n", 0),
        (b": comment\nid: 1\ndata: {oops\n\n", 10),
        (b"junk\nevent: x\ndata: 1\ndata: 2\n\n", 5),
        (b"\r\n\r\ndata: <html>\r\n\r\n", 4),
        (b"data: {}\ndata: {}\n\n", 0),
    ],
)
@pytest.mark.parametrize("step", [1, 7, 1000])
def test_strict(bad: bytes, offset: int, step: int) -> None:
    dispatcher = real(strict=True)
    found: list[Any] = []

    def read_all() -> None:
        # The good ones come first, though they were in the same read.
        for piece in [*in_steps(GOOD + bad + GOOD, step), b""]:
            found.extend(dispatcher.feed(piece))

    with pytest.raises(InvalidPayload) as raised:
        read_all()
    error = raised.value
    assert [item.text for item in found] == ["a", "b"]
    assert error.offset == len(GOOD) + offset
    assert error.snippet
    assert str(error.offset) in str(error)
    assert dispatcher.outcome.text == "ab"
    with pytest.raises(InvalidPayload):
        dispatcher.feed(GOOD)
    dispatcher.reset()
    assert len(dispatcher.feed(GOOD)) == 2


def test_strict_takes_what_is_good() -> None:
    body = stream("null", b"data:\n\n", b": x\n\n", says("a"), b"event: error\ndata: gone\n\n")
    dispatcher = real(strict=True)
    for piece in bytewise(body):
        dispatcher.feed(piece)
    error: Any = dispatcher.outcome.error
    assert error.message == "gone"


def test_silence_at_the_end() -> None:
    dispatcher = real()
    dispatcher.feed(GOOD + b'data: {"choices":[{"del')
    assert dispatcher.finish() == []
    assert (dispatcher.outcome.text, dispatcher.outcome.complete) == ("ab", False)


def test_an_error_in_the_middle() -> None:
    dispatcher = real()
    dispatcher.feed(GOOD + stream({"error": "x"}) + GOOD + stream(finishes(), DONE))
    outcome = dispatcher.outcome
    assert (outcome.text, outcome.finish_reason, outcome.complete) == ("ab", None, False)
    assert (outcome.n_events, outcome.done_seen) == (7, True)


def test_what_failed_first_goes_on_failing() -> None:
    dispatcher = Dispatcher(strict=True, max_event_size=60)
    with pytest.raises(InvalidPayload):
        dispatcher.feed(b"data: <html>\n\n")
    with pytest.raises(InvalidPayload):
        dispatcher.feed_text(b"data: " + b"x" * 100 + b"\n\n")
    with pytest.raises(InvalidPayload):
        dispatcher.feed_payload(b"{}")


@pytest.mark.parametrize("first", ['{"type":"message_start","message":{}}', '{"choices":[]}'])
def test_the_name_of_a_chunk_says_nothing(first: str) -> None:
    dispatcher = Dispatcher()
    dispatcher.feed_payload(first)
    (item,) = dispatcher.feed_event(ServerSentEvent("error", '{"choices": null}'))
    assert [delta.kind for delta in item.deltas] == ["other"]
    assert dispatcher.outcome.error is None
