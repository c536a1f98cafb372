"""`ssewire.metrics`: what an OpenTelemetry reader gets of streams."""

from __future__ import annotations

import importlib
import sys
from itertools import count
from typing import Any, NamedTuple

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

import ssewire.metrics
from answers import body_of, expected_of
from replay import in_steps
from ssewire import Stream
from ssewire.metrics import Metrics

DURATION = "gen_ai.client.operation.duration"
FIRST = "gen_ai.client.operation.time_to_first_chunk"
PER_CHUNK = "gen_ai.client.operation.time_per_output_chunk"
TOKENS = "gen_ai.client.token.usage"
# The conventions, "Metric: `gen_ai.client.operation.duration`" and "`gen_ai.client.token.usage`".
SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
COUNTS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864)
ANSWERS = {
    "chat_usage": ("chat", "openai"),
    "completions_n2_logprobs_usage": ("text_completion", "openai"),
    "messages_simple": ("chat", "anthropic"),
    "responses_text": ("chat", "openai"),
}


class Point(NamedTuple):
    attributes: dict[str, Any]
    records: int
    total: float


class Recorded:
    """A meter provider, the metrics that go there, and what they say."""

    def __init__(self, **options: Any) -> None:
        self._reader = InMemoryMetricReader()
        self._provider = MeterProvider(metric_readers=[self._reader], shutdown_on_exit=False)
        self.metrics = Metrics(self._provider, **options)

    def scopes(self) -> list[Any]:
        data = self._reader.get_metrics_data()
        return [] if data is None else list(data.resource_metrics[0].scope_metrics)

    def points(self, name: str) -> list[Point]:
        return [
            Point(dict(point.attributes), point.count, point.sum)
            for scope in self.scopes()
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]

    def only(self, name: str) -> Point:
        (point,) = self.points(name)
        return point


class Response(list[bytes]):
    """A body that knows where it is from."""

    url = "https://api.example.com/v1/chat/completions?x=1"


def test_instruments_are_those_of_the_conventions() -> None:
    recorded = Recorded()
    with Stream([body_of("chat_usage")], observer=recorded.metrics.observer()) as stream:
        stream.until_done()
    (scope,) = recorded.scopes()
    assert (scope.scope.name, scope.scope.version) == ("ssewire", ssewire.__version__)
    assert scope.schema_url == "https://opentelemetry.io/schemas/gen-ai/1.42.0"
    told = {m.name: (m.unit, m.data.data_points[0].explicit_bounds) for m in scope.metrics}
    assert told == {
        DURATION: ("s", SECONDS),
        FIRST: ("s", SECONDS),
        PER_CHUNK: ("s", SECONDS),
        TOKENS: ("{token}", COUNTS),
    }


@pytest.mark.parametrize(("name", "words"), ANSWERS.items())
@pytest.mark.parametrize("step", [1, 100, 1 << 30])
def test_every_shape(name: str, words: tuple[str, str], step: int) -> None:
    recorded, expected = Recorded(), expected_of(name)
    observer = recorded.metrics.observer(model="asked-for")
    with Stream(in_steps(body_of(name), step), observer=observer) as stream:
        outcome = stream.until_done()
        chunks = stream.progress.chunks
        answered_by = (stream.snapshot() or {})["model"]
    attributes = {
        "gen_ai.operation.name": words[0],
        "gen_ai.provider.name": words[1],
        "gen_ai.request.model": "asked-for",
        "gen_ai.response.model": answered_by,
    }
    assert expected["complete"]
    assert recorded.only(DURATION)[:2] == (attributes, 1)
    assert recorded.only(FIRST).records == 1
    assert sum(point.records for point in recorded.points(PER_CHUNK)) == chunks - 1
    tokens = {point.attributes["gen_ai.token.type"]: point for point in recorded.points(TOKENS)}
    assert {kind: point.total for kind, point in tokens.items()} == {
        "input": outcome.tokens.input,
        "output": outcome.tokens.output,
    }
    assert tokens["input"].attributes == {**attributes, "gen_ai.token.type": "input"}


def test_times(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count(0)
    monkeypatch.setattr(ssewire.metrics, "monotonic", lambda: 10.0 * next(ticks))
    recorded = Recorded()
    events = [event + b"\n\n" for event in body_of("chat_simple").split(b"\n\n") if event]
    # A read with one chunk, one with half a chunk, the rest of it with another one.
    reads = [events[0], events[1][:20], events[1][20:] + events[2], b": ping\n\n", *events[3:]]
    with Stream(reads, observer=recorded.metrics.observer(), waited=1.0) as stream:
        stream.until_done()
    assert recorded.only(FIRST).total == pytest.approx(11.0, abs=0.9)
    gaps = recorded.points(PER_CHUNK)
    assert sum(point.records for point in gaps) == len(events) - 1
    # Only reads with chunks are timed: the third, and those of the other events.
    assert sum(point.total for point in gaps) == 10.0 * (1 + len(events[3:]))
    assert recorded.only(DURATION).total == pytest.approx(1.0, abs=0.9)


def test_what_is_given_comes_before_what_is_found() -> None:
    recorded = Recorded(
        operation="generate_content", provider="groq", model="a", attributes={"server.port": 1}
    )
    observer = recorded.metrics.observer(model="b", attributes={"gen_ai.response.model": "c"})
    with Stream([body_of("chat_simple")], observer=observer) as stream:
        stream.until_done()
    assert recorded.only(DURATION).attributes == {
        "gen_ai.operation.name": "generate_content",
        "gen_ai.provider.name": "groq",
        "gen_ai.request.model": "b",
        "gen_ai.response.model": "c",
        "server.port": 1,
    }


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("https://api.example.com/v1?x=1", ("api.example.com", 443)),
        ("http://127.0.0.1:8080/v1", ("127.0.0.1", 8080)),
        ("http://[::1]/v1", ("::1", 80)),
        ("/v1/messages", (None, None)),
        ("http://x:port/", (None, None)),
        (None, (None, None)),
    ],
)
def test_server(url: str | None, server: tuple[str | None, int | None]) -> None:
    recorded = Recorded()
    response = Response([body_of("chat_simple")])
    response.url = url  # type: ignore[assignment]
    with Stream(response, observer=recorded.metrics.observer()) as stream:
        stream.until_done()
    attributes = recorded.only(DURATION).attributes
    assert (attributes.get("server.address"), attributes.get("server.port")) == server


def test_the_model_may_be_named_after_the_first_chunk() -> None:
    recorded = Recorded()
    first = b'data: {"object": "chat.completion.chunk", "model": "", "choices": []}\n\n'
    body = [first, *in_steps(body_of("chat_simple"), 300)]
    with Stream(body, observer=recorded.metrics.observer()) as stream:
        stream.until_done()
    assert "gen_ai.response.model" not in recorded.only(FIRST).attributes
    (gaps,) = recorded.points(PER_CHUNK)
    assert gaps.attributes["gen_ai.response.model"] == "gpt-4o-2024-08-06"


def test_without_opentelemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "ssewire.metrics")
    monkeypatch.setitem(sys.modules, "opentelemetry.metrics", None)
    with pytest.raises(ImportError, match=r"ssewire\[otel\]"):
        importlib.import_module("ssewire.metrics")
