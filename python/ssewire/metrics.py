"""Metrics of streams by OpenTelemetry's semantic conventions for generative AI.

Those of https://github.com/open-telemetry/semantic-conventions-genai, schema 1.42.0, all of them of
status "development" there: names may change with theirs. Histograms, with the conventions' buckets:

- `gen_ai.client.operation.duration`, in seconds, with `error.type` if it failed
- `gen_ai.client.operation.time_to_first_chunk`, in seconds
- `gen_ai.client.operation.time_per_output_chunk`, in seconds, for each chunk after the first
- `gen_ai.client.token.usage`, input and output, if the server has counted them

Attributes: `gen_ai.operation.name`, `gen_ai.provider.name`, `gen_ai.request.model`,
`gen_ai.response.model`, `server.address` and `server.port`, as far as they are known.

Example:
    metrics = Metrics()
    with httpx.stream("POST", url, json=request) as response:
        for item in Stream(response, observer=metrics.observer(model=request["model"])):
            ...
"""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ssewire._core import __version__
from ssewire.errors import NotAnEventStream, StreamError
from ssewire.progress.tokens import reported_tokens
from ssewire.stream.observer import Observer

try:
    from opentelemetry.metrics import get_meter
except ImportError as error:
    raise ImportError(
        "ssewire.metrics needs opentelemetry-api: pip install 'ssewire[otel]'"
    ) from error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.metrics import Histogram, MeterProvider

    from ssewire.outcome import ErrorInfo
    from ssewire.stream.reading import Reading

__all__ = ["Metrics", "StreamMetrics"]

SCHEMA = "https://opentelemetry.io/schemas/gen-ai/1.42.0"
SECONDS = [0.01 * 2**step for step in range(14)]
TOKENS = [4**step for step in range(14)]
PORTS = {"http": 80, "https": 443}
# A server's own word for an error is told on if it is a word: its text can be anything.
WORD = re.compile(r"[\w.-]{1,64}", re.ASCII)


class Metrics:
    """Makes observers that record the metrics of streams. One for a program is enough.

    Args:
        meter_provider: where the metrics go; the global one if not given.
        operation: `gen_ai.operation.name`. If not given, `"text_completion"` for completions and
            `"chat"` for the other shapes.
        provider: `gen_ai.provider.name`, such as `"azure.ai.openai"`. If not given, whose API the
            stream speaks, once that is known: `"anthropic"` for messages, `"openai"` for the others.
        model: `gen_ai.request.model`.
        attributes: more attributes, or others than those found out, for all that is recorded.
    """

    def __init__(
        self,
        meter_provider: MeterProvider | None = None,
        *,
        operation: str | None = None,
        provider: str | None = None,
        model: str | None = None,
        attributes: Mapping[str, str | int] | None = None,
    ) -> None:
        meter = get_meter("ssewire", __version__, meter_provider, SCHEMA)

        def histogram(name: str, unit: str, description: str, buckets: list[float]) -> Histogram:
            return meter.create_histogram(
                f"gen_ai.client.{name}",
                unit,
                description,
                explicit_bucket_boundaries_advisory=buckets,
            )

        self.duration = histogram("operation.duration", "s", "GenAI operation duration.", SECONDS)
        self.first_chunk = histogram(
            "operation.time_to_first_chunk",
            "s",
            "Time from the request to the first chunk.",
            SECONDS,
        )
        self.per_chunk = histogram(
            "operation.time_per_output_chunk",
            "s",
            "Time from the end of the previous chunk to the end of each but the first.",
            SECONDS,
        )
        self.tokens = histogram(
            "token.usage", "{token}", "Number of input and output tokens used.", [*TOKENS]
        )
        self._given = _known(
            {
                "gen_ai.operation.name": operation,
                "gen_ai.provider.name": provider,
                "gen_ai.request.model": model,
            }
        )
        self._given.update(attributes or {})

    def observer(
        self, *, model: str | None = None, attributes: Mapping[str, str | int] | None = None
    ) -> StreamMetrics:
        """The observer for a stream, or for one after the other.

        Args:
            model: `gen_ai.request.model`.
            attributes: more attributes, or others than those found out.
        """
        given = {**self._given, **_known({"gen_ai.request.model": model}), **(attributes or {})}
        return StreamMetrics(self, given)


