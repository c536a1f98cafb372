"""Files and sounds in requests between the three shapes."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from gateway.requests import RequestError, Shape, translate
from gateway_requests_case import SHAPES, chat, messages, responses, to
from gateway_requests_sdk import as_typed

PDF = base64.b64encode(b"%PDF-1.7\n").decode()
PDF_URL = f"data:application/pdf;base64,{PDF}"
WORDS = "Größe,1\n"
CSV_URL = f"data:text/csv;base64,{base64.b64encode(WORDS.encode()).decode()}"
ADDRESS = "https://example.com/report.pdf"
# A PDF within the request, as each shape has it.
OF_CHAT = {"type": "file", "file": {"filename": "report.pdf", "file_data": PDF_URL}}
OF_MESSAGES: dict[str, Any] = {
    "type": "document",
    "source": {"type": "base64", "media_type": "application/pdf", "data": PDF},
    "title": "report.pdf",
}
OF_RESPONSES = {"type": "input_file", "filename": "report.pdf", "file_data": PDF_URL}
# One at an address; a chat has none.
LINK_OF_MESSAGES = {"type": "document", "source": {"type": "url", "url": ADDRESS}}
LINK_OF_RESPONSES = {"type": "input_file", "file_url": ADDRESS}
SOUND = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}
QUESTION = {"chat": "text", "messages": "text", "responses": "input_text"}


def asked(shape: Shape, part: Any) -> dict[str, Any]:
    """A request with a question and a part, as the SDK sends it."""
    content: Any = [{"type": QUESTION[shape], "text": "What does it say?"}, part]
    said: Any = [{"role": "user", "content": content}]
    if shape == "responses":
        return responses(input=said)
    return (chat if shape == "chat" else messages)(messages=said)


def part_in(shape: Shape, body: dict[str, Any]) -> Any:
    """The part after the question, of a body that the SDK could have written."""
    assert as_typed(shape, body) == body
    (turn,) = body["input" if shape == "responses" else "messages"]
    question, part = turn["content"]
    assert question == {"type": QUESTION[shape], "text": "What does it say?"}
    return part


@pytest.mark.parametrize("source", SHAPES)
@pytest.mark.parametrize("target", SHAPES)
class TestAllWays:
    def test_a_pdf(self, source: Shape, target: Shape) -> None:
        of = {"chat": OF_CHAT, "messages": OF_MESSAGES, "responses": OF_RESPONSES}
        asked_of = translate(asked(source, of[source]), source, target, "m")
        assert part_in(target, asked_of.body) == of[target]
        assert asked_of.dropped == ()

    def test_a_pdf_without_a_name(self, source: Shape, target: Shape) -> None:
        if source == target:
            return
        of: dict[Shape, dict[str, Any]] = {
            "chat": {"type": "file", "file": {"file_data": PDF_URL}},
            "messages": {"type": "document", "source": OF_MESSAGES["source"]},
            "responses": {"type": "input_file", "file_data": PDF_URL},
        }
        # Servers that look at how a name ends need one.
        named = {
            "chat": {"type": "file", "file": {"filename": "document.pdf", "file_data": PDF_URL}},
            "messages": of["messages"],
            "responses": {**of["responses"], "filename": "document.pdf"},
        }
        assert part_in(target, to(target, asked(source, of[source]), source)) == named[target]


class TestWithinTheRequest:
    @pytest.mark.parametrize(
        ("shape", "part"),
        [
            ("chat", {"type": "file", "file": {"filename": "a.pdf", "file_data": PDF}}),
            ("responses", {"type": "input_file", "filename": "a.pdf", "file_data": PDF}),
        ],
    )
    def test_base64_alone(self, shape: Shape, part: Any) -> None:
        body = asked(shape, part)
        assert part_in("messages", to("messages", body, shape)) == {**OF_MESSAGES, "title": "a.pdf"}
        other: Shape = "responses" if shape == "chat" else "chat"
        written = part_in(other, to(other, body, shape))
        assert written.get("file", written)["file_data"] == PDF_URL

    def test_a_title_is_no_file_name(self) -> None:
        body = asked("messages", {**OF_MESSAGES, "title": "Q3 Report"})
        file = part_in("chat", to("chat", body, "messages"))["file"]
        assert file["filename"] == "Q3 Report.pdf"

    def test_a_file_of_text(self) -> None:
        file = {"filename": "a.csv", "file_data": CSV_URL}
        bodies: list[tuple[Shape, Any]] = [
            ("chat", {"type": "file", "file": file}),
            ("responses", {"type": "input_file", **file}),
        ]
        for shape, part in bodies:
            written = to("messages", asked(shape, part), shape)
            assert part_in("messages", written) == {
                "type": "document",
                "source": {"type": "text", "media_type": "text/plain", "data": WORDS},
                "title": "a.csv",
            }

    @pytest.mark.parametrize(
        "url",
        [
            f"data:application/zip;base64,{PDF}",  # neither PDF nor text
            "data:text/plain;base64,A",  # no base64
            "data:text/plain;base64,/w==",  # no UTF-8
        ],
    )
    def test_what_messages_do_not_read(self, url: str) -> None:
        body = asked("chat", {"type": "file", "file": {"filename": "a.zip", "file_data": url}})
        with pytest.raises(RequestError, match="reads PDF and text"):
            to("messages", body, "chat")


class TestDocuments:
    """What only the messages shape has."""

    @pytest.mark.parametrize("target", ["chat", "responses"])
    @pytest.mark.parametrize(
        "source",
        [
            {"type": "text", "media_type": "text/plain", "data": WORDS},
            {"type": "content", "content": WORDS},
            {"type": "content", "content": [{"type": "text", "text": WORDS}]},
        ],
    )
    def test_text(self, target: Shape, source: Any) -> None:
        document = {"type": "document", "source": source, "title": "T", "context": "C"}
        document["citations"] = {"enabled": True}
        asked_of = translate(asked("messages", document), "messages", target, "m")
        assert part_in(target, asked_of.body)["text"] == WORDS
        assert asked_of.dropped == ("document.citations", "document.context", "document.title")

    def test_from_a_tool(self) -> None:
        result = {"type": "tool_result", "tool_use_id": "c", "content": [OF_MESSAGES]}
        body = messages(messages=[{"role": "user", "content": [result]}])
        written = to("responses", body, "messages")
        assert written["input"][0]["output"] == [OF_RESPONSES]
        assert as_typed("responses", written) == written
        written = to("chat", body, "messages")
        assert written["messages"] == [
            {"role": "tool", "tool_call_id": "c", "content": ""},
            {"role": "user", "content": [OF_CHAT]},
        ]
        assert as_typed("chat", written) == written
        back = to("messages", to("responses", body, "messages"), "responses")
        assert back["messages"] == body["messages"]


class TestByAddress:
    def test_between_messages_and_responses(self) -> None:
        body = asked("messages", LINK_OF_MESSAGES)
        assert part_in("responses", to("responses", body, "messages")) == LINK_OF_RESPONSES
        body = asked("responses", LINK_OF_RESPONSES)
        assert part_in("messages", to("messages", body, "responses")) == LINK_OF_MESSAGES

    @pytest.mark.parametrize(
        ("shape", "part"), [("messages", LINK_OF_MESSAGES), ("responses", LINK_OF_RESPONSES)]
    )
    def test_a_chat_has_none(self, shape: Shape, part: Any) -> None:
        with pytest.raises(RequestError, match="no file by its address"):
            to("chat", asked(shape, part), shape)


class TestForeignParts:
    """Without them the user would ask something else: only their own API can be asked."""

    PARTS: tuple[tuple[Shape, Any], ...] = (
        ("chat", SOUND),
        ("responses", SOUND),
        ("chat", {"type": "file", "file": {"file_id": "file-1"}}),
        ("chat", {"type": "file", "file": {"file_id": "file-1", "file_data": None}}),
        ("messages", {"type": "document", "source": {"type": "file", "file_id": "file_1"}}),
        ("messages", {"type": "image", "source": {"type": "file", "file_id": "file_1"}}),
        ("messages", {"type": "container_upload", "file_id": "file_1"}),
        ("responses", {"type": "input_file", "file_id": "file-1"}),
        ("responses", {"type": "input_image", "file_id": "file-1", "detail": "auto"}),
        ("chat", {"type": "hologram"}),
        ("messages", {"type": "hologram"}),
        ("responses", {"type": "<script>"}),
    )

    @pytest.mark.parametrize(("shape", "part"), PARTS)
    def test_in_the_users_words(self, shape: Shape, part: Any) -> None:
        for target in SHAPES:
            if target == shape:
                assert part_as_sent(shape, translate(asked(shape, part), shape, shape, "m")) == part
                continue
            with pytest.raises(RequestError, match="speaks this API itself") as refused:
                to(target, asked(shape, part), shape)
            assert "<" not in str(refused.value)

    @pytest.mark.parametrize("role", ["system", "assistant"])
    def test_said_by_others(self, role: str) -> None:
        said: list[Any] = [{"role": role, "content": [SOUND, {"type": "text", "text": "Hm."}]}]
        body = chat(messages=[*said, {"role": "user", "content": "Go on"}])
        for target in ("messages", "responses"):
            asked_of = translate(body, "chat", target, "m")
            assert asked_of.dropped == ("input_audio",)
            assert "Hm." in str(asked_of.body)

    def test_a_sound_that_the_model_made(self) -> None:
        said = {"role": "assistant", "audio": {"id": "audio_1"}}
        body = chat(messages=[said, {"role": "user", "content": "Go on"}])
        assert translate(body, "chat", "messages", "m").dropped == ("audio",)

    def test_from_a_tool(self) -> None:
        block: Any = {"type": "tool_reference", "tool_name": "forecast"}
        result = {"type": "tool_result", "tool_use_id": "c", "content": [block]}
        body = messages(messages=[{"role": "user", "content": [result]}])
        assert translate(body, "messages", "chat", "m").dropped == ("tool_reference",)


def part_as_sent(shape: Shape, asked_of: Any) -> Any:
    return asked_of.body["input" if shape == "responses" else "messages"][0]["content"][1]
