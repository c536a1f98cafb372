"""Requests between the three shapes: each feature, each way and back."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.requests import Shape, translate
from gateway_requests_case import PIXEL, SCHEMA, SHAPES, chat, messages, responses, to


class TestSameShape:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_unknown_members_stay(self, shape: Shape) -> None:
        body = {"model": "m", "stream": False, "vendor": {"a": [1]}, "messages": "whatever"}
        asked = translate(body, shape, shape, "other")
        options = {"stream_options": {"include_usage": True}} if shape == "chat" else {}
        assert asked.body == {**body, "model": "other", "stream": True, **options}
        assert body["model"] == "m"  # the client's own is as it was

    def test_usage_is_asked_for_beside_other_options(self) -> None:
        body = {"stream_options": {"include_usage": False, "include_obfuscation": False}}
        asked = translate(body, "chat", "chat", "m").body["stream_options"]
        assert asked == {"include_usage": True, "include_obfuscation": False}

    def test_an_upstream_that_does_not_take_it(self) -> None:
        assert "stream_options" not in translate({}, "chat", "chat", "m", count=False).body


class TestSystem:
    def test_from_chat(self) -> None:
        body = chat(
            messages=[
                {"role": "system", "content": "A"},
                {"role": "developer", "content": [{"type": "text", "text": "B"}]},
                {"role": "user", "content": "Hi"},
                {"role": "system", "content": "C"},
            ]
        )
        assert to("messages", body, "chat")["system"] == [
            {"type": "text", "text": text} for text in "ABC"
        ]
        written = to("responses", body, "chat")
        assert written["instructions"] == "A\n\nB"
        assert written["input"][1] == {"type": "message", "role": "system", "content": "C"}

    def test_from_messages(self) -> None:
        body = messages(system="A")
        assert to("chat", body, "messages")["messages"][0] == {"role": "system", "content": "A"}
        assert to("responses", body, "messages")["instructions"] == "A"

    def test_from_responses(self) -> None:
        body = responses(instructions="A")
        assert to("messages", body, "responses")["system"] == "A"
        assert to("chat", body, "responses")["messages"] == [
            {"role": "system", "content": "A"},
            {"role": "user", "content": "Hi"},
        ]


class TestImages:
    CHAT: tuple[dict[str, Any], ...] = (
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
    )
    MESSAGES: tuple[dict[str, Any], ...] = (
        {"type": "text", "text": "What is it?"},
        {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/png", "data": PIXEL},
        },
        {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
    )
    RESPONSES: tuple[dict[str, Any], ...] = (
        {"type": "input_text", "text": "What is it?"},
        {
            "type": "input_image",
            "image_url": f"data:image/png;base64,{PIXEL}",
            "detail": "auto",
        },
        {"type": "input_image", "image_url": "https://example.com/a.png", "detail": "auto"},
    )

    def test_from_chat(self) -> None:
        body = chat(messages=[{"role": "user", "content": list(self.CHAT)}])
        assert to("messages", body, "chat")["messages"][0]["content"] == list(self.MESSAGES)
        assert to("responses", body, "chat")["input"][0]["content"] == list(self.RESPONSES)

    def test_from_messages(self) -> None:
        body = messages(messages=[{"role": "user", "content": list(self.MESSAGES)}])
        assert to("chat", body, "messages")["messages"][0]["content"] == list(self.CHAT)
        assert to("responses", body, "messages")["input"][0]["content"] == list(self.RESPONSES)

    def test_from_responses(self) -> None:
        body = responses(input=[{"role": "user", "content": list(self.RESPONSES)}])
        assert to("messages", body, "responses")["messages"][0]["content"] == list(self.MESSAGES)
        kept = to("chat", body, "responses")["messages"][0]["content"]
        assert [part.get("image_url", {}).get("url") for part in kept] == [
            part.get("image_url", {}).get("url") for part in self.CHAT
        ]

    def test_a_detail_that_a_chat_does_not_know(self) -> None:
        image = {**self.RESPONSES[2], "detail": "original"}
        body = responses(input=[{"role": "user", "content": [image]}])
        (part,) = to("chat", body, "responses")["messages"][0]["content"]
        assert part["image_url"]["detail"] == "high"
        assert to("messages", body, "responses")["messages"][0]["content"] == [self.MESSAGES[2]]


class TestSampling:
    def test_from_chat(self) -> None:
        body = chat(max_tokens=5, temperature=0.5, top_p=0.9, stop=["a", "b"], seed=1, user="u")
        asked = translate(body, "chat", "messages", "m")
        assert asked.body["max_tokens"] == 5
        assert (asked.body["temperature"], asked.body["top_p"]) == (0.5, 0.9)
        assert asked.body["stop_sequences"] == ["a", "b"]
        assert asked.body["metadata"] == {"user_id": "u"}
        assert (asked.stop, asked.dropped) == ((), ("seed",))
        asked = translate(body, "chat", "responses", "m")
        assert asked.body["max_output_tokens"] == 5
        assert asked.stop == ("a", "b")  # that API has none: the relay has to do it
        assert asked.body["store"] is False

    def test_from_messages(self) -> None:
        body = messages(
            max_tokens=5, stop_sequences=["a"], extra_body={"temperature": 1, "top_k": 3}
        )
        asked = translate(body, "messages", "chat", "m")
        assert asked.body["max_completion_tokens"] == 5
        assert (asked.body["stop"], asked.body["temperature"]) == (["a"], 1)
        assert asked.body["stream_options"] == {"include_usage": True}
        assert asked.dropped == ("top_k",)

    def test_from_responses(self) -> None:
        body = responses(max_output_tokens=5, temperature=0.5, top_p=0.9, safety_identifier="s")
        asked = translate(body, "responses", "messages", "m")
        assert (asked.body["max_tokens"], asked.body["temperature"]) == (5, 0.5)
        assert asked.dropped == ("safety_identifier",)
        asked = translate(body, "responses", "chat", "m")
        assert (asked.body["max_completion_tokens"], asked.body["top_p"]) == (5, 0.9)
        assert asked.body["safety_identifier"] == "s"

    def test_stop_strings_that_a_server_does_not_take(self) -> None:
        asked = translate(chat(stop=["\n", "END", ""]), "chat", "messages", "m")
        assert (asked.body["stop_sequences"], asked.stop) == (["END"], ("\n",))
        asked = translate(messages(stop_sequences=list("abcdef")), "messages", "chat", "m")
        assert (asked.body["stop"], asked.stop) == (list("abcd"), ("e", "f"))
        asked = translate(chat(stop=["", "a"]), "chat", "responses", "m")
        assert asked.stop == ("a",)

    def test_messages_need_a_length(self) -> None:
        assert to("messages", chat(), "chat")["max_tokens"] > 1_000


class TestFormat:
    def test_all_ways(self) -> None:
        of_chat = {"name": "city", "schema": SCHEMA, "strict": True}
        body = chat(response_format={"type": "json_schema", "json_schema": of_chat})
        form = {"type": "json_schema", **of_chat}
        assert to("responses", body, "chat")["text"] == {"format": form}
        written = to("messages", body, "chat")
        assert written["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}
        back = to("chat", written, "messages")["response_format"]["json_schema"]
        assert back == {"name": "answer", "schema": SCHEMA, "strict": True}

    def test_any_json(self) -> None:
        body = chat(response_format={"type": "json_object"})
        assert to("responses", body, "chat")["text"] == {"format": {"type": "json_object"}}
        assert translate(body, "chat", "messages", "m").dropped == ("response_format",)
