"""Tools, their calls and their results in requests between the three shapes."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.requests import translate
from gateway_requests_case import (
    CALL,
    FORECAST,
    PIXEL,
    SCHEMA,
    SHAPES,
    chat,
    messages,
    responses,
    to,
)


class TestTools:
    def test_from_chat(self) -> None:
        body = chat(tools=[{"type": "function", "function": FORECAST}], tool_choice="required")
        written = to("messages", body, "chat")
        assert written["tools"] == [
            {"name": "forecast", "description": "The weather", "input_schema": SCHEMA}
        ]
        assert written["tool_choice"] == {"type": "any"}
        written = to("responses", body, "chat")
        # What is left out would mean yes there, and no in a chat.
        assert written["tools"] == [{"type": "function", **FORECAST, "strict": False}]
        assert written["tool_choice"] == "required"

    @pytest.mark.parametrize(
        ("of_chat", "of_messages", "of_responses"),
        [
            ("auto", {"type": "auto"}, "auto"),
            ("none", {"type": "none"}, "none"),
            ("required", {"type": "any"}, "required"),
            (
                {"type": "function", "function": {"name": "forecast"}},
                {"type": "tool", "name": "forecast"},
                {"type": "function", "name": "forecast"},
            ),
        ],
    )
    def test_choices(self, of_chat: Any, of_messages: Any, of_responses: Any) -> None:
        choices = {"chat": of_chat, "messages": of_messages, "responses": of_responses}
        bodies = {
            "chat": chat(tools=[{"type": "function", "function": FORECAST}], tool_choice=of_chat),
            "messages": messages(
                tools=[{"name": "forecast", "input_schema": SCHEMA}], tool_choice=of_messages
            ),
            "responses": responses(
                tools=[{"type": "function", **FORECAST, "strict": True}], tool_choice=of_responses
            ),
        }
        for source in SHAPES:
            for target in SHAPES:
                assert to(target, bodies[source], source)["tool_choice"] == choices[target]

    def test_one_call_at_a_time(self) -> None:
        tools: list[Any] = [{"type": "function", "function": FORECAST}]
        body = chat(tools=tools, parallel_tool_calls=False)
        written = to("messages", body, "chat")
        assert written["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}
        assert to("chat", written, "messages")["parallel_tool_calls"] is False
        assert to("responses", body, "chat")["parallel_tool_calls"] is False

    def test_custom_tools(self) -> None:
        grammar = {"syntax": "regex", "definition": "[a-z]+"}
        custom = {"name": "run", "format": {"type": "grammar", "grammar": grammar}}
        body = chat(tools=[{"type": "custom", "custom": custom}])
        written = to("responses", body, "chat")
        form = {"type": "grammar", **grammar}
        assert written["tools"] == [{"type": "custom", "name": "run", "format": form}]
        assert to("chat", written, "responses")["tools"] == body["tools"]
        asked = translate(body, "chat", "messages", "m")
        assert ("tools" in asked.body, asked.dropped) == (False, ("custom_tool",))

    def test_tools_of_the_server(self) -> None:
        body = messages(tools=[{"type": "web_search_20250305", "name": "web_search"}])
        assert translate(body, "messages", "chat", "m").dropped == ("web_search_20250305",)
        body = responses(tools=[{"type": "web_search"}])
        assert translate(body, "responses", "messages", "m").dropped == ("web_search",)


class TestCallsAndResults:
    CHAT: tuple[dict[str, Any], ...] = (
        {"role": "user", "content": "Weather in A and B?"},
        {
            "role": "assistant",
            "content": "I'll look.",
            "tool_calls": [
                CALL,
                {**CALL, "id": "call_2", "function": {"name": "forecast", "arguments": '{"a":1}'}},
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
        {"role": "tool", "tool_call_id": "call_2", "content": "sun"},
        {"role": "user", "content": "So?"},
    )
    MESSAGES: tuple[dict[str, Any], ...] = (
        {"role": "user", "content": "Weather in A and B?"},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "I'll look."},
                {"type": "tool_use", "id": "call_1", "name": "forecast", "input": {}},
                {"type": "tool_use", "id": "call_2", "name": "forecast", "input": {"a": 1}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "call_1", "content": "rain"},
                {"type": "tool_result", "tool_use_id": "call_2", "content": "sun"},
                {"type": "text", "text": "So?"},
            ],
        },
    )
    RESPONSES: tuple[dict[str, Any], ...] = (
        {"type": "message", "role": "user", "content": "Weather in A and B?"},
        {"type": "message", "role": "assistant", "content": "I'll look."},
        {"type": "function_call", "call_id": "call_1", "name": "forecast", "arguments": "{}"},
        {"type": "function_call", "call_id": "call_2", "name": "forecast", "arguments": '{"a":1}'},
        {"type": "function_call_output", "call_id": "call_1", "output": "rain"},
        {"type": "function_call_output", "call_id": "call_2", "output": "sun"},
        {"type": "message", "role": "user", "content": "So?"},
    )

    def test_all_ways(self) -> None:
        of = {"chat": self.CHAT, "messages": self.MESSAGES, "responses": self.RESPONSES}
        bodies = {
            "chat": chat(messages=list(self.CHAT)),
            "messages": messages(messages=list(self.MESSAGES)),
            "responses": responses(input=list(self.RESPONSES)),
        }
        for source in SHAPES:
            for target in SHAPES:
                member = "input" if target == "responses" else "messages"
                written = to(target, bodies[source], source)[member]
                assert written == list(of[target]), (source, target)

    def test_a_picture_that_a_tool_took(self) -> None:
        source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
        image = {"type": "image", "source": source}
        result = {"type": "tool_result", "tool_use_id": "call_1", "content": [image]}
        body = messages(messages=[{"role": "user", "content": [result]}])
        url = f"data:image/png;base64,{PIXEL}"
        # In a chat, tools have words only.
        assert to("chat", body, "messages")["messages"] == [
            {"role": "tool", "tool_call_id": "call_1", "content": ""},
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]},
        ]
        assert to("responses", body, "messages")["input"][0]["output"] == [
            {"type": "input_image", "image_url": url, "detail": "auto"}
        ]

    def test_a_tool_that_failed(self) -> None:
        result = {"type": "tool_result", "tool_use_id": "c", "content": "no", "is_error": True}
        body = messages(messages=[{"role": "user", "content": [result]}])
        assert translate(body, "messages", "chat", "m").dropped == ("is_error",)

    @pytest.mark.parametrize("arguments", ['{"city": "Ky', "[1]", "no JSON"])
    def test_arguments_that_are_no_object(self, arguments: str) -> None:
        call = {**CALL, "function": {"name": "forecast", "arguments": arguments}}
        body = chat(messages=[{"role": "assistant", "tool_calls": [call]}])
        written = to("messages", body, "chat")["messages"][0]["content"][0]
        assert written["input"] == {"input": arguments}

    def test_an_id_in_other_letters(self) -> None:
        body = chat(messages=[{"role": "tool", "tool_call_id": "call:1/a", "content": "x"}])
        written = to("messages", body, "chat")["messages"][0]["content"][0]
        assert written["tool_use_id"] == "call_1_a"
