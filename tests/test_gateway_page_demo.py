"""The gateway as its reader starts it, with one command, and every model that it then offers."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from example import EXAMPLES, environment
from page_case import Reader, chromium, expect

if TYPE_CHECKING:
    from collections.abc import Iterator

OFFERED = [
    *("replay-chat", "replay-messages", "replay-responses", "replay-reasoning", "replay-tools"),
    *("replay-slow", "replay-broken", "replay-error", "replay-fallback"),
]
FAIL = ("replay-broken", "replay-error")


@contextmanager
def started() -> Iterator[str]:
    """The address of the gateway, without a slash at the end."""
    with subprocess.Popen(
        [sys.executable, "-m", "examples.gateway", "--port", "0", "--rate", "0"],
        stdout=subprocess.PIPE,
        cwd=EXAMPLES.parent,
        env=environment(PYTHONUNBUFFERED="1"),
        encoding="utf-8",
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip().rstrip("/")
        finally:
            process.terminate()


def test_every_model_answers_as_its_name_says() -> None:
    with started() as url, chromium() as browser, Reader(browser, url) as reader:
        assert reader.model.locator("option").all_inner_texts() == OFFERED
        for model in OFFERED:
            reader.choose(model)
            reader.say(f"Hello, {model}")
            expect(reader.answer.locator(".measures .model")).to_contain_text(model)
            expect(reader.text.first).not_to_be_empty()
            if model == "replay-slow":
                reader.page.get_by_role("button", name="Stop").click()
                expect(reader.status).to_have_text("Stopped.")
            elif model in FAIL:
                expect(reader.retry).to_be_visible()
            else:
                reader.is_done()
            expected = {"replay-reasoning": ".reasoning", "replay-tools": ".call .arguments"}
            if model in expected:
                expect(reader.answer.locator(expected[model])).not_to_be_empty()
