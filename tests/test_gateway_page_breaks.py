"""The gateway's page when what comes is no whole answer: told, kept, and to be asked for again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gated_upstream import GatedUpstream
from gateway_server import GatewayServer, Model
from page_case import Reader, chat_stream, chromium, expect
from ssewire import Dispatcher
from ssewire.replay import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Route

STREAM = "text/event-stream; charset=utf-8"
CUT = "The answer broke off before its end."
FAILED = {"type": "response.failed", "response": {"error": {"code": "c", "message": "<b>No</b>"}}}
ERROR = {"type": "error", "error": {"type": "overloaded_error", "message": "<b>No</b>"}}
FLAT = {"type": "error", "code": None, "message": "<b>No</b>", "param": None}
SAID = "The server says: <b>No</b>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def gateway() -> Iterator[GatewayServer]:
    with GatewayServer(Model("m", "chat", "http://127.0.0.1:9")) as started:
        yield started


def answered(reader: Reader, api: str, content_type: str, body: bytes) -> None:
    """Ask, and get these bytes whatever the gateway would say."""

    def fulfil(route: Route) -> None:
        route.fulfill(content_type=content_type, body=body)

    reader.page.route("**/v1/**", fulfil)
    reader.choose("m", api)
    reader.say("Tell")


def half(api: str) -> Recording:
    whole = Recording.builtin(api)  # type: ignore[arg-type]
    blocks = whole.blocks[: len(whole.blocks) // 2]
    return Recording(api, b"".join(lead + raw for lead, raw in blocks))


def event(payload: dict[str, Any]) -> bytes:
    return f"event: {payload['type']}\ndata: {json.dumps(payload)}\n\n".encode()


@pytest.mark.parametrize(
    ("api", "last", "told"),
    [
        ("chat", b"", CUT),
        ("messages", b"", CUT),
        ("responses", b"", CUT),
        ("chat", b'data: {"error":{"message":"<b>No</b>"}}\n\n', SAID),
        ("chat", b'data: {"error":"<b>No</b>"}\n\ndata: [DONE]\n\n', SAID),
        ("messages", event(ERROR), SAID),
        ("responses", event(ERROR), SAID),
        ("responses", event(FLAT), SAID),
        ("responses", event(FAILED), SAID),
        ("chat", b"data: {half\n\n", "The stream is damaged."),
        ("chat", b"data: [DONE]", CUT),  # its blank line has not come
    ],
)
def test_half_an_answer(
    browser: Browser, gateway: GatewayServer, api: str, last: bytes, told: str
) -> None:
    with Reader(browser, gateway.url) as reader:
        stream = half(api).stream
        answered(reader, api, STREAM, stream + last)
        expect(reader.answer.locator(".note p")).to_have_text(told)
        expect(reader.status).to_have_text(told)
        expect(reader.text).to_have_text(Dispatcher().feed_text(stream))
        expect(reader.retry).to_be_visible()


@pytest.mark.parametrize(
    ("content_type", "body", "told"),
    [
        ("text/html", b"<h1>Sign in</h1>", "No event stream came: <h1>Sign in</h1>"),
        ("application/json", b'{"error":{"message":"Busy"}}', "No event stream came: Busy"),
        (STREAM, b"", CUT),
    ],
)
def test_no_answer(
    browser: Browser, gateway: GatewayServer, content_type: str, body: bytes, told: str
) -> None:
    with Reader(browser, gateway.url) as reader:
        answered(reader, "chat", content_type, body)
        expect(reader.answer.locator(".note p")).to_have_text(told)


def test_an_answer_whose_connection_stays_open_is_done(browser: Browser) -> None:
    """The ending is the end, not the last byte of the connection."""
    story = chat_stream({"content": "Once."})
    endless = Recording("e", story.stream + b"data: {}\n\n")
    with (
        GatedUpstream(endless) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url) as reader,
    ):
        upstream.send(len(story.blocks))
        reader.say("Tell")
        reader.is_done()
        expect(reader.text).to_have_text("Once.")


def test_a_gateway_that_goes_within_an_answer(browser: Browser) -> None:
    with (
        GatedUpstream(chat_stream({"content": "Once "}, {"content": "more"})) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url, allowed="net::ERR_") as reader,
    ):
        reader.say("Tell")
        upstream.send(1)
        expect(reader.text).to_have_text("Once")
        gateway.close()
        expect(reader.retry).to_be_visible()
        expect(reader.text).to_have_text("Once")
        reader.retry.click()
        expect(reader.status).to_have_text("The gateway cannot be reached.")
        expect(reader.page.locator(".text")).to_have_text(["Once"])
