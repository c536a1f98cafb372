"""Requests that cannot be carried, or are none."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.requests import RequestError, Shape, translate
from gateway_requests_case import SHAPES, chat


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
        ],
    )
    def test_what_is_no_request(self, body: dict[str, Any]) -> None:
        with pytest.raises(RequestError):
            translate(body, "chat", "messages", "m")


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
