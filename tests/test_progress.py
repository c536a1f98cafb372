"""`Progress`: the numbers of a stream, of every shape, at every moment."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from answers import NAMES, body_of, expected_of, reference
from answers import read as answer
from replay import in_steps
from ssewire import Dispatcher, Progress, Stream
from ssewire.progress import Gaps

COUNTED = [name for name in NAMES if expected_of(name)["usage"] and expected_of(name)["complete"]]
ENGLISH = (
    "Streaming APIs send the answer in small pieces while the model is still writing it. That"
    " is why a reader sees the first words long before the whole text is there, and why the"
    " time to the first token matters more than the total time. A decoder has to put the pieces"
    " together again, whatever the network does with them."
)
GERMAN = (
    "Eine Schnittstelle, die ihre Antwort stückweise verschickt, lässt den Leser die ersten"
    " Wörter sehen, lange bevor der ganze Text fertig ist. Deshalb ist die Zeit bis zum ersten"
    " Token wichtiger als die gesamte Dauer. Wer die Stücke liest, muss sie wieder"
    " zusammensetzen, gleich was das Netz mit ihnen macht."
)
CHINESE = (
    "接口会在模型仍在书写的时候把答案分成小块发送出来。因此读者在整篇文字完成之前很久就能看到最"
    "初的几个词。所以第一个词元到达的时间比总时间更重要。读取这些小块的程序必须把它们重新拼接起"
    "来,不管网络对它们做了什么。"
)
JAPANESE = (
    "モデルがまだ文章を書いている間に、インターフェースは答えを小さな断片に分けて送信します。そ"
    "のため読者は全文が完成するずっと前に最初の言葉を見ることができます。最初のトークンまでの時"
    "間は合計時間よりも重要です。"
)
KOREAN = (
    "모델이 아직 글을 쓰고 있는 동안 인터페이스는 답을 작은 조각으로 나누어 보냅니다. 그래서"
    " 독자는 전체 글이 완성되기 훨씬 전에 첫 단어를 볼 수 있습니다. 첫 토큰까지의 시간이 전체"
    " 시간보다 더 중요합니다."
)
# How many tokens o200k_base makes of it, the encoding of OpenAI's models from gpt-4o on.
TEXTS = [(65, ENGLISH), (64, GERMAN), (76, CHINESE), (72, JAPANESE), (62, KOREAN)]


@dataclass
class FakePace:
    """A `Pace` whose times are known."""

    events: int = 0
    elapsed: float = 9.0
    first: float | None = None
    last: float | None = None
    gaps: int = 0
    longest: float | None = None

    def percentile(self, percent: int) -> float | None:
        return None if self.longest is None else self.longest * percent / 100


def read(body: bytes, step: int = 1 << 30) -> Progress:
    dispatcher = Dispatcher()
    progress = Progress(dispatcher)
    for chunk in in_steps(body, step):
        dispatcher.feed(chunk)
        progress.mark()
    return progress


def chat(**delta: Any) -> bytes:
    payload = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]}
    return b"data: %s\n\n" % json.dumps(payload).encode()


def at(pace: FakePace, body: bytes = b"", **options: Any) -> Progress:
    dispatcher = Dispatcher()
    dispatcher.feed(body)
    given: Any = pace
    return Progress(dispatcher, given, **options)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("step", [1, 64, 1 << 30])
def test_characters_are_those_of_all_output(name: str, step: int) -> None:
    _, state = answer(reference(), [body_of(name)])
    said = [*state.outcome["texts"].values(), state.outcome["reasoning"], state.outcome["refusal"]]
    said += [call["arguments"] for call in state.outcome["tool_calls"]]
    said += [(state.function_call or {}).get("arguments")]
    assert read(body_of(name), step).characters == sum(len(text or "") for text in said)


@pytest.mark.parametrize("name", COUNTED)
def test_tokens_are_those_of_usage(name: str) -> None:
    usage = expected_of(name)["usage"]
    counted = usage.get("output_tokens", usage.get("completion_tokens"))
    progress = read(body_of(name))
    assert (progress.tokens, progress.tokens_estimated) == (counted, False)


def test_all_shapes_have_usage() -> None:
    assert {expected_of(name)["shape"] for name in COUNTED} == {
        *("chat", "completions", "messages", "responses")
    }


def test_what_messages_begin_with_is_no_count_of_the_answer() -> None:
    body = body_of("messages_simple")
    head, _, _ = body.partition(b"event: message_delta")
    progress = read(head)
    assert progress.tokens_estimated
    assert progress.tokens == -(
        -len("Tide tables are promises the moon makes to the harbour.") // 4
    )
    assert not read(body).tokens_estimated


@pytest.mark.parametrize(("tokens", "text"), TEXTS)
def test_an_estimate_is_near(tokens: int, text: str) -> None:
    progress = read(chat(content=text))
    assert progress.tokens_estimated
    assert abs(progress.tokens - tokens) < 0.3 * tokens


def test_an_estimate_is_of_all_output() -> None:
    call = {"index": 0, "id": "x", "function": {"name": "f", "arguments": '{"a": 12}'}}
    body = chat(content="12345") + chat(reasoning_content="678") + chat(tool_calls=[call])
    assert (read(body).characters, read(body).tokens) == (17, 5)


def test_lone_surrogates_can_be_counted() -> None:
    progress = read(b'data: {"choices": [{"delta": {"content": "\\ud800 \\udfff"}}]}\n\n')
    assert (progress.characters, progress.tokens) == (3, 2)


def test_without_anything() -> None:
    progress = read(b"")
    assert (progress.chunks, progress.characters, progress.tokens) == (0, 0, 0)
    assert progress.tokens_estimated
    assert progress.time_to_first_token is None
    assert progress.tokens_per_second is None
    assert progress.gaps == Gaps(0, None, None, None)


def test_gaps_are_a_value() -> None:
    gaps = Gaps(1, 0.1, 0.1, 0.1)
    with pytest.raises(AttributeError):
        gaps.count = 2  # type: ignore[misc]


def test_pings_are_no_chunks() -> None:
    body = body_of("messages_simple")
    assert body.count(b'"type":"ping"') == 1
    assert read(body).chunks == expected_of("messages_simple")["n_events"] - 1


def test_times_count_what_was_waited() -> None:
    progress = at(FakePace(first=2.0, last=5.0), chat(content="x"), waited=0.5)
    assert progress.time_to_first_token == 2.5
    assert progress.elapsed == 9.5


@pytest.mark.parametrize("name", ["chat_simple", "chat_no_done", "chat_error_midstream"])
def test_the_clock_stops_at_the_last_read_of_an_answer(name: str) -> None:
    body = body_of(name)
    assert at(FakePace(first=2.0, last=5.0), body, waited=0.5).elapsed == 5.5
    assert at(FakePace(first=2.0, last=5.0), body[:-300], waited=0.5).elapsed == 9.5


def test_rate_is_by_the_time_of_output() -> None:
    body = chat(content="x" * 400)
    assert at(FakePace(first=2.0, last=6.0), body).tokens_per_second == 25.0
    # One read has no duration.
    assert at(FakePace(first=2.0, last=2.0), body).tokens_per_second is None


def test_hidden_reasoning_does_not_count_for_the_rate() -> None:
    usage = {"completion_tokens": 900, "completion_tokens_details": {"reasoning_tokens": 800}}
    tail = json.dumps({"object": "chat.completion.chunk", "choices": [], "usage": usage})
    body = chat(content="x" * 400) + f"data: {tail}\n\n".encode()
    progress = at(FakePace(first=2.0, last=6.0), body)
    assert (progress.tokens, progress.tokens_per_second) == (900, 25.0)


def test_a_pace_of_its_own() -> None:
    dispatcher = Dispatcher()
    progress = Progress(dispatcher)
    dispatcher.feed(chat(content="a"))
    assert progress.chunks == 0
    assert not progress.mark()
    assert progress.chunks == 1
    dispatcher.feed(b"data: [DONE]\n\n")
    assert progress.mark()
    assert progress.gaps.count == 1


@pytest.mark.parametrize("name", ["chat_usage", "completions_simple", "messages_tools"])
def test_of_a_stream(name: str) -> None:
    with Stream(in_steps(body_of(name), 100), waited=3.0) as stream:
        progress = stream.progress
        stream.until_done()
    same = read(body_of(name), 100)
    for number in ("chunks", "characters", "tokens", "tokens_estimated"):
        assert getattr(progress, number) == getattr(same, number)
    assert progress.gaps.count == same.gaps.count
    assert progress.time_to_first_token is not None
    assert 3 <= progress.time_to_first_token <= progress.elapsed


def test_to_dict_has_the_properties() -> None:
    progress = read(body_of("responses_text"), 100)
    properties = {name for name, value in vars(Progress).items() if isinstance(value, property)}
    told = progress.to_dict()
    assert told.keys() == properties
    assert json.loads(json.dumps(told)) == told


def test_rich_is_imported_by_nobody_else() -> None:
    code = "import sys, ssewire.progress; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
