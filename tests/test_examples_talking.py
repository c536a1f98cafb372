"""The examples that are talked with: by lines, from a terminal, over HTTP."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from example import CHAT, PATIENCE, Talk, Upstream, recording, text
from ssewire import Dispatcher

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def held() -> Iterator[Upstream]:
    """One that keeps the connections open when it has sent what there is."""
    with Upstream(stay_open=True) as server:
        yield server


def test_translator() -> None:
    with Talk("translator.py", "French") as talk:
        # Each line is answered before the next one is written.
        talk.say("Good morning, and welcome aboard.\n\n")
        assert talk.hear("\n\n") == text("french-1") + "\n\n"
        talk.say("The last train leaves at ten; the café never closes.\n")
        assert talk.hear("\n") == text("french-2") + "\n"
        talk.say("Keep the key. You will need it.\n")
        assert talk.hear("\n") == text("french-3") + "\n"
        assert talk.process.stdin
        talk.process.stdin.close()
        assert talk.end() == ("", 0)


class TestTerminalChat:
    def test_lines_from_a_pipe(self) -> None:
        with Talk("terminal_chat.py") as talk:
            talk.say("How do I begin?\nAnd then?\n\n/quit\n")
            talk.hear("\n\n> ")
            assert talk.hear("\n\n> ") == f"{text('turn-1')}\n\n> "
            assert talk.hear("\n\n> ") == f"{text('turn-2')}\n\n> "
            assert talk.end() == ("> \n4 messages\n", 0)

    @pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
    def test_ctrl_c_stops_the_answer_and_not_the_chat(self, held: Upstream) -> None:
        begun = held.begins_only("turn-1", 20)
        url = held.url + "/v1"
        with Talk("terminal_chat.py", terminal=True, OPENAI_BASE_URL=url) as talk:
            talk.hear("> ")
            talk.say("How do I begin?\n")
            talk.hear(begun)
            assert held.ended == []
            assert talk.hear("\n\n> ", pressing="\x03").endswith("^C … stopped\n\n> ")
            assert held.wait_for(1)[0].endswith("client left")

            held.endpoints[CHAT] = recording("turn-2")
            talk.hear("\n> ", pressing="\x03")
            talk.say("And then?\n")
            talk.hear("And then?\n")
            assert talk.hear("\n\n> ") == f"{text('turn-2')}\n\n> "
            talk.say("\x04")
            assert talk.end() == ("\n4 messages\n", 0)


class TestFastAPI:
    QUESTION = {"messages": [{"role": "user", "content": "Tell me of a tea house."}]}  # noqa: RUF012

    @pytest.fixture
    def server(self, held: Upstream) -> Iterator[Talk]:
        url = held.url + "/v1"
        with Talk("fastapi_forward.py", OPENAI_BASE_URL=url, PORT="0") as server:
            yield server

    def url(self, server: Talk) -> str:
        server.hear("Uvicorn running on ")
        return server.hear(" ").strip() + "/chat"

    def test_it_streams_and_lets_go(self, server: Talk, held: Upstream) -> None:
        url = self.url(server)
        begun = held.begins_only("tea", 10)
        dispatcher = Dispatcher()
        with httpx.stream("POST", url, json=self.QUESTION, timeout=PATIENCE) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            # The upstream has not sent the rest, and never will.
            for chunk in response.iter_raw():
                dispatcher.feed(chunk)
                if dispatcher.outcome.n_events == 10:
                    assert held.ended == []
                    break
        assert dispatcher.outcome.text == begun
        assert held.wait_for(1)[0].endswith("client left")
        server.hear(f"not whole: {len(begun)} characters, Tokens(input=None")

        # And goes on to serve: every byte of the next answer, and its usage in the log.
        held.endpoints[CHAT] = recording("tea")
        whole = httpx.post(url, json=self.QUESTION, timeout=PATIENCE)
        assert whole.content == recording("tea").stream
        server.hear("stop: 189 characters, Tokens(input=21, output=59, ")

        server.process.send_signal(signal.SIGINT)
        assert server.end()[1] == 0

    def test_a_refusal_has_its_status(self, server: Talk, held: Upstream) -> None:
        url = self.url(server)
        del held.endpoints[CHAT]
        assert httpx.post(url, json=self.QUESTION, timeout=PATIENCE).status_code == 404
