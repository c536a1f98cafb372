"""Recorded streams over real HTTP on the loopback: the server of the demos, examples and tests.

    from ssewire.replay import ReplayOptions, ReplayServer

    with ReplayServer(options=ReplayOptions(rate=40, fault="cut-inside")) as server:
        client = openai.OpenAI(base_url=server.url + "/v1", api_key="none")

Needs aiohttp: `pip install "ssewire[serve]"`.
"""

from ssewire.replay.options import ReplayOptions
from ssewire.replay.plan import End, Piece, Plan, plan
from ssewire.replay.recording import Recording
from ssewire.replay.server import ReplayServer

__all__ = ["End", "Piece", "Plan", "Recording", "ReplayOptions", "ReplayServer", "plan"]