class StreamMetrics(Observer):
    """Records the metrics of a stream. Made by `Metrics.observer()`.

    Streams one after the other, such as attempts at the same request, are an operation each.

    `error.type` is the server's own type or code for an error that it sent, else the HTTP status
    that goes with it, else the name of the exception's class, such as `TruncatedStream`,
    `FirstTokenTimeout` or `CancelledError`. A stream that was closed early has none.

    Args:
        metrics: the instruments.
        attributes: what is known beforehand.
    """

    def __init__(self, metrics: Metrics, attributes: Mapping[str, str | int]) -> None:
        self._metrics = metrics
        self._given = attributes
        self._attributes: dict[str, str | int] = {}
        # When the request was sent, by the clock.
        self._start: float | None = None
        self._chunks = 0
        self._last = 0.0
        self._output = False

    def started(self, stream: Reading) -> None:
        """Begin to count.

        Raises:
            RuntimeError: while another stream is not over.
        """
        if self._start is not None:
            raise RuntimeError("this observer has a stream: ask for another observer")
        self._start = monotonic() - stream.progress.elapsed
        self._chunks, self._output = 0, False

    def received(self, stream: Reading) -> None:
        """Record the times of the chunks of a read."""
        progress = stream.progress
        new, self._chunks = progress.chunks - self._chunks, progress.chunks
        if not new or self._start is None:
            return
        now = monotonic() - self._start
        if not self._output:
            # The first chunks of some servers do not name the model yet.
            self._attributes = self._find_out(stream)
            self._output = progress.time_to_first_token is not None
        metrics, attributes = self._metrics, self._attributes
        if new == self._chunks:
            metrics.first_chunk.record(now, attributes)
            self._last = now
            new -= 1
        for _ in range(new):
            metrics.per_chunk.record(now - self._last, attributes)
            # Those that came with it took no time of their own.
            self._last = now

    def finished(self, stream: Reading, error: BaseException | None) -> None:
        """Record how long it took, how it ended, and the tokens."""
        self._start = None
        metrics, outcome = self._metrics, stream.outcome
        attributes = self._find_out(stream)
        output = reported_tokens(stream.shape, outcome)
        for kind, count in (("input", outcome.tokens.input), ("output", output)):
            if count is not None:
                metrics.tokens.record(count, {**attributes, "gen_ai.token.type": kind})
        failed = _error_type(outcome.error, error)
        if failed is not None:
            attributes["error.type"] = failed
        metrics.duration.record(stream.progress.elapsed, attributes)

    def _find_out(self, stream: Reading) -> dict[str, str | int]:
        shape = stream.shape
        found = {
            "gen_ai.operation.name": "text_completion" if shape == "completions" else "chat",
            "gen_ai.provider.name": shape and ("anthropic" if shape == "messages" else "openai"),
            "gen_ai.response.model": (stream.snapshot() or {}).get("model") or None,
            **_server(stream.response),
        }
        return {**_known(found), **self._given}


def _known(attributes: dict[str, Any]) -> dict[str, str | int]:
    return {name: value for name, value in attributes.items() if isinstance(value, (str, int))}


def _server(response: Any) -> dict[str, str | int]:
    """Where a response came from, if its library tells by `url`, as most do."""
    try:
        url = urlsplit(str(response.url))
        address, port = url.hostname, url.port or PORTS.get(url.scheme)
    except (AttributeError, RuntimeError, ValueError):  # of no request, or no URL
        return {}
    return _known({"server.address": address, "server.port": port}) if address else {}


def _error_type(info: ErrorInfo | None, error: BaseException | None) -> str | None:
    if info is None and isinstance(error, (NotAnEventStream, StreamError)):
        info = error.error
    if info is not None:
        for word in (info.type, info.code, info.status):
            if word is not None and WORD.fullmatch(str(word)):
                return str(word)
    if isinstance(error, NotAnEventStream) and error.status not in (None, 200):
        return str(error.status)
    if error is not None:
        return type(error).__qualname__
    return None if info is None else StreamError.__qualname__
