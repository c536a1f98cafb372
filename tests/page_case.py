"""The gateway's page in a real browser, and the reader who uses it."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from installed import package, program
from ssewire.replay import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response
    from typing_extensions import Self

DESKTOP = (1280, 800)
PHONE = (360, 740)
PATIENCE = 30_000  # milliseconds: whoever waits so long waits for what never comes
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    api = package("playwright.sync_api")
    path = program("chromium", "chromium-browser", "google-chrome")
    api.expect.set_options(timeout=PATIENCE)
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def expect(locator: Locator) -> Any:
    return package("playwright.sync_api").expect(locator)


def chat_stream(*deltas: dict[str, Any], end: bool = True) -> Recording:
    """A stream of chat chunks, one for each delta."""
    payloads = [_chunk(delta) for delta in deltas]
    if end:
        payloads += [_chunk({}, "stop")]
    blocks = [f"data: {json.dumps(payload)}\n\n" for payload in payloads]
    return Recording("made", "".join([*blocks, "data: [DONE]\n\n" if end else ""]).encode())


def _chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    known = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "made"}
    return {**known, "choices": [choice]}


class Reader:
    """Somebody at the page: a browser context of its own, of which everything is noted.

    At the end nothing may have gone to another origin and nothing may have been stored, and the
    console must be silent.

    Attributes:
        page: the page.
        status: the line that tells how things are.
        answer: the last answer.
        bodies: all that came from the gateway and is not a stream, headers included.
    """

    def __init__(
        self,
        browser: Browser,
        url: str,
        *,
        size: tuple[int, int] = DESKTOP,
        scheme: Any = "light",
        allowed: str = "",
    ) -> None:
        self._url = url
        self._allowed = allowed
        self._complaints: list[str] = []
        self._foreign: list[str] = []
        self.bodies: list[str] = []
        width, height = size
        self._context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        self._context.set_default_timeout(PATIENCE)
        self.page: Page = self._context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self._complaints.append(dialog.message))
        self.page.on("request", self._note)
        self.page.on("response", self._keep)
        self.status = self.page.get_by_role("status")
        self.prompt = self.page.get_by_label("Message", exact=True)
        self.model = self.page.get_by_label("Model", exact=True)
        self.answer = self.page.get_by_role("article", name="Answer").last
        self.text = self.answer.locator(".text")
        self.retry = self.answer.get_by_role("button", name="Retry")

    def __enter__(self) -> Self:
        self.page.goto(self._url)
        expect(self.model).to_be_enabled()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        stored = self.page.evaluate(
            "() => [localStorage.length, sessionStorage.length, document.cookie,"
            " indexedDB.databases()]"
        )
        self._context.close()
        if kind is None:
            assert self._complaints == []
            assert self._foreign == []
            assert stored[:3] == [0, 0, ""]

    def choose(self, model: str, api: str = "") -> None:
        self.model.select_option(model)
        self.page.get_by_label("API", exact=True).select_option(api)

    def say(self, words: str) -> None:
        self.prompt.fill(words)
        self.prompt.press("Enter")

    def is_done(self) -> None:
        """Wait for the end of an answer that is whole."""
        expect(self.status).to_have_text(re.compile("^Answer complete"))

    def scrolls_sideways(self) -> bool:
        """Whether anything is wider than the window."""
        wide: bool = self.page.evaluate(
            "() => [document.documentElement, ...document.querySelectorAll('body, main, footer,"
            " header')].some((box) => box.scrollWidth > box.clientWidth)"
        )
        return wide

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not (
            self._allowed and re.search(self._allowed, message.text)
        ):
            self._complaints.append(message.text)

    def _note(self, request: Request) -> None:
        if not request.url.startswith(f"{self._url}/"):
            self._foreign.append(request.url)
        self.bodies.append(f"{request.headers} {request.post_data}")

    def _keep(self, response: Response) -> None:
        self.bodies.append(f"{response.url} {response.headers}")
