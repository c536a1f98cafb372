"""Progress: time to the first token, tokens per second, gaps; live in a terminal, and in one line.

The three lines:

    for text in stream.text():
        ...
    print(stream.progress.line())

Run it: `python examples/progress.py`. It needs no key; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import os

import openai
from rich.console import Group
from rich.live import Live
from rich.text import Text

import server
from ssewire.clients import sdk
from ssewire.pacing import buffered


def main() -> None:
    """Show an answer and, below, how it comes."""
    server.offline("turn-1")
    with (
        openai.OpenAI() as client,
        Live(auto_refresh=False) as live,
        sdk.stream(
            client.chat.completions,
            model=os.environ["OPENAI_MODEL"],
            messages=[{"role": "user", "content": "How does one begin with astronomy?"}],
            stream_options={"include_usage": True},
        ) as stream,
    ):
        text = ""
        # Ten times a second is enough, for the terminal and for the eye.
        for piece in buffered(stream.text(), interval=0.1):
            text += piece
            live.update(Group(Text(text), "", stream.progress), refresh=True)
        # Now that the usage is there, the tokens are no estimate any more.
        live.update(Group(Text(text), "", stream.progress), refresh=True)

    # The same in one line, for a log, and as values.
    print("\n" + stream.progress.line())
    first = stream.progress.time_to_first_token
    assert first is not None
    print(f"{stream.progress.chunks} chunks, the first output after {first * 1000:.0f} ms")


if __name__ == "__main__":
    main()
