"""The upstream within: a replay server, and the models that it is good for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ssewire.replay import Recording, ReplayOptions, ReplayServer

from .settings import Model, Target, Upstream

if TYPE_CHECKING:
    from .requests import Shape

RECORDINGS = Path(__file__).parent / "recordings"
OTHERS = Path(__file__).parent.parent / "recordings"
PACE = 30.0  # events per second
# Of each model: the shape that its server speaks, what it plays, and how it fails.
MODELS: dict[str, tuple[Shape, str, dict[str, str]]] = {
    "replay-chat": ("chat", "turn-1", {}),
    "replay-messages": ("messages", "letter", {}),
    "replay-responses": ("responses", "responses", {}),
    "replay-reasoning": ("chat", "reasoning", {}),
    "replay-tools": ("messages", "messages", {}),
    "replay-slow": ("chat", "turn-1", {"rate": "2"}),
    "replay-broken": ("chat", "turn-1", {"fault": "cut-inside:24"}),
    "replay-error": ("messages", "letter", {"fault": "error-event:24"}),
}


def server(pace: float = PACE, port: int = 0) -> ReplayServer:
    """A replay server with the recordings of the models; to be started."""
    names = dict.fromkeys(name for _, name, _ in MODELS.values())
    files = [folder / f"{name}.sse" for name in names for folder in (RECORDINGS, OTHERS)]
    recordings = [Recording.read(file) for file in files if file.exists()]
    return ReplayServer(recordings, port=port, options=ReplayOptions(rate=pace))


def models(url: str) -> dict[str, Model]:
    """The models of a replay server, and one whose first upstream never answers."""
    found = {}
    for name, (shape, recording, options) in MODELS.items():
        headers = {f"x-replay-{option}": value for option, value in options.items()}
        upstream = Upstream(name, url, shape, path=f"/streams/{recording}", headers=headers)
        found[name] = Model(name, (Target(upstream, recording),))
    down = {"x-replay-fault": "error-event:0"}
    failing = Target(Upstream("replay-down", url, "chat", headers=down), "replay-down")
    targets = (failing, *found["replay-chat"].targets)
    return {**found, "replay-fallback": Model("replay-fallback", targets)}
