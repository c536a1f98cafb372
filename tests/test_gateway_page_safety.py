"""What a server says stays text on the gateway's page, and what the gateway knows stays there."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from example import EXAMPLES
from gated_upstream import Answer, GatedUpstream
from gateway_server import KEY, GatewayServer, Model
from page_case import Reader, chat_stream, chromium, expect
from ssewire.replay import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

PAGE = EXAMPLES / "gateway" / "page"
HOSTILE = '<img src=x onerror=alert(1)><script>alert(2)</script><a href="javascript:alert(3)">x</a>'
MARKUP = "img, script, a, iframe, svg, style, b"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def test_hostile_text_is_text(browser: Browser) -> None:
    call = {"index": 0, "id": HOSTILE, "function": {"name": HOSTILE, "arguments": HOSTILE}}
    recording = chat_stream(
        {"reasoning_content": HOSTILE}, {"content": HOSTILE}, {"tool_calls": [call]}
    )
    with (
        GatedUpstream(recording) as upstream,
        GatewayServer(Model(HOSTILE, "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url) as reader,
    ):
        upstream.send_all()
        reader.say(HOSTILE)
        reader.is_done()
        for part in (".reasoning p", ".text", ".name", ".arguments"):
            expect(reader.answer.locator(part)).to_have_text(HOSTILE)
        expect(reader.page.locator(".question p")).to_have_text(HOSTILE)
        expect(reader.answer.locator(".measures .model")).to_contain_text(HOSTILE)
        assert reader.page.locator("body").locator(MARKUP).count() == 0


@pytest.mark.parametrize("status", [200, 400])
def test_hostile_errors_are_text(browser: Browser, status: int) -> None:
    message = HOSTILE.replace('"', '\\"')
    error = f'{{"error":{{"message":"{message}","type":"{message}","code":"{message}"}}}}'
    stream = error if status == 400 else f"data: {error}\n\n"
    with (
        GatedUpstream(Answer(Recording("e", stream.encode()), status=status)) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url, allowed="status of") as reader,
    ):
        upstream.send_all()
        reader.say("Tell")
        expect(reader.retry).to_be_visible()
        expect(reader.status).to_contain_text(HOSTILE)
        assert reader.page.locator("body").locator(MARKUP).count() == 0


def test_no_key_reaches_the_browser(browser: Browser) -> None:
    with (
        GatedUpstream(chat_stream({"content": "Hello."})) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url) as reader,
    ):
        upstream.send_all()
        reader.say("Hello?")
        reader.is_done()
        paths = [f"/page/{file.name}" for file in PAGE.iterdir()]
        for path in ("/", *paths, "/api/models"):
            seen = reader.page.evaluate(
                "async (path) => { const r = await fetch(path);"
                " return [r.status, await r.text(), ...r.headers].join(); }",
                path,
            )
            assert seen.startswith("200"), path
            reader.bodies.append(seen)
        reader.bodies.append(reader.page.content())
        assert [asked.headers["authorization"] for asked in upstream.asked] == [f"Bearer {KEY}"]
        everything = "\n".join(reader.bodies)
        assert KEY not in everything
        assert "authorization" not in everything.lower()


def test_the_page_may_load_only_its_own_files() -> None:
    files = {f"/page/{file.name}": file for file in PAGE.iterdir()}
    with GatewayServer(Model("m", "chat", "http://127.0.0.1:9")) as gateway:
        for path, file in [("/", PAGE / "index.html"), *files.items()]:
            connection = http.client.HTTPConnection(urlsplit(gateway.url).netloc, timeout=30)
            connection.request("GET", path)
            response = connection.getresponse()
            policy = response.headers.get("content-security-policy", "")
            assert response.read() == file.read_bytes()
            assert "default-src 'self'" in policy, path
            assert "unsafe" not in policy
            assert response.headers["x-content-type-options"] == "nosniff"
            connection.close()


def test_nothing_of_the_page_makes_markup_of_text() -> None:
    for file in PAGE.glob("*.js"):
        source = file.read_text("utf-8")
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert way not in source, file.name
        assert "://" not in source, file.name


def test_the_models_can_be_asked_for_again(browser: Browser) -> None:
    with (
        GatedUpstream(chat_stream({"content": "Hello."})) as upstream,
        GatewayServer(Model("m", "chat", upstream.url)) as gateway,
        Reader(browser, gateway.url, allowed="status of 500") as reader,
    ):
        answer = {"status": 500, "body": HOSTILE}
        reader.page.route("**/api/models", lambda route: route.fulfill(**answer))
        reader.page.reload()
        expect(reader.status).to_contain_text(f"HTTP 500: {HOSTILE}")
        assert reader.page.locator("body").locator(MARKUP).count() == 0
        reader.page.unroute("**/api/models")
        reader.page.get_by_role("button", name="Load again").click()
        expect(reader.status).to_have_text("")  # they are there
        upstream.send_all()
        reader.say("Hello?")
        reader.is_done()
