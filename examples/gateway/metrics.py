"""What Prometheus can ask at `/metrics`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ssewire import Outcome

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
KINDS = ("input", "output", "cached", "reasoning")
# The words of an upstream are no labels: there is no end to them.
STATUSES = {400: "invalid_request", 401: "authentication", 403: "permission", 404: "not_found"}
STATUSES |= {408: "timeout", 429: "rate_limit", 504: "timeout", 529: "overloaded"}


class Metrics:
    """The numbers of one gateway. Labels are words of its settings and its code, never a client's."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "gateway_requests",
            "Requests for a model.",
            ["route", "model", "key"],
            registry=registry,
        )
        self.endings = Counter(
            "gateway_endings", "How they ended.", ["route", "model", "ending"], registry=registry
        )
        self.streams = Gauge("gateway_streams_open", "Answers under way.", registry=registry)
        self.first_token = Histogram(
            "gateway_first_token_seconds",
            "From the request to the first content.",
            ["model"],
            buckets=SECONDS,
            registry=registry,
        )
        self.tokens = Counter("gateway_tokens", "Tokens.", ["model", "kind"], registry=registry)
        self.errors = Counter("gateway_errors", "Errors, by type.", ["type"], registry=registry)
        self.fallbacks = Counter(
            "gateway_fallbacks",
            "Upstreams that were given up for the next.",
            ["upstream"],
            registry=registry,
        )

    def ended(
        self,
        route: str,
        model: str,
        ending: str,
        outcome: Outcome | None,
        counts: Sequence[int | None],
        first: float | None,
    ) -> None:
        """Count a request that is over."""
        self.endings.labels(route, model, ending).inc()
        if first is not None:
            self.first_token.labels(model).observe(first)
        for kind, count in zip(KINDS, counts, strict=True):
            if count:
                self.tokens.labels(model, kind).inc(count)
        if ending == "truncated":
            self.errors.labels("truncated").inc()
        elif outcome is not None and outcome.error is not None:
            self.errors.labels(error_type(outcome.error.status)).inc()

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)


def error_type(status: int | None) -> str:
    """A word for an HTTP status, one of few."""
    if status in STATUSES:
        return STATUSES[status]
    return "invalid_request" if status is not None and 400 <= status < 500 else "server"
