"""The model that the examples talk to: a real one if the environment names it, else a recorded one.

With `OPENAI_BASE_URL` (or `ANTHROPIC_BASE_URL`) set, the examples send their requests there, with
`OPENAI_API_KEY` and `OPENAI_MODEL`. Without it they start a replay server in their own process: its
answers are recorded, the HTTP is real. `EXAMPLES_RATE` is its pace in events per second.
"""

from __future__ import annotations

import atexit
import os
from itertools import cycle
from pathlib import Path
from typing import Any, get_args

from ssewire.replay import Recording, ReplayOptions, ReplayServer
from ssewire.replay.recording import Shape

RECORDINGS = Path(__file__).parent / "recordings"
MODELS = {"OPENAI": "gpt-5-mini", "ANTHROPIC": "claude-sonnet-5-5"}
PATHS = {"OPENAI": "/v1/chat/completions", "ANTHROPIC": "/v1/messages"}
PACE = 60  # events per second: a quick model


def offline(*answers: str, api: str = "OPENAI") -> None:
    """See to it that `…_BASE_URL`, `…_API_KEY` and `…_MODEL` are in the environment.

    Args:
        answers: the recordings with which a server of our own answers, one after the other.
        api: `"OPENAI"` or `"ANTHROPIC"`: how the variables begin.
    """
    if f"{api}_BASE_URL" not in os.environ:
        options = ReplayOptions(rate=float(os.environ.get("EXAMPLES_RATE", PACE)))
        server = ReplayServer(options=options)
        server.endpoints = _InTurn(server.endpoints, PATHS[api], answers or ("tea",))
        server.start()
        atexit.register(server.close)
        os.environ[f"{api}_BASE_URL"] = server.url + ("/v1" if api == "OPENAI" else "")
        os.environ[f"{api}_API_KEY"] = "none"  # nobody's real key is needed
        os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
    os.environ.setdefault(f"{api}_API_KEY", "none")  # for servers that ask for no key
    os.environ.setdefault(f"{api}_MODEL", MODELS[api])


class _InTurn(dict[str, Recording]):
    """The recordings behind the paths of a server; at one path, one of several in turn."""

    def __init__(self, others: dict[str, Recording], path: str, names: tuple[str, ...]) -> None:
        super().__init__(others)
        self._path = path
        self._answers = cycle(_recording(name) for name in names)

    def get(self, path: str, default: Any = None) -> Any:
        return next(self._answers) if path == self._path else super().get(path, default)


def _recording(name: str) -> Recording:
    if name in get_args(Shape):
        return Recording.builtin(name)  # type: ignore[arg-type]
    return Recording.read(RECORDINGS / f"{name}.sse")
