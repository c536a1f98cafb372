"""How much to think, and what was thought, in requests between the three shapes."""

from __future__ import annotations

import pytest

from gateway.requests import translate
from gateway_requests_case import CALL, chat, messages, responses, to

AFTER_A_TOOL = [
    {"role": "user", "content": "Weather?"},
    {"role": "assistant", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
]


class TestThinking:
    def test_effort(self) -> None:
        for word in ("low", "medium", "high", "xhigh"):
            written = to("messages", chat(reasoning_effort=word), "chat")
            assert written["thinking"] == {"type": "adaptive"}
            assert written["output_config"] == {"effort": word}
            assert to("chat", written, "messages")["reasoning_effort"] == word
            asked = responses(reasoning={"effort": word, "summary": "auto"})
            assert to("messages", asked, "responses")["output_config"] == {"effort": word}
            assert to("chat", asked, "responses")["reasoning_effort"] == word

    def test_none(self) -> None:
        written = to("messages", chat(reasoning_effort="none"), "chat")
        assert written["thinking"] == {"type": "disabled"}
        assert to("responses", written, "messages")["reasoning"] == {"effort": "none"}

    @pytest.mark.parametrize(
        ("budget", "word"), [(2048, "low"), (8192, "medium"), (17_000, "high")]
    )
    def test_budget(self, budget: int, word: str) -> None:
        body = messages(max_tokens=20_000, thinking={"type": "enabled", "budget_tokens": budget})
        assert to("chat", body, "messages")["reasoning_effort"] == word
        written = to("responses", body, "messages")
        assert written["reasoning"] == {"effort": word, "summary": "auto"}
        assert written["include"] == ["reasoning.encrypted_content"]

    def test_what_was_thought(self) -> None:
        thinking = {"type": "thinking", "thinking": "Hm.", "signature": "sig"}
        turn = {"role": "assistant", "content": [thinking, {"type": "text", "text": "Yes"}]}
        body = messages(messages=[{"role": "user", "content": "?"}, turn])
        written = to("responses", body, "messages")
        assert written["input"][1] == {
            "type": "reasoning",
            "id": "rs_0",
            "summary": [{"type": "summary_text", "text": "Hm."}],
            "encrypted_content": "sig",
        }
        assert to("messages", written, "responses")["messages"][1] == turn
        assert translate(body, "messages", "chat", "m").dropped == ("reasoning",)

    def test_what_was_thought_in_several_turns(self) -> None:
        thinking = {"type": "thinking", "thinking": "Hm.", "signature": "sig"}
        turn = [
            {"role": "user", "content": "?"},
            {"role": "assistant", "content": [thinking, {"type": "text", "text": "Yes"}]},
        ]
        written = to("responses", messages(messages=turn * 3), "messages")["input"]
        # The server refuses two items of the same id.
        ids = [item["id"] for item in written if item["type"] == "reasoning"]
        assert ids == ["rs_0", "rs_1", "rs_2"]

    def test_temperature_gives_way(self) -> None:
        asked = translate(chat(reasoning_effort="high", temperature=0.2), "chat", "messages", "m")
        assert "temperature" not in asked.body
        assert asked.dropped == ("temperature",)

    def test_off_after_a_tool_if_the_thoughts_are_lost(self) -> None:
        body = chat(messages=AFTER_A_TOOL, reasoning_effort="high")
        asked = translate(body, "chat", "messages", "m")
        assert ("thinking" in asked.body, asked.dropped) == (False, ("thinking",))
