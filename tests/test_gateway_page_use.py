"""The gateway's page in the hands of its reader: sizes, colours, keys, scrolling."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gated_upstream import GatedUpstream
from gateway_server import GatewayServer, Model
from page_case import DESKTOP, PHONE, Reader, chat_stream, chromium, expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

LINES = [{"content": f"Line {number}\n"} for number in range(60)]
ENOUGH = 4.5  # contrast of text with what is behind it, by WCAG AA

# Relative luminance by WCAG, of what is really behind the text.
CONTRASTS = """
() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => channels(colour).slice(0, 3).reduce((sum, value, i) => {
    const part = value / 255;
    const linear = part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    return sum + linear * [0.2126, 0.7152, 0.0722][i];
  }, 0);
  const behind = (box) => {
    const colour = getComputedStyle(box).backgroundColor;
    return channels(colour)[3] === 0 ? behind(box.parentElement) : colour;
  };
  return [...document.querySelectorAll("h1, p, label, summary, code, pre, button, select, span")]
    .filter((box) => box.checkVisibility() && !box.disabled && box.textContent.trim() !== "")
    .map((box) => {
      const [dark, bright] = [light(getComputedStyle(box).color), light(behind(box))].sort();
      return [(bright + 0.05) / (dark + 0.05), box.outerHTML.slice(0, 80)];
    });
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_fits_and_can_be_read(browser: Browser, size: tuple[int, int], scheme: str) -> None:
    endless = "x" * 400
    call = {"index": 0, "id": "1", "function": {"name": endless, "arguments": endless}}
    recording = chat_stream(
        {"reasoning_content": endless}, {"tool_calls": [call]}, {"content": endless}, end=False
    )
    with (
        GatedUpstream(recording) as upstream,
        GatewayServer(Model("a-model-with-a-rather-long-name", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url, size=size, scheme=scheme, allowed="net::ERR_") as reader,
    ):
        assert not reader.scrolls_sideways()
        reader.say(endless)
        upstream.send(2)
        expect(reader.answer.locator(".arguments")).to_have_text(endless)
        assert not reader.scrolls_sideways()
        upstream.send_all()
        expect(reader.retry).to_be_visible()
        assert not reader.scrolls_sideways()
        for control in ("Model", "API", "Message", "With a tool"):
            expect(reader.page.get_by_label(control, exact=True)).to_be_in_viewport(ratio=1)
        reader.prompt.fill("More")
        expect(reader.page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)
        contrasts = reader.page.evaluate(CONTRASTS)
        assert len(contrasts) > 10
        assert [found for found in contrasts if found[0] < ENOUGH] == []
        ground = reader.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        red = int(ground.removeprefix("rgb(").split(",")[0])
        assert (red > 128) == (scheme == "light")


def test_the_keyboard_is_enough(browser: Browser) -> None:
    with (
        GatedUpstream(chat_stream({"content": "Yes."})) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url) as reader,
    ):
        keyboard = reader.page.keyboard
        expect(reader.prompt).to_be_focused()
        keyboard.press("Enter")  # nothing to send
        keyboard.type("One")
        keyboard.press("Shift+Enter")
        keyboard.type("Two")
        expect(reader.prompt).to_have_value("One\nTwo")
        keyboard.press("Enter")
        expect(reader.prompt).to_have_value("")
        expect(reader.page.get_by_role("button", name="Stop")).to_be_visible()
        keyboard.type("Three")
        keyboard.press("Enter")  # not while an answer comes
        expect(reader.prompt).to_have_value("Three")
        upstream.send_all()
        reader.is_done()
        expect(reader.page.get_by_role("article", name="You")).to_have_text(["One\nTwo"])
        assert [asked.body["messages"][-1]["content"] for asked in upstream.asked] == ["One\nTwo"]
        keyboard.press("Enter")
        expect(reader.page.get_by_role("article", name="You")).to_have_count(2)


def test_it_follows_the_answer_unless_the_reader_looks_back(browser: Browser) -> None:
    with (
        GatedUpstream(chat_stream(*LINES)) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url) as reader,
    ):
        latest = reader.page.get_by_role("button", name="Latest")
        reader.say("Count")
        upstream.send(40)
        expect(reader.text).to_contain_text("Line 39")
        expect(reader.answer.locator(".measures")).to_be_in_viewport()
        expect(latest).to_be_hidden()
        reader.page.mouse.move(600, 400)
        reader.page.mouse.wheel(0, -400)
        expect(latest).to_be_visible()
        before = reader.page.evaluate("() => document.querySelector('main').scrollTop")
        upstream.send(10)
        expect(reader.text).to_contain_text("Line 49")
        assert reader.page.evaluate("() => document.querySelector('main').scrollTop") == before
        latest.click()
        expect(reader.answer.locator(".measures")).to_be_in_viewport()
        expect(latest).to_be_hidden()
        upstream.send_all()
        reader.is_done()
        expect(reader.answer.locator(".measures")).to_be_in_viewport()


def test_calls_are_part_of_the_conversation_when_a_tool_is_offered(browser: Browser) -> None:
    arguments = '{"city":"Kyōto","days":2}'
    call = {"index": 0, "id": "call_1", "function": {"name": "get_forecast"}}
    recording = chat_stream(
        {"tool_calls": [call]}, {"tool_calls": [{"index": 0, "function": {"arguments": arguments}}]}
    )
    with (
        GatedUpstream(recording) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url) as reader,
    ):
        upstream.send_all()
        reader.page.get_by_label("With a tool").check()
        for api in ("chat", "messages", "responses"):
            reader.choose("m", api)
            reader.say("Is it dry?")
            reader.is_done()
    for asked in upstream.asked:
        assert [tool["function"]["name"] for tool in asked.body["tools"]] == ["get_forecast"]
    messages = upstream.asked[-1].body["messages"]
    roles = ["user", "assistant", "tool"] * 2 + ["user"]
    assert [message["role"] for message in messages] == roles
    (made,) = messages[1]["tool_calls"]
    assert made["function"]["name"] == "get_forecast"
    assert json.loads(made["function"]["arguments"]) == json.loads(arguments)
    assert messages[2]["tool_call_id"] == made["id"] == "call_1"


@pytest.mark.parametrize("given", ["[1]", "null", '{"city":'])
def test_calls_that_no_api_takes_back_are_left_out(browser: Browser, given: str) -> None:
    call = {"index": 0, "id": "call_1", "function": {"name": "get_forecast", "arguments": given}}
    recording = chat_stream({"content": "I'll look."}, {"tool_calls": [call]})
    with (
        GatedUpstream(recording) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url) as reader,
    ):
        upstream.send_all()
        reader.page.get_by_label("With a tool").check()
        for _ in range(2):
            reader.choose("m", "messages")
            reader.say("Is it dry?")
            reader.is_done()
    messages = upstream.asked[-1].body["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    assert "tool_calls" not in messages[1]
