"""Requests that cannot be carried, or are none."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.requests import RequestError, Shape, translate
from gateway_requests_case import CALL, SHAPES, chat
from gateway_running import PATIENCE


class TestRefused:
    @pytest.mark.parametrize("name", ["previous_response_id", "conversation", "prompt"])
    def test_what_lies_elsewhere(self, name: str) -> None:
        with pytest.raises(RequestError, match=name):
            translate({"input": "Hi", name: "id_1"}, "responses", "chat", "m")

    def test_several_answers(self) -> None:
        with pytest.raises(RequestError, match="n must be 1"):
            translate(chat(n=2), "chat", "messages", "m")

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"messages": "Hi"},
            {"messages": ["Hi"]},
            {"messages": [{"role": "nobody", "content": ""}]},
            {"messages": [{"role": "user", "content": [{"type": 1}]}]},
            {"messages": [], "max_tokens": True},
            {"messages": [], "tools": [{"type": "function"}]},
            {"messages": [], "stop": [1]},
            {"messages": [], "stop": "\ud800"},
            {"messages": [], "stop": ["a"] * 65},
        ],
    )
    def test_what_is_no_request(self, body: dict[str, Any]) -> None:
        with pytest.raises(RequestError):
            translate(body, "chat", "messages", "m")

    @pytest.mark.parametrize(
        "block",
        [
            {"type": "text"},
            {"type": "text", "text": 1},
            {"type": "image", "source": "https://example.com"},
            {"type": "document", "source": {}},
            {"type": "document", "source": {"type": "base64", "data": "JVBERi0="}},
            {"type": "document", "source": {"type": "text"}},
            {"type": "document", "source": {"type": "content", "content": [1]}},
            {"type": "document", "source": {"type": "url", "url": "u"}, "citations": 1},
            {"type": "tool_result"},
            # What only the model says.
            {"type": "tool_use", "id": "c", "name": "n", "input": {}},
            {"type": "thinking", "thinking": "Hm.", "signature": "s"},
        ],
    )
    def test_what_no_user_says(self, block: dict[str, Any]) -> None:
        body = {"messages": [{"role": "user", "content": [block]}]}
        with pytest.raises(RequestError):
            translate(body, "messages", "responses", "m")

    def test_a_result_that_the_model_says(self) -> None:
        result = {"type": "tool_result", "tool_use_id": "c"}
        with pytest.raises(RequestError, match="results"):
            translate(
                {"messages": [{"role": "assistant", "content": [result]}]}, "messages", "chat", "m"
            )

    def test_a_choice_of_no_type(self) -> None:
        kinds: list[Any] = [[], {}, 1]
        for kind in kinds:
            with pytest.raises(RequestError, match="type"):
                translate({"messages": [], "tool_choice": {"type": kind}}, "messages", "chat", "m")


@pytest.mark.parametrize("arguments", ['{"a": NaN}', '{"a": 1e999}', "[" * 100_000, "1" * 5_000])
def test_arguments_that_are_no_json_are_not_sent_as_json(arguments: str) -> None:
    call = {**CALL, "function": {"name": "forecast", "arguments": arguments}}
    body = {"messages": [{"role": "assistant", "tool_calls": [call]}]}
    (said,) = translate(body, "chat", "messages", "m").body["messages"]
    assert said["content"][0]["input"] == {"input": arguments}


def test_many_results_of_tools() -> None:
    # To look for the call of each among all that was said before would take minutes.
    calls = [{**CALL, "id": f"call_{number}"} for number in range(40_000)]
    results = [{"role": "tool", "tool_call_id": call["id"], "content": ""} for call in calls]
    body = {"messages": [{"role": "assistant", "tool_calls": calls}, *results]}
    begin = time.monotonic()
    assert len(translate(body, "chat", "responses", "m").body["input"]) == 80_000
    assert time.monotonic() - begin < PATIENCE


KEYS = st.sampled_from(
    [
        "role",
        "content",
        "type",
        "text",
        "messages",
        "input",
        "tools",
        "name",
        "function",
        "id",
        "arguments",
        "source",
        "tool_calls",
        "tool_call_id",
        "image_url",
        "url",
        "summary",
        "output",
        "call_id",
        "thinking",
        "system",
        "tool_choice",
        "tool_call",
        "response_format",
        "json_schema",
        "custom",
        "format",
        "grammar",
        "file",
        "file_data",
        "file_url",
        "data",
        "media_type",
        "output_config",
    ]
) | st.text(max_size=3)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
WORDS = st.sampled_from(
    [
        "user",
        "assistant",
        "tool",
        "system",
        "text",
        "image_url",
        "tool_use",
        "tool_result",
        "thinking",
        "image",
        "function_call",
        "reasoning",
        "message",
        "function",
        "custom",
        "document",
        "base64",
        "url",
        "content",
        "file",
        "input_file",
        "data:text/plain;base64,SGk=",
    ]
)


@given(
    st.sampled_from(SHAPES),
    st.sampled_from(SHAPES),
    st.dictionaries(
        KEYS, JSON | st.lists(st.dictionaries(KEYS, WORDS | JSON, max_size=5), max_size=3)
    ),
)
def test_anything_is_translated_or_refused(
    source: Shape, target: Shape, body: dict[str, Any]
) -> None:
    with suppress(RequestError):
        json.dumps(translate(body, source, target, "m").body)
