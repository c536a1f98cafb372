"""The examples, each as its reader runs it: in a process of its own, over real HTTP, and no further."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from example import CHAT, EXAMPLES, RECORDINGS, Upstream, recording, run, text
from ssewire.replay import ReplayOptions, ReplayServer

if TYPE_CHECKING:
    from collections.abc import Iterator

PRINTED = {
    "openai_sync.py": f"""\
{text("tea")}

21 tokens in, 59 out
finish: stop, 80 tokens in total
chat.completion by gpt-5-mini-2025-08-07
""",
    "anthropic_text.py": f"""\
{text("letter")}

assistant, end_turn: 1 block
24 tokens in, 71 out
ParsedMessage of 71 tokens
""",
    "httpx_stream.py": f"""\
{text("tea")}

80 tokens, stop
63 events, the last one is [DONE]
""",
    "httpx2_stream.py": f"""\
{text("tea")}

HTTP 200, 63 events
80 tokens, stop
""",
    "aiohttp_stream.py": f"""\
gpt-5-mini-2025-08-07:

{text("tea")}

finish: stop
80 tokens
""",
    "requests_stream.py": f"""\
{text("tea")}

80 tokens, stop
63 events, the last one is [DONE]
""",
    "text_completions.py": f"""\
Once upon a time,{text("completions")}

finish: stop
4 tokens in, 58 out
choice 0: 259 characters
""",
    "function_calls.py": f"""\
{text("chat")}

get_forecast …

get_forecast({{"city":"京都","days":2,"unit":"celsius"}}) = \
[{{"city": "京都", "sky": "rain", "high": 17, "unit": "celsius"}}, \
{{"city": "京都", "sky": "sunny", "high": 22, "unit": "celsius"}}]

{text("forecast")}
""",
    "finish_reasons.py": f"""\
What colour is the door?
  {text("short")!r}
  stop: it is whole

Tell me the history of salt.
  {text("length")!r}
  length: it is cut: allow more tokens, or ask to go on

Coffee in Kyōto, and is it dry?
  {text("chat")[:60]!r}
  tool_calls: run the calls and send their results, as in function_calls.py

Say the first chapter of a famous novel by heart.
  {text("filtered")!r}
  content_filter: the provider held it back: do not send the same again

""",
    "errors_and_retry.py": f"""\
HTTP 500 within the stream, retryable: True
{text("story-cut")} … 88 characters, and then: the stream ended after 21 events, before the answer did

 [attempt 2: The server is overloaded. Please try again later. (server_error, server_overloaded, \
500)] {text("story-cut")} [attempt 3: the stream ended after 21 events, before the answer did] \
{text("story-rest")}

3 attempts, {len(text("story-cut") + text("story-rest"))} characters
""",
    "sentences.py": """\
1. Dr. Ito walks 3.5 km to the tea house every morning, e.g. when it rains.
2. She never hurries!
3. “Why should I?” she asks.
4. お茶は逃げない。
5. 雨は止む。
6. By the time the kettle sings 🍵, the garden is hers alone.
""",
}
# Those with tests of their own, below and in test_examples_talking.py.
OTHERS = {
    "buffered.py",
    "curl_pipe.sh",
    "fastapi_forward.py",
    "openai_async.py",
    "progress.py",
    "terminal_chat.py",
    "translator.py",
}


def test_every_example_is_run() -> None:
    files = {file.name for file in EXAMPLES.iterdir() if file.suffix in (".py", ".sh")}
    assert files - {"server.py"} == {*PRINTED, *OTHERS}
    tests = "".join(file.read_text("utf-8") for file in Path(__file__).parent.glob("test_ex*.py"))
    assert [name for name in OTHERS if not re.search(rf'(run|Talk)\(\s*"{name}"', tests)] == []
    readme = (EXAMPLES / "README.md").read_text("utf-8")
    assert [name for name in files if f"`{name}`" not in readme] == []


def test_no_recording_is_left_over() -> None:
    used = "".join(file.read_text("utf-8") for file in EXAMPLES.glob("*.*"))
    assert [file for file in RECORDINGS.iterdir() if f'"{file.stem}"' not in used] == []


@pytest.mark.parametrize("name", PRINTED)
def test_what_it_prints(name: str) -> None:
    assert run(name) == (PRINTED[name], "")


def test_several_answers_at_once() -> None:
    printed, errors = run("openai_async.py")
    first, empty, tokens, *others = printed.splitlines()
    assert (first, empty, tokens) == (text("tea"), "", "189 characters, 59 tokens, stop")
    # Which of the two is asked first, nobody knows.
    assert sorted(others) == ["138 characters, 42 tokens, stop", "30 characters, 8 tokens, stop"]
    assert errors == ""


def test_buffered_output() -> None:
    printed, errors = run("buffered.py")
    *rows, last = printed.splitlines()
    pieces = [re.fullmatch(r" *(\d+) +(\d+)  (['\"].*['\"])", row) for row in rows]
    assert "".join(eval(piece[3]) for piece in pieces if piece) == text("turn-1")
    assert last == f"81 events, {len(rows)} updates"
    assert 1 < len(rows) < 10
    assert errors == ""


def test_progress() -> None:
    printed, errors = run("progress.py")
    assert " ".join(printed.split()).startswith(text("turn-1"))
    # A count, and not `~`, which would be an estimate.
    assert re.search(r"^output +77 tokens, ", printed, re.MULTILINE)
    assert re.search(r"^stream +301 characters in 81 chunks", printed, re.MULTILINE)
    line, summary = printed.splitlines()[-2:]
    assert re.match(r"[\d.]+ s, 77 tokens, [\d.,]+ tokens/s, first after [\d.]+ s", line)
    assert re.fullmatch(r"81 chunks, the first output after \d+ ms", summary)
    assert errors == ""


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        yield server


class TestARealServer:
    """The environment says where."""

    @pytest.mark.parametrize("name", ["openai_sync.py", "httpx_stream.py"])
    def test_openai(self, name: str, upstream: Upstream) -> None:
        printed, _ = run(name, OPENAI_BASE_URL=upstream.url + "/v1", OPENAI_API_KEY="a key")
        assert printed == PRINTED[name]
        assert f"POST {CHAT}: 18,355 bytes" in upstream.wait_for(1)[0]

    def test_anthropic(self, upstream: Upstream) -> None:
        upstream.endpoints["/v1/messages"] = recording("letter")
        printed, _ = run("anthropic_text.py", ANTHROPIC_BASE_URL=upstream.url)
        assert printed == PRINTED["anthropic_text.py"]
        assert "POST /v1/messages: " in upstream.wait_for(1)[0]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
class TestCurl:
    def test_offline(self) -> None:
        printed, facts = run("curl_pipe.sh")
        assert printed == text("tea") + "\n"
        assert facts == "tokens: 21 in, 59 out, 80 total\nfinish: stop\n"

    def test_its_status_tells_of_a_cut(self) -> None:
        with ReplayServer(options=ReplayOptions(fault="cut-inside:9")) as server:
            printed, facts = run("curl_pipe.sh", status=4, OPENAI_BASE_URL=server.url + "/v1")
        assert text("chat").startswith(printed.rstrip("\n"))
        assert "truncated" in facts
