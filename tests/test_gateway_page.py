"""The gateway's page in Chromium: what streams, what is sent, how it stops, how it breaks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gated_upstream import PATIENCE, Answer, GatedUpstream
from gateway_server import KEY, GatewayServer, Model
from page_case import Reader, chat_stream, chromium, expect
from ssewire import Dispatcher
from ssewire.replay import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

SHAPES = ("chat", "messages", "responses")
USED = {"chat": 112, "messages": 161, "responses": 67}  # tokens of the recordings
STORY = chat_stream(*({"content": word} for word in ("Once ", "upon ", "a ", "time.")))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("api", SHAPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_text_comes_piece_by_piece(browser: Browser, shape: str, api: str) -> None:
    recording = Recording.builtin(shape)  # type: ignore[arg-type]
    with (
        GatedUpstream(recording) as upstream,
        GatewayServer(Model("m", shape, upstream.url)) as gateway,
        Reader(browser, gateway.url) as reader,
    ):
        reader.choose("m", api)
        reader.say("Where is it quiet?")
        expect(reader.status).to_have_text("Answering …")
        sent, before = b"", ""
        dispatcher = Dispatcher()
        for lead, raw in recording.blocks:
            sent += lead + raw
            upstream.send(1)
            text = before + dispatcher.feed_text(lead + raw)
            if text != before:
                expect(reader.text).to_have_text(text, use_inner_text=False)
                expect(reader.page.get_by_role("button", name="Stop")).to_be_visible()
            before = text
            if len(text) > 60:
                break
        upstream.send_all()
        reader.is_done()
        expect(reader.text).to_have_text(Dispatcher().feed_text(recording.stream))
        expect(reader.answer.locator(".tokens")).to_have_text(f"{USED[shape]} tokens")
        expect(reader.answer.locator(".first")).to_have_text(
            re.compile(r"^first token after [\d.]+ m?s$")
        )
        expect(reader.answer.locator(".rate")).to_have_text(re.compile(r"^[\d.]+ tokens/s$"))
        expect(reader.page.get_by_role("button", name="Stop")).to_be_hidden()


def test_without_usage_it_estimates(browser: Browser) -> None:
    with (
        GatedUpstream(STORY) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url) as reader,
    ):
        reader.say("Tell")
        upstream.send_all()
        reader.is_done()
        expect(reader.answer.locator(".tokens")).to_have_text("~5 tokens")


def test_reasoning_is_open_until_the_text_begins(browser: Browser) -> None:
    recording = chat_stream(
        {"role": "assistant", "content": ""},
        *({"reasoning_content": piece} for piece in ("Let me ", "see.")),
        {"content": "Yes."},
    )
    with (
        GatedUpstream(recording) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url) as reader,
    ):
        reader.say("Is it?")
        upstream.send(2)
        thoughts = reader.answer.locator(".reasoning p")
        expect(thoughts).to_have_text("Let me")
        expect(thoughts).to_be_visible()
        upstream.send(1)
        expect(thoughts).to_have_text("Let me see.")
        upstream.send_all()
        reader.is_done()
        expect(thoughts).to_be_hidden()
        summary = reader.answer.locator("summary")
        summary.focus()
        reader.page.keyboard.press("Enter")
        expect(thoughts).to_be_visible()
        parts = reader.answer.locator(".body > *")
        expect(parts).to_have_text(["ReasoningLet me see.", "Yes."])


def test_tool_calls_come_as_they_are_written(browser: Browser) -> None:
    def piece(index: int, text: str, **more: str) -> dict[str, object]:
        function = {"arguments": text} | ({"name": more["name"]} if "name" in more else {})
        id_ = {"id": more["id"], "type": "function"} if "id" in more else {}
        return {"tool_calls": [{"index": index, **id_, "function": function}]}

    recording = chat_stream(
        piece(0, "", id="call_1", name="get_forecast"),
        piece(1, "", id="call_2", name="get_time"),
        piece(0, '{"city":'),
        piece(1, '{"zone":"'),
        piece(0, ' "Kyōto"}'),
        piece(1, 'Asia/Tokyo"}'),
    )
    with (
        GatedUpstream(recording) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url) as reader,
    ):
        reader.say("Is it dry?")
        names, given = reader.answer.locator(".name"), reader.answer.locator(".arguments")
        for events, expected in (
            (2, ["", ""]),
            (2, ['{"city":', '{"zone":"']),
            (2, ['{"city": "Kyōto"}', '{"zone":"Asia/Tokyo"}']),
        ):
            upstream.send(events)
            expect(names).to_have_text(["get_forecast", "get_time"])
            expect(given).to_have_text(expected)
        upstream.send_all()
        reader.is_done()


@pytest.mark.parametrize("how", ["button", "Escape", "New chat", "leaving"])
def test_stopping_stops_the_upstream(browser: Browser, how: str) -> None:
    with (
        GatedUpstream(STORY) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url) as reader,
    ):
        reader.say("Tell")
        upstream.send(2)
        expect(reader.text).to_have_text("Once upon")
        if how == "Escape":
            reader.page.keyboard.press("Escape")
        elif how == "leaving":
            reader.page.reload()
        else:
            name = "Stop" if how == "button" else how
            reader.page.get_by_role("button", name=name).click()
        assert upstream.left.wait(PATIENCE)
        if how in ("button", "Escape"):
            expect(reader.status).to_have_text("Stopped.")
            expect(reader.text).to_have_text("Once upon")
            expect(reader.retry).to_be_visible()
        else:
            expect(reader.page.get_by_role("article")).to_have_count(0)
        expect(reader.prompt).to_be_focused()


NO_ENDING = chat_stream({"content": "Half "}, {"content": "of it"}, end=False)
ERROR = b'data: {"error":{"message":"Out of <b>words</b>","type":"server_error"}}\n\n'
BROKEN = {
    "error event": Answer(Recording("e", NO_ENDING.stream + ERROR)),
    "no ending": Answer(NO_ENDING),
    "connection cut": Answer(NO_ENDING, breaks=True),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_what_breaks_is_kept_and_asked_for_again(browser: Browser, broken: Answer) -> None:
    with (
        GatedUpstream(broken, STORY) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url, allowed="net::ERR_") as reader,
    ):
        upstream.send_all()
        reader.say("Tell")
        expect(reader.retry).to_be_visible()
        expect(reader.text).to_have_text("Half of it")
        expect(reader.answer.locator(".note p")).not_to_be_empty()
        expect(reader.status).not_to_be_empty()
        if ERROR in broken.recording.stream:
            expect(reader.status).to_have_text("The server says: Out of <b>words</b>")
        reader.retry.click()
        reader.is_done()
        expect(reader.text).to_have_text("Once upon a time.")
        answers = reader.page.get_by_role("article", name="Answer")
        expect(answers.locator(".text")).to_have_text(["Half of it", "Once upon a time."])
        expect(reader.page.get_by_role("button", name="Retry")).to_have_count(0)
        first, second = upstream.asked
        assert first.body == second.body


def test_an_http_error_is_told_in_its_own_words(browser: Browser) -> None:
    refused = b'{"error":{"message":"Slow <b>down</b>","type":"rate_limit_error","code":null}}'
    with (
        GatedUpstream(Answer(Recording("r", refused), status=429), STORY) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url, allowed="status of") as reader,
    ):
        upstream.send_all()
        reader.say("Tell")
        expect(reader.answer.locator(".note p")).to_have_text("HTTP 429: Slow <b>down</b>")
        reader.retry.click()
        reader.is_done()
        expect(reader.text).to_have_text("Once upon a time.")


def test_a_gateway_that_is_gone(browser: Browser) -> None:
    with (
        GatedUpstream(STORY) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url, allowed="net::ERR_") as reader,
    ):
        upstream.send_all()
        reader.page.context.set_offline(True)
        reader.say("Tell")
        expect(reader.answer.locator(".note p")).to_have_text("The gateway cannot be reached.")
        reader.page.context.set_offline(False)
        reader.retry.click()
        reader.is_done()


def test_the_model_is_told_what_was_said(browser: Browser) -> None:
    with (
        GatedUpstream(STORY) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url) as reader,
    ):
        upstream.send_all()
        for api in SHAPES:
            reader.choose("m", api)
            reader.say(f"In {api}")
            reader.is_done()
            expect(reader.text).to_have_text("Once upon a time.")
    said = [(m["role"], _text(m["content"])) for m in upstream.asked[-1].body["messages"]]
    told = ("assistant", "Once upon a time.")
    assert said == [
        *(("user", "In chat"), told, ("user", "In messages"), told, ("user", "In responses")),
    ]
    assert all(asked.headers.get("authorization") == f"Bearer {KEY}" for asked in upstream.asked)


def _text(content: object) -> str:
    if isinstance(content, list):
        return "".join(part["text"] for part in content)
    assert isinstance(content, str)
    return content
