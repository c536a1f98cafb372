"""What the gateway is told: upstreams, models, keys and limits."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .requests import Shape

PATHS: dict[Shape, str] = {
    "chat": "/v1/chat/completions",
    "messages": "/v1/messages",
    "responses": "/v1/responses",
}
MIB = 1 << 20


@dataclass(frozen=True)
class Upstream:
    """A server that answers.

    Attributes:
        name: what metrics and records call it.
        url: where it is, without `/v1`.
        shape: the API that it speaks.
        key: its key. It goes nowhere but there.
        path: where the API is, if not at its usual path.
        headers: more headers for it.
        omit: members of a request that it does not take.
        counts: whether it may be asked for the usage of a stream.
    """

    name: str
    url: str
    shape: Shape
    key: str | None = field(default=None, repr=False)
    path: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    omit: frozenset[str] = frozenset()
    counts: bool = True

    @property
    def endpoint(self) -> str:
        """Where requests go."""
        return self.url.rstrip("/") + (self.path or PATHS[self.shape])

    def without_key(self, said: str) -> str:
        """What it says, for a client to read: some servers repeat the key that they refuse."""
        return said.replace(self.key, "…") if self.key else said


@dataclass(frozen=True)
class Target:
    """A model of an upstream, by the upstream's name for it."""

    upstream: Upstream
    model: str


@dataclass(frozen=True)
class Model:
    """A model that clients may ask for, and who may answer: the first that can."""

    id: str
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Key:
    """A client.

    Attributes:
        name: what records call it.
        secret: what it shows; the page shows nothing.
        quota: the tokens that it may spend in a day (UTC); `None` for any number.
    """

    name: str
    secret: str | None = field(default=None, repr=False)
    quota: int | None = None


@dataclass(frozen=True)
class Settings:
    """All that the gateway is told.

    Attributes:
        models: the models, by id.
        keys: the clients.
        page: the client that the gateway's own page is; `None` if it may ask nothing.
        names: the hosts that the page may be opened at, where a browser does not tell by itself
            that a request comes from the page.
        usage: the SQLite file with one row for each request.
        hold: events to wait for the first content, while another upstream can still take over.
        hold_seconds: the same in seconds.
        connect_seconds: how long to wait for a connection to an upstream.
        idle_seconds: how long an upstream may be silent.
        keep_alive: seconds of silence after which the client gets a sign of life.
        max_request: the bytes that a request may have.
        request_seconds: how long a client may take to send them.
        max_event: the bytes that one event of an upstream may have.
    """

    models: Mapping[str, Model]
    keys: tuple[Key, ...] = ()
    page: Key | None = Key("page", quota=200_000)
    names: frozenset[str] = frozenset({"localhost", "127.0.0.1", "[::1]"})
    usage: str = ":memory:"
    hold: int = 64
    hold_seconds: float = 20.0
    connect_seconds: float = 5.0
    idle_seconds: float = 120.0
    keep_alive: float = 15.0
    max_request: int = 16 * MIB
    request_seconds: float = 60.0
    max_event: int = 16 * MIB


def read(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read a JSON file. Keys are not in it: it names the variables that they are in.

    Raises:
        ValueError: if something in it is wrong or missing.
    """
    try:
        told = json.loads(path.read_text("utf-8"))
        upstreams = {
            name: _upstream(name, of, environment) for name, of in told["upstreams"].items()
        }
        models = {
            name: Model(name, tuple(_target(target, upstreams) for target in targets))
            for name, targets in told["models"].items()
        }
        keys = tuple(
            Key(name, environment[of["key"]], of.get("quota"))
            for name, of in told.get("keys", {}).items()
        )
        if not all(key.secret for key in keys):
            raise ValueError("a client's key is empty")
        if not all(upstream.key != "" for upstream in upstreams.values()):
            raise ValueError("an upstream's key is empty")
        if not all(model.targets for model in models.values()):
            raise ValueError("a model has no upstream")
        page = told.get("page", {"quota": 200_000})
        return Settings(
            models,
            keys,
            Key("page", quota=page.get("quota")) if page else None,
            frozenset(told.get("names", Settings.names)),
            **{name: told[name] for name in _PLAIN if name in told},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name}: {type(error).__name__}: {error}") from None


_PLAIN = (
    *("usage", "hold", "hold_seconds", "connect_seconds", "idle_seconds", "keep_alive"),
    *("max_request", "request_seconds", "max_event"),
)


def _upstream(name: str, of: dict[str, Any], environment: Mapping[str, str]) -> Upstream:
    if of["shape"] not in PATHS:
        raise ValueError(f"the shape of {name} must be one of {', '.join(PATHS)}")
    return Upstream(
        name,
        of["url"],
        of["shape"],
        environment[of["key"]] if "key" in of else None,
        of.get("path"),
        of.get("headers", {}),
        frozenset(of.get("omit", ())),
        of.get("counts", True),
    )


def _target(told: str, upstreams: Mapping[str, Upstream]) -> Target:
    upstream, _, model = told.partition("/")
    return Target(upstreams[upstream], model)
