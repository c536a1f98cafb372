"""What each client has used: one row in SQLite for each request, however it ended."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ssewire import Outcome

    from .metrics import Metrics
    from .settings import Key, Target

SCHEMA = """
CREATE TABLE IF NOT EXISTS usage (
  id INTEGER PRIMARY KEY,
  at REAL NOT NULL,           -- Unix seconds, when it was asked
  key TEXT NOT NULL,          -- the name of the client's key
  route TEXT NOT NULL,
  model TEXT NOT NULL,
  upstream TEXT,              -- who answered; NULL if nobody did
  ending TEXT NOT NULL,       -- complete, stopped, error, truncated, gone, refused
  input INTEGER, output INTEGER, cached INTEGER, reasoning INTEGER,
  estimated INTEGER NOT NULL, -- 1 if the upstream never said, and output is our guess
  first_token REAL,           -- seconds
  seconds REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS usage_by_key ON usage (key, at);
"""
DAY = 86_400
MOST_TOKENS = 10**12  # a server that says more says nothing, and SQLite could not add it up


class Accounts:
    """The rows. Writing one takes a few microseconds and cannot be interrupted by a cancellation."""

    def __init__(self, path: str, metrics: Metrics, clock: Callable[[], float] = time.time) -> None:
        self._rows = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # A power cut may lose the last rows, and nothing else.
        self._rows.execute("PRAGMA journal_mode=WAL").fetchone()
        self._rows.execute("PRAGMA synchronous=NORMAL")
        self._rows.executescript(SCHEMA)
        self._metrics = metrics
        self._clock = clock
        self._open = 0
        self._closing = False

    def close(self) -> None:
        """Close the file, when the requests that are still open have been written."""
        self._closing = True
        if self._open == 0:
            self._rows.close()

    def spent_today(self, key: Key) -> int:
        """The tokens that a client has used since midnight, UTC."""
        midnight = self._clock() // DAY * DAY
        question = (
            "SELECT COALESCE(SUM(COALESCE(input, 0) + COALESCE(output, 0)), 0)"
            " FROM usage WHERE key = ? AND at >= ?"
        )
        spent: int = self._rows.execute(question, (key.name, midnight)).fetchone()[0]
        return spent

    def open(self, key: Key, route: str, model: str) -> Account:
        """Begin to account for a request."""
        self._metrics.requests.labels(route, model, key.name).inc()
        self._open += 1
        return Account(self, self._metrics, key.name, route, model, self._clock())

    def add(self, row: tuple[object, ...]) -> None:
        """Write the row of a request that is over."""
        places = ", ".join("?" * len(row))
        try:
            self._rows.execute(
                "INSERT INTO usage (at, key, route, model, upstream, ending, input, output, cached,"
                f" reasoning, estimated, first_token, seconds) VALUES ({places})",
                row,
            )
        finally:
            self._open -= 1
            if self._closing:
                self.close()


class Account:
    """One request. It ends once: whoever closes it first says how."""

    def __init__(
        self, accounts: Accounts, metrics: Metrics, key: str, route: str, model: str, at: float
    ) -> None:
        self.target: Target | None = None
        self._accounts = accounts
        self._metrics = metrics
        self._named = (at, key, route, model)
        self._begin = time.perf_counter()
        self._first: float | None = None
        self._closed = False

    def first_token(self) -> None:
        """The first content has come."""
        if self._first is None:
            self._first = time.perf_counter() - self._begin

    def close(self, ending: str, outcome: Outcome | None = None) -> None:
        """The request is over.

        Args:
            ending: how.
            outcome: what came of the answer.
        """
        if self._closed:
            return
        self._closed = True
        upstream = self.target.upstream.name if self.target else None
        counts, estimated = _counts(outcome, begun=self._first is not None)
        seconds = time.perf_counter() - self._begin
        self._metrics.ended(self._named[2], self._named[3], ending, outcome, counts, self._first)
        self._accounts.add(
            (*self._named, upstream, ending, *counts, estimated, self._first, seconds)
        )


def ending_of(outcome: Outcome) -> str:
    """How an answer ended that nobody broke off."""
    if outcome.error is not None or outcome.body is not None:
        return "error"
    return "complete" if outcome.complete else "truncated"


def _counts(outcome: Outcome | None, *, begun: bool) -> tuple[tuple[int | None, ...], bool]:
    """Input, output, cached and reasoning, and whether they are estimated."""
    if outcome is None:
        return (None, None, None, None), False
    tokens = outcome.tokens
    input_, output, cached, reasoning = (
        count if count is not None and count <= MOST_TOKENS else None
        for count in (tokens.input, tokens.output, tokens.cached, tokens.reasoning)
    )
    # Models send about one token in an event; the text is not kept.
    guess = outcome.n_events if begun else 0
    # The messages shape says at the start that it has made a token or two, and at the end how many.
    ended = outcome.complete or outcome.finish_reason is not None
    if output is None or (not ended and guess > output):
        return (input_, guess or None, cached, reasoning), guess > 0
    return (input_, output, cached, reasoning), False
